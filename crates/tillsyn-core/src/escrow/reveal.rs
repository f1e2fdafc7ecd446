//! Showing one secret to one person, once (security S63): permission, fresh sign-in, the device's name and
//! a reason; the event says who, what and why, never the value.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use tillsyn_db::{Tx, args};
use zeroize::Zeroizing;

use super::policy::{self, EscrowPolicy};
use super::rotate::{can_rotate, rotate};
use super::{Kind, limits};
use crate::accounts;
use crate::actor::{Actor, ActorKind, authorize, require_fresh};
use crate::clock::DAY_MS;
use crate::commands::fleet_size;
use crate::commands::store::shown_name;
use crate::core::Core;
use crate::error::{self, Error};
use crate::events::{self, NewEvent};
use crate::ids::{DeviceId, EscrowId};
use crate::keys::KeyStore;
use crate::settings::{self, GuardSettings};

const REASON_LIMIT: usize = 500;

/// What a person wants to see, and the proof that it is meant.
pub struct Reveal {
    pub device_id: DeviceId,
    pub escrow_id: EscrowId,
    pub reason: String,
    /// The device's name, as the guard asks for it.
    pub typed: String,
    /// From the person behind a token.
    pub proof: Option<accounts::Proof>,
}

/// A secret in the open; for one answer, never kept or printed.
pub struct Revealed {
    pub id: EscrowId,
    pub kind: Kind,
    pub label: Option<String>,
    /// As people read it; Base64 for tokens.
    pub value: Zeroizing<String>,
    pub is_base64: bool,
    /// When it was first kept.
    pub created_at: i64,
    pub newest: bool,
    pub rotation: Rotation,
}

/// What comes of having been seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rotation {
    /// It is history, or the device offers no way to change it.
    None,
    /// The device can be given a new one.
    Offered,
    /// A new one is on its way.
    Begun,
}

impl Rotation {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Offered => "offered",
            Self::Begun => "begun",
        }
    }
}

impl std::fmt::Debug for Revealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Revealed")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

/// Shows a secret.
///
/// # Errors
/// Not found outside the scope; forbidden without the permission of its kind; fresh sign-in needed; invalid
/// for the name, the reason or the password; conflict when too many were shown; not capable for secrets of
/// personal devices.
pub async fn reveal(core: &Core, actor: &Actor, ask: Reveal) -> Result<Revealed, Error> {
    let found = core
        .db()
        .read(
            (ask.escrow_id.clone(), ask.device_id.clone()),
            |tx, (id, device)| Box::pin(async move { find_in(tx, id, device).await }),
        )
        .await?;
    found.check(actor)?;
    check_words(&ask, &found)?;
    confirm_person(core, actor, ask.proof.clone()).await?;
    let plan = Plan {
        keys: core.keys().clone(),
        actor: actor.clone(),
        reason: ask.reason.trim().to_owned(),
        ask_id: ask.escrow_id,
        device_id: ask.device_id,
        settings: settings::read(core, settings::GUARD).await?,
        fleet: fleet_size(core).await?,
        now_ms: core.now_ms(),
    };
    let device_id = plan.device_id.clone();
    let mut shown = core
        .db()
        .write(plan, |tx, plan| Box::pin(async move { plan.run(tx).await }))
        .await?
        // The refusal is on record; only now is it one.
        .ok_or_else(|| {
            Error::conflict(
                "reveal_limit",
                "Too many secrets were shown in a short time. Wait, or let somebody else do it.",
            )
        })?;
    shown.rotation = rotation(core, actor, &device_id, &shown).await?;
    Ok(shown)
}

/// Where the organisation wants it, a secret that was seen is replaced at once. That this fails hides
/// nothing from the person who needs the secret now.
async fn rotation(
    core: &Core,
    actor: &Actor,
    device: &DeviceId,
    shown: &Revealed,
) -> Result<Rotation, Error> {
    if !shown.newest || !can_rotate(shown.kind) {
        return Ok(Rotation::None);
    }
    let policy: EscrowPolicy = settings::read(core, policy::NAME).await?;
    if !policy.rotate_after_reveal {
        return Ok(Rotation::Offered);
    }
    match rotate(core, actor, device, shown.kind, "seen by a person").await {
        Ok(_) => Ok(Rotation::Begun),
        Err(error) => {
            tracing::warn!(error = %error, device.id = %device, "a seen secret was not replaced");
            Ok(Rotation::Offered)
        }
    }
}

/// A secret with what decides about it.
struct Found {
    kind: Kind,
    unit_id: String,
    unit_path: String,
    platform: String,
    device_name: String,
    personal: bool,
}

impl Found {
    fn check(&self, actor: &Actor) -> Result<(), Error> {
        if !actor.reaches_device(&self.unit_path, &self.platform) {
            return Err(Error::not_found("secret"));
        }
        authorize(actor, self.kind.permission(), &self.unit_path)?;
        if self.personal && !self.kind.shown_of_personal() {
            return Err(Error::new(
                error::Kind::NotCapable,
                "personal_device",
                "This is a personal device: nothing that opens it is shown.",
            ));
        }
        Ok(())
    }
}

