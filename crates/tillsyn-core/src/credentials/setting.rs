//! How long certificates of the network authority live: a setting of the organisation.

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::actor::{Actor, Permission, authorize, require_fresh};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::{org, settings};

const NAME: &str = "network_certificates";

/// The longest life in days that Apple's systems take.
const MOST_DAYS: u32 = 398;

/// Certificates of the network authority.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NetworkCertificates {
    /// Their life in days, 7 to 398; they are renewed when two thirds of it are over.
    pub days: u32,
}

impl Default for NetworkCertificates {
    fn default() -> Self {
        Self { days: 365 }
    }
}

/// The setting in force.
pub async fn network_certificates(core: &Core) -> Result<NetworkCertificates, Error> {
    settings::read(core, NAME).await
}

/// Changes it for certificates to come.
///
/// # Errors
/// Forbidden without the permission; a fresh sign-in is asked of people.
pub async fn set_network_certificates(
    core: &Core,
    actor: &Actor,
    value: NetworkCertificates,
) -> Result<(), Error> {
    let root = org::root(core).await?;
    authorize(actor, Permission::SettingsWrite, &root.path)?;
    let now_ms = core.now_ms();
    require_fresh(actor, now_ms)?;
    if !(7..=MOST_DAYS).contains(&value.days) {
        return Err(Error::invalid(
            "days",
            "days",
            "A certificate lives 7 to 398 days.",
        ));
    }
    let before = network_certificates(core).await?;
    core.db()
        .write((actor.clone(), value, before, root, now_ms), |tx, input| {
            let (actor, value, before, root, now) = input;
            Box::pin(async move {
                settings::write_in(tx, NAME, value, *now).await?;
                let event = NewEvent::done("settings.change", "setting", NAME, root.id.as_str())
                    .with(json!({ "before": before, "after": value }));
                events::record(tx, actor, *now, event).await?;
                Ok(())
            })
        })
        .await
}
