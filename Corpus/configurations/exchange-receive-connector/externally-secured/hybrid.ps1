New-AcceptedDomain -Name "Ours" -DomainName ours.test -DomainType Authoritative
$ranges = "198.51.100.0/22", "203.0.113.77"
New-ReceiveConnector -Name "Partner filter" -Usage Custom -Bindings 0.0.0.0:25 -RemoteIPRanges $ranges `
  -AuthMechanism Tls,ExternalAuthoritative -PermissionGroups ExchangeServers
Set-ReceiveConnector "Partner filter" -RemoteIPRanges @{Add="192.0.2.4"; Remove="203.0.113.77"}
