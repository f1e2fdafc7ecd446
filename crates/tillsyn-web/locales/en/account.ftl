# Sign-in beyond the password, and one's own account.
account-link = (your account)
account-title = Your account
account-required = Your role asks for a second factor. Add a passkey or an authenticator app.

second-title = One more step
second-intro = { $person }, the password is right. Now show your second factor.
second-code = Code from your app, or a recovery code
second-code-hint = Six digits from the app. If you do not have it with you, type one of your recovery codes.
second-recovery = Recovery code
second-recovery-hint = Sixteen letters and digits. Each code works once.
error-code-used = This code is not right, or was used already
error-password-same = This is the password that you have. Choose another

passkey-use = Use a passkey
passkey-failed = That did not work. Try again, or use another way.
passkeys = Passkeys
passkeys-intro = With a passkey you sign in by finger, face or PIN of your device. It replaces password and code.
passkeys-none-here = Passkeys need this console under a host name with https.
passkey-added = Added
passkey-synced = on several devices
passkey-name = Name of the passkey
passkey-name-hint = For example the device that keeps it.
passkey-add = Add a passkey
passkey-hint = The quickest way: finger, face or PIN of this device.
passkey-rename = Rename
passkey-remove = Remove

app = Authenticator app
app-title = Set up an authenticator app
app-intro = Scan the code with the app, or type the key into it. Then type the six digits that the app shows.
app-hint = An app on your phone shows a new code of six digits every 30 seconds.
app-qr = Code for the authenticator app
app-secret = Key for the app
app-code = Six digits from the app
app-confirm = Confirm
app-add = Use an authenticator app
app-there = An authenticator app is set up.
app-remove = Remove the app

codes = Recovery codes
codes-title = Your recovery codes
codes-intro = If your passkey or app is lost, one of these codes lets you in. Each works once. Print them or keep them in a password manager.
codes-kept = I have kept them
codes-new = Make new codes
codes-left = { $n ->
    [0] No code is left.
    [one] One code is left.
   *[other] { $n } codes are left.
}

password-old = Your password now
password-new = New password
password-change = Change the password
password-ends = All your other sessions end.

sessions = Sessions
sessions-region = Your sessions, scrolls sideways
sessions-end-others = End all other sessions
session-browser = Browser
session-browser-on = { $browser } on { $system }
session-unknown = Unknown browser
session-method = Signed in with
session-address = Address
session-began = Began
session-this = This one
session-end = End
session-password = Password
session-password-second = Password and second factor
session-passkey = Passkey
session-oidc = Single sign-on
session-break-glass = Link from the server

set-up-password-title = Choose your own password
set-up-password-intro = The password that you came in with was set by somebody else or is to be replaced.
set-up-factor-title = Add a second factor
set-up-factor-intro = Your role asks for more than a password. Choose one way now; you can add others later.

rescue-title = Sign in with a link from the server
rescue-intro = This signs in as { $person }. Passkeys, authenticator app and recovery codes of the account are removed, and you choose a new password.
rescue-act = Sign in

confirm-elsewhere = This needs more than your password: first confirm that it is you.
confirm-elsewhere-act = Confirm

message-password-changed = The password is changed. All other sessions have ended.
message-factor-added = Added.
message-factor-removed = Removed.
message-session-ended = Ended.

refusal-second-factor = Your role asks for a second factor. Add another one first.
refusal-no-factor = Add a passkey or an authenticator app first.
refusal-passkey-known = This passkey is registered already.
refusal-passkey-limit = An account has at most 20 passkeys.
refusal-app = There is an authenticator app already. Remove it first.

activity-password = changed the password
activity-rescue = made a sign-in link on the server
activity-rescued = came in with a link from the server
activity-factor-added = added a second factor
activity-factor-removed = removed a second factor
activity-factor-renamed = renamed a passkey
activity-codes = made new recovery codes
activity-code-used = used a recovery code
activity-session-revoked = ended sessions
