//! The worker of a node.

use std::time::Duration;

use tillsyn_upstream::webhook::HookClient;

use super::deliver::deliver;
use super::fan_out::{Places, fan_out};
use super::raw;
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
        if let Err(error) = round(&core, &mut places, &mut client).await {
            tracing::warn!(error = %error, "webhooks could not be sent; trying again");
        }
    }
}

/// One round, for tests.
pub(crate) async fn run_once(core: &Core) -> Result<(), Error> {
    round(core, &mut Places::default(), &mut None).await
}

async fn round(
    core: &Core,
    places: &mut Places,
    client: &mut Option<HookClient>,
) -> Result<(), Error> {
    raw::look(core).await?;
    fan_out(core, places).await?;
    while deliver(core, client).await? > 0 {}
    Ok(())
}
