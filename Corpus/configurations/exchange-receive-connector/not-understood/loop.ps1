New-AcceptedDomain -Name "Ours" -DomainName ours.test -DomainType Authoritative
foreach ($ip in Get-Content ips.txt) {
    Set-ReceiveConnector "Default Frontend EX01" -RemoteIPRanges $ip
}
Get-ReceiveConnector "Default Frontend EX01" | Set-ReceiveConnector -MagicSwitch $true
