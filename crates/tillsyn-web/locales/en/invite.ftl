invite-mail-title = Set up your device
invite-mail-title-reminder = Reminder: your device is not set up yet
invite-mail-title-unfinished = One step is left: install the profile
invite-mail-title-pin = Your new PIN
invite-mail-hello = Hello { $a },
invite-mail-by = { $inviter } at { $organisation } invites you to connect your iPhone, iPad or Mac.
invite-mail-org = { $a } invites you to connect your iPhone, iPad or Mac.
invite-mail-minutes = It takes about three minutes. You see what is managed before you agree to anything.
invite-mail-network = You reach your own pages with your mail address and the password that you use at { $a }.
invite-mail-reminder = Your invitation is still open. Go on with the same link; nothing is lost.
invite-mail-unfinished = You downloaded the profile, but it is not installed. Open the link again on that device: you get a new profile, and the page shows where it is in Settings.
invite-mail-new-pin = Here is the new PIN that was asked for on the page of your invitation. The one before no longer works.
invite-mail-pin = Your PIN:
invite-mail-pin-until = The PIN works until { $a }. After that the page sends you a new one.
invite-mail-pin-apart = You get the PIN from { $a }, not by mail. Ask for it before you begin.
invite-mail-button = Set up my device
invite-mail-step-open = Open this link on the device itself, in Safari.
invite-mail-step-pin = Type the PIN.
invite-mail-step-agree = Read what is managed, and agree.
invite-mail-step-install = Install the profile in Settings; the page shows every tap.
invite-mail-until = The invitation works until { $a }.
invite-mail-other = Reading this on another device?
invite-mail-camera = Point the camera of your iPhone or iPad at this code:
invite-mail-qr = QR code with your link
invite-mail-by-hand = Or type this address in Safari on the device, and then the code:
invite-mail-help = Questions? { $a }
invite-mail-help-none = Questions? Ask whoever invited you. Nobody reads answers to this mail.
invite-mail-alone = The link and the code are for you alone: do not pass this mail on.
invite-mail-unexpected = You did not expect this? Delete it, and nothing happens.
mail-what-invitation = Invitation
mail-what-invitation-reminder = Reminder of an invitation
mail-what-invitation-pin = New PIN
mail-error-withdrawn = Taken back before it was sent
activity-invitation-send = sent an invitation
activity-invitation-resend = sent an invitation anew
activity-invitation-remind = reminded somebody of an invitation
activity-batch-create = prepared invitations
activity-batch-begin = began sending invitations
activity-batch-cancel = stopped sending invitations
activity-batch-done = finished sending invitations
activity-batch-failed = could not send invitations
activity-batch-resend = sent invitations anew
invite-send = Send invitations
invite-send-intro = By mail, each in the person’s own language. You see who gets one before anything is sent.
invite-whom = Who is invited
invite-to-people = People by mail address
invite-emails = Mail addresses
invite-emails-hint = Of people who are known already, one to a line or with commas between them.
invite-to-group = Everybody in a group
invite-to-file = A file
invite-file-hint = CSV with the columns name, email, unit and language, at most 5,000 rows. Whoever is missing is added to the list of people.
invite-label = Label
invite-label-hint = What the list of sent invitations shows, for instance “New staff, autumn”.
invite-skip = Pass over
invite-skip-open = Whoever has an open invitation
invite-skip-enrolled = Whoever has an enrolled device
invite-policy-of-unit = What holds for each person is what their own unit says.
invite-mail-missing = There is no mail server yet, so no invitation can be sent.
invite-batches = Sent together
invite-batches-intro = Invitations to many, and who is where on the way.
invite-batches-none = Nothing was sent together yet
invite-batches-none-text = Invite a group or a file of people, and see here how far each of them is.
invite-batches-region = Invitations sent together
invite-batch-of = Invitations of { $a }
invite-source = From
invite-status-running = Sending
invite-status-done = Sent
invite-export = As CSV
invite-stop = Stop sending
invite-discard = Discard
invite-nothing-yet = Nothing was sent yet
invite-nobody = Nobody in this list can be invited. The list says why.
invite-will-send = { $n ->
    [one] 1 person gets a mail.
   *[other] { $n } people get a mail.
}
invite-begin = Send now
invite-failed = Sending ended early: whoever began it may not send any more, or it was interrupted too often. Who got a mail, the list says.
invite-resend-title = Write again to those who are stuck
invite-resend-text = Each gets a new link and, where it goes by mail, a new PIN. The link before stops working.
invite-resend-step = Who stopped at
invite-resend = Send anew
invite-people = Who is where
invite-people-region = People of these invitations
invite-step = Furthest step
invite-step-planned = Will be invited
invite-step-skipped = Passed over
invite-step-wrong = Cannot be used
invite-step-cancelled = Not sent, stopped
invite-step-not-invited = Could not be invited
invite-step-invited = Mail waits
invite-step-mail-sent = Mail sent
invite-step-mail-refused = Mail refused
invite-step-mail-failed = Mail failed
invite-step-opened = Opened
invite-step-pin = PIN given
invite-step-profile = Profile fetched
invite-step-certificate = Certificate issued
invite-step-enrolled = Enrolled
invite-step-ready = Ready
invite-step-failed = Failed
invite-step-expired = Invitation expired
invite-step-revoked = Invitation withdrawn
invite-new-person = Is added to the list of people
invite-reminded = { $n ->
    [one] Reminded once
   *[other] Reminded { $n } times
}
invite-cause-invitation = Has an open invitation
invite-cause-device = Has an enrolled device
invite-cause-twice = Is in the list above already
invite-cause-limit = Has as many devices as the organisation allows
invite-cause-inactive = Is inactive
invite-cause-no-email = Has no mail address
invite-cause-over = The invitation is over already
invite-cause-lapsed = The profile was not installed in time
invite-cause-overtaken = Is somebody else by now; make a new list
invite-problem-empty = Name at least one person
invite-problem-long = At most 5,000 people at a time
invite-problem-nobody = Nobody there can be written to
invite-problem-overtaken = This is another list than you looked at. Look again.
invite-problem-over = This list was discarded. Make a new one.
invite-problem-running = It is still being sent. Wait until it is done, or stop it.
invite-problem-steps = Choose a step at which people are stuck
nav-invite-policy = How to invite
invite-policy-intro = PIN, life, reminders and limits of the invitations that are sent by mail. The nearest unit wins, figure by figure.
invite-policy-show = Show
invite-pin-none = No PIN
invite-pin-mail = PIN in the mail with the link
invite-pin-shown = PIN shown to the administrator, who hands it over another way
invite-account-none = No account needed
invite-account-required = The person signs in first
invite-account-password = Whoever has no password sets one on the way
invite-account = The person’s own account
invite-as-above = As above this unit
invite-as-usual = The usual
invite-empty-above = Empty: as above this unit.
invite-days = Life in days
invite-after = Reminders, days after the mail
invite-before = Reminders, days before the end
invite-limit = Devices of a person at a time
invite-usual-days = { $n ->
    [one] 1 to 90. Empty: 1 day.
   *[other] 1 to 90. Empty: { $n } days.
}
invite-usual-list = Such as 2, 5. 0 is none. Empty: { $a }.
invite-usual-limit = 1 to 100. Empty or 0: no limit.
invite-days-wrong = An invitation lives 1 to 90 days
invite-reminders-wrong = At most five numbers from 1 to 89, with commas between them
invite-limit-wrong = A number from 0 to 100
invite-in-force = In force here
invite-keep = Invitations that are out already keep what they were made with.
invite-others = Units with figures of their own
invite-policy-days = { $n ->
    [one] Lives 1 day
   *[other] Lives { $n } days
}
invite-policy-after = Reminders, days after it was sent: { $a }
invite-policy-before = Reminders, days before the end: { $a }
invite-policy-limit = { $n ->
    [one] At most 1 device each
   *[other] At most { $n } devices each
}
invite-typed = Code to type
invite-typed-hint = Typed at { $a } where the link cannot be tapped.
invite-resent = A new invitation is on its way; the link before no longer works.
invite-pins = PINs to hand over
invite-pins-text = They are told once, and afterwards only their hashes are kept. Whoever loses theirs gets a new one on the page of their invitation.
invite-pins-show = Show them once
invite-pins-until = The first of them stops working { $a }. Hand each over another way than by mail.
invite-pins-back = Back to the invitations
invite-problem-no-pins = There are no PINs to hand over: somebody took them, or they no longer work. Make a new one on the page of an invitation.
activity-batch-pins = took the PINs of invitations to hand them over
invite-pins-wait = { $n ->
    [one] 1 PIN waits to be handed over.
   *[other] { $n } PINs wait to be handed over.
}
invite-bounced = The mail came back
mail-error-bounced = Taken by the mail server, and came back
activity-invitation-bounced = recorded that the mail of an invitation came back
