nav-profiles = Profiles
nav-configure = Configure
save = Save
add = Add
message-profile-made = The profile was made. Nothing reaches a device before it is rolled out.
message-profile-described = Name and description were saved.
message-profile-deleted = The profile was deleted.
message-draft-discarded = The draft was discarded.
profiles-intro = Settings for devices, as drafts that are edited and versions that are rolled out.
profiles-find = Find a profile
profiles-find-hint = Name or identifier
profiles-empty = No profiles yet
profiles-empty-text = Begin with a template, upload a .mobileconfig, or choose payloads from the catalogue.
profiles-list-region = Profiles, one a row
profiles-kind = Payloads
profiles-no-payloads = None yet
profiles-on-none = On no device
profiles-assigned = Assigned to
profiles-assigned-none = Nobody
profiles-assigned-units = { $n ->
    [one] { $n } unit
   *[other] { $n } units
}
profiles-assigned-groups = { $n ->
    [one] { $n } group
   *[other] { $n } groups
}
profiles-assigned-devices = { $n ->
    [one] { $n } device
   *[other] { $n } devices
}
profiles-assigned-but = except { $n }
profiles-changed = Changed
profiles-more-kinds = and { $n } more
profiles-in-use = In use
profile-new = New profile
profile-new-intro = Whatever you begin with becomes a draft. Nothing reaches a device before you roll it out.
profile-new-template = From a template
profile-new-template-sub = Ready but for your own names and addresses
profile-new-empty = Empty
profile-new-upload = Upload
profile-new-copy = Copy of a profile
profile-new-choose = Choose a profile to copy.
profile-own-name = Name
profile-own-description = Description
profile-name-hint = What people see here and on the device.
profile-choose-payloads = Choose payloads
profile-begin = Begin
profile-upload = Check and upload
profile-upload-hint = Plain or signed, up to 2 MiB. It is checked before it is kept.
profile-upload-there = Upload it as the new content of “{ $a }” instead
profile-file-again = Choose the file once more
profile-copy = Copy
profile-copy-name = Name of the copy
profile-check-title = Found in the upload
profile-check-keep = You can keep it as a draft and mend it in the form. Errors have to be mended before it is rolled out.
profile-keep = Keep as a draft
profile-signer = Signed by
profile-unsigned = Not signed
profile-tabs = Profile
profile-tab-settings = Settings
profile-draft = Draft
profile-published = Published
profile-archived = Archived
profile-archived-text = This profile is archived: no device is to have it.
profile-version = Version { $a }
profile-about-version = { $n ->
    [one] Version { $version } is on or on its way to { $n } device.
   *[other] Version { $version } is on or on its way to { $n } devices.
}
profile-about-draft = Draft saved { $a }.
profile-about-draft-by = Draft saved { $when } by { $who }.
profile-discard = Discard draft
profile-delete = Delete profile
profile-archive = Archive
profile-restore = Restore
profile-show-raw = Show as .mobileconfig
profile-plan = Plan the rollout
profile-plan-errors = { $n ->
    [one] { $n } error has to be mended first
   *[other] { $n } errors have to be mended first
}
profile-payloads = Payloads
profile-itself = Profile
profile-errors = { $n ->
    [one] { $n } error
   *[other] { $n } errors
}
profile-add-payload = Add payload
profile-add-intro = Everything a profile can say, by what it is about.
profile-add-find = Find a payload
profile-add-hint = Name, type or key
profile-add-system = System
payloads-network = Network
payloads-certificates = Certificates
payloads-accounts = Accounts and sign-in
payloads-security = Security
payloads-restrictions = Restrictions and updates
payloads-apps = Apps and appearance
payloads-other = Other
profile-show-all = Show all { $n } keys
profile-unknown-payload = Not in Apple’s schema: installed as it is
profile-variant = Form
profile-encrypted = The payloads are encrypted for one device; they cannot be shown or changed here.
profile-one-per-device = one per device
profile-many-per-device = several per device allowed
profile-move-up = Move up
profile-move-down = Move down
profile-remove-payload = Remove this payload
profile-no-payload = No payloads yet
profile-no-payload-text = A payload is one kind of setting, such as Wi-Fi or a passcode.
profile-section-other = More keys
profile-pairs = Names and values
profile-required = Required
profile-changed-since = Changed since version { $a }
profile-default = Left out: { $a }.
profile-on = on
profile-off = off
profile-not-set = Not set
profile-leave-out = Leave out
profile-lines = One value a line.
profile-data-file = Or take it from a file
profile-data-size = { $n ->
    [one] { $n } byte, written as Base64.
   *[other] { $n } bytes, written as Base64.
}
profile-secret-set = Set, not shown
profile-secret-change = Change
profile-group-none = None yet.
profile-group-add = Add one
profile-item = No. { $n }
profile-pair-key = Name
profile-pair-type = Type
profile-pair-add = Add
profile-type-string = Text
profile-type-integer = Whole number
profile-type-real = Number
profile-type-boolean = Yes or no (true)
profile-key-unknown = Not in Apple’s schema, or of another type. It is kept as it is; change it in the raw view.
profile-no-certificates = No payload of this profile brings a certificate.
profile-wrong-integer = This must be a whole number.
profile-wrong-number = This must be a number.
profile-wrong-date = Write it like 2027-01-31T08:00:00Z.
profile-wrong-data = This is not Base64.
profile-theirs = The draft now says: { $a }
profile-theirs-none = nothing
profile-conflict-by = { $who } saved this draft { $when }.
profile-conflict = The draft was saved elsewhere { $a }.
profile-conflict-gone = The draft was published or discarded meanwhile.
profile-conflict-text = What you typed is below and not saved. Where it differs, both are shown. Save again to keep yours.
profile-saved = Saved
profile-unsaved = Not saved yet
profile-save-title = Draft
profile-save = Save draft
profile-comment = What changes in this version
profile-comment-hint = Shown in the list of versions.
profile-against = Against version { $a }
profile-against-same = Nothing differs.
profile-variables = Variables
profile-variable = variable
profile-variables-text = Stand in any text and become the device’s own values at delivery. `{"{{"}person.email|unknown{"}}"}` says what stands there when nothing is known.
profile-describe = Name and description
profile-findings = Findings
profile-findings-none = Nothing was found.
profile-raw = Property list
profile-raw-label = The draft as XML
profile-raw-masked = Secrets are masked. A mask that you leave keeps the secret.
profile-raw-file = Or take the content of a file
profile-raw-conflict = What you typed is below and not saved. Save again to replace the present draft.
profile-as-form = Back to the form
profile-download = Download
profile-download-text = The profile as a file, not signed.
profile-download-masked = The profile as a file, not signed, its secrets masked.
profile-download-act = Download the file
profile-whole = With its secrets
profile-whole-text = The newest version as it is. Who took it and why goes to the audit trail.
profile-whole-act = Download with secrets
profile-refused-profile = This is not a configuration profile.
profile-refused-signature = The profile’s signature cannot be used.
profile-refused-size = A profile has at most 2 MiB.
profile-refused-payloads = A profile has at most 200 payloads. Divide it.
profile-refused-no-identifier = The profile has no PayloadIdentifier, by which devices know it. Give it one, such as org.example.wifi.
profile-refused-identifier-taken = Another profile has this identifier already. Upload it there, or give it another PayloadIdentifier.
profile-refused-identifier-differs = The identifier is another one; devices would take it for another profile. Upload it as a new profile, or keep the PayloadIdentifier.
profile-refused-masked = A mask stands where no secret is known. Type the value.
profile-refused-archived = The profile is archived. Restore it first.
profile-refused-name = A name has 1 to 200 characters on one line.
profile-refused-value = A value cannot be kept as it was typed.
profile-refused-long = A text is too long.
tag-as-payload = all platforms
tag-not-on = not on { $a }
tag-supervised = only supervised
tag-supervised-on = only supervised: { $a }
tag-ade = only automatic enrollment
tag-ade-on = only automatic enrollment: { $a }
tag-user-approved = only user-approved
tag-user-approved-on = only user-approved: { $a }
tag-no-ue = not with User Enrollment
tag-no-ue-on = not with User Enrollment: { $a }
tag-removed = gone from { $a }
tag-deprecated = outdated from { $a }
variable-person-name = Name of the person who has the device
variable-person-email = Mail address of that person
variable-person-user-name = The mail address up to the @
variable-device-name = Name of the device
variable-device-serial = Serial number; unknown of personal devices
variable-device-udid = UDID; unknown of personal devices
variable-device-imei = IMEI; unknown of personal devices
variable-device-model = Model, such as iPhone17,3
variable-device-id = Our own id of the device
variable-unit-name = Unit that the device belongs to
variable-organisation-name = Name of the organisation
variable-user-short = Account name, in profiles for users
variable-user-long = Full name, in profiles for users
variable-scep-url = Address of our network authority, for a SCEP payload
variable-challenge = One-time secret of that SCEP payload
variable-root = Root certificate of our network authority, for a certificate payload
