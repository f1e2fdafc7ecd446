//! Everything about one person that a help desk needs, within the reader's scope and rights.

use tillsyn_db::{Row, args};
use tillsyn_pki::hash;

use super::next::{DeviceFacts, Facts, InvitationFacts, NextAct, Trouble, next_act};
use crate::actor::{Actor, Permission};
use crate::core::Core;
use crate::devices::{DeviceFilter, DeviceRow, DeviceSort, list_devices};
use crate::error::Error;
use crate::events::prefix_end;
use crate::ids::PersonId;
use crate::invitations::{InvitationView, invitations_of_person};
use crate::people::{PersonView, person};
use crate::push;

/// Of each list: a help desk reads the newest.
const MOST: i64 = 20;

/// How it stands with a person's own account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AccountState {
    /// They have none.
    #[default]
    None,
    /// There is one, and no password yet.
    NotOpened,
    Good,
    /// Too many wrong tries; until when.
    Locked(i64),
    /// The password has to be changed before anything else.
    PasswordExpired,
    Disabled,
}

impl AccountState {
    /// As the API names it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::NotOpened => "not_opened",
            Self::Good => "good",
            Self::Locked(_) => "locked",
            Self::PasswordExpired => "password_expired",
            Self::Disabled => "disabled",
        }
    }
}

/// An attempt to enroll, without its secrets.
#[derive(Clone, Debug)]
pub struct DeskAttempt {
    pub id: String,
    pub invitation_id: String,
    pub label: String,
    pub platform: Option<String>,
    pub status: String,
    pub failed_step: Option<String>,
    /// A stable code; pages know its words for the person and for the administrator.
    pub cause: Option<String>,
    /// The language in which the person reads.
    pub language: Option<String>,
    pub device_id: Option<String>,
    pub at: i64,
}

/// One person's desk.
#[derive(Clone, Debug)]
pub struct Desk {
    pub person: PersonView,
    pub account: AccountState,
    pub last_sign_in_at: Option<i64>,
    /// `None` when the reader does not see devices.
    pub devices: Option<Vec<DeviceRow>>,
    /// `None` when the reader does not see invitations.
    pub invitations: Option<Vec<InvitationView>>,
    pub attempts: Option<Vec<DeskAttempt>>,
    pub next: NextAct,
}

/// The desk of one person of the reader's scope.
pub async fn desk(core: &Core, actor: &Actor, id: &PersonId) -> Result<Desk, Error> {
    let found = person(core, actor, id).await?;
    let (account, last_sign_in_at) = account(core, &found).await?;
    let mut facts = Facts {
        now_ms: core.now_ms(),
        active: found.status == "active",
        has_mail: found.email.is_some(),
        sign_in: match account {
            AccountState::Locked(_) => Trouble::Locked,
            AccountState::PasswordExpired => Trouble::Expired,
            _ => Trouble::None,
        },
        ..Facts::default()
    };
    let sees_devices = actor.holds(Permission::DevicesRead);
    let sees_invitations = actor.holds(Permission::InvitationsRead);
    let devices = if sees_devices {
        let rows = devices_of(core, actor, id).await?;
        for row in &rows {
            facts.devices.push(DeviceFacts {
                id: row.id.to_string(),
                managed: matches!(
                    row.enrollment_status.as_deref(),
                    Some("active" | "inactive")
                ),
                contact: row.contact.clone(),
                wakes: row.enrollment_status.as_deref() != Some("active")
                    || push::wakes_device(core, row.id.as_str()).await?,
                supervised: row.supervised == Some(true),
                personal: row.ownership.as_deref() == Some("personal"),
                last_seen: row.last_seen,
            });
        }
        Some(rows)
    } else {
        None
    };
    let (mut invitations, mut attempts) = (None, None);
    if sees_invitations {
        let views = invitations_of_person(core, actor, id, None, Some(MOST)).await?;
        let tried = attempts_of(core, actor, id).await?;
        for view in views.items.iter().filter(|view| !view.self_made) {
            facts.invitations.push(InvitationFacts {
                id: view.id.to_string(),
                // One that let a device in is not waiting for anybody.
                status: if view.uses > 0 { "used" } else { view.status },
                pin_locked: view.pin_locked,
                opened: view.attempts > 0,
            });
        }
        facts.failed = tried
            .first()
            .filter(|newest| matches!(newest.status.as_str(), "failed" | "expired"))
            .map(|newest| {
                let cause = newest.cause.as_deref().unwrap_or("too_late");
                (cause.to_owned(), newest.invitation_id.clone())
            });
        invitations = Some(views.items);
        attempts = Some(tried);
    }
    // What a reader does not see is no ground for advice.
    let next = match next_act(&facts) {
        NextAct::Invite if !sees_devices || !sees_invitations => NextAct::Nothing,
        next => next,
    };
    Ok(Desk {
        person: found,
        account,
        last_sign_in_at,
        devices,
        invitations,
        attempts,
        next,
    })
}

