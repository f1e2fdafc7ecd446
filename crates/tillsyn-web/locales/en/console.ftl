nav-main = Main
nav-overview = Overview
nav-devices = Devices
nav-enrollment = Enrollment
nav-invitations = Invitations
nav-attempts = Attempts
nav-failed = failed
nav-operate = Operate
nav-commands = Commands
nav-waiting = waiting
nav-settings = Settings
nav-push = Push certificate
nav-tokens = API tokens
sign-in-title = Sign in to Tillsyn
sign-in-failed = Mail address or password is not right.
sign-in-slow = { $n ->
    [one] Too many tries. Wait 1 minute, then try again.
   *[other] Too many tries. Wait { $n } minutes, then try again.
}
signed-out = You are signed out.
sign-in-needed = Sign in to go on.
your-name = Your name
first-title = First administrator
first-intro = There is no account yet. Whoever can read the server’s output makes the first one.
first-code = One-time code
first-code-hint = The server printed it when it was set up. It works once.
first-submit = Create administrator
confirm-title = Confirm that it is you
confirm-intro = { $person }, what comes next asks for this. It then holds for 10 minutes.
needs = Needs you
needs-sub = Most harm first
needs-none = Nothing needs you
needs-checked = Checked
need-push-missing = There is no push certificate
need-push-missing-text = Without one from Apple no device can be enrolled or reached.
need-push-missing-act = Upload the push certificate
need-push-expiring = { $n ->
    [one] Push certificate expires in 1 day
   *[other] Push certificate expires in { $n } days
}
need-push-expiring-text = After { $date } no device can be reached, { $n } in all. Renew it with the same Apple Account, { $account }.
need-push-expired = The push certificate has expired
need-push-expired-text = Since { $date } no device can be reached, { $n } in all. Renew it with the same Apple Account, { $account }; nothing has to be enrolled again.
need-push-renew = Renew certificate
need-push-stopped = Apple refuses the push certificate
need-refused = { $n ->
    [one] { $n } device refuses a profile
   *[other] { $n } devices refuse a profile
}
need-refused-text = They stay without it until the cause is mended. Each profile shows its devices and what they answered.
need-refused-act = Look at the profiles
need-held = { $n ->
    [one] 1 command is held
   *[other] { $n } commands are held
}
need-held-text = The guard holds what one person may not do alone until somebody else approves it. Withdraw what is not meant.
need-unreachable = { $n ->
    [one] 1 device is unreachable
   *[other] { $n } devices are unreachable
}
need-unreachable-text = Apple says that their push token is dead: management was removed, or the device was erased.
need-devices-act = Show devices
need-silent = { $n ->
    [one] 1 device is silent
   *[other] { $n } devices are silent
}
need-silent-text = Apple accepts our pushes, but they do not come. Most are switched off or have no network.
need-attempts = { $n ->
    [one] 1 enrollment failed in 24 hours
   *[other] { $n } enrollments failed in 24 hours
}
need-attempts-text = Each attempt names the step, the cause and the remedy.
need-attempts-act = Show attempts
figures = Key figures
figure-enrolled = Active devices
figure-enrolled-note = { $n } on record in all
figure-seen = Checked in within 24 hours
figure-seen-note = { $a } of all on record
figure-enrolling = Open invitations
figure-enrolling-note = { $n ->
    [one] 1 attempt failed in 24 hours
   *[other] { $n } attempts failed in 24 hours
}
figure-waiting = Commands under way
figure-waiting-note = { $n } held by the guard
versions = Platforms and OS versions
versions-newest = Newest
versions-before = Before it
versions-older = Older
versions-none = No devices yet. Here you will see which OS versions they run.
versions-note = { $percent } on { $version }
contact = Contact
contact-note = Reachable: the push token works. Silent: Apple accepts pushes, the device does not come. Unreachable: the push token is dead.
activity = Recent activity
activity-none = Nothing has happened yet.
activity-enrolled = Enrolled:
activity-removed = Left management:
activity-command = asked for “{ $a }”:
activity-withdrawn = withdrew “{ $a }”:
activity-invited = made an invitation:
activity-uninvited = revoked an invitation:
activity-push = uploaded a push certificate
activity-token = made an API token
activity-token-revoked = revoked an API token
activity-signed-in = signed in
activity-signed-out = signed out
activity-user = made an account
activity-organisation = set up the organisation
activity-preferences = changed language or theme
waiting = Waiting commands
waiting-none = Nothing waits.
enroll-devices = Enroll devices
devices-intro = Every enrolled device you may see. Personal devices show less, by design.
devices-unknown = These parts of the address mean nothing here and were ignored: { $a }
devices-list = Device list
devices-find = Find in this list
devices-find-hint = Name, serial, person
devices-region = Devices, scrolls sideways
devices-caption = { $n ->
    [one] 1 device
   *[other] { $n } devices
}, ordered by: { $order }
devices-none = No devices yet
devices-none-push = First upload a push certificate, then invite the first person.
devices-none-text = Make an invitation and open its link on an iPhone, iPad or Mac.
no-person = No person
copy-view = Copy link to this view
commands-intro = What waits, what is under way, and how it ended.
commands-nothing = No command has been sent yet.
commands-none = No commands yet.
commands-region = Commands, scrolls sideways
command-device-information = Ask for device information
command-security-info = Ask for security state
command-profile-list = Ask which profiles are installed
command-install-profile = Install a profile
command-install-profile-named = Install profile “{ $a }”
command-remove-profile = Remove a profile
command-remove-profile-named = Remove profile “{ $a }”
command-device-lock = Lock
command-erase-device = Erase
command-retire = Retire
hop-queued = Waits for its turn in the device’s queue.
hop-push-sent = Apple accepted the push; the device is expected to come.
hop-sent = The device has it. From here it cannot be stopped.
hop-not-now = The device cannot do it now, most often because it is locked. It asks again by itself; no one needs to act.
hop-acknowledged = The device has done it.
hop-cancelled = Withdrawn before the device had it.
hop-superseded = A newer command took its place.
hop-expired = The device did not fetch it in time.
hop-error = The device could not do it.
held-hold = Goes at { $a }. Until then anyone with the right can withdraw it.
held-budget = The limit on erases and retirements is used up. A second person decides under Approvals.
held-many = More than one person decides on. A second person decides under Approvals.
held-release = Waits for a second person under Approvals.
held-new = An account younger than a day asked for more than one device. A second person decides under Approvals.
hold-left = Time until it is sent
hold-until = left, goes at { $a }
transitions = What has happened
messages = Messages
messages-sub = Secrets are removed; kept for 14 days
messages-none = No message is kept for this command.
message-sent = Sent to the device
message-answer = Answer of the device
pushes = Pushes
deliveries = Deliveries
need-push-stopped-text = No device can be reached until it is renewed. Apple says: { $a }.
by-system = Tillsyn
by-server = Somebody on the server
by-token = API token { $a }
by-unknown = Somebody
hop-error-said = The device could not do it. It said: { $a }
hop-hold-over = Its hold is over; it waits for its turn.
hop-released = Released on the server; it waits for its turn.
hop-sent-again = The device asked again and has it again.
hop-absent = The profile was not there any more, which is what was wanted.
hop-ended = Its enrollment ended before the device had it.
activity-sign-in-refused = A sign-in was refused
activity-confirmed = typed the password again
activity-confirm-refused = typed a wrong password
activity-push-renewed = renewed the push certificate
activity-push-removed = removed a push certificate
activity-settings = changed settings
activity-pin-renewed = renewed the PIN of an invitation:
activity-pin-wrong = A wrong PIN was typed for an invitation:
activity-attempt = An invitation was opened:
activity-profile = An enrollment profile was downloaded:
activity-certificate = A device certificate was issued:
activity-refused = A message was refused from:
activity-ended = Management ended:
activity-repin = Renewed its certificate:
activity-released = Released held commands
