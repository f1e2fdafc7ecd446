//! What the organisation wants kept and done with secrets.

use serde::{Deserialize, Serialize};
use serde_json::json;
use tillsyn_db::{Tx, args};

use crate::actor::{Actor, Permission, authorize};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::org;
use crate::settings;

/// The settings of escrow and lost mode.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EscrowPolicy {
    /// Keep the recovery keys that Macs send. Off until the organisation says so: keys are taken under a
    /// policy of ours only, never because a device offers them.
    pub filevault: bool,
    /// Give the device a new secret as soon as somebody saw the old one.
    pub rotate_after_reveal: bool,
    /// People are to be told afterwards that their device was located.
    pub tell_after_location: bool,
}

impl Default for EscrowPolicy {
    fn default() -> Self {
        Self {
            filevault: false,
            rotate_after_reveal: false,
            tell_after_location: true,
        }
    }
}

pub(crate) const NAME: &str = "escrow";

/// What is set, or the defaults.
pub async fn escrow_policy(core: &Core, actor: &Actor) -> Result<EscrowPolicy, Error> {
    crate::actor::may(actor, Permission::DevicesRead)?;
    settings::read(core, NAME).await
}

/// Changes it.
pub async fn set_escrow_policy(
    core: &Core,
    actor: &Actor,
    policy: EscrowPolicy,
) -> Result<(), Error> {
    let root = org::root(core).await?;
    authorize(actor, Permission::SettingsWrite, &root.path)?;
    if policy.filevault {
        super::filevault::ensure_certificate(core).await?;
    }
    let now_ms = core.now_ms();
    core.db()
        .write(
            (actor.clone(), policy, root, now_ms),
            |tx, (actor, policy, root, now)| {
                Box::pin(async move {
                    settings::write_in(tx, NAME, policy, *now).await?;
                    let event =
                        NewEvent::done("settings.change", "setting", NAME, root.id.as_str())
                            .with(json!({ "after": policy }));
                    events::record(tx, actor, *now, event).await?;
                    Ok(())
                })
            },
        )
        .await
}

/// The same inside a transaction, for what a device's answer leads to.
pub(crate) async fn policy_in(tx: &Tx) -> Result<EscrowPolicy, Error> {
    const FIND: &str = "SELECT value FROM setting WHERE name = $1";
    let row = tx.fetch_optional(FIND, args![NAME]).await?;
    let text = row.map(|row| row.text(0)).transpose()?;
    Ok(text
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default())
}
