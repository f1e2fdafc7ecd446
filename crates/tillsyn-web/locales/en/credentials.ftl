# Certificates that profiles carry, as the audit trail says it.
activity-credential = issued a certificate for the network to
activity-credential-refused = issued no certificate for the network to
activity-credential-renew = asked for a new certificate for the network from
activity-credential-expiring = the certificate for the network ends soon on
activity-credential-expired = the certificate for the network ended on
