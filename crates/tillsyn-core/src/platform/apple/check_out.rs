//! `CheckOut`: the device removed its management. Ends the enrollment of *this certificate* with all its
//! channels; on a user channel, that channel alone.

use serde_json::json;
use tillsyn_apple::checkin::CheckOut;
use tillsyn_db::{Tx, args};

use super::answer::DeviceAnswer;
use super::check_in::{Context, Done};
use super::sender::SenderEnrollment;
use crate::actor::Actor;
use crate::enrollments;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::invitations::attempt::{self, AttemptStatus, cause};

pub(super) async fn run(
    tx: &Tx,
    context: &Context,
    enrollment: &SenderEnrollment,
    message: &CheckOut,
) -> Result<Done, Error> {
    let channel = message.ids.channel();
    let now = context.now_ms;
    if !channel.is_device() {
        enrollments::end_channel_in(tx, &enrollment.id, &channel.to_string(), now).await?;
        let device = enrollment.device_id.as_deref();
        return Ok(Done::to(device, DeviceAnswer::Empty));
    }
    let reason = if enrollment.retired {
        "retired"
    } else {
        "removed_by_user"
    };
    enrollments::end_in(tx, &enrollment.id, "removed", reason, now).await?;
    if enrollment.status == "pending" {
        const ATTEMPT: &str = "SELECT attempt_id FROM enrollment WHERE id = $1";
        let row = tx.fetch_one(ATTEMPT, args![enrollment.id.as_str()]).await?;
        if let Some(attempt_id) = row.opt_text(0)? {
            let (step, address) = (AttemptStatus::Enrolled, context.address.as_deref());
            attempt::fail_in(tx, &attempt_id, step, cause::REMOVED, address, now).await?;
        }
    }
    let object = enrollment.device_id.as_deref().unwrap_or(&enrollment.id);
    let kind = if enrollment.device_id.is_some() {
        "device"
    } else {
        "enrollment"
    };
    let actor = Actor::device(object, context.address.clone());
    let event = NewEvent::done("device.check_out", kind, object, &enrollment.org_unit_id)
        .with(json!({ "enrollment_id": enrollment.id, "reason": reason }));
    events::record(tx, &actor, now, event).await?;
    let device = enrollment.device_id.as_deref();
    Ok(Done::to(device, DeviceAnswer::Empty))
}
