unknown-title = Devices from after the backup
unknown-intro = They hold a certificate of this server, but the backup that was restored does not know them. They are refused until somebody takes them in again. What they say of themselves is their claim: compare it with what you know.
unknown-region = Devices from after the backup, scrolls sideways
unknown-find = Find devices from after the backup
unknown-find-hint = Name, UDID or certificate
unknown-none = Nobody knocks
unknown-none-text = Every device that comes with a certificate of this server is known here.
unknown-known = What is known here
unknown-enrolled = Enrolled with another certificate
unknown-before = Known from before, not enrolled now
unknown-never = Not known from before
unknown-rivals = { $n ->
    [one] Another certificate says that it is the same device.
   *[other] { $n } other certificates say that they are the same device.
}
unknown-last = Last message
unknown-first = First message
unknown-messages = Messages
unknown-certificate = Certificate
unknown-take-head = Take in again
unknown-take-text = Each goes on with the certificate that it has; nobody has to touch a device. Say what only the lost days knew. Nothing happens yet: the next page says what would.
unknown-confirm-first = Taking in needs more than your password. Confirm first that it is you, and choose devices then.
unknown-owner = Who owns the devices?
unknown-platform = Kind of those that are not known from before
unknown-which = A chosen certificate ends the enrollment that its device has with an older one. “All” leaves such devices as they are, and those that several certificates claim.
unknown-look-chosen = Look at the chosen ones
unknown-look-all = Look at all
unknown-take-title = { $n ->
    [one] Take in 1 device again?
   *[other] Take in { $n } devices again?
}
unknown-take-none = None of these devices can be taken in
unknown-take-intro = Nothing has happened yet.
unknown-take-who = Who is meant
unknown-take-what = What happens
unknown-take-then = What happens then
unknown-take-in = { $n ->
    [one] 1 device is managed again, with the certificate that it has. Unit: { $unit }. Owner: { $ownership }.
   *[other] { $n } devices are managed again, each with the certificate that it has. Unit: { $unit }. Owner: { $ownership }.
}
unknown-take-ends = { $n ->
    [one] For 1 of them an older enrollment ends, with its person and its secrets: whoever names a certificate decides for it.
   *[other] For { $n } of them an older enrollment ends, with its person and its secrets: whoever names a certificate decides for it.
}
unknown-take-ends-none = Naming a certificate ends an older enrollment of its device. None of these has one now, so nothing ends.
unknown-take-all-ends = No enrollment ends: of all only those are taken in that are not enrolled.
unknown-take-platform = A device that is not known from before is kept as: { $a }.
unknown-take-push = Their push tokens are lost. Until a device sends its token again it is shown as unreachable and gets its commands when it comes by itself.
unknown-take-refused = { $n ->
    [one] 1 stays outside; the list says why.
   *[other] { $n } stay outside; the list says why.
}
unknown-take-submit = { $n ->
    [one] Take in 1 device
   *[other] Take in { $n } devices
}
unknown-push-missing = Without one no device is taken in.
unknown-back = Back to the list
unknown-row-taken = Is taken in
unknown-row-ends = Is taken in; its older enrollment ends
unknown-refused-gone = Stays outside: no such certificate knocks here any more.
unknown-refused-certificate = Stays outside: the certificate has run out, or is no device identity of this server.
unknown-refused-known = Stays outside: the certificate is on record, and what was decided about it stays.
unknown-refused-contradicts = It has named different devices, so it is never taken in. Let the device enroll again.
unknown-refused-rivals = Stays outside: several certificates say that they are this device. Choose only the one to take.
unknown-refused-managed = Stays outside: it is enrolled with another certificate, or belongs to a unit that you do not reach. Choose it by itself to end that enrollment.
unknown-refused-changed = Stays outside: it enrolled again after the page was shown. Look once more.
unknown-refused-ownership = Stays outside: a device that its person enrolled with their account is a personal one.
unknown-refused-push = Stays outside: there is no push certificate any more.
unknown-refused-failed = Stays outside: it could not be taken in, and nothing of it has changed. The server’s log says why.
unknown-done-title = { $n ->
    [one] 1 device is taken in again
   *[other] { $n } devices are taken in again
}
unknown-done-none = No device was taken in
unknown-done-text = They are managed again as soon as they come. Person, groups and names are set on their pages.
unknown-done-nothing = Nothing has changed.
unknown-done-ended = { $n ->
    [one] 1 older enrollment has ended.
   *[other] { $n } older enrollments have ended.
}
unknown-done-in = Taken in
unknown-done-refused = { $n ->
    [one] 1 stayed outside
   *[other] { $n } stayed outside
}
unknown-done-out = Certificates that stayed outside
unknown-done-why = Why
need-unknown-take = Look at them
