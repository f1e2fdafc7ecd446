//! Every address a page links to. Templates and handlers ask here, so that a route and its links
//! cannot drift apart.
//!
//! Long because it is one list.

use std::fmt::Write as _;

/// The unit that lists and counts are limited to, in the address of every page.
pub const SCOPE_NAME: &str = "scope";

pub const CONSOLE: &str = "/console";
pub const SIGN_IN: &str = "/console/sign-in";
pub const SIGN_OUT: &str = "/console/sign-out";
pub const FIRST_ADMINISTRATOR: &str = "/console/first-administrator";
pub const CONFIRM: &str = "/console/confirm";
pub const CONFIRM_PASSKEY: &str = "/console/confirm/passkey";
/// The second step of a sign-in.
pub const SECOND_STEP: &str = "/console/sign-in/second";
pub const SIGN_IN_PASSKEY: &str = "/console/sign-in/passkey";
/// There and back.
pub const SIGN_IN_PROVIDER: &str = "/console/sign-in/provider";
/// What an account owes before anything else.
pub const SET_UP: &str = "/console/set-up";
pub const ACCOUNT: &str = "/console/account";
pub const NOTIFICATIONS: &str = "/console/account/notifications";
pub const ACCOUNT_PASSWORD: &str = "/console/account/password";
pub const ACCOUNT_APP: &str = "/console/account/app";
pub const ACCOUNT_PASSKEYS: &str = "/console/account/passkeys";
pub const ACCOUNT_CODES: &str = "/console/account/recovery-codes";
pub const ACCOUNT_SESSIONS: &str = "/console/account/sessions";
pub const PREFERENCES: &str = "/console/preferences";
pub const EVENTS: &str = "/console/events";
/// One field for everything.
pub const SEARCH: &str = "/console/search";
/// Which part of the organisation to look at.
pub const SCOPE: &str = "/console/scope";
pub const DEVICES: &str = "/console/devices";
pub const DEVICES_MANY: &str = "/console/devices/many";
pub const DEVICES_MOVE: &str = "/console/devices/move";
/// Saved views of the list.
pub const DEVICE_VIEWS: &str = "/console/devices/views";
/// What is chosen across its pages.
pub const DEVICES_SELECTION: &str = "/console/devices/selection";
/// Takes back the commands of one cause.
pub const COMMANDS_WITHDRAW: &str = "/console/commands/withdraw";
pub const COMMANDS_EXPORT: &str = "/console/commands/export";
pub const PEOPLE_EXPORT: &str = "/console/people/export";
/// What the list can be narrowed by, with how many there are of each.
pub const DEVICES_FILTERS: &str = "/console/devices/filters";
pub const DEVICES_EXPORT: &str = "/console/devices/export";
/// How lists look to somebody.
pub const DEVICES_LOOK: &str = "/console/devices/look";
pub const COMMANDS: &str = "/console/commands";
pub const AUDIT: &str = "/console/audit";
pub const AUDIT_EXPORT: &str = "/console/audit/export";
pub const AUDIT_SETTINGS: &str = "/console/audit/settings";
pub const AUDIT_HOLDS: &str = "/console/audit/holds";
pub const REPORTS: &str = "/console/reports";
pub const CERTIFICATES: &str = "/console/certificates";
pub const PROFILES: &str = "/console/profiles";
pub const PROFILE_NEW: &str = "/console/profiles/new";
pub const PLANS: &str = "/console/plans";
pub const APPROVALS: &str = "/console/approvals";
pub const CAMPAIGNS: &str = "/console/campaigns";
pub const CAMPAIGN_NEW: &str = "/console/campaigns/new";
pub const GUARD: &str = "/console/settings/guard";
pub const GUARD_UNITS: &str = "/console/settings/guard/units";
/// What people may do to their own devices.
pub const SELF_SERVICE: &str = "/console/settings/self-service";
pub const OWN_DEVICES: &str = "/console/settings/self-service/own-devices";
pub const GUARD_STOP: &str = "/console/settings/guard/stop";
pub const ENROLLMENT: &str = "/console/enrollment";
pub const INVITATIONS: &str = "/console/enrollment/invitations";
pub const INVITATION_NEW: &str = "/console/enrollment/new";
pub const ATTEMPTS: &str = "/console/enrollment/attempts";
/// Devices that enrolled between a backup and its restore, and taking them in again.
pub const UNKNOWN_SENDERS: &str = "/console/enrollment/unknown";
pub const READOPT: &str = "/console/enrollment/unknown/readopt";
pub const PUSH: &str = "/console/settings/push";
pub const PUSH_NEW: &str = "/console/settings/push/new";
pub const PUSH_VENDOR: &str = "/console/settings/push/vendor";
pub const PEOPLE: &str = "/console/people";
/// Who somebody is by whatever they say.
pub const HELP_DESK: &str = "/console/help-desk";
pub const PEOPLE_MOVE: &str = "/console/people/move";
/// Files of people, groups and units.
pub const IMPORTS: &str = "/console/imports";
pub const GROUPS: &str = "/console/groups";
pub const UNITS: &str = "/console/settings/units";
pub const INVENTORY: &str = "/console/settings/inventory";
pub const MAIL: &str = "/console/settings/mail";
pub const MAIL_TEST: &str = "/console/settings/mail/test";
pub const MAIL_REMOVE: &str = "/console/settings/mail/remove";
pub const WEBHOOKS: &str = "/console/settings/webhooks";
pub const DIRECTORIES: &str = "/console/settings/directories";
pub const TOKENS: &str = "/console/settings/tokens";
pub const ADMINISTRATORS: &str = "/console/settings/administrators";
pub const IDENTITY_PROVIDERS: &str = "/console/settings/sign-in";
pub const IDENTITY_PROVIDER_NEW: &str = "/console/settings/sign-in/new";
pub const ROLES: &str = "/console/settings/roles";
/// Settings by area, and the areas that have no page elsewhere.
pub const SETTINGS: &str = "/console/settings";
pub const SERVER: &str = "/console/settings/server";
pub const BACKUP: &str = "/console/settings/backup";
pub const AUTHORITIES: &str = "/console/settings/authorities";
/// Which way in fits which devices.
pub const ENROLLMENT_GUIDE: &str = "/console/enrollment/guide";
pub const FIRST_STEPS_BACKUP: &str = "/console/first-steps/backup";
pub const FIRST_STEPS_HIDE: &str = "/console/first-steps/hide";
/// The documentation; a document or picture is below it.
pub const DOCS: &str = "/console/docs";
pub const WELCOME: &str = "/console/welcome";
/// A person's own pages.
pub const PORTAL: &str = "/portal";
pub const PORTAL_SIGN_IN: &str = "/portal/sign-in";
/// The second step of a person's sign-in.
pub const PORTAL_SECOND_STEP: &str = "/portal/sign-in/second";
pub const PORTAL_SIGN_OUT: &str = "/portal/sign-out";
/// What a person's account owes before anything else.
pub const PORTAL_SET_UP: &str = "/portal/set-up";
pub const PORTAL_CONFIRM: &str = "/portal/confirm";
pub const PORTAL_CONFIRM_PASSKEY: &str = "/portal/confirm/passkey";
pub const PORTAL_SIGN_IN_PASSKEY: &str = "/portal/sign-in/passkey";
/// Where a person asks for a link to choose another password.
pub const PORTAL_FORGOTTEN: &str = "/portal/forgotten";
pub const PORTAL_ME: &str = "/portal/me";
pub const PORTAL_LANGUAGE: &str = "/portal/me/language";
pub const PORTAL_PASSWORD: &str = "/portal/me/password";
pub const PORTAL_PASSKEYS: &str = "/portal/me/passkeys";
pub const PORTAL_APP: &str = "/portal/me/app";
pub const PORTAL_CODES: &str = "/portal/me/recovery-codes";
pub const PORTAL_SESSIONS: &str = "/portal/me/sessions";
/// Where somebody without an invitation begins.
pub const GO: &str = "/go";

