nav-docs = Documentation
docs-intro = How things are done, why they are so, and what there is.
docs-search = Search the documentation
docs-found = { $n ->
    [one] { $n } section with “{ $a }”
   *[other] { $n } sections with “{ $a }”
}
docs-none = No section holds all of these words. Try fewer of them.
docs-all = All documents
docs-guide = Guide
docs-guide-about = How something is done
docs-concepts = Concepts
docs-concepts-about = Why it is so
docs-reference = Reference
docs-reference-about = What there is
docs-contents = On this page
docs-foreign = This document is in English.
docs-what = What this means

first-steps = First steps
first-steps-done = { $n } of { $all } done
first-done = Done
first-open = Not done yet
first-more = How
first-hide-me = Hide for me
first-hide-all = Hide for everyone
first-address = Address that devices trust
first-address-text = No certificate that fits the public address is known here, and nobody came over it yet.
first-address-act = Listeners and server
first-push = Push certificate
first-push-text = Without it no device can be told that something waits for it.
first-mail = Mail server
first-mail-text = Invitations, links to sign in and notices go by mail.
first-mail-act = Set the mail server
first-admins = Two administrators with a second step
first-admins-text = Two people must be able to come in, each with a passkey, an app or single sign-on, and with recovery codes kept apart.
first-admins-act = Administrators
first-people = Units or people
first-people-text = Rights and profiles hold for units; invitations go to people.
first-people-act = People
first-invite = First invitation
first-invite-text = A few questions say which way in fits.
first-device = First device
first-device-text = Open the invitation on a device. Each attempt is recorded step by step.
first-device-act = Attempts
first-profile = First profile assigned
first-profile-text = Begin with a template, look at its effect, and assign it to a unit or group.
first-profile-act = Profiles
first-backup = Backup of database and master key
first-backup-text = Copied, kept apart, and restored once to try. Only you can know that.
first-backup-act = I have done it

guide-intro = Answer what you know and see which way in fits. Nothing is made before you go on.
guide-about = About the devices
guide-platform = What are they?
guide-owner = Who owns them?
guide-owner-organisation = The organisation
guide-owner-person = The person
guide-owner-hint = Work data is kept apart; you see less.
guide-state = How do they come?
guide-state-new = New, or may be erased
guide-state-in-use = In use, must not be erased
guide-state-managed = Managed by another server
guide-by = Who sets them up?
guide-by-people = Each person their own
guide-by-staff = Somebody of ours, for others
guide-by-staff-hint = Classroom, ward, loan, kiosk
guide-count = How many, about?
guide-show = Show what fits
guide-asked-organisation = { $n ->
    [one] Ways in for { $n } { $a } of the organisation
   *[other] Ways in for { $n } { $a } devices of the organisation
}
guide-asked-person = { $n ->
    [one] Ways in for { $n } { $a } that a person owns
   *[other] Ways in for { $n } { $a } devices that people own
}
guide-before = Before you start
guide-help = Read more
guide-no-right = It fits, and your role may not begin it. Ask an administrator.
guide-fit-best = Best fit
guide-fit-possible = Possible
guide-fit-no = Does not fit
guide-fit-not-there = Not there yet
guide-invitation = One invitation
guide-invitation-text = A link, a QR code and a short code. Whoever holds the device opens it and installs the profile.
guide-invitation-act = Make an invitation
guide-batch = Invitations by mail
guide-batch-text = Each person gets a mail with their own link, and reminders until the device is there.
guide-batch-act = Invite by mail
guide-own = People bring devices in by themselves
guide-own-text = They open the printed address, sign in, and follow the steps.
guide-own-act = Self-service settings
guide-moving = Move from another server
guide-moving-text = Devices keep their enrollment and change servers without anybody touching them.
guide-moving-act = How to move
guide-automated = Automated Device Enrollment
guide-automated-text = The device finds its server when it is first switched on, by way of Apple Business or School Manager.
guide-android = Android Enterprise
guide-android-text = Work profiles and managed Android devices.
guide-windows = Windows
guide-windows-text = Management of Windows computers.
guide-keeps-data = Nothing on the device is erased
guide-person-alone = The person needs about three minutes and nobody beside them
guide-no-mail = No mail address is needed
guide-many-at-once = Many at once; you see who is where and remind those who wait
guide-nothing-per-device = Nothing to prepare for each device
guide-nothing-touched = Nobody touches a device
guide-private-stays = Private data stays unseen, and the device cannot be erased from here
guide-not-supervised = Not supervised: the person can remove management, and some settings need supervision
guide-one-by-one = Each device is taken in hand, about three minutes each
guide-needs-mail = Each person needs a mail address
guide-leave-first = The other server’s management must be removed first
guide-records = Needs the other server’s records and its push certificate
guide-made-for-many = Made for many; for one device an invitation is quicker
guide-unit-allows = The unit must allow it, and each person needs an account
guide-other-platform = It is for iPhone, iPad and Mac. Choose another device to use it.
guide-not-managed = You said that no other server manages them. Change that answer to use it.
guide-staff = You said that somebody else sets them up; here each person does. Change that answer to use it.
guide-personal = You said that the person owns them. It is for devices that the organisation bought.
guide-must-not-erase = You said that they must not be erased. It begins with an erased device, and is not there yet.
guide-not-there-yet = Tillsyn cannot do this yet.
guide-push-good = Push certificate, good until { $a }
guide-push-missing = There is no good push certificate.
guide-address-good = The certificate of the server fits the public address
guide-address-unknown = No certificate that fits the public address is known here. Behind a proxy, try the address with a device.
guide-mail-good = The mail server is set
guide-mail-missing = There is no mail server.
guide-own-good = At least one unit allows it
guide-own-off = No unit allows it yet.
guide-policy = Days, PIN and terms are as the policy says.

