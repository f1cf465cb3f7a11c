# The usual connector for devices that cannot log in
<# made once,
   on EX01 #>
New-AcceptedDomain -Name "Ours" -DomainName ours.test -DomainType Authoritative
New-AcceptedDomain "Branch" -DomainName *.branch.test -DomainType InternalRelay
New-ReceiveConnector -Name "Anonymous Relay" -TransportRole FrontendTransport -Custom -Bindings 0.0.0.0:25 `
    -RemoteIPRanges 192.168.5.10,10.3.0.0/16,"172.16.0.5-172.16.0.9"
Set-ReceiveConnector "Anonymous Relay" -PermissionGroups AnonymousUsers
Get-ReceiveConnector "Anonymous Relay" | Add-ADPermission -User "NT AUTHORITY\ANONYMOUS LOGON" `
    -ExtendedRights "Ms-Exch-SMTP-Accept-Any-Recipient"
