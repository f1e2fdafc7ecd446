//! Who acts, and the one function that decides whether they may (security S01).

mod permission;
mod rights;
mod role;

use crate::error::{Error, Kind};
use crate::ids::{AccountId, DirectoryId, PersonId};

pub use permission::Permission;
pub use rights::Rights;
pub use role::{Role, RoleName};

pub(crate) use role::rights_of;

/// How the actor came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActorKind {
    /// A person in a browser session.
    Account,
    /// A program with an API token.
    Token,
    /// The server's own work: schedules, first inventory.
    System,
    /// Someone with a shell on the server.
    Server,
    /// A device, for events that its messages cause.
    Device,
    /// A person on an enrollment page.
    Person,
}

impl ActorKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Token => "token",
            Self::System => "system",
            Self::Server => "server",
            Self::Device => "device",
            Self::Person => "person",
        }
    }
}

/// What an account stands for, as its row and its role's say.
#[derive(Clone, Debug)]
pub struct Standing {
    pub role: RoleName,
    pub rights: Rights,
    pub unit_path: String,
    pub platform: Option<String>,
    /// Since when the account has had these rights (S55).
    pub trusted_since: i64,
}

/// Who acts, in which part of the organisation, and how fresh their proof is.
#[derive(Clone, Debug)]
pub struct Actor {
    pub kind: ActorKind,
    /// Id of the account, token, device or `system`.
    pub id: String,
    /// The account behind a session or token.
    pub account_id: Option<AccountId>,
    pub name: String,
    role: Option<RoleName>,
    /// What the role holds; of a token what it holds of that itself.
    rights: Rights,
    /// Path of the unit whose subtree the actor reaches.
    pub unit_path: String,
    /// The one platform whose devices the actor reaches; `None` reaches all.
    pub platform: Option<String>,
    /// When the password was last typed; `None` for tokens.
    pub fresh_at: Option<i64>,
    /// Since when the actor has had these rights (S55).
    pub trusted_since: Option<i64>,
    pub address: Option<String>,
    pub request_id: Option<String>,
    /// The person over whose own devices alone it acts.
    own: Option<PersonId>,
}

/// A unit path that no unit's begins with.
const NOWHERE: &str = "-";

impl Actor {
    /// The server's own work; it may do everything that needs no confirmation.
    pub fn system() -> Self {
        Self {
            rights: Rights::ALL,
            ..Self::internal(ActorKind::System, "system")
        }
    }

    /// The server's own work at the word of a directory; events name the directory and its run.
    pub(crate) fn directory(source: &DirectoryId, run: Option<&str>) -> Self {
        Self {
            rights: Rights::ALL,
            request_id: run.map(str::to_owned),
            ..Self::internal(ActorKind::System, source.as_str())
        }
    }

    /// Someone with a shell on the server.
    pub fn server() -> Self {
        Self {
            rights: Rights::ALL,
            ..Self::internal(ActorKind::Server, "server")
        }
    }

    /// A device, named in events.
    pub fn device(id: &str, address: Option<String>) -> Self {
        Self {
            address,
            ..Self::internal(ActorKind::Device, id)
        }
    }

    /// A person on an enrollment page.
    pub fn person(attempt_or_invitation: &str, address: Option<String>) -> Self {
        Self {
            address,
            ..Self::internal(ActorKind::Person, attempt_or_invitation)
        }
    }

    fn internal(kind: ActorKind, id: &str) -> Self {
        Self {
            kind,
            id: id.to_owned(),
            account_id: None,
            name: id.to_owned(),
            role: None,
            rights: Rights::NONE,
            unit_path: String::new(),
            platform: None,
            fresh_at: None,
            trusted_since: None,
            address: None,
            request_id: None,
            own: None,
        }
    }

    /// The actor of an account's session (`only` is `None`) or token (what the token itself names).
    pub(crate) fn account(
        kind: ActorKind,
        id: &str,
        account_id: AccountId,
        name: String,
        standing: Standing,
        only: Option<Rights>,
    ) -> Self {
        Self {
            account_id: Some(account_id),
            name,
            role: Some(standing.role),
            rights: only.map_or(standing.rights, |only| standing.rights.and(only)),
            unit_path: standing.unit_path,
            platform: standing.platform,
            trusted_since: Some(standing.trusted_since),
            ..Self::internal(kind, id)
        }
    }

    /// The same as somebody who may nothing but what everybody may with what is theirs.
    #[must_use]
    pub fn without_rights(self) -> Self {
        Self {
            rights: Rights::NONE,
            platform: None,
            ..self
        }
    }

    /// The same account as the person that it belongs to: without any right, reaching nothing but the devices
    /// that are this person's when it acts, and of their acts those that their units let people do.
    #[must_use]
    pub fn over_own_devices(mut self, person: PersonId) -> Self {
        self.rights = Rights::NONE;
        self.platform = None;
        NOWHERE.clone_into(&mut self.unit_path);
        self.own = Some(person);
        self
    }