async fn find_in(tx: &Tx, id: &EscrowId, device: &DeviceId) -> Result<Found, Error> {
    const FIND: &str = "SELECT s.kind, d.org_unit_id, u.path, m.name, d.serial_number, m.ownership, \
        d.platform FROM escrow s JOIN device d ON d.id = s.device_id JOIN org_unit u ON u.id = d.org_unit_id \
        LEFT JOIN device_summary m ON m.device_id = d.id WHERE s.id = $1 AND s.device_id = $2";
    let row = tx
        .fetch_optional(FIND, args![id, device])
        .await?
        .ok_or_else(|| Error::not_found("secret"))?;
    let (name, serial) = (row.opt_text(3)?, row.opt_text(4)?);
    Ok(Found {
        kind: Kind::parse(&row.text(0)?).ok_or_else(|| Error::not_found("secret"))?,
        unit_id: row.text(1)?,
        unit_path: row.text(2)?,
        platform: row.text(6)?,
        device_name: shown_name(name.as_deref(), serial.as_deref(), device.as_str()),
        personal: row.opt_text(5)?.as_deref() == Some("personal"),
    })
}

fn check_words(ask: &Reveal, found: &Found) -> Result<(), Error> {
    let reason = ask.reason.trim();
    if reason.is_empty() || reason.chars().count() > REASON_LIMIT {
        return Err(Error::invalid(
            "reason",
            "reason_missing",
            "Say why; it goes to the audit trail.",
        ));
    }
    if ask.typed.trim() != found.device_name {
        return Err(Error::invalid(
            "confirm",
            "confirmation",
            format!(
                "Type the name of the device to confirm: {}",
                found.device_name
            ),
        ));
    }
    Ok(())
}

/// A session must be fresh; a token brings the password of its account; the server's own work sees nothing.
pub(crate) async fn confirm_person(
    core: &Core,
    actor: &Actor,
    proof: Option<accounts::Proof>,
) -> Result<(), Error> {
    match (actor.kind, proof) {
        (ActorKind::Account, _) => require_fresh(actor, core.now_ms()),
        (ActorKind::Token, Some(proof)) => accounts::confirm_account(core, actor, proof).await,
        (ActorKind::Token, None) => Err(Error::new(
            error::Kind::FreshSignInNeeded,
            "fresh_sign_in_needed",
            "A token alone shows no secret: send the password of your account with the request.",
        )),
        (ActorKind::Server, _) => Ok(()),
        _ => Err(Error::forbidden(
            "person_needed",
            "Only a person can see a secret.",
        )),
    }
}

/// What the transaction needs; it may run more than once.
struct Plan {
    keys: KeyStore,
    actor: Actor,
    reason: String,
    ask_id: EscrowId,
    device_id: DeviceId,
    settings: GuardSettings,
    fleet: i64,
    now_ms: i64,
}

impl Plan {
    /// `None` when the limits refuse; that is recorded, too.
    async fn run(&self, tx: &Tx) -> Result<Option<Revealed>, Error> {
        // Scope and ownership may have changed while the password was checked.
        let found = find_in(tx, &self.ask_id, &self.device_id).await?;
        found.check(&self.actor)?;
        let person = self.person();
        let seen = limits::seen_in(
            tx,
            &person,
            self.ask_id.as_str(),
            self.device_id.as_str(),
            self.now_ms,
        )
        .await?;
        let is_new = self
            .actor
            .trusted_since
            .is_some_and(|at| self.now_ms - at < DAY_MS);
        let details = json!({
            "escrow_id": self.ask_id, "kind": found.kind.as_str(), "reason": self.reason,
        });
        let event = NewEvent::done(
            "secret.reveal",
            "device",
            self.device_id.as_str(),
            &found.unit_id,
        )
        .with(details);
        // Someone with a shell on the server holds the master key: there is nothing to limit.
        let limited = self.actor.kind != ActorKind::Server;
        if limited && !limits::allows(seen, is_new, self.fleet, &self.settings) {
            events::record(tx, &self.actor, self.now_ms, event.refused()).await?;
            return Ok(None);
        }
        events::record(tx, &self.actor, self.now_ms, event).await?;
        self.note(tx, &person).await?;
        self.open(tx, found.kind).await.map(Some)
    }

    /// Sessions and tokens of one person count together.
    fn person(&self) -> String {
        let account = self.actor.account_id.as_ref();
        account.map_or_else(|| self.actor.id.clone(), ToString::to_string)
    }

    async fn note(&self, tx: &Tx, person: &str) -> Result<(), Error> {
        const NOTE: &str = "INSERT INTO escrow_reveal (escrow_id, device_id, at, actor_id, \
            actor_name) VALUES ($1, $2, $3, $4, $5)";
        let values = args![
            &self.ask_id,
            &self.device_id,
            self.now_ms,
            person,
            self.actor.name.as_str()
        ];
        tx.execute(NOTE, values).await?;
        Ok(())
    }

    async fn open(&self, tx: &Tx, kind: Kind) -> Result<Revealed, Error> {
        const SEALED: &str = "SELECT s.sealed, s.label, s.created_at, \
            CASE WHEN s.state = 'kept' AND NOT EXISTS (SELECT 1 FROM escrow n \
            WHERE n.device_id = s.device_id AND n.kind = s.kind AND n.state = 'kept' \
            AND n.updated_at > s.updated_at) THEN 1 ELSE 0 END FROM escrow s WHERE s.id = $1";
        let row = tx.fetch_one(SEALED, args![&self.ask_id]).await?;
        let bytes = self
            .keys
            .open(&row.blob(0)?, "escrow", "sealed", self.ask_id.as_str())?;
        let text = if kind.is_text() {
            std::str::from_utf8(&bytes).ok()
        } else {
            None
        };
        Ok(Revealed {
            id: self.ask_id.clone(),
            kind,
            label: row.opt_text(1)?,
            is_base64: text.is_none(),
            value: Zeroizing::new(text.map_or_else(|| STANDARD.encode(&bytes), str::to_owned)),
            created_at: row.i64(2)?,
            newest: row.i64(3)? != 0,
            rotation: Rotation::None,
        })
    }
}