/// The choice of what to look at, and back; from the choice itself to where that leads.
pub fn scope(next: &str) -> String {
    if next.starts_with(SCOPE) {
        return next.to_owned();
    }
    Query::default().with("next", next).url(SCOPE)
}

/// Whether a session of the portal that owes something may use the address.
pub fn portal_serves(path: &str) -> bool {
    let below = |base: &str| {
        path.strip_prefix(base)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    [PORTAL_SET_UP, PORTAL_CONFIRM, PORTAL_SIGN_OUT]
        .into_iter()
        .any(below)
}

/// Where a person opens their account, or chooses another password; the code is the way in.
pub fn portal_welcome(code: &str) -> String {
    format!("/portal/welcome/{}", segment(code))
}

/// To an identity provider, and back to `next`.
pub fn portal_provider(id: &str, next: &str) -> String {
    let to = format!("{PORTAL_SIGN_IN}/provider/{}", segment(id));
    Query::default().with("next", next).url(&to)
}

/// The same to show that it is still the same person.
pub fn portal_confirm_provider(id: &str, next: &str) -> String {
    let to = format!("{PORTAL_CONFIRM}/provider/{}", segment(id));
    Query::default().with("next", next).url(&to)
}

pub fn portal_passkey_remove(id: &str) -> String {
    format!("{PORTAL_PASSKEYS}/{}/remove", segment(id))
}

pub fn portal_session_end(id: &str) -> String {
    format!("{PORTAL_SESSIONS}/{}/end", segment(id))
}

/// `password`, `link` or `reset` of a person's own account.
pub fn person_sign_in(id: &str, act: &str) -> String {
    format!("{}/sign-in/{act}", person(id))
}

/// A mark that a unit shows.
pub fn brand_mark(hash: &str) -> String {
    format!("/branding/mark/{}", segment(hash))
}

/// The style sheet of an accent.
pub fn brand_accent(name: &str) -> String {
    format!("/branding/accent/{}.css", segment(name))
}

/// How a unit presents itself.
pub fn unit_branding(id: &str) -> String {
    format!("{UNITS}/{}/branding", segment(id))
}

/// Where a person opens their new account; the secret is the way in.
pub fn welcome(secret: &str) -> String {
    format!("{WELCOME}/{}", segment(secret))
}

pub fn administrator(id: &str) -> String {
    format!("{ADMINISTRATORS}/{}", segment(id))
}

pub fn administrator_act(id: &str, act: &str) -> String {
    format!("{}/{act}", administrator(id))
}

pub fn role(id: &str) -> String {
    format!("{ROLES}/{}", segment(id))
}

pub fn role_act(id: &str, act: &str) -> String {
    format!("{}/{act}", role(id))
}

/// Whether a session that owes this may use the address.
pub fn serves(demand: tillsyn_core::accounts::Demand, path: &str) -> bool {
    use tillsyn_core::accounts::Demand;
    let below = |base: &str| {
        path.strip_prefix(base)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    [SET_UP, SIGN_OUT, PREFERENCES, CONFIRM, SIGN_IN_PROVIDER]
        .into_iter()
        .any(below)
        || (demand == Demand::SecondFactor
            && [ACCOUNT_APP, ACCOUNT_PASSKEYS].into_iter().any(below))
}

/// Who it is, once more; then back to `next`.
pub fn confirm(next: &str) -> String {
    Query::default().with("next", next).url(CONFIRM)
}

/// One directory; its acts are below it.
pub fn directory(id: &str) -> String {
    format!("{DIRECTORIES}/{}", segment(id))
}

/// `tokens` and `leavers`, or `pause`, `resume`, `remove` below `act`.
pub fn directory_act(id: &str, act: &str) -> String {
    match act {
        "tokens" | "leavers" => format!("{}/{act}", directory(id)),
        _ => format!("{}/act/{act}", directory(id)),
    }
}

/// How a directory of LDAP is reached and read.
pub fn directory_ldap(id: &str) -> String {
    format!("{}/ldap", directory(id))
}

/// `trial` or `sync` of it.
pub fn directory_ldap_act(id: &str, act: &str) -> String {
    format!("{}/{act}", directory_ldap(id))
}

/// Ends one token of a directory.
pub fn directory_token(id: &str, token: &str) -> String {
    format!("{}/tokens/{}/revoke", directory(id), segment(token))
}

/// `release` or `decline` what waits.
pub fn directory_run(id: &str, run: &str, act: &str) -> String {
    format!("{}/runs/{}/{act}", directory(id), segment(run))
}

/// Says who an entry is.
pub fn directory_link(id: &str, link: &str) -> String {
    format!("{}/links/{}", directory(id), segment(link))
}

/// One identity provider; its acts are below it.
pub fn identity_provider(id: &str) -> String {
    format!("{IDENTITY_PROVIDERS}/{}", segment(id))
}

/// `check` or `remove`.
pub fn identity_provider_act(id: &str, act: &str) -> String {
    format!("{}/{act}", identity_provider(id))
}

/// Leads to an identity provider.
pub fn sign_in_provider(id: &str, next: &str) -> String {
    let path = format!("{SIGN_IN_PROVIDER}/{}", segment(id));
    Query::default().with("next", next).url(&path)
}

/// The same for somebody who is to show that it is still them.
pub fn confirm_provider(id: &str, next: &str) -> String {
    let path = format!("{CONFIRM}/provider/{}", segment(id));
    Query::default().with("next", next).url(&path)
}

/// Where the script asks what to ask the browser for.
pub fn ask(base: &str) -> String {
    format!("{base}/ask")
}

pub fn account_passkey(id: &str) -> String {
    format!("{ACCOUNT_PASSKEYS}/{}", segment(id))
}

pub fn account_session_end(id: &str) -> String {
    format!("{ACCOUNT_SESSIONS}/{}/end", segment(id))
}

pub fn rescue(link: &str) -> String {
    format!("{CONSOLE}/rescue/{}", segment(link))
}

/// One request for a second person.
pub fn approval(id: &str) -> String {
    format!("{APPROVALS}/{}", segment(id))
}

pub fn approval_approve(id: &str) -> String {
    approval(id) + "/approve"
}

pub fn approval_decline(id: &str) -> String {
    approval(id) + "/decline"
}

pub fn approval_cancel(id: &str) -> String {
    approval(id) + "/cancel"
}

pub fn campaign(id: &str) -> String {
    format!("{CAMPAIGNS}/{}", segment(id))
}

pub fn campaign_end(id: &str) -> String {
    campaign(id) + "/end"
}

/// A person's own device.
pub fn portal_device(id: &str) -> String {
    format!("/portal/devices/{}", segment(id))
}

/// An act on it, or the page before it.
pub fn portal_act(id: &str, act: &str) -> String {
    format!("{}/{act}", portal_device(id))
}

/// Takes back what was asked for it.
pub fn portal_take_back(id: &str, command: &str) -> String {
    format!("{}/asked/{}/cancel", portal_device(id), segment(command))
}

/// What people of a unit may do themselves.
pub fn self_service(unit: &str) -> String {
    format!("{SELF_SERVICE}?unit={}", segment(unit))
}

/// Asks for the end of a freeze.
pub fn unfreeze(id: &str) -> String {
    format!("{GUARD}/freezes/{}/end", segment(id))
}

/// The trail as a file, between two days.
pub fn audit_export(format: &str, from: &str, to: &str) -> String {
    Query::default()
        .with("format", format)
        .with("from", from)
        .with("to", to)
        .url(AUDIT_EXPORT)
}

pub fn audit_hold_end(id: &str) -> String {
    format!("{AUDIT_HOLDS}/{}/end", segment(id))
}

/// A configuration profile: its settings. Its other tabs and acts are below it.
pub fn profile(id: &str) -> String {
    format!("{PROFILES}/{}", segment(id))
}

/// The form of one payload, counted from 0; without a number that of the profile itself.
pub fn profile_payload(id: &str, payload: Option<usize>, all: bool, variant: &str) -> String {
    let payload = payload.map_or_else(|| "top".to_owned(), |nth| nth.to_string());
    Query::default()
        .with("payload", &payload)
        .with("all", if all { "1" } else { "" })
        .with("variant", variant)
        .url(&profile(id))
}

pub fn profile_assignments(id: &str) -> String {
    profile(id) + "/assignments"
}

pub fn profile_devices(id: &str) -> String {
    profile(id) + "/devices"
}

pub fn profile_versions(id: &str) -> String {
    profile(id) + "/versions"
}

pub fn profile_version(id: &str, number: i64) -> String {
    format!("{}/{number}", profile_versions(id))
}

/// Takes an older version as the draft.
pub fn profile_version_back(id: &str, number: i64) -> String {
    profile_version(id, number) + "/back"
}

/// What the next version is described with.
pub fn profile_comment(id: &str) -> String {
    profile_versions(id) + "/comment"
}

pub fn profile_assignment(id: &str, assignment: &str) -> String {
    format!("{}/{}", profile_assignments(id), segment(assignment))
}

/// Tries a profile again where it was refused.
pub fn profile_again(id: &str) -> String {
    profile(id) + "/again"
}

/// The catalogue of payloads, to add one.
pub fn profile_add(id: &str) -> String {
    profile(id) + "/add"
}

/// The whole as a property list.
pub fn profile_raw(id: &str) -> String {
    profile(id) + "/raw"
}

/// The file to save.
pub fn profile_file(id: &str) -> String {
    profile(id) + "/mobileconfig"
}

/// What the draft would do to devices.
pub fn profile_effect(id: &str) -> String {
    profile(id) + "/effect"
}

/// Name and description of a profile, as people see them here.
pub fn profile_describe(id: &str) -> String {
    profile(id) + "/describe"
}

pub fn profile_discard(id: &str) -> String {
    profile(id) + "/discard"
}

pub fn profile_delete(id: &str) -> String {
    profile(id) + "/delete"
}

/// Takes a profile out of use, or back into it: makes a plan.
pub fn profile_archive(id: &str) -> String {
    profile(id) + "/archive"
}

/// Makes the plan that publishes the draft.
pub fn profile_plan(id: &str) -> String {
    profile(id) + "/plan"
}

pub fn plan(id: &str) -> String {
    format!("{PLANS}/{}", segment(id))
}

pub fn plan_apply(id: &str) -> String {
    plan(id) + "/apply"
}

pub fn plan_cancel(id: &str) -> String {
    plan(id) + "/cancel"
}

/// One of several push certificates; its acts are below it.
pub fn push_topic(id: &str) -> String {
    format!("{PUSH}/topics/{}", segment(id))
}

/// A request for a push certificate; its acts are below it.
pub fn push_request(id: &str) -> String {
    format!("{PUSH}/requests/{}", segment(id))
}

pub fn device(id: &str) -> String {
    format!("{DEVICES}/{}", segment(id))
}

/// A device as one of a list, which knows the next and the one before.
pub fn device_of(id: &str, list: &Query) -> String {
    Query::default().with("from", &list.text()).url(&device(id))
}

/// A saved view; its forms say what becomes of it.
pub fn device_view(id: &str) -> String {
    format!("{DEVICE_VIEWS}/{}", segment(id))
}

/// The page in front of an act on what is chosen.
pub fn devices_many(act: &str, selection: &str) -> String {
    Query::default()
        .with("act", act)
        .with("selection", selection)
        .url(DEVICES_MANY)
}

/// Moves what is chosen.
pub fn devices_move(selection: &str) -> String {
    Query::default()
        .with("selection", selection)
        .url(DEVICES_MOVE)
}

/// Moves the device to another org unit.
pub fn device_unit(id: &str) -> String {
    device(id) + "/unit"
}

/// Gives the device to a person, or takes it from them.
pub fn device_person(id: &str) -> String {
    device(id) + "/person"
}

pub fn import(id: &str) -> String {
    format!("{IMPORTS}/{}", segment(id))
}

/// What can be done with an import, and its errors as a file.
pub fn import_act(id: &str, act: &str) -> String {
    format!("{}/{act}", import(id))
}

pub fn import_template(kind: &str) -> String {
    format!("{IMPORTS}/templates/{kind}")
}

pub fn person(id: &str) -> String {
    format!("{PEOPLE}/{}", segment(id))
}

/// How it stands with a person, for the help desk.
pub fn person_desk(id: &str) -> String {
    person(id) + "/desk"
}

pub fn person_unlock(id: &str) -> String {
    person(id) + "/unlock"
}

pub fn person_data(id: &str) -> String {
    person(id) + "/data"
}

pub fn person_erase(id: &str) -> String {
    person(id) + "/erase"
}

pub fn person_status(id: &str) -> String {
    person(id) + "/status"
}

/// Gives the person a device.
pub fn person_devices(id: &str) -> String {
    person(id) + "/devices"
}

pub fn group(id: &str) -> String {
    format!("{GROUPS}/{}", segment(id))
}

pub fn group_members(id: &str) -> String {
    group(id) + "/members"
}

pub fn group_remove(id: &str) -> String {
    group(id) + "/remove"
}

/// The tree with this unit to change.
pub fn unit(id: &str) -> String {
    Query::default().with("unit", id).url(UNITS)
}

/// `rename`, `move` or `remove`.
pub fn unit_act(id: &str, act: &str) -> String {
    format!("{UNITS}/{}/{act}", segment(id))
}

pub fn certificate(id: &str) -> String {
    format!("{CERTIFICATES}/{}", segment(id))
}

pub fn certificate_revoke(id: &str) -> String {
    certificate(id) + "/revoke"
}

pub fn device_certificates(id: &str) -> String {
    device(id) + "/certificates"
}

/// Asks the device to renew its identity.
pub fn device_renew(id: &str) -> String {
    device(id) + "/certificates/renew"
}

pub fn device_commands(id: &str) -> String {
    device(id) + "/commands"
}

pub fn device_profiles(id: &str) -> String {
    device(id) + "/profiles"
}

pub fn device_facts(id: &str) -> String {
    device(id) + "/facts"
}

pub fn device_inventory(id: &str) -> String {
    device(id) + "/inventory"
}

pub fn device_security(id: &str) -> String {
    device(id) + "/security"
}

/// What is kept for the device, its lost mode, its activation lock.
pub fn device_secrets(id: &str) -> String {
    device(id) + "/secrets"
}

pub fn device_secret(id: &str, secret: &str) -> String {
    format!("{}/{}", device_secrets(id), segment(secret))
}

pub fn device_secret_rotate(id: &str, secret: &str) -> String {
    device_secret(id, secret) + "/rotate"
}

pub fn device_unlock(id: &str) -> String {
    device(id) + "/activation-unlock"
}

pub fn device_history(id: &str) -> String {
    device(id) + "/history"
}

/// Asks the device for everything it tells: every question of the inventory.
pub fn device_refresh(id: &str) -> String {
    device(id) + "/refresh"
}

/// Lets another server answer the device's declarative management.
pub fn device_forward(id: &str) -> String {
    device(id) + "/declarative"
}

/// Answers it here again.
pub fn device_forward_no_more(id: &str) -> String {
    device_forward(id) + "/here"
}

pub fn device_lock(id: &str) -> String {
    device(id) + "/lock"
}

pub fn device_erase(id: &str) -> String {
    device(id) + "/erase"
}

pub fn device_retire(id: &str) -> String {
    device(id) + "/retire"
}

/// Every other command.
pub fn device_send(id: &str) -> String {
    device(id) + "/send"
}

pub fn device_send_one(id: &str, request_type: &str) -> String {
    format!("{}/{}", device_send(id), segment(request_type))
}

/// Installs an uploaded profile.
pub fn device_profile_install(id: &str) -> String {
    device_profiles(id)
}

/// Asks the device for its lists of profiles and looks at it anew.
pub fn device_profiles_check(id: &str) -> String {
    device_profiles(id) + "/check"
}

/// Removes the profile whose identifier is in the form.
pub fn device_profile_remove(id: &str) -> String {
    device_profiles(id) + "/remove"
}

pub fn command(device_id: &str, uuid: &str) -> String {
    format!("{}/{}", device_commands(device_id), segment(uuid))
}

pub fn command_withdraw(device_id: &str, uuid: &str) -> String {
    command(device_id, uuid) + "/withdraw"
}

/// Queues the same command once more.
pub fn command_again(device_id: &str, uuid: &str) -> String {
    command(device_id, uuid) + "/again"
}

/// Sending invitations to many.
pub const INVITATION_SEND: &str = "/console/enrollment/send";
/// Invitations that were sent together.
pub const INVITATION_BATCHES: &str = "/console/enrollment/batches";
/// How the organisation invites.
pub const INVITATION_POLICY: &str = "/console/settings/invitations";

pub fn invitation_batch(id: &str) -> String {
    format!("{INVITATION_BATCHES}/{}", segment(id))
}

/// An act on a batch, or its list as a file.
pub fn invitation_batch_act(id: &str, act: &str) -> String {
    format!("{}/{act}", invitation_batch(id))
}

/// The policy of one unit; of the top for none.
pub fn invitation_policy(unit: &str) -> String {
    if unit.is_empty() {
        return INVITATION_POLICY.to_owned();
    }
    Query::default().with("unit", unit).url(INVITATION_POLICY)
}

pub fn invitation_bounced(id: &str) -> String {
    invitation(id) + "/bounced"
}

pub fn invitation_resend(id: &str) -> String {
    invitation(id) + "/resend"
}

pub fn invitation(id: &str) -> String {
    format!("{INVITATIONS}/{}", segment(id))
}

pub fn invitation_revoke(id: &str) -> String {
    invitation(id) + "/revoke"
}

pub fn invitation_renew_pin(id: &str) -> String {
    invitation(id) + "/renew-pin"
}

pub fn attempt(id: &str) -> String {
    format!("{ATTEMPTS}/{}", segment(id))
}

pub fn webhook(id: &str) -> String {
    format!("{WEBHOOKS}/{}", segment(id))
}

/// A button of its page: `test`, `pause`, `resume`, `key`, `remove`.
pub fn webhook_act(id: &str, act: &str) -> String {
    format!("{}/{act}", webhook(id))
}

pub fn webhook_again(id: &str, delivery: &str) -> String {
    format!("{}/deliveries/{}/retry", webhook(id), segment(delivery))
}

pub fn token_revoke(id: &str) -> String {
    format!("{TOKENS}/{}/revoke", segment(id))
}

/// How many devices there are of each kind.
pub fn report(name: &str) -> String {
    format!("{REPORTS}/{}", segment(name))
}

/// Has it sent by mail.
pub fn report_schedule(name: &str) -> String {
    format!("{}/schedule", report(name))
}

/// `pause`, `resume`, `send` or `remove` what is sent by mail.
pub fn report_schedule_act(id: &str, act: &str) -> String {
    format!("{REPORTS}/schedules/{}/{act}", segment(id))
}

/// The same as a file.
pub fn report_csv(name: &str) -> String {
    format!("{}/csv", report(name))
}

/// The devices an overview figure counts.
pub fn devices_where(name: &str, value: &str) -> String {
    Query::default().with(name, value).url(DEVICES)
}

/// One act on several devices: how far it is.
pub fn commands_of(batch: &str) -> String {
    Query::default().with("batch", batch).url(COMMANDS)
}

pub fn commands_where(status: &str) -> String {
    Query::default().with("status", status).url(COMMANDS)
}

/// The begin page of an invitation.
pub fn enroll(code: &str) -> String {
    format!("/e/{}", segment(code))
}

/// Chooses a platform by hand.
pub fn enroll_platform(code: &str, platform: &str) -> String {
    Query::default()
        .with("platform", platform)
        .url(&enroll(code))
}

/// Consent, and the PIN if one is asked for; answers with the install step.
pub fn enroll_begin(code: &str) -> String {
    enroll(code) + "/begin"
}

/// Where whoever brought a device in chooses a password.
pub fn enroll_password(code: &str) -> String {
    enroll(code) + "/password"
}

/// The install step of one attempt: the same address until it has ended, well or badly.
pub fn enroll_step(code: &str, attempt: &str) -> String {
    format!("{}/steps/{}", enroll(code), segment(attempt))
}

/// A new profile for the same invitation.
pub fn enroll_again(code: &str, attempt: &str) -> String {
    enroll_step(code, attempt) + "/again"
}

/// What the person does at a step of their attempt: `consent`, `decline`, `told`, `platform`, `hand-over`.
pub fn enroll_act(code: &str, attempt: &str, act: &str) -> String {
    format!("{}/{act}", enroll_step(code, attempt))
}

/// Somebody stands here with a device that cannot be managed.
pub fn enroll_elsewhere(code: &str) -> String {
    enroll(code) + "/elsewhere"
}

/// A new PIN by mail.
pub fn enroll_new_pin(code: &str) -> String {
    enroll(code) + "/pin"
}

/// Signs in, and comes back to the link.
pub fn enroll_sign_in(code: &str) -> String {
    let back = format!("{GO}/to/{}", segment(code));
    Query::default().with("next", &back).url(PORTAL_SIGN_IN)
}

/// The link's page after that was told.
pub fn enroll_reported(code: &str) -> String {
    Query::default().with("reported", "yes").url(&enroll(code))
}

/// What makes the portal installable.
pub const PORTAL_MANIFEST: &str = "/portal/manifest.webmanifest";
/// A person begins with their own device, signed in.
pub const GO_BEGIN: &str = "/go/begin";
/// Signs in first.
pub const GO_SIGN_IN: &str = "/portal/sign-in?next=/go";
/// Takes a typed code.
pub const GO_CODE: &str = "/go/code";

/// The same with the code filled in, for a camera.
pub fn go_with(code: &str) -> String {
    format!("{GO}/{}", segment(code))
}

/// The signed profile behind an attempt's secret.
pub fn enroll_profile(secret: &str) -> String {
    format!("/apple/enroll/{}", segment(secret))
}

/// Status of an attempt as JSON, for the script on the install page and for programs.
pub fn enroll_status(code: &str, attempt: &str) -> String {
    format!("{}/attempts/{}", enroll(code), segment(attempt))
}

/// The same page of the portal in another language.
pub fn in_language(path: &str, tag: &str) -> String {
    let between = if path.contains('?') { '&' } else { '?' };
    format!("{path}{between}lang={tag}")
}

/// The parameters of a list: filters, order and place are all in the address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    pairs: Vec<(String, String)>,
}

impl Query {
    /// Takes decoded pairs as a handler's extractor gives them.
    /// A name that comes twice (two boxes ticked) is one filter with two values.
    pub fn from_pairs(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut merged: Vec<(String, String)> = Vec::new();
        for (name, value) in pairs {
            match merged.iter_mut().find(|(found, _)| *found == name) {
                Some((_, values)) if !value.is_empty() => {
                    if !values.is_empty() {
                        values.push(',');
                    }
                    values.push_str(&value);
                }
                Some(_) => {}
                None => merged.push((name, value)),
            }
        }
        Self { pairs: merged }
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.pairs
            .iter()
            .find(|(found, value)| found == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    /// The values of a filter: `platform=ios,macos`.
    pub fn list(&self, name: &str) -> Vec<&str> {
        self.get(name)
            .map(|value| value.split(',').filter(|part| !part.is_empty()).collect())
            .unwrap_or_default()
    }

    /// With this parameter, whatever it was before. A new filter or order starts at the first page.
    pub fn with(&self, name: &str, value: &str) -> Self {
        let mut next = self.without(name);
        next.pairs.push((name.to_owned(), value.to_owned()));
        next
    }

    pub fn without(&self, name: &str) -> Self {
        let paging = name == "rows" || !matches!(name, "after" | "before");
        Self {
            pairs: self
                .pairs
                .iter()
                .filter(|(found, _)| {
                    found != name && !(paging && matches!(found.as_str(), "after" | "before"))
                })
                .cloned()
                .collect(),
        }
    }

    /// The same with another name for a parameter, unless that is there already.
    pub fn renamed(&self, from: &str, to: &str) -> Self {
        let mut next = self.clone();
        if self.get(to).is_none() {
            for (name, _) in next.pairs.iter_mut().filter(|(name, _)| name == from) {
                to.clone_into(name);
            }
        }
        next
    }

    /// Only these parameters, in this order: the same list is the same address.
    pub fn only(&self, names: &[&str]) -> Self {
        let kept = names.iter().filter_map(|name| {
            let value = self.get(name)?;
            Some(((*name).to_owned(), value.to_owned()))
        });
        Self {
            pairs: kept.collect(),
        }
    }

    /// Those of an address, or of a part of one.
    pub fn parse(text: &str) -> Self {
        let text = text.rsplit_once('?').map_or(text, |(_, query)| query);
        let uri = http::Uri::builder()
            .path_and_query(format!("/?{text}"))
            .build();
        let pairs = uri
            .ok()
            .and_then(|uri| axum::extract::Query::<Vec<(String, String)>>::try_from_uri(&uri).ok());
        Self::from_pairs(pairs.map(|found| found.0).unwrap_or_default())
    }

    pub fn is_empty(&self) -> bool {
        self.pairs.iter().all(|(_, value)| value.is_empty())
    }

    /// As it stands in an address, without the question mark.
    pub fn text(&self) -> String {
        self.url("").trim_start_matches('?').to_owned()
    }

    /// The names that a list does not know, for the notice on top of it.
    pub fn unknown<'a>(&'a self, known: &[&str]) -> Vec<&'a str> {
        self.pairs
            .iter()
            .map(|(name, _)| name.as_str())
            .filter(|name| !known.contains(name) && *name != SCOPE_NAME)
            .collect()
    }

    /// Those that stay when a form with other fields is sent.
    pub fn hidden(&self, not: &[&str]) -> Vec<(String, String)> {
        self.pairs
            .iter()
            .filter(|(name, value)| {
                !value.is_empty()
                    && !not.contains(&name.as_str())
                    && name != "after"
                    && name != "before"
            })
            .cloned()
            .collect()
    }

    pub fn url(&self, path: &str) -> String {
        let mut out = path.to_owned();
        let pairs = self.pairs.iter().filter(|(_, value)| !value.is_empty());
        for (at, (name, value)) in pairs.enumerate() {
            out.push(if at == 0 { '?' } else { '&' });
            out.push_str(&encode(name, ""));
            out.push('=');
            out.push_str(&encode(value, ","));
        }
        out
    }
}

/// A value among others that commas divide; names of models have commas of their own.
pub fn in_list(value: &str) -> String {
    value.replace('%', "%25").replace(',', "%2C")
}

/// What [`in_list`] was made of.
pub fn of_list(value: &str) -> String {
    value.replace("%2C", ",").replace("%25", "%")
}

/// One path segment.
fn segment(text: &str) -> String {
    encode(text, "")
}

// RFC 3986 §2.3: the unreserved characters stay; `also` names those that need no escape here.
fn encode(text: &str, also: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        let c = char::from(byte);
        if c.is_ascii_alphanumeric() || "-._~".contains(c) || also.contains(c) {
            out.push(c);
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
