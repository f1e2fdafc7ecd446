//! `TokenUpdate`: how a channel is woken. The first one of a pending enrollment makes it active and ends
//! the old one, in this one transaction.

use serde_json::json;
use tillsyn_apple::checkin::{Ids, TokenUpdate};
use tillsyn_apple::ids::{ChannelName, EnrollmentUserId, UserId};
use tillsyn_db::{Tx, args};

use super::answer::DeviceAnswer;
use super::authenticate;
use super::check_in::{Context, Done};
use super::sender::{Sender, SenderEnrollment};
use crate::actor::Actor;
use crate::commands;
use crate::devices;
use crate::enrollments::{self, Arrival};
use crate::error::Error;
use crate::escrow::{self, Kind, NewSecret};
use crate::events::{self, NewEvent};
use crate::ids::new_uuid;
use crate::inventory;
use crate::invitations::attempt::{self, AttemptStatus, cause};
use crate::onboarding;
use crate::reconcile;

pub(super) async fn run(
    tx: &Tx,
    context: &Context,
    sender: &Sender,
    enrollment: &SenderEnrollment,
    message: &TokenUpdate,
) -> Result<Done, Error> {
    let channel = message.ids.channel();
    if message.topic.as_str() != enrollment.topic {
        return context
            .refuse(tx, Some(sender), DeviceAnswer::Forbidden, "foreign_topic")
            .await;
    }
    if enrollment.status == "active" {
        let Some(device) = &enrollment.device_id else {
            return Err(Error::internal("An active enrollment has no device."));
        };
        let wakes = update_channel(tx, context, enrollment, device, &channel, message).await?;
        if !channel.is_device() {
            // A user who is new here is to have what the device's users are to have.
            reconcile::request_in(tx, vec![device.clone()], context.now_ms).await?;
        }
        return Ok(Done {
            wakes_push: wakes,
            ..Done::to(Some(device), DeviceAnswer::Empty)
        });
    }
    if !channel.is_device() {
        // A user channel cannot complete an enrollment; the device repeats it after its own.
        return Ok(DeviceAnswer::Empty.into());
    }
    activate(tx, context, sender, enrollment, message).await
}

