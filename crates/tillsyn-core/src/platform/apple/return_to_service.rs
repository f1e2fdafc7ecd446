//! `ReturnToService`: an erased device asks how to come back (OS 26). Without a policy the answer is a plain
//! "not enabled", never an error (core sheet §4).

use plist::{Dictionary, Value};
use tillsyn_apple::checkin::ReturnToService;
use tillsyn_db::Tx;

use super::answer::DeviceAnswer;
use super::check_in::Context;
use super::sender::SenderEnrollment;
use crate::error::Error;
use crate::escrow::{self, Kind};
use crate::settings::{self, APPLE_DEVICES, AppleDevices};

pub(super) async fn run(
    tx: &Tx,
    context: &Context,
    enrollment: &SenderEnrollment,
    device_id: &str,
) -> Result<DeviceAnswer, Error> {
    let settings: AppleDevices = settings::read_in(tx, APPLE_DEVICES).await?;
    if !settings.return_to_service || enrollment.ownership == "personal" {
        return Ok(DeviceAnswer::Plist(ReturnToService::disabled_reply()));
    }
    // Without the token the device cannot keep its applications.
    let held = escrow::newest_in(tx, &context.keys, device_id, Kind::BootstrapToken).await?;
    Ok(DeviceAnswer::Plist(enabled_reply(
        held.as_ref().map(escrow::Secret::expose),
    )))
}

// Apple schema mdm/checkin/returntoservice.yaml (OS 26)
fn enabled_reply(bootstrap_token: Option<&[u8]>) -> Vec<u8> {
    let mut inner = Dictionary::new();
    inner.insert("Enabled".to_owned(), Value::Boolean(true));
    if let Some(token) = bootstrap_token {
        inner.insert("BootstrapToken".to_owned(), Value::Data(token.to_vec()));
    }
    let mut reply = Dictionary::new();
    reply.insert("ReturnToService".to_owned(), Value::Dictionary(inner));
    tillsyn_apple::encode_plist(&Value::Dictionary(reply))
}
