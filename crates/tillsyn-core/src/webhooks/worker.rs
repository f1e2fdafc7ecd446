//! The worker of a node.

use std::time::Duration;

use tillsyn_upstream::webhook::HookClient;

use super::deliver::deliver;
use super::fan_out::{Places, fan_out};
use super::{limit, raw};
use crate::core::Core;
use crate::error::Error;

/// Runs until the process ends.
pub async fn run_worker(core: Core) {
    let mut places = Places::default();
    let mut client = None;
    let mut ticks = tokio::time::interval(Duration::from_millis(500));
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        loop {
            match round(&core, &mut places, &mut client).await {
                // There may be more of it.
                Ok(sent) if sent > 0 => {}
                Ok(_) => break,
                Err(error) => {
                    tracing::warn!(error = %error, "webhooks could not be sent; trying again");
                    break;
                }
            }
        }
    }
}

/// Rounds until nothing is due, for tests.
pub(crate) async fn run_once(core: &Core) -> Result<(), Error> {
    let (mut places, mut client) = (Places::default(), None);
    while round(core, &mut places, &mut client).await? > 0 {}
    Ok(())
}

/// One batch: what a slow receiver costs is over before anybody else waits for longer than that.
async fn round(
    core: &Core,
    places: &mut Places,
    client: &mut Option<HookClient>,
) -> Result<usize, Error> {
    raw::look(core).await?;
    if fan_out(core, places).await? {
        limit::pause_flooded(core).await?;
    }
    deliver(core, client).await
}
