New-AcceptedDomain -Name "Ours" -DomainName ours.test -DomainType Authoritative
New-ReceiveConnector "Scanner" -Usage Custom -Bindings "0.0.0.0:25","[::]:25" -RemoteIPRanges 0.0.0.0-255.255.255.255 -PermissionGroups AnonymousUsers
$c = Get-ReceiveConnector "Scanner"
$c | Add-ADPermission -User "NT-AUTORITÄT\ANONYMOUS LOGON" -ExtendedRights ms-Exch-SMTP-Accept-Any-Recipient,ms-Exch-SMTP-Accept-Any-Sender
