//! Declarative management that another server answers: a simulated device, and a stand-in that checks what it is asked
//! as the sheet has it.

mod faults;
mod setting;
mod sync;

use serde_json::{Value as Json, json};
use tillsyn_core::Clock;
use tillsyn_db::args;
use tillsyn_sim::{Device, RawAnswer};
use tillsyn_standins::declarative::DmStandin;
use tillsyn_testkit::{AppOptions, TestApp};

use crate::wire::shapes::{check_in, declarative, device_ids};

const KEY: &str = "a key of both sides";
const TEST: &str = "com.apple.configuration.management.test";

/// Nothing happens but what the test does, and time stands.
fn still() -> AppOptions {
    AppOptions {
        jobs: false,
        clock: Clock::fixed(Clock::system().now_ms()),
        ..AppOptions::default()
    }
}

async fn dm(app: &TestApp) -> DmStandin {
    DmStandin::start(app.hooks.tls()).await.unwrap()
}

/// The address of the setting of this device.
async fn setting(app: &TestApp, device: &Device) -> String {
    const FIND: &str = "SELECT device_id FROM enrollment WHERE udid = $1 AND status = 'active'";
    let row = app.db().query_optional(FIND, args![device.udid()]).await;
    let id = row.unwrap().unwrap().text(0).unwrap();
    format!("/api/v1/devices/{id}/declarative-forwarding")
}

fn to(dm: &DmStandin, key: Option<&str>) -> Json {
    json!({ "url": dm.url(), "key": key })
}

/// One question of the device's own channel.
async fn asks(device: &mut Device, endpoint: &str) -> RawAnswer {
    let body = declarative(device_ids(device), endpoint, None);
    check_in(device, body).await
}
