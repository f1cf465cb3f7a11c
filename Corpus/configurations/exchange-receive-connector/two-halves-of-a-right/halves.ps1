New-AcceptedDomain -Name "Ours" -DomainName ours.test -DomainType Authoritative
New-ReceiveConnector Halves -Bindings 0.0.0.0:25 -RemoteIPRanges 192.168.5.0/24 -AuthMechanism Tls,BasicAuth,BasicAuthRequireTLS
Get-ReceiveConnector Halves | Add-ADPermission -User 'NT AUTHORITY\ANONYMOUS LOGON' -ExtendedRights ms-Exch-SMTP-Accept-Any-Recipient
Get-ReceiveConnector Halves | Add-ADPermission -User 'NT AUTHORITY\Authenticated Users' -ExtendedRights ms-Exch-SMTP-Submit
Set-ReceiveConnector 'Client Frontend EX01' -Enabled $false
