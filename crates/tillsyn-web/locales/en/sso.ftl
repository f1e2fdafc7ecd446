# Single sign-on.
provider-sign-in = Sign in with { $a }
provider-confirm = Show it at { $a }
provider-over = This sign-in is over. Begin again.
provider-declined = The identity provider did not let you in.
provider-answer = The identity provider’s answer cannot be trusted, so you are not signed in. Tell an administrator: the history says why.
provider-away = The identity provider does not answer at the moment. Try again, or use another way.
provider-first = Sign in at your identity provider. Your passkey counts after that.
provider-not-mapped = None of your groups may sign in here. Ask an administrator.
provider-elsewhere = Your account belongs to another part of the organisation than this identity provider.
provider-account-disabled = Your account is disabled. Ask an administrator.
provider-no-email = The identity provider names no mail address for you, or one that nobody checked.
provider-email-taken = There is an account with your mail address already, and this identity provider may not take it over. Ask an administrator.
provider-not-fresh = The identity provider did not ask you to sign in again. Try once more, or use another way.
provider-second-factor = Your account has a second factor. Show that instead.
provider-other-person = Somebody else signed in at the identity provider.
activity-identity = signed in for the first time with an identity provider
activity-mapped = got the role and unit of their group
activity-mapped-refused = kept role and unit as the last owner, against their group
activity-provider-created = added the identity provider
activity-provider-changed = changed the identity provider
activity-provider-removed = removed the identity provider

nav-sign-on = Single sign-on
providers = Identity providers
providers-intro = Where administrators sign in with the account of their organisation.
providers-none = There is no identity provider. Administrators sign in with password or passkey.
providers-new = Add an identity provider
providers-groups = Groups
providers-group-count = { $n ->
    [one] One group
   *[other] { $n } groups
}
providers-on = On
providers-off = Off
providers-settings = Settings
providers-issuer = Issuer
providers-client = Client ID
providers-secret = Client secret
providers-secret-kept = There is one. Leave this empty to keep it.
providers-scopes = Scopes
providers-claim = Claim with the groups
providers-map = What groups get
providers-map-hint = The first line that names one of the person’s groups counts. Without one nobody comes in.
providers-map-row = Line { $a }
providers-group = Group
providers-role = Role
providers-unit = Unit
providers-enabled = People can sign in with it
providers-links = A first sign-in may take over the account with the same verified mail address
providers-factor = Its second factor counts as ours
providers-factor-values = What says that one was shown
providers-algorithms = Signatures that count
providers-hosts = Further hosts of its addresses
providers-there = At the provider
providers-there-text = Register a web application there, with this address to send people back to.
providers-redirect = Address to send back to
providers-try = Try it
providers-try-text = Asks the provider for its addresses and keys, as a sign-in would.
providers-usable = { $n ->
    [one] The provider answers, with one key that can be used.
   *[other] The provider answers, with { $n } keys that can be used.
}
providers-unusable = The provider cannot be used: { $a }.
providers-remove = Remove
providers-remove-text = Everybody who came in by it is signed out. Their accounts stay.
providers-issuer-known = There is an identity provider with this issuer already.
providers-issuer-wrong = The issuer is an address with https://, as the provider itself writes it.
providers-algorithms-none = Choose at least one signature.
providers-mappings-wrong = A line names a role or unit that cannot be given.
providers-words-wrong = One of the words cannot be used.
providers-redirect-later = The address to send people back to appears here once this is saved.
providers-second = A second person agrees where groups get a role with mighty rights, or existing accounts may be taken over. Say why.
providers-waits = A change of this identity provider waits for a second person already.
providers-platform = Your account is limited to one platform, and what an identity provider gives is for all of them.
providers-last-owner = The last owner of the organisation signs in here alone. Let an owner have a password or a passkey first.
providers-trouble-address = the address { $a } does not begin with https://
providers-trouble-issuer = it names another issuer
providers-trouble-host = { $a } is on a host that is not the provider’s
providers-trouble-unreachable = it cannot be reached
providers-trouble-status = { $what } answers with status { $status }
providers-trouble-large = { $a } is larger than 256 KiB
providers-trouble-json = { $a } is not what it should be
providers-trouble-keys = none of its keys can be used
approval-title-provider = Identity provider: { $a }
approval-more-provider = To the identity providers
