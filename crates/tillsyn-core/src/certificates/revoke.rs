//! Taking a device certificate out of use before its time.

use serde_json::json;
use tillsyn_db::{Tx, args};

use crate::actor::{Actor, Permission, authorize_device, require_fresh};
use crate::approvals::is_new;
use crate::commands::guard::{self, Count, REVOKE};
use crate::commands::store::shown_name;
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::guard::refuse_frozen_in;
use crate::ids::{CertificateId, DeviceId};
use crate::settings::{self, GuardSettings};

/// Why, and the proof that it is meant.
#[derive(Clone, Debug, Default)]
pub struct Revocation {
    pub reason: Option<String>,
    /// The device's name, as every page shows it.
    pub confirm: Option<String>,
}

/// What follows from a revocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Consequence {
    /// The device uses it now, or may do so already: it cannot check in any more and has to be enrolled
    /// again.
    DeviceLost,
    /// It was issued and never seen: the device can no longer begin with it.
    EnrollmentStops,
    /// Another certificate is in use: nothing changes for the device.
    Nothing,
}

struct Loaded {
    sha256: String,
    revoked: bool,
    unit_id: String,
    unit_path: String,
    enrollment_id: Option<String>,
    device_id: Option<String>,
    shown: String,
    consequence: Consequence,
    serial_number: String,
}

const FIND: &str = "SELECT c.sha256, c.revoked_at, u.id, u.path, e.device_id, d.name, d.serial_number, \
    e.pin_sha256, e.status, c.purpose, c.revoke_after, c.serial_number, e.id, \
    c.created_at, p.created_at, COALESCE(d.platform, t.platform, '') FROM certificate c \
    LEFT JOIN enrollment e ON e.id = c.enrollment_id \
    LEFT JOIN certificate p ON p.sha256 = e.pin_sha256 LEFT JOIN attempt t ON t.id = c.attempt_id \
    JOIN org_unit u ON u.id = COALESCE(e.org_unit_id, t.org_unit_id) \
    LEFT JOIN device_summary d ON d.device_id = e.device_id WHERE c.id = $1";

async fn load(tx: &Tx, actor: &Actor, id: &CertificateId) -> Result<Loaded, Error> {
    let row = tx
        .fetch_optional(FIND, args![id])
        .await?
        .ok_or_else(|| Error::not_found("certificate"))?;
    let sha256 = row.text(0)?;
    let device_id = row.opt_text(4)?;
    let over = !matches!(row.opt_text(8)?.as_deref(), Some("pending" | "active"));
    // Issued after the pin and not seen: the device may have changed over to it, and comes with it next.
    let created = row.i64(13)?;
    let next = row.text(9)? == "renewal" && row.opt_i64(14)?.is_none_or(|pinned| created > pinned);
    let in_use = row.opt_text(7)?.as_deref() == Some(sha256.as_str());
    let consequence = if (in_use || next) && !over {
        Consequence::DeviceLost
    } else if row.opt_text(7)?.is_none() {
        Consequence::EnrollmentStops
    } else {
        Consequence::Nothing
    };
    let (name, serial) = (row.opt_text(5)?, row.opt_text(6)?);
    let loaded = Loaded {
        revoked: row.opt_i64(1)?.is_some(),
        unit_id: row.text(2)?,
        unit_path: row.text(3)?,
        shown: shown_name(
            name.as_deref(),
            serial.as_deref(),
            device_id.as_deref().unwrap_or(&sha256),
        ),
        consequence,
        serial_number: row.text(11)?,
        enrollment_id: row.opt_text(12)?,
        device_id,
        sha256,
    };
    let permission = Permission::CertificatesRevoke;
    authorize_device(actor, permission, &loaded.unit_path, row.str(15)?)?;
    Ok(loaded)
}

/// What would follow, for whoever is about to revoke, with the name to be typed.
///
/// # Errors
/// Forbidden without the permission; not found outside the scope.
pub async fn consequence(
    core: &Core,
    actor: &Actor,
    id: &CertificateId,
) -> Result<(Consequence, String), Error> {
    core.db()
        .read((actor.clone(), id.clone()), |tx, (actor, id)| {
            Box::pin(async move {
                let loaded = load(tx, actor, id).await?;
                Ok((loaded.consequence, loaded.shown))
            })
        })
        .await
}