/// The order matters: the old enrollment ends before the new one becomes active, because a device has at
/// most one active enrollment (a unique index says so, too).
async fn activate(
    tx: &Tx,
    context: &Context,
    sender: &Sender,
    enrollment: &SenderEnrollment,
    message: &TokenUpdate,
) -> Result<Done, Error> {
    const USE: &str = "UPDATE invitation SET uses = uses + 1, \
        status = CASE WHEN uses + 1 >= uses_allowed THEN 'used' ELSE status END \
        WHERE id = (SELECT invitation_id FROM attempt WHERE id = $1) \
        AND uses < uses_allowed AND status <> 'revoked'";
    const ACTIVE: &str = "UPDATE enrollment SET status = 'active', device_id = $2, enrolled_at = $3, \
        expires_at = NULL WHERE id = $1 AND status = 'pending'";
    const ATTEMPT: &str = "UPDATE attempt SET device_id = $2 WHERE id = $1";
    const BEGAN: &str = "SELECT created_at FROM enrollment WHERE id = $1";
    let now = context.now_ms;
    let address = context.address.as_deref();
    if !still_reaches_by_authority(tx, enrollment).await? {
        let cause = cause::DEVICE_OF_ANOTHER;
        enrollments::end_in(tx, &enrollment.id, "superseded", cause, now).await?;
        return context
            .refuse(tx, Some(sender), DeviceAnswer::Forbidden, cause)
            .await;
    }
    if let Some(attempt_id) = &sender.attempt_id
        && !still_reaches(tx, enrollment, attempt_id).await?
    {
        let (step, cause) = (AttemptStatus::Enrolled, cause::DEVICE_OF_ANOTHER);
        attempt::fail_in(tx, attempt_id, step, cause, address, now).await?;
        enrollments::end_in(tx, &enrollment.id, "superseded", cause, now).await?;
        return context
            .refuse(tx, Some(sender), DeviceAnswer::Forbidden, cause)
            .await;
    }
    if let Some(attempt_id) = &sender.attempt_id
        && !onboarding::may_take_another_in(tx, attempt_id, &enrollment.id).await?
    {
        let (step, cause) = (AttemptStatus::Enrolled, cause::LIMIT_REACHED);
        attempt::fail_in(tx, attempt_id, step, cause, address, now).await?;
        enrollments::end_in(tx, &enrollment.id, "superseded", cause, now).await?;
        return context
            .refuse(tx, Some(sender), DeviceAnswer::Forbidden, cause)
            .await;
    }
    if let Some(attempt_id) = &sender.attempt_id
        && tx.execute(USE, args![attempt_id.as_str()]).await? == 0
    {
        let step = AttemptStatus::Enrolled;
        attempt::fail_in(tx, attempt_id, step, cause::INVITATION_USED, address, now).await?;
        enrollments::end_in(tx, &enrollment.id, "superseded", "invitation_used", now).await?;
        return context
            .refuse(
                tx,
                Some(sender),
                DeviceAnswer::Forbidden,
                cause::INVITATION_USED,
            )
            .await;
    }
    let device = devices::summary::device_for_enrollment_in(tx, &enrollment.id, now).await?;
    let began = tx.fetch_one(BEGAN, args![enrollment.id.as_str()]).await?;
    let arrival = Arrival {
        began_at: began.i64(0)?,
        push_token: Some(message.token.as_bytes()),
        in_setup: message.awaiting_configuration.unwrap_or(false),
    };
    let replaced = enrollments::supersede_active_in(tx, &device, &arrival, now).await?;
    tx.execute(ACTIVE, args![enrollment.id.as_str(), &device, now])
        .await?;
    devices::summary::enrolled_in(tx, &device, &enrollment.id, now).await?;
    update_channel(
        tx,
        context,
        enrollment,
        device.as_str(),
        &ChannelName::Device,
        message,
    )
    .await?;
    if let Some(attempt_id) = &sender.attempt_id {
        tx.execute(ATTEMPT, args![attempt_id.as_str(), &device])
            .await?;
        attempt::step_in(tx, attempt_id, AttemptStatus::Enrolled, address, now).await?;
    }
    inventory::first_in(tx, &context.keys, &device, now).await?;
    reconcile::request_in(tx, vec![device.to_string()], now).await?;
    let actor = Actor::device(device.as_str(), context.address.clone());
    let event = NewEvent::done(
        "device.enroll",
        "device",
        device.as_str(),
        &enrollment.org_unit_id,
    )
    .with(json!({
        "enrollment_id": enrollment.id,
        "attempt_id": sender.attempt_id,
        "enrollment_type": enrollment.enrollment_type,
        "ownership": enrollment.ownership,
        "replaced_enrollment_id": replaced.as_ref().map(|old| &old.id),
        "replaced_as": replaced.as_ref().map(|old| old.status),
        "replaced_because": replaced.as_ref().map(|old| old.reason),
    }));
    events::record(tx, &actor, now, event).await?;
    Ok(Done {
        wakes_push: true,
        ..Done::to(Some(device.as_str()), DeviceAnswer::Empty)
    })
}

/// The same question where the certificate was the grant, see [`authenticate::by_authority`].
async fn still_reaches_by_authority(tx: &Tx, enrollment: &SenderEnrollment) -> Result<bool, Error> {
    const FIND: &str = "SELECT claims, device_authority_id FROM enrollment WHERE id = $1 \
        AND origin = 'authority'";
    let Some(row) = tx
        .fetch_optional(FIND, args![enrollment.id.as_str()])
        .await?
    else {
        return Ok(true);
    };
    let claims: serde_json::Value = serde_json::from_str(&row.text(0)?).unwrap_or_default();
    let serial = claims["serial_number"]
        .as_str()
        .map(str::trim)
        .filter(|s| !s.is_empty());
    let authority = row.opt_text(1)?.unwrap_or_default();
    authenticate::authority_reaches(tx, &authority, serial, enrollment.udid.as_deref()).await
}

