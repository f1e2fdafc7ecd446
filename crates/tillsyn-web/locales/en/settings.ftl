push-intro = Apple needs it to tell devices that work is waiting. It comes from identity.apple.com and lasts one year.
push-current = In use
push-none = No push certificate yet
push-topic = Topic
subject = Subject
issuer = Issuer
valid-from = Valid from
push-devices = Devices reached by it
push-account = Apple Account
push-account-hint = The account you made it with. A renewal with another one cuts every device off.
push-uploaded-by = Uploaded by
push-upload = Upload a push certificate
push-renew = Upload a renewed certificate
push-renew-hint = The topic must stay the same; another one is refused. Devices notice nothing.
push-certificate = Certificate (PEM)
push-certificate-hint = As downloaded from Apple
push-key = Private key (PEM)
push-key-hint = The key of its request, without a passphrase. It is sealed before it is stored.
push-upload-act = Upload
push-renew-act = Check and renew
push-ladder = Warnings before it ends
push-ladder-step = { $n ->
    [one] 1 day before
   *[other] { $n } days before
}
push-ladder-end = No device can be reached
push-how = How to get one
push-how-1 = Have a certificate request signed by an MDM vendor certificate.
push-how-2 = Sign in to identity.apple.com with an account of the organisation, not of one person, and upload the request.
push-how-3 = Download the certificate and upload it here together with its key.
push-refused-topic = { $n ->
    [one] Refused: this would cut off 1 device
   *[other] Refused: this would cut off { $n } devices
}
push-refused-topic-text = The new certificate is for topic { $new }, the devices are bound to { $old }. Renew the old one with the Apple Account that made it.
push-refused-key = Refused: the key does not belong to the certificate
push-refused-key-text = Choose the private key that the request was made with.
push-refused-kind = Refused: this is not a push certificate for device management
push-refused-kind-text = Its subject names no topic that begins with com.apple.mgmt. Download it from identity.apple.com.
push-refused-expired = Refused: this certificate expired on { $a }
push-refused-expired-text = Renew it at identity.apple.com with the same Apple Account.
tokens-intro = For programs. A token can ask for an erase but never release or confirm one.
tokens-none = No tokens yet. The command line and your programs sign in with one.
tokens-region = API tokens, scrolls sideways
token = token
token-new = New token
token-name-hint = What uses it: “inventory export”
token-valid = Valid for
token-create = Make token
token-created = Token “{ $a }”
token-created-hint = Copy it now; only a fingerprint of it is kept.
role = Role
role-administrator = Administrator
role-operator = Operator
role-reader = Reader
last-used = Last used
