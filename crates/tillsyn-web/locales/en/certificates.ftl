permission-certificates-renew = Ask devices to renew their certificate
permission-certificates-revoke = Revoke certificates of devices
activity-certificate-renew = asked for a new certificate of
activity-certificate-late = no new certificate came from
activity-certificate-expiring = the certificate expires soon of
activity-certificate-expired = the certificate expired of
activity-certificate-revoked = revoked a certificate of