async fn still_reaches(
    tx: &Tx,
    enrollment: &SenderEnrollment,
    attempt_id: &str,
) -> Result<bool, Error> {
    const CLAIMS: &str = "SELECT claims FROM enrollment WHERE id = $1";
    let row = tx.fetch_one(CLAIMS, args![enrollment.id.as_str()]).await?;
    let claims: serde_json::Value = serde_json::from_str(&row.text(0)?).unwrap_or_default();
    let serial = claims["serial_number"]
        .as_str()
        .map(str::trim)
        .filter(|s| !s.is_empty());
    authenticate::reaches(tx, attempt_id, serial, enrollment.udid.as_deref()).await
}

/// Who the channel belongs to, as the device names them.
pub(super) fn user_id(ids: &Ids) -> Option<&str> {
    let of_account = ids
        .enrollment_user_id
        .as_ref()
        .map(EnrollmentUserId::as_str);
    ids.user_id.as_ref().map(UserId::as_str).or(of_account)
}

const PENDING: &str =
    "SELECT id FROM command WHERE channel_id = $1 AND finished = 0 AND status <> 'held' LIMIT 1";

/// Keeps token and magic of one channel; returns whether waiting work should be pushed now.
async fn update_channel(
    tx: &Tx,
    context: &Context,
    enrollment: &SenderEnrollment,
    device_id: &str,
    channel: &ChannelName,
    message: &TokenUpdate,
) -> Result<bool, Error> {
    const UPSERT: &str = "INSERT INTO channel (id, enrollment_id, device_id, name, topic, push_token, \
        push_magic, token_updated_at, contact, awaiting_configuration, user_short_name, user_id, \
        user_long_name, created_at, token_updates) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'reachable', $9, $10, $11, $12, $8, 1) \
        ON CONFLICT (enrollment_id, name) DO UPDATE SET push_token = excluded.push_token, \
        push_magic = excluded.push_magic, token_updated_at = excluded.token_updated_at, \
        contact = 'reachable', awaiting_configuration = excluded.awaiting_configuration, \
        user_short_name = COALESCE(excluded.user_short_name, channel.user_short_name), \
        user_id = excluded.user_id, \
        user_long_name = COALESCE(excluded.user_long_name, channel.user_long_name), \
        pushes_unanswered = 0, unanswered_since = NULL, ended_at = NULL, \
        token_updates = channel.token_updates + 1";
    const FIND: &str = "SELECT id FROM channel WHERE enrollment_id = $1 AND name = $2";
    let name = channel.to_string();
    tx.execute(
        UPSERT,
        args![
            new_uuid(context.now_ms).to_string(),
            enrollment.id.as_str(),
            device_id,
            name.as_str(),
            enrollment.topic.as_str(),
            message.token.as_bytes(),
            message.push_magic.expose(),
            context.now_ms,
            i64::from(message.awaiting_configuration.unwrap_or(false)),
            message.ids.user_short_name.as_deref(),
            user_id(&message.ids),
            message.ids.user_long_name.as_deref()
        ],
    )
    .await?;
    if channel.is_device() {
        devices::summary::set_contact_in(tx, device_id, "reachable", context.now_ms).await?;
        // Its absence does not make a stored one invalid.
        if let Some(token) = &message.unlock_token {
            keep_unlock_token(tx, context, enrollment, device_id, token.expose()).await?;
        }
    }
    let id = tx
        .fetch_one(FIND, args![enrollment.id.as_str(), name])
        .await?
        .text(0)?;
    if tx
        .fetch_optional(PENDING, args![id.as_str()])
        .await?
        .is_none()
    {
        return Ok(false);
    }
    commands::store::request_pushes(tx, &[id], context.now_ms).await?;
    Ok(true)
}

/// A device sends it once and never again by itself. Nothing that opens a personal device is kept (S41).
async fn keep_unlock_token(
    tx: &Tx,
    context: &Context,
    enrollment: &SenderEnrollment,
    device_id: &str,
    token: &[u8],
) -> Result<(), Error> {
    if enrollment.ownership == "personal" && !Kind::UnlockToken.allowed_on_personal() {
        return Ok(());
    }
    let new = NewSecret {
        device_id,
        enrollment_id: Some(&enrollment.id),
        kind: Kind::UnlockToken,
        label: None,
        secret: token,
        source: TokenUpdate::MESSAGE_TYPE,
    };
    escrow::put_in(tx, &context.keys, new, context.now_ms).await?;
    Ok(())
}