    /// The person over whose own devices it acts.
    pub fn own_person(&self) -> Option<&PersonId> {
        self.own.as_ref()
    }

    /// The role of the account, for pages that say who one is.
    pub fn role(&self) -> Option<&RoleName> {
        self.role.as_ref()
    }

    /// Everything that is held.
    pub fn rights(&self) -> Rights {
        self.rights
    }

    /// Whether the permission is held at all, without an object. For hiding what cannot be used.
    pub fn holds(&self, permission: Permission) -> bool {
        self.rights.holds(permission)
    }

    /// Whether a device of this platform in the unit at `path` is one that the actor reaches.
    pub fn reaches_device(&self, path: &str, platform: &str) -> bool {
        let own = self.platform.as_deref();
        self.reaches(path) && own.is_none_or(|own| own == crate::platform::family(platform))
    }

    /// The same as a condition on `d.platform`, for lists; empty for whoever reaches all.
    pub(crate) fn platform_filter(&self) -> &'static str {
        match self.platform.as_deref() {
            None => "",
            Some("apple") => " AND d.platform NOT IN ('android', 'windows')",
            Some("android") => " AND d.platform = 'android'",
            Some("windows") => " AND d.platform = 'windows'",
            Some(_) => " AND 1 = 0",
        }
    }

    /// The same condition on another column.
    pub(crate) fn platform_filter_of(&self, column: &str) -> String {
        self.platform_filter().replace("d.platform", column)
    }

    /// The same on an event `e`, which a device caused or which is about one: what became of a device that is
    /// gone is for whoever reaches all.
    pub(crate) fn platform_filter_of_events(&self) -> String {
        let own = self.platform_filter();
        if own.is_empty() {
            return String::new();
        }
        let reached = format!("(SELECT d.device_id FROM device_summary d WHERE 1 = 1{own})");
        format!(
            " AND (e.object_kind <> 'device' OR e.object_id IN {reached}) \
             AND (e.actor_kind <> 'device' OR e.actor_id IN {reached})"
        )
    }

    /// The same actor looking at one part of what they reach: at another place they reach nothing.
    #[must_use]
    pub fn within(&self, path: &str) -> Self {
        let unit_path = if self.reaches(path) { path } else { NOWHERE };
        Self {
            unit_path: unit_path.to_owned(),
            ..self.clone()
        }
    }

    /// Whether the unit at `path` lies in the actor's subtree.
    pub fn reaches(&self, path: &str) -> bool {
        path.starts_with(&self.unit_path)
    }
}

/// The same for a device, which may be of a platform that the actor does not reach.
///
/// # Errors
/// As [`authorize`].
pub fn authorize_device(
    actor: &Actor,
    permission: Permission,
    unit_path: &str,
    platform: &str,
) -> Result<(), Error> {
    authorize(actor, permission, unit_path)?;
    if actor.reaches_device(unit_path, platform) {
        return Ok(());
    }
    Err(Error::new(
        Kind::NotFound,
        "not_found",
        "There is no such object.",
    ))
}

/// Refuses whoever is limited to one platform what is not of devices alone, or of devices of others too.
///
/// # Errors
/// Forbidden.
pub(crate) fn refuse_limited(actor: &Actor) -> Result<(), Error> {
    if actor.platform.is_none() {
        return Ok(());
    }
    Err(Error::forbidden(
        "platform_scope",
        "This concerns more than the platform that you look after.",
    ))
}

/// Decides (actor, permission, object's unit). Outside the scope the object does not exist (S02).
///
/// # Errors
/// [`Kind::Forbidden`] without the permission, [`Kind::NotFound`] outside the actor's subtree.
pub fn authorize(actor: &Actor, permission: Permission, unit_path: &str) -> Result<(), Error> {
    may(actor, permission)?;
    if !actor.reaches(unit_path) {
        return Err(Error::new(
            Kind::NotFound,
            "not_found",
            "There is no such object.",
        ));
    }
    Ok(())
}

/// Decides what concerns no single object: lists (filtered by scope afterwards) and new objects in the
/// actor's own unit.
pub fn may(actor: &Actor, permission: Permission) -> Result<(), Error> {
    if actor.holds(permission) {
        return Ok(());
    }
    Err(Error::forbidden(
        "permission_missing",
        format!("This needs the permission {}.", permission.as_str()),
    ))
}

/// How long a typed password counts as fresh (S11).
pub const FRESH_MS: i64 = 10 * crate::clock::MINUTE_MS;

/// Refuses an account whose password was not typed within [`FRESH_MS`]. Tokens cannot confirm freshly;
/// what that costs them is the guard's business.
pub fn require_fresh(actor: &Actor, now_ms: i64) -> Result<(), Error> {
    match (actor.kind, actor.fresh_at) {
        (ActorKind::Account, Some(at)) if now_ms.abs_diff(at) <= FRESH_MS.unsigned_abs() => Ok(()),
        (ActorKind::Account, _) => Err(Error::new(
            Kind::FreshSignInNeeded,
            "fresh_sign_in_needed",
            "Type your password again first; it counts for ten minutes.",
        )),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
