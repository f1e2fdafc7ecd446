permission-certificates-renew = Ask devices to renew their certificate
permission-certificates-revoke = Revoke certificates of devices
activity-certificate-renew = asked for a new certificate of
activity-certificate-late = no new certificate came from
activity-certificate-expiring = the certificate expires soon of
activity-certificate-expired = the certificate expired of
activity-certificate-revoked = revoked a certificate of
activity-attestation-refused = An attestation was refused:
activity-authority = added a certificate authority
activity-authority-changed = changed what a certificate authority may do
activity-authority-removed = removed a certificate authority
certificate = Certificate
certificates = Certificates of devices
certificates-intro = With its certificate a device proves at every check-in who it is.
certificates-none = No device has a certificate yet.
certificates-region = Certificates, one a row
certificates-all = All certificates of this device
certificate-renew = Ask for a new certificate
certificate-revoke = Revoke the certificate
certificate-late = Renewal is late
certificate-method = How it was issued
certificate-method-scep = SCEP, key made by the device
certificate-method-acme = ACME, key kept in the hardware
certificate-method-attested = ACME, vouched for by Apple
certificate-state = What it is used for
certificate-issued = Issued
certificate-next-renewal = Renewal begins
certificate-address = Asked for from
certificate-in-use = In use
certificate-not-in-use = Not in use
certificate-replaced = Replaced by a newer one
certificate-ended = The enrollment ended
certificate-by-administrator = Revoked by an administrator
certificate-grace = Replaced; taken until { $a }
certificate-late-refused = The device refused the new profile
certificate-late-not-used = The device took the new profile but keeps the old certificate
certificate-late-not-fetched = The device has not fetched the new profile
certificate-late-not-asked = The device could not be asked
attested = What Apple vouches for
attested-none = No attestation: the key was made by the device, and nobody vouches for it.
attested-os = System when attested
attested-sip = System Integrity Protection
attested-boot = Secure boot
attested-boot-full = Full security
attested-boot-reduced = Reduced security
attested-boot-permissive = Permissive security
attested-kexts = Kernel extensions of others
attested-on = On
attested-off = Off
attested-allowed = Allowed
attested-not-allowed = Not allowed
revoke-device-lost = The device uses this certificate. After this it can no longer check in, and somebody has to enroll it again.
revoke-enrollment-stops = No device has checked in with this certificate. After this none can begin with it.
revoke-nothing = Another certificate is in use, or the enrollment is over. Nothing changes for the device.
revoke-budget = Too many devices were ended lately. Try again later.
message-certificate-revoked = Certificate revoked
need-unknown = { $n ->
    [one] 1 device knocks that the restored backup does not know
   *[other] { $n } devices knock that the restored backup does not know
}
need-unknown-text = They enrolled after the backup was made and are refused until somebody takes them in again.
need-unknown-act = Read how to take them in
need-renewals = { $n ->
    [one] 1 device does not renew its certificate
   *[other] { $n } devices do not renew their certificate
}
need-renewals-text = When it ends, the device can no longer be managed.
need-renewals-act = See certificates
