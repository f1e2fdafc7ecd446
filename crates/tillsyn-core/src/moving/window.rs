//! The time in which enrollments of another server may come in without their certificates.

use serde::{Deserialize, Serialize};
use serde_json::json;
use tillsyn_db::Tx;

use crate::actor::{Actor, Permission, authorize, may, require_fresh};
use crate::clock::HOUR_MS;
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::{org, settings};

const WINDOW: &str = "move_in_window";
/// The longest window: long enough for a fleet to say something.
const MAX_HOURS: i64 = 30 * 24;

/// Until when it is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Window {
    /// In milliseconds UTC; in the past, or 0, while it is closed.
    pub until: i64,
}

/// Whether check-ins are taken and first contacts are pinned.
pub(crate) async fn window_is_open_in(tx: &Tx, now_ms: i64) -> Result<bool, Error> {
    let window: Window = settings::read_in(tx, WINDOW).await?;
    Ok(window.until > now_ms)
}

/// Until when the window is open.
pub async fn window(core: &Core, actor: &Actor) -> Result<Window, Error> {
    may(actor, Permission::EnrollmentsMove)?;
    settings::read(core, WINDOW).await
}

/// Opens the window for some hours; 0 closes it.
pub async fn set_window(core: &Core, actor: &Actor, hours: i64) -> Result<Window, Error> {
    let root = org::root(core).await?;
    authorize(actor, Permission::EnrollmentsMove, &root.path)?;
    let now = core.now_ms();
    require_fresh(actor, now)?;
    if !(0..=MAX_HOURS).contains(&hours) {
        return Err(Error::invalid(
            "hours",
            "window_hours",
            "The window is open for 1 to 720 hours; 0 closes it.",
        ));
    }
    let window = Window {
        until: if hours == 0 { 0 } else { now + hours * HOUR_MS },
    };
    core.db()
        .write(
            (actor.clone(), window, root, now),
            |tx, (actor, window, root, now)| {
                Box::pin(async move {
                    settings::write_in(tx, WINDOW, window, *now).await?;
                    let unit = root.id.as_str();
                    let event = NewEvent::done("settings.change", "setting", WINDOW, unit)
                        .with(json!({ "until": window.until }));
                    events::record(tx, actor, *now, event).await?;
                    Ok::<_, Error>(())
                })
            },
        )
        .await?;
    Ok(window)
}