/// Revokes a certificate for good; the next request with it is refused.
///
/// # Errors
/// Invalid without a reason and the device's name; a conflict when it is revoked already; a fresh sign-in
/// is asked of people.
pub async fn revoke(
    core: &Core,
    actor: &Actor,
    id: &CertificateId,
    revocation: Revocation,
) -> Result<Consequence, Error> {
    let turn = Turn {
        actor: actor.clone(),
        id: id.clone(),
        revocation,
        settings: settings::read(core, settings::GUARD).await?,
        fleet: guard::fleet_size(core).await?,
        now_ms: core.now_ms(),
    };
    core.db()
        .write(turn, |tx, turn| Box::pin(async move { turn.run(tx).await }))
        .await
}

/// The body may run more than once.
struct Turn {
    actor: Actor,
    id: CertificateId,
    revocation: Revocation,
    settings: GuardSettings,
    fleet: i64,
    now_ms: i64,
}

impl Turn {
    async fn run(&self, tx: &Tx) -> Result<Consequence, Error> {
        const REVOKE: &str = "UPDATE certificate SET revoked_at = $2, revoke_reason = 'administrator', \
        renew_at = NULL, warn_at = NULL WHERE sha256 = $1 AND revoked_at IS NULL";
        // The spare renewals and the predecessor of a lost device would let it in again.
        const OTHERS: &str = "UPDATE certificate SET revoked_at = $2, revoke_reason = 'administrator', \
        renew_at = NULL, warn_at = NULL WHERE enrollment_id = $1 AND revoked_at IS NULL";
        let loaded = load(tx, &self.actor, &self.id).await?;
        require_fresh(&self.actor, self.now_ms)?;
        if loaded.revoked {
            return Err(Error::conflict(
                "already_revoked",
                "This certificate is revoked already.",
            ));
        }
        let reason = self.revocation.reason.as_deref().map(str::trim);
        let Some(reason) = reason.filter(|reason| !reason.is_empty()) else {
            return Err(Error::invalid(
                "reason",
                "reason_missing",
                "Say why; it goes to the audit trail.",
            ));
        };
        let typed = self.revocation.confirm.as_deref().map(str::trim);
        if typed != Some(loaded.shown.as_str()) {
            return Err(Error::invalid(
                "confirm",
                "confirmation",
                format!("Type the name of the device to confirm: {}", loaded.shown),
            ));
        }
        let lost = loaded.consequence == Consequence::DeviceLost;
        if lost {
            let unit = std::iter::once(loaded.unit_path.as_str());
            refuse_frozen_in(tx, &self.actor, unit).await?;
            self.count(tx, &loaded).await?;
        }
        tx.execute(REVOKE, args![loaded.sha256.as_str(), self.now_ms])
            .await?;
        let others = match loaded.enrollment_id.as_deref() {
            Some(enrollment) if lost => tx.execute(OTHERS, args![enrollment, self.now_ms]).await?,
            _ => 0,
        };
        let (kind, object) = match &loaded.device_id {
            Some(device) => ("device", device.as_str()),
            None => ("certificate", self.id.as_str()),
        };
        let event =
            NewEvent::done("certificate.revoke", kind, object, &loaded.unit_id).with(json!({
                "certificate_sha256": loaded.sha256,
                "serial_number": loaded.serial_number,
                "consequence": loaded.consequence,
                "others_revoked": others,
                "reason": reason,
            }));
        events::record(tx, &self.actor, self.now_ms, event).await?;
        Ok(loaded.consequence)
    }

    /// A device that loses its certificate is lost as by a retire, and counts as one (security §6). Nothing holds
    /// it until somebody agrees, so what would need a second person is refused.
    async fn count(&self, tx: &Tx, loaded: &Loaded) -> Result<(), Error> {
        let asker = self
            .actor
            .account_id
            .as_ref()
            .map_or_else(|| self.actor.id.clone(), ToString::to_string);
        let budget = guard::budget_in(tx, &asker, self.fleet, &self.settings, self.now_ms).await?;
        let device = DeviceId::from_store(loaded.device_id.clone().unwrap_or_default());
        let new = is_new(&self.actor, self.now_ms);
        let (who, one) = ((asker.as_str(), new), std::slice::from_ref(&device));
        let lately = guard::lately_in(tx, REVOKE, who, one, self.now_ms).await?;
        if !budget.allows(1) || lately >= if new { 1 } else { 5 } {
            return Err(Error::conflict(
                "guard_budget",
                "The budget for acts that cost a device is used up for now. Try again later.",
            ));
        }
        let counted = [(self.id.to_string(), device.to_string())];
        let count = Count {
            actor_id: &asker,
            campaign_id: None,
            agreed: false,
        };
        guard::count_in(tx, REVOKE, count, &counted, self.now_ms).await
    }
}