nav-all-settings = All settings
areas-intro = Each area with how it stands. What your role may not see is not here.
first-show = Show the first steps again
area-organisation = Organisation and units
area-branding = Branding
area-units = { $n ->
    [one] { $n } unit
   *[other] { $n } units
}
area-units-named = { $n ->
    [one] { $n } unit; people see it as { $a }
   *[other] { $n } units; people see it as { $a }
}
area-people = People and directories
area-directories = { $n ->
    [0] No directory
    [one] { $n } directory, all in order
   *[other] { $n } directories, all in order
}
area-directories-ill = { $n ->
    [one] { $n } directory cannot be read
   *[other] { $n } directories cannot be read
}
area-directories-held = { $n ->
    [one] { $n } change of a directory waits for somebody
   *[other] { $n } changes of directories wait for somebody
}
area-sign-in = Sign-in and roles
area-sign-in-own = Ways in for administrators and programs
area-second-steps = { $n ->
    [one] The { $n } administrator has a second step
   *[other] All { $n } administrators have a second step
}
area-without-second-step = { $n } of { $all } administrators without a second step
area-ends = Ends { $a }
area-authorities = Certificate authorities
area-certificates = Device certificates
area-first-ends = The first ends { $a }
area-enrollment = Enrollment and invitations
area-own-devices-on = People may bring devices in by themselves in at least one unit
area-own-devices-off = Devices come in by invitation only
area-mail-webhooks = Mail and webhooks
area-mail = Mail goes through { $a }
area-webhooks = { $n ->
    [0] No webhook
    [one] { $n } webhook
   *[other] { $n } webhooks
}
area-guard = Hold of { $n } minutes, second person from { $from } devices
area-audit-settings = Retention and holds
area-audit = { $n ->
    [one] Events are kept for { $n } day
   *[other] Events are kept for { $n } days
}
area-inventory = { $n ->
    [one] Devices are asked every { $n } hour
   *[other] Devices are asked every { $n } hours
}
area-inventory-off = Devices are asked only when somebody wants it
area-backup-title = Backup
area-backup = Confirmed { $a } by { $who }
area-backup-none = Nobody has confirmed a backup yet
area-server = Listeners and server
server-intro = What this node was started with. It is changed in its configuration file, not here.
server-help = All keys
server-listeners = Listeners
server-listeners-none = This node was started by a program that says nothing of its listeners.
server-serves-all = Devices, people and the console
server-serves-public = Devices and people
server-serves-admin = Console and API
server-proof-signature = Devices sign each message
server-proof-mtls = Devices show a TLS certificate
server-proof-header = A proxy hands the certificate of devices on in { $a }
server-tls-off = No TLS here: a proxy speaks it, or it is the loopback
server-tls-unreadable = { $a } cannot be read; the certificate from before is still shown
server-tls-unfit = The certificate does not fit the address, or is not valid now. It ends { $a }
server-tls-until = TLS certificate, good until { $a }
server-subject = Subject
server-issuer = Issuer
server-names = Names
server-settings = Configuration
server-settings-sub = Without secrets
server-settings-none = Nothing differs from what the program brings along.
server-key = Key
server-value = Value
server-public = Public address
server-console = Address of the console
server-engine = Database
server-node = This node
server-version = Version
backup-intro = “tillsyn backup FILE” on the server writes the whole database into one sealed file while everything goes on, and “tillsyn restore FILE” puts it into an empty one. What belongs together:
backup-help = The whole guide
backup-what = What belongs together
backup-database = **The database**: devices, people, profiles, the audit trail, certificates with their sealed keys.
backup-key = **The master key**: without it the database is worthless; both together are everything. Keep it apart.
backup-configuration = **The configuration** and the files that it names: TLS certificate and key, roots.
backup-how = How to make one
backup-how-text = The server can go on all the while. It is the same for SQLite and PostgreSQL.
backup-try = How to try it
backup-try-text = Into an empty machine that is off the network: a restored copy that runs beside the server talks to the same devices.
backup-last = Last seen
backup-confirmed = Confirmed by { $a }
backup-not-seen = The server knows when a backup was made, not whether the file still is where it belongs and can be restored. What somebody confirms here is kept in the audit trail.
authorities-intro = What this installation signs with. Keys never leave the database, where they are sealed with the master key.
authorities-ours = Our authorities
authorities-none = Authorities belong to the whole organisation; your account reaches a part of it.
authority-use = Used for
authority-algorithm = Key
authority-until = Ends
authority-issued = Issued
authority-not-counted = Not counted
authority-devices = Identities of devices
authority-networks = Networks and mail
authority-signing-root = Root of the profile signer
authority-profiles = Signs profiles
authority-scep = Certificate requests by SCEP
authority-audit = Signs the audit trail
server-settings-region = Table of the configuration
authorities-region = Table of the authorities
