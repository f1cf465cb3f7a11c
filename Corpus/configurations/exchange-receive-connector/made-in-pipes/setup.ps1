# Each connector in one line, as the wiki has it.
New-AcceptedDomain -Name ours -DomainName ours.test -DomainType Authoritative
New-ReceiveConnector -Name "Scanners" -Custom -Bindings 0.0.0.0:25 -RemoteIPRanges 192.168.5.10, 192.168.5.11 -PermissionGroups AnonymousUsers | Add-ADPermission -User "NT AUTHORITY\ANONYMOUS LOGON" -ExtendedRights "Ms-Exch-SMTP-Accept-Any-Recipient" | Out-Null
New-ReceiveConnector "ERP" -Custom -Bindings 0.0.0.0:25 -RemoteIPRanges 10.3.0.0/16 |
    Set-ReceiveConnector -PermissionGroups AnonymousUsers
