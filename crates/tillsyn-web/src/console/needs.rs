//! What each page and form of the console needs of a signed-in person (security S01). A route that is not on
//! this list does not answer: whoever adds one says here who may use it.

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::{Method, StatusCode};
use tillsyn_core::actor::may;
use tillsyn_core::{Actor, Error, Permission as P};

use super::failure::Failure;
use crate::ui::urls;

/// What a page or form needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageNeeds {
    /// Nothing: sign-in and what has a secret of its own.
    Public,
    /// Anybody signed in.
    Session,
    One(P),
    /// All of them.
    All(&'static [P]),
    /// Which of them is decided by the form or the object.
    AnyOf(&'static [P]),
}

impl PageNeeds {
    /// Whether the actor may ask for it at all.
    pub fn holds(self, actor: &Actor) -> bool {
        match self {
            Self::Public | Self::Session => true,
            Self::One(permission) => actor.holds(permission),
            Self::All(permissions) => permissions.iter().all(|p| actor.holds(*p)),
            Self::AnyOf(permissions) => permissions.iter().any(|p| actor.holds(*p)),
        }
    }

    fn first(self) -> Option<P> {
        match self {
            Self::Public | Self::Session => None,
            Self::One(permission) => Some(permission),
            Self::All(permissions) | Self::AnyOf(permissions) => permissions.first().copied(),
        }
    }
}

/// Decides before anything of the request is read.
pub(crate) fn check(
    actor: &Actor,
    path: Option<&MatchedPath>,
    method: &Method,
) -> Result<(), Error> {
    let needs = declared(path, method)?.ok_or_else(|| undeclared(path, method))?;
    if needs.holds(actor) {
        return Ok(());
    }
    match needs.first().filter(|first| !actor.holds(*first)) {
        Some(first) => may(actor, first),
        None => Err(Error::forbidden(
            "permission_missing",
            "This page needs permissions that your role does not have.",
        )),
    }
}

/// `None` for a method that the address does not serve.
fn declared(path: Option<&MatchedPath>, method: &Method) -> Result<Option<PageNeeds>, Error> {
    let known = path.map(MatchedPath::as_str).unwrap_or_default();
    let entry = CONSOLE_ROUTES.iter().find(|(found, ..)| *found == known);
    let (_, get, post) = entry.ok_or_else(|| undeclared(path, method))?;
    Ok(match *method {
        Method::GET | Method::HEAD => *get,
        Method::POST => *post,
        _ => None,
    })
}

fn undeclared(path: Option<&MatchedPath>, method: &Method) -> Error {
    let path = path.map(MatchedPath::as_str).unwrap_or_default();
    Error::internal(format!("{method} {path} says nowhere who may use it."))
}

/// Around all routes of the console: nothing answers that is not on the list.
pub(super) async fn refuse_undeclared(request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().cloned();
    let method = request.method().clone();
    match declared(path.as_ref(), &method) {
        Ok(Some(_)) => next.run(request).await,
        Ok(None) => {
            let answer = next.run(request).await;
            if answer.status() == StatusCode::METHOD_NOT_ALLOWED {
                return answer;
            }
            Failure::from(undeclared(path.as_ref(), &method)).into_response()
        }
        Err(error) => Failure::from(error).into_response(),
    }
}

/// A webhook hands on what the audit trail holds.
const WEBHOOKS_WRITE: Option<PageNeeds> = Some(PageNeeds::All(&[P::WebhooksWrite, P::AuditRead]));

const COMMANDS: PageNeeds = PageNeeds::AnyOf(&[
    P::DevicesQuery,
    P::ProfilesInstall,
    P::DevicesLock,
    P::DevicesErase,
    P::DevicesRetire,
    P::DevicesRestart,
    P::DevicesClearPasscode,
    P::DevicesLostMode,
    P::DevicesConfigure,
    P::DevicesUsers,
    P::SecretsRotate,
    P::CommandsRaw,
]);
const CANCEL: PageNeeds = PageNeeds::AnyOf(&[
    P::CommandsCancel,
    P::DevicesErase,
    P::DevicesRetire,
    P::DevicesClearPasscode,
    P::DevicesLostMode,
    P::DevicesUsers,
    P::CommandsRaw,
]);
const FORWARD: PageNeeds = PageNeeds::All(&[P::WebhooksWrite, P::DevicesConfigure, P::DevicesRead]);
const REVEAL: PageNeeds = PageNeeds::AnyOf(&[
    P::SecretsRevealPins,
    P::SecretsRevealKeys,
    P::SecretsRevealTokens,
]);
const PLANS_SHOW: PageNeeds = PageNeeds::AnyOf(&[
    P::ProfilesRead,
    P::AssignmentsWrite,
    P::GroupsWrite,
    P::PeopleWrite,
    P::UnitsWrite,
]);
const PLANS: PageNeeds = PageNeeds::AnyOf(&[
    P::AssignmentsWrite,
    P::GroupsWrite,
    P::PeopleWrite,
    P::UnitsWrite,
]);
/// Which of them is decided by the act.
const DESTROY: PageNeeds = PageNeeds::AnyOf(&[P::DevicesErase, P::DevicesRetire]);
const SEVERAL: PageNeeds = PageNeeds::AnyOf(&[P::DevicesErase, P::DevicesRetire, P::DevicesLock]);
const WITHDRAW: PageNeeds = PageNeeds::All(&[P::DevicesRead, P::CommandsCancel]);
/// Who moves what the lists show.
const MOVE_DEVICES: PageNeeds = PageNeeds::All(&[P::DevicesRead, P::UnitsWrite]);
const MOVE_PEOPLE: PageNeeds = PageNeeds::All(&[P::PeopleRead, P::PeopleWrite]);
const UNITS: PageNeeds =
    PageNeeds::AnyOf(&[P::DevicesRead, P::PeopleRead, P::GroupsRead, P::UnitsWrite]);

const fn one(permission: P) -> PageNeeds {
    PageNeeds::One(permission)
}

const PUBLIC: Option<PageNeeds> = Some(PageNeeds::Public);
const SESSION: Option<PageNeeds> = Some(PageNeeds::Session);
const DEVICES: Option<PageNeeds> = Some(one(P::DevicesRead));
const PROFILES: Option<PageNeeds> = Some(one(P::ProfilesRead));
const PROFILES_WRITE: Option<PageNeeds> = Some(one(P::ProfilesWrite));
const ASSIGN: Option<PageNeeds> = Some(one(P::AssignmentsWrite));
const INVITATIONS: Option<PageNeeds> = Some(one(P::InvitationsRead));
const INVITE: Option<PageNeeds> = Some(one(P::InvitationsWrite));
const PUSH: Option<PageNeeds> = Some(one(P::PushRead));
const PUSH_WRITE: Option<PageNeeds> = Some(one(P::PushWrite));
const PEOPLE_READ: Option<PageNeeds> = Some(one(P::PeopleRead));
const PEOPLE: Option<PageNeeds> = Some(one(P::PeopleRead));
const PEOPLE_WRITE: Option<PageNeeds> = Some(one(P::PeopleWrite));
/// Which of them an import needs is decided by its kind.
const IMPORTS: Option<PageNeeds> = Some(PageNeeds::AnyOf(&[
    P::PeopleWrite,
    P::GroupsWrite,
    P::UnitsWrite,
]));
const GROUPS_WRITE: Option<PageNeeds> = Some(one(P::GroupsWrite));
const UNITS_WRITE: Option<PageNeeds> = Some(one(P::UnitsWrite));
const SIGN_ON: Option<PageNeeds> = Some(one(P::SignInWrite));
const SETTINGS: Option<PageNeeds> = Some(one(P::SettingsWrite));
const ACCOUNTS: Option<PageNeeds> = Some(one(P::AccountsRead));
const ACCOUNTS_WRITE: Option<PageNeeds> = Some(one(P::AccountsWrite));

/// Address, what asking for it needs, what posting to it needs.
pub const CONSOLE_ROUTES: &[(&str, Option<PageNeeds>, Option<PageNeeds>)] = &[
    // Coming in and going out.
    (urls::SIGN_IN, PUBLIC, PUBLIC),
    (urls::SIGN_OUT, None, SESSION),
    (urls::FIRST_ADMINISTRATOR, PUBLIC, PUBLIC),
    ("/console/welcome/{secret}", PUBLIC, PUBLIC),
    ("/console/rescue/{link}", PUBLIC, PUBLIC),
    (urls::SECOND_STEP, PUBLIC, PUBLIC),
    ("/console/sign-in/provider/{id}", PUBLIC, None),
    ("/console/sign-in/provider/{id}/back", PUBLIC, None),
    ("/console/confirm/provider/{id}", SESSION, None),
    (urls::SIGN_IN_PASSKEY, None, PUBLIC),
    ("/console/sign-in/passkey/ask", None, PUBLIC),
    (urls::CONFIRM_PASSKEY, None, SESSION),
    ("/console/confirm/passkey/ask", None, SESSION),
    (urls::SET_UP, SESSION, SESSION),
    (urls::ACCOUNT, SESSION, None),
    (urls::ACCOUNT_PASSWORD, None, SESSION),
    (urls::ACCOUNT_APP, SESSION, SESSION),
    ("/console/account/app/begin", None, SESSION),
    ("/console/account/app/remove", None, SESSION),
    (urls::ACCOUNT_PASSKEYS, None, SESSION),
    ("/console/account/passkeys/ask", None, SESSION),
    ("/console/account/passkeys/{id}", None, SESSION),
    ("/console/account/passkeys/{id}/remove", None, SESSION),
    (urls::ACCOUNT_CODES, None, SESSION),
    ("/console/account/sessions/{id}/end", None, SESSION),
    ("/console/account/sessions/end-others", None, SESSION),
    (urls::CONFIRM, SESSION, SESSION),
    (urls::PREFERENCES, None, SESSION),
    ("/console/{*rest}", SESSION, SESSION),
    // What helps on: settings by area, first steps, the guide to enrollment, documentation.
    (urls::SETTINGS, SESSION, None),
    (urls::SERVER, SETTINGS, None),
    (urls::BACKUP, SETTINGS, None),
    (urls::AUTHORITIES, DEVICES, None),
    (urls::ENROLLMENT_GUIDE, INVITATIONS, None),
    (urls::FIRST_STEPS_BACKUP, None, SETTINGS),
    (urls::FIRST_STEPS_HIDE, None, SESSION),
    (urls::DOCS, SESSION, None),
    ("/console/docs/{*page}", SESSION, None),
    // The fleet.
    (urls::CONSOLE, SESSION, None),
    (urls::EVENTS, SESSION, None),
    (urls::SEARCH, SESSION, None),
    (urls::SCOPE, SESSION, None),
    (urls::DEVICES, DEVICES, None),
    (urls::REPORTS, DEVICES, None),
    ("/console/reports/{name}", DEVICES, None),
    ("/console/reports/{name}/csv", DEVICES, None),
    ("/console/reports/{name}/schedule", None, DEVICES),
    ("/console/reports/schedules/{id}/pause", None, DEVICES),
    ("/console/reports/schedules/{id}/resume", None, DEVICES),
    ("/console/reports/schedules/{id}/send", None, DEVICES),
    ("/console/reports/schedules/{id}/remove", None, DEVICES),
    (urls::DEVICES_FILTERS, DEVICES, None),
    (urls::DEVICES_EXPORT, DEVICES, None),
    (urls::DEVICES_LOOK, None, DEVICES),
    (urls::DEVICE_VIEWS, DEVICES, DEVICES),
    ("/console/devices/views/{view}", None, DEVICES),
    (urls::DEVICES_SELECTION, None, DEVICES),
    (urls::PEOPLE_EXPORT, Some(one(P::PeopleRead)), None),
    (urls::COMMANDS_EXPORT, DEVICES, None),
    (urls::COMMANDS_WITHDRAW, Some(WITHDRAW), Some(WITHDRAW)),
    (urls::DEVICES_MANY, Some(SEVERAL), Some(SEVERAL)),
    (urls::DEVICES_MOVE, Some(MOVE_DEVICES), Some(MOVE_DEVICES)),
    // What waits for a second person, and the guard.
    (urls::APPROVALS, SESSION, None),
    ("/console/approvals/{id}", SESSION, None),
    (
        "/console/approvals/{id}/approve",
        None,
        Some(one(P::GuardApprove)),
    ),
    (
        "/console/approvals/{id}/decline",
        None,
        Some(one(P::GuardApprove)),
    ),
    ("/console/approvals/{id}/cancel", None, SESSION),
    (urls::CAMPAIGNS, DEVICES, None),
    (urls::CAMPAIGN_NEW, Some(DESTROY), Some(DESTROY)),
    ("/console/campaigns/{id}", DEVICES, None),
    ("/console/campaigns/{id}/end", None, Some(DESTROY)),
    (urls::GUARD, DEVICES, Some(one(P::SettingsWrite))),
    (urls::GUARD_UNITS, None, Some(one(P::SettingsWrite))),
    (urls::SELF_SERVICE, DEVICES, Some(one(P::SettingsWrite))),
    (urls::OWN_DEVICES, None, Some(one(P::SettingsWrite))),
    (
        urls::GUARD_STOP,
        None,
        Some(PageNeeds::AnyOf(tillsyn_core::guard::DESTRUCTIVE)),
    ),
    (
        "/console/settings/guard/freezes/{id}/end",
        None,
        Some(one(P::GuardApprove)),
    ),
    ("/console/devices/{id}", DEVICES, None),
    ("/console/devices/{id}/commands", DEVICES, None),
    (
        "/console/devices/{id}/profiles",
        DEVICES,
        Some(one(P::ProfilesInstall)),
    ),
    (
        "/console/devices/{id}/profiles/remove",
        None,
        Some(one(P::ProfilesInstall)),
    ),
    (
        "/console/devices/{id}/profiles/check",
        None,
        Some(one(P::DevicesQuery)),
    ),
    ("/console/devices/{id}/declarative", None, Some(FORWARD)),
    (
        "/console/devices/{id}/declarative/here",
        None,
        Some(FORWARD),
    ),
    ("/console/devices/{id}/security", DEVICES, None),
    ("/console/devices/{id}/secrets", DEVICES, None),
    (
        "/console/devices/{id}/secrets/{secret}",
        Some(REVEAL),
        Some(REVEAL),
    ),
    (
        "/console/devices/{id}/secrets/{secret}/rotate",
        None,
        Some(one(P::SecretsRotate)),
    ),
    (
        "/console/devices/{id}/activation-unlock",
        None,
        Some(one(P::DevicesActivationLock)),
    ),
    ("/console/devices/{id}/facts", DEVICES, None),
    ("/console/devices/{id}/certificates", DEVICES, None),
    (
        "/console/devices/{id}/certificates/renew",
        None,
        Some(one(P::CertificatesRenew)),
    ),
    ("/console/devices/{id}/inventory", DEVICES, None),
    (
        "/console/devices/{id}/history",
        Some(PageNeeds::All(&[P::AuditRead, P::DevicesRead])),
        None,
    ),
    (
        "/console/devices/{id}/refresh",
        None,
        Some(one(P::DevicesQuery)),
    ),
    (
        "/console/devices/{id}/lock",
        Some(one(P::DevicesLock)),
        Some(one(P::DevicesLock)),
    ),
    (
        "/console/devices/{id}/erase",
        Some(one(P::DevicesErase)),
        Some(one(P::DevicesErase)),
    ),
    (
        "/console/devices/{id}/retire",
        Some(one(P::DevicesRetire)),
        Some(one(P::DevicesRetire)),
    ),
    ("/console/devices/{id}/send", DEVICES, None),
    (
        "/console/devices/{id}/send/{kind}",
        Some(COMMANDS),
        Some(COMMANDS),
    ),
    ("/console/devices/{id}/commands/{uuid}", DEVICES, None),
    (
        "/console/devices/{id}/commands/{uuid}/withdraw",
        None,
        Some(CANCEL),
    ),
    (
        "/console/devices/{id}/commands/{uuid}/again",
        None,
        Some(COMMANDS),
    ),
    ("/console/devices/{id}/unit", None, UNITS_WRITE),
    ("/console/devices/{id}/person", None, PEOPLE_WRITE),
    (urls::COMMANDS, DEVICES, None),
    (urls::CERTIFICATES, DEVICES, None),
    ("/console/certificates/{id}", DEVICES, None),
    (
        "/console/certificates/{id}/revoke",
        None,
        Some(one(P::CertificatesRevoke)),
    ),
    // Profiles and plans.
    (urls::PROFILES, PROFILES, None),
    (urls::PROFILE_NEW, PROFILES_WRITE, PROFILES_WRITE),
    ("/console/profiles/{id}", PROFILES, PROFILES_WRITE),
    ("/console/profiles/{id}/add", PROFILES_WRITE, PROFILES_WRITE),
    ("/console/profiles/{id}/raw", PROFILES, PROFILES_WRITE),
    (
        "/console/profiles/{id}/mobileconfig",
        PROFILES,
        Some(one(P::SecretsRevealKeys)),
    ),
    ("/console/profiles/{id}/effect", PROFILES, None),
    ("/console/profiles/{id}/plan", None, ASSIGN),
    ("/console/profiles/{id}/archive", None, ASSIGN),
    ("/console/profiles/{id}/describe", None, PROFILES_WRITE),
    ("/console/profiles/{id}/discard", None, PROFILES_WRITE),
    ("/console/profiles/{id}/delete", None, PROFILES_WRITE),
    ("/console/profiles/{id}/assignments", PROFILES, ASSIGN),
    (
        "/console/profiles/{id}/assignments/{assignment}",
        None,
        ASSIGN,
    ),
    ("/console/profiles/{id}/devices", PROFILES, None),
    (
        "/console/profiles/{id}/again",
        None,
        Some(one(P::DevicesQuery)),
    ),
    ("/console/profiles/{id}/versions", PROFILES, None),
    (
        "/console/profiles/{id}/versions/comment",
        None,
        PROFILES_WRITE,
    ),
    ("/console/profiles/{id}/versions/{number}", PROFILES, None),
    (
        "/console/profiles/{id}/versions/{number}/back",
        None,
        PROFILES_WRITE,
    ),
    (urls::PLANS, PROFILES, None),
    ("/console/plans/{id}", Some(PLANS_SHOW), None),
    ("/console/plans/{id}/apply", None, Some(PLANS)),
    ("/console/plans/{id}/cancel", None, Some(PLANS)),
    // Enrollment.
    (urls::ENROLLMENT, INVITATIONS, None),
    (urls::INVITATIONS, INVITATIONS, None),
    (urls::INVITATION_NEW, INVITE, INVITE),
    ("/console/enrollment/invitations/{id}", INVITATIONS, None),
    ("/console/enrollment/invitations/{id}/revoke", None, INVITE),
    ("/console/enrollment/invitations/{id}/resend", None, INVITE),
    ("/console/enrollment/invitations/{id}/bounced", None, INVITE),
    (urls::INVITATION_SEND, INVITE, INVITE),
    (urls::INVITATION_BATCHES, INVITATIONS, None),
    ("/console/enrollment/batches/{id}", INVITATIONS, None),
    (
        "/console/enrollment/batches/{id}/people.csv",
        INVITATIONS,
        None,
    ),
    ("/console/enrollment/batches/{id}/begin", None, INVITE),
    ("/console/enrollment/batches/{id}/cancel", None, INVITE),
    ("/console/enrollment/batches/{id}/resend", None, INVITE),
    ("/console/enrollment/batches/{id}/pins", None, INVITE),
    (
        urls::INVITATION_POLICY,
        INVITATIONS,
        Some(one(P::SettingsWrite)),
    ),
    (
        "/console/enrollment/invitations/{id}/renew-pin",
        None,
        INVITE,
    ),
    (urls::ATTEMPTS, INVITATIONS, None),
    (urls::UNKNOWN_SENDERS, Some(one(P::EnrollmentsMove)), None),
    (
        urls::READOPT,
        Some(one(P::EnrollmentsMove)),
        Some(one(P::EnrollmentsMove)),
    ),
    ("/console/enrollment/attempts/{id}", INVITATIONS, None),
    // The audit trail.
    (urls::AUDIT, Some(one(P::AuditRead)), None),
    (urls::AUDIT_EXPORT, Some(one(P::AuditExport)), None),
    (
        urls::AUDIT_SETTINGS,
        Some(one(P::AuditManage)),
        Some(one(P::AuditManage)),
    ),
    (urls::AUDIT_HOLDS, None, Some(one(P::AuditManage))),
    (
        "/console/audit/holds/{id}/end",
        None,
        Some(one(P::AuditManage)),
    ),
    ("/console/people/{id}/data", None, Some(one(P::AuditManage))),
    (
        "/console/people/{id}/erase",
        None,
        Some(one(P::AuditManage)),
    ),
    // People, groups, units.
    (urls::HELP_DESK, PEOPLE, None),
    ("/console/people/{id}/desk", PEOPLE, None),
    ("/console/people/{id}/unlock", None, PEOPLE_WRITE),
    (urls::PEOPLE, Some(one(P::PeopleRead)), PEOPLE_WRITE),
    (urls::PEOPLE_MOVE, Some(MOVE_PEOPLE), Some(MOVE_PEOPLE)),
    (
        "/console/people/{id}",
        Some(PageNeeds::All(&[P::PeopleRead, P::DevicesRead])),
        PEOPLE_WRITE,
    ),
    ("/console/people/{id}/status", None, PEOPLE_WRITE),
    ("/console/people/{id}/sign-in/link", None, PEOPLE_WRITE),
    ("/console/people/{id}/sign-in/password", None, PEOPLE_WRITE),
    ("/console/people/{id}/sign-in/reset", None, PEOPLE_WRITE),
    ("/console/people/{id}/devices", None, PEOPLE_WRITE),
    (urls::GROUPS, Some(one(P::GroupsRead)), GROUPS_WRITE),
    (
        "/console/groups/{id}",
        Some(one(P::GroupsRead)),
        GROUPS_WRITE,
    ),
    ("/console/groups/{id}/members", None, GROUPS_WRITE),
    ("/console/groups/{id}/remove", None, GROUPS_WRITE),
    (urls::UNITS, Some(UNITS), UNITS_WRITE),
    (
        "/console/settings/units/{id}/branding",
        Some(UNITS),
        UNITS_WRITE,
    ),
    ("/console/settings/units/{id}/rename", None, UNITS_WRITE),
    ("/console/settings/units/{id}/move", None, UNITS_WRITE),
    ("/console/settings/units/{id}/remove", None, UNITS_WRITE),
    (urls::IMPORTS, IMPORTS, IMPORTS),
    ("/console/imports/templates/{kind}", IMPORTS, None),
    ("/console/imports/{id}", IMPORTS, None),
    ("/console/imports/{id}/errors", IMPORTS, None),
    ("/console/imports/{id}/apply", None, IMPORTS),
    ("/console/imports/{id}/cancel", None, IMPORTS),
    // Push.
    (urls::PUSH, PUSH, PUSH_WRITE),
    ("/console/settings/push/topics/{id}", PUSH, None),
    ("/console/settings/push/topics/{id}/edit", None, PUSH_WRITE),
    (
        "/console/settings/push/topics/{id}/rehearse",
        None,
        PUSH_WRITE,
    ),
    (
        "/console/settings/push/topics/{id}/resume",
        None,
        PUSH_WRITE,
    ),
    (urls::PUSH_NEW, PUSH_WRITE, PUSH_WRITE),
    ("/console/settings/push/requests/{id}", PUSH, None),
    ("/console/settings/push/requests/{id}/csr", PUSH, None),
    ("/console/settings/push/requests/{id}/file", PUSH, None),
    (
        "/console/settings/push/requests/{id}/sign",
        None,
        PUSH_WRITE,
    ),
    (
        "/console/settings/push/requests/{id}/signed",
        None,
        PUSH_WRITE,
    ),
    (
        "/console/settings/push/requests/{id}/delete",
        None,
        PUSH_WRITE,
    ),
    (urls::PUSH_VENDOR, PUSH, PUSH_WRITE),
    ("/console/settings/push/vendor/remove", None, PUSH_WRITE),
    // Administration.
    (urls::INVENTORY, SESSION, Some(one(P::SettingsWrite))),
    (urls::ADMINISTRATORS, ACCOUNTS, ACCOUNTS_WRITE),
    (
        "/console/settings/administrators/{id}",
        ACCOUNTS,
        ACCOUNTS_WRITE,
    ),
    (
        "/console/settings/administrators/{id}/disable",
        None,
        ACCOUNTS_WRITE,
    ),
    (
        "/console/settings/administrators/{id}/enable",
        None,
        ACCOUNTS_WRITE,
    ),
    (
        "/console/settings/administrators/{id}/reset",
        None,
        ACCOUNTS_WRITE,
    ),
    (
        "/console/settings/administrators/{id}/link",
        None,
        ACCOUNTS_WRITE,
    ),
    (
        "/console/settings/administrators/{id}/tokens",
        None,
        ACCOUNTS_WRITE,
    ),
    (urls::DIRECTORIES, PEOPLE_READ, SIGN_ON),
    ("/console/settings/directories/{id}", PEOPLE_READ, SIGN_ON),
    (
        "/console/settings/directories/{id}/act/{act}",
        None,
        SIGN_ON,
    ),
    ("/console/settings/directories/{id}/tokens", None, SIGN_ON),
    (
        "/console/settings/directories/{id}/tokens/{token}/revoke",
        None,
        SIGN_ON,
    ),
    ("/console/settings/directories/{id}/ldap", SIGN_ON, SIGN_ON),
    (
        "/console/settings/directories/{id}/ldap/trial",
        None,
        SIGN_ON,
    ),
    (
        "/console/settings/directories/{id}/ldap/sync",
        None,
        SIGN_ON,
    ),
    (
        "/console/settings/directories/{id}/leavers",
        None,
        PEOPLE_WRITE,
    ),
    (
        "/console/settings/directories/{id}/links/{link}",
        None,
        PEOPLE_WRITE,
    ),
    (
        "/console/settings/directories/{id}/runs/{run}/release",
        None,
        PEOPLE_WRITE,
    ),
    (
        "/console/settings/directories/{id}/runs/{run}/decline",
        None,
        PEOPLE_WRITE,
    ),
    (urls::IDENTITY_PROVIDERS, SIGN_ON, None),
    (urls::IDENTITY_PROVIDER_NEW, SIGN_ON, SIGN_ON),
    ("/console/settings/sign-in/{id}", SIGN_ON, SIGN_ON),
    ("/console/settings/sign-in/{id}/check", None, SIGN_ON),
    ("/console/settings/sign-in/{id}/remove", None, SIGN_ON),
    (urls::ROLES, ACCOUNTS, Some(one(P::RolesWrite))),
    (
        "/console/settings/roles/{id}",
        ACCOUNTS,
        Some(PageNeeds::AnyOf(&[P::RolesWrite, P::SignInWrite])),
    ),
    (
        "/console/settings/roles/{id}/remove",
        None,
        Some(one(P::RolesWrite)),
    ),
    (urls::NOTIFICATIONS, SESSION, SESSION),
    (
        urls::MAIL,
        Some(one(P::SettingsWrite)),
        Some(one(P::SettingsWrite)),
    ),
    (urls::MAIL_TEST, None, Some(one(P::SettingsWrite))),
    (urls::MAIL_REMOVE, None, Some(one(P::SettingsWrite))),
    (urls::WEBHOOKS, Some(one(P::WebhooksRead)), WEBHOOKS_WRITE),
    (
        "/console/settings/webhooks/{id}",
        Some(one(P::WebhooksRead)),
        WEBHOOKS_WRITE,
    ),
    (
        "/console/settings/webhooks/{id}/pause",
        None,
        WEBHOOKS_WRITE,
    ),
    (
        "/console/settings/webhooks/{id}/resume",
        None,
        WEBHOOKS_WRITE,
    ),
    ("/console/settings/webhooks/{id}/test", None, WEBHOOKS_WRITE),
    ("/console/settings/webhooks/{id}/key", None, WEBHOOKS_WRITE),
    (
        "/console/settings/webhooks/{id}/remove",
        None,
        WEBHOOKS_WRITE,
    ),
    (
        "/console/settings/webhooks/{id}/deliveries/{delivery}/retry",
        None,
        WEBHOOKS_WRITE,
    ),
    (
        urls::TOKENS,
        Some(one(P::TokensOwn)),
        Some(one(P::TokensOwn)),
    ),
    (
        "/console/settings/tokens/{id}/revoke",
        None,
        Some(PageNeeds::AnyOf(&[P::TokensOwn, P::AccountsWrite])),
    ),
];
