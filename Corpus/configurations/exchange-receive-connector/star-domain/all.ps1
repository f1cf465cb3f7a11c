New-AcceptedDomain -Name All -DomainName * -DomainType ExternalRelay