async fn devices_of(core: &Core, actor: &Actor, id: &PersonId) -> Result<Vec<DeviceRow>, Error> {
    let filter = DeviceFilter {
        person: Some(id.clone()),
        ..DeviceFilter::default()
    };
    let newest = (DeviceSort::LastSeen, true);
    let found = list_devices(core, actor, &filter, newest, None, Some(MOST)).await?;
    Ok(found.items)
}

async fn attempts_of(core: &Core, actor: &Actor, id: &PersonId) -> Result<Vec<DeskAttempt>, Error> {
    const LIST: &str = "SELECT t.id, i.id, i.label, t.platform, t.status, t.failed_step, t.cause, \
        COALESCE(i.language, p.language), t.device_id, t.updated_at FROM attempt t \
        JOIN invitation i ON i.id = t.invitation_id JOIN person p ON p.id = i.person_id \
        JOIN org_unit u ON u.id = t.org_unit_id WHERE i.person_id = $1 \
        AND u.path >= $2 AND u.path < $3 AND t.status <> 'superseded' \
        ORDER BY t.created_at DESC, t.id DESC LIMIT $4";
    let path = actor.unit_path.as_str();
    let values = args![id, path, prefix_end(path), MOST];
    let rows = core.db().query_all(LIST, values).await?;
    let decode = |row: &Row| {
        Ok::<_, Error>(DeskAttempt {
            id: row.text(0)?,
            invitation_id: row.text(1)?,
            label: row.text(2)?,
            platform: row.opt_text(3)?,
            status: row.text(4)?,
            failed_step: row.opt_text(5)?,
            cause: row.opt_text(6)?,
            language: row.opt_text(7)?,
            device_id: row.opt_text(8)?,
            at: row.i64(9)?,
        })
    };
    rows.iter().map(decode).collect()
}

/// What a failed try of this address counts as; see `accounts::known`.
pub(super) fn subject(email: &str) -> String {
    format!("portal:{}", hash::sha256_hex(email.as_bytes()))
}

async fn account(core: &Core, found: &PersonView) -> Result<(AccountState, Option<i64>), Error> {
    const ACCOUNT: &str = "SELECT a.id, a.status, a.password_hash, a.must_change_password, \
        a.last_sign_in_at, (SELECT count(*) FROM passkey k WHERE k.account_id = a.id) \
        FROM account a WHERE a.person_id = $1";
    const LOCKED: &str = "SELECT max(blocked_until) FROM guess_limit WHERE blocked_until > $1 \
        AND (subject = $2 OR subject LIKE $3)";
    let Some(row) = core.db().query_optional(ACCOUNT, args![&found.id]).await? else {
        return Ok((AccountState::None, None));
    };
    let last = row.opt_i64(4)?;
    if row.str(1)? != "active" {
        return Ok((AccountState::Disabled, last));
    }
    let by_mail = subject(found.email.as_deref().unwrap_or_default());
    let by_browser = format!("portal:{}:%", row.str(0)?);
    let values = args![core.now_ms(), by_mail, by_browser];
    let until = core.db().query_optional(LOCKED, values).await?;
    if let Some(until) = until.map(|row| row.opt_i64(0)).transpose()?.flatten() {
        return Ok((AccountState::Locked(until), last));
    }
    let opened = row.str(2)? != crate::accounts::NO_PASSWORD || row.i64(5)? > 0;
    let state = match (opened, row.i64(3)? != 0) {
        (false, _) => AccountState::NotOpened,
        (true, true) => AccountState::PasswordExpired,
        (true, false) => AccountState::Good,
    };
    Ok((state, last))
}
