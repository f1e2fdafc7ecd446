//! `Authenticate`: a new, authorised certificate opens a *pending* enrollment with empty state. Nothing of
//! the device's old enrollment is touched (core sheet §4).

use serde_json::json;
use tillsyn_apple::checkin::Authenticate;
use tillsyn_apple::ids::{EnrollmentIdApple, Udid};
use tillsyn_apple::platform::Platform;
use tillsyn_db::{Tx, args};

use super::answer::DeviceAnswer;
use super::check_in::{Context, Done};
use super::sender::{Sender, SenderEnrollment};
use crate::clock::DAY_MS;
use crate::device_authorities::TrustedAuthority;
use crate::devices;
use crate::error::Error;
use crate::ids::EnrollmentId;
use crate::invitations;
use crate::invitations::attempt::{self, AttemptStatus, cause};
use crate::onboarding;

const GRANT: &str = "SELECT t.status, t.invitation_id, i.org_unit_id, i.person_id, i.ownership, \
    i.enrollment_type, i.status, i.uses, i.uses_allowed, t.platform, t.expires_at \
    FROM attempt t JOIN invitation i ON i.id = t.invitation_id WHERE t.id = $1";

/// The enrollment that a serial number or UDID belongs to now, and who has it.
const HOLDER: &str = "SELECT e.id, e.person_id, t.invitation_id FROM enrollment e \
    JOIN device d ON d.id = e.device_id LEFT JOIN attempt t ON t.id = e.attempt_id \
    WHERE e.status IN ('active', 'inactive') \
    AND (d.serial_number = $1 OR ($1 IS NULL AND e.udid = $2)) LIMIT 1";

/// The first `Authenticate` of a certificate.
pub(super) async fn first(
    tx: &Tx,
    context: &Context,
    sender: &Sender,
    message: &Authenticate,
) -> Result<Done, Error> {
    if sender.revoked || sender.is_renewal {
        return context
            .refuse(tx, Some(sender), DeviceAnswer::Forbidden, "not_authorised")
            .await;
    }
    let Some(attempt_id) = &sender.attempt_id else {
        return context
            .refuse(tx, Some(sender), DeviceAnswer::Forbidden, "not_authorised")
            .await;
    };
    let address = context.address.as_deref();
    let now = context.now_ms;
    let Some(grant) = tx.fetch_optional(GRANT, args![attempt_id.as_str()]).await? else {
        return context
            .refuse(tx, Some(sender), DeviceAnswer::Forbidden, "not_authorised")
            .await;
    };
    let fail = async |cause: &'static str| {
        let step = AttemptStatus::Authenticated;
        attempt::fail_in(tx, attempt_id, step, cause, address, now).await?;
        context
            .refuse(tx, Some(sender), DeviceAnswer::Forbidden, cause)
            .await
    };
    // An authorisation lives as long as its attempt, not as long as the certificate.
    let over = matches!(grant.text(0)?.as_str(), "expired" | "superseded");
    if over || grant.i64(10)? <= now {
        return fail(cause::CHALLENGE_EXPIRED).await;
    }
    if grant.text(6)? == "revoked" || grant.i64(7)? >= grant.i64(8)? {
        return fail(cause::INVITATION_USED).await;
    }
    let (serial, udid) = (serial_of(message), udid_of(message));
    if !onboarding::is_meant_in(tx, attempt_id, serial, udid).await? {
        return fail(cause::WRONG_DEVICE).await;
    }
    if !reaches(tx, attempt_id, serial, udid).await? {
        return fail(cause::DEVICE_OF_ANOTHER).await;
    }
    if !agrees_with_attestation(tx, &context.certificate.sha256, serial).await? {
        return fail(cause::WRONG_DEVICE).await;
    }
    if !invitations::has_room_in(tx, attempt_id, serial, udid).await? {
        return fail(cause::LIMIT_REACHED).await;
    }
    let Some(topic) = current_topic(tx, message.topic.as_str()).await? else {
        return fail(cause::TOPIC_MISMATCH).await;
    };
    let platform = platform_of(message, grant.opt_text(9)?.as_deref());
    let unit = grant.text(2)?;
    lapse_earlier(tx, udid, &grant.text(1)?, now).await?;
    let id = EnrollmentId::new(now);
    let person = grant.opt_text(3)?;
    let new = NewEnrollment {
        unit: &unit,
        person: person.as_deref(),
        platform,
        enrollment_type: &grant.text(5)?,
        ownership: &grant.text(4)?,
        topic: &topic,
        origin: Origin::Attempt(attempt_id),
    };
    insert(tx, context, &id, message, &new).await?;
    bind(tx, context, &id, attempt_id, now).await?;
    context.remember(tx, id.as_str()).await?;
    attempt::step_in(tx, attempt_id, AttemptStatus::Authenticated, address, now).await?;
    tracing::info!(
        enrollment.id = %id, platform, "enrollment pending: Authenticate accepted in unit {unit}"
    );
    Ok(DeviceAnswer::Empty.into())
}

/// Whether the grant behind an attempt reaches the device that a serial number or UDID names. Ids are
/// claims: one that does not supersedes nothing. Asked at `Authenticate` and again when the enrollment
/// completes, since claims and holders may have changed in between.
pub(super) async fn reaches(
    tx: &Tx,
    attempt_id: &str,
    serial: Option<&str>,
    udid: Option<&str>,
) -> Result<bool, Error> {
    const GRANTED: &str = "SELECT i.person_id, i.id, i.may_replace FROM attempt t \
        JOIN invitation i ON i.id = t.invitation_id WHERE t.id = $1";
    if !onboarding::is_meant_in(tx, attempt_id, serial, udid).await? {
        return Ok(false);
    }
    let Some(holder) = tx.fetch_optional(HOLDER, args![serial, udid]).await? else {
        return Ok(true);
    };
    let grant = tx.fetch_one(GRANTED, args![attempt_id]).await?;
    let person = grant.opt_text(0)?;
    let same_person = person.is_some() && holder.opt_text(1)? == person;
    let same_invitation = holder.opt_text(2)?.as_deref() == Some(grant.text(1)?.as_str());
    Ok(same_person || same_invitation || grant.i64(2)? != 0)
}

/// Whether a device says of itself what Apple said of it when its certificate was issued.
async fn agrees_with_attestation(
    tx: &Tx,
    certificate: &str,
    serial: Option<&str>,
) -> Result<bool, Error> {
    const ATTESTED: &str = "SELECT attested FROM certificate WHERE sha256 = $1";
    let row = tx.fetch_optional(ATTESTED, args![certificate]).await?;
    let Some(text) = row.map(|row| row.opt_text(0)).transpose()?.flatten() else {
        return Ok(true);
    };
    let facts: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    let attested = facts["serial_number"].as_str();
    Ok(attested.is_none() || serial.is_none() || attested == serial)
}

async fn current_topic(tx: &Tx, claimed: &str) -> Result<Option<String>, Error> {
    const FIND: &str = "SELECT topic FROM push_topic WHERE topic = $1";
    Ok(tx
        .fetch_optional(FIND, args![claimed])
        .await?
        .map(|row| row.text(0))
        .transpose()?)
}

/// A further new certificate of the same device opens a further pending enrollment; the earlier lapses
/// where the grant reaches it. The UDID is only a claim: a stranger's pending enrollment is left alone.
async fn lapse_earlier(
    tx: &Tx,
    udid: Option<&str>,
    invitation: &str,
    now: i64,
) -> Result<(), Error> {
    const LAPSE: &str = "UPDATE enrollment SET status = 'superseded', ended_at = $2, \
        end_reason = 'newer_attempt' WHERE status = 'pending' AND udid = $1 \
        AND (attempt_id IN (SELECT id FROM attempt WHERE invitation_id = $3) \
        OR EXISTS (SELECT 1 FROM invitation i WHERE i.id = $3 \
        AND (i.may_replace = 1 OR i.person_id = enrollment.person_id)))";
    const ATTEMPTS: &str = "UPDATE attempt SET status = 'superseded', updated_at = $2 \
        WHERE status = 'authenticated' AND id IN (SELECT e.attempt_id FROM enrollment e \
        WHERE e.status = 'pending' AND e.udid = $1) AND (invitation_id = $3 \
        OR EXISTS (SELECT 1 FROM invitation i WHERE i.id = $3 AND (i.may_replace = 1 \
        OR i.person_id = (SELECT o.person_id FROM invitation o WHERE o.id = attempt.invitation_id))))";
    if let Some(udid) = udid {
        tx.execute(ATTEMPTS, args![udid, now, invitation]).await?;
        tx.execute(LAPSE, args![udid, now, invitation]).await?;
    }
    Ok(())
}

/// What a grant makes of an enrollment.
struct NewEnrollment<'a> {
    unit: &'a str,
    person: Option<&'a str>,
    platform: &'a str,
    enrollment_type: &'a str,
    ownership: &'a str,
    topic: &'a str,
    origin: Origin<'a>,
}

/// The grant.
enum Origin<'a> {
    Attempt(&'a str),
    Authority(&'a str),
}

async fn insert(
    tx: &Tx,
    context: &Context,
    id: &EnrollmentId,
    message: &Authenticate,
    new: &NewEnrollment<'_>,
) -> Result<(), Error> {
    // What the profile of the attempt announced stays with the enrollment: an update repeats it.
    const INSERT: &str = "INSERT INTO enrollment (id, org_unit_id, attempt_id, person_id, platform, \
        claims, enrollment_type, ownership, status, pin_sha256, udid, apple_enrollment_id, topic, \
        access_rights, profile_identifier, created_at, expires_at, origin, device_authority_id, \
        server_capabilities) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'pending', $9, $10, $11, $12, \
        $13, $14, $15, $16, $17, $18, (SELECT server_capabilities FROM attempt WHERE id = $3))";
    let root = tx
        .fetch_one("SELECT id FROM org_unit WHERE parent_id IS NULL", args![])
        .await?
        .text(0)?;
    let (attempt, authority) = match new.origin {
        Origin::Attempt(id) => (Some(id), None),
        Origin::Authority(id) => (None, Some(id)),
    };
    let origin = if authority.is_some() {
        "authority"
    } else {
        "invitation"
    };
    let enrollment_id = message.ids.enrollment_id.as_ref();
    tx.execute(
        INSERT,
        args![
            id,
            new.unit,
            attempt,
            new.person,
            new.platform,
            claims(message).to_string(),
            new.enrollment_type,
            new.ownership,
            context.certificate.sha256.as_ref(),
            udid_of(message),
            enrollment_id.map(EnrollmentIdApple::as_str),
            new.topic,
            8_191_i64,
            super::profile_identifier(&root),
            context.now_ms,
            context.now_ms + DAY_MS,
            origin,
            authority
        ],
    )
    .await?;
    Ok(())
}

fn udid_of(message: &Authenticate) -> Option<&str> {
    message.ids.udid.as_ref().map(Udid::as_str)
}

pub(super) fn serial_of(message: &Authenticate) -> Option<&str> {
    message
        .serial_number
        .as_deref()
        .map(str::trim)
        .filter(|serial| !serial.is_empty())
}

/// A certificate of a trusted authority asks to enroll. Where an administrator said that the authority's
/// certificates are the grant, it opens a pending enrollment like any other; otherwise it is a stranger.
pub(super) async fn by_authority(
    tx: &Tx,
    context: &Context,
    authority: &TrustedAuthority,
    message: &Authenticate,
) -> Result<Done, Error> {
    let refuse = async |kind| {
        context
            .refuse(tx, None, DeviceAnswer::Forbidden, kind)
            .await
    };
    if !authority.may_enroll {
        return refuse("unknown_certificate").await;
    }
    let (serial, udid) = (serial_of(message), udid_of(message));
    if !authority_reaches(tx, &authority.id, serial, udid).await? {
        return refuse(cause::DEVICE_OF_ANOTHER).await;
    }
    let Some(topic) = current_topic(tx, message.topic.as_str()).await? else {
        return refuse(cause::TOPIC_MISMATCH).await;
    };
    // The UDID is only a claim: what another certificate has pending under it is left alone. Which of them
    // gets the device is decided when one completes; the others lapse in a day.
    let id = EnrollmentId::new(context.now_ms);
    let new = NewEnrollment {
        unit: &authority.org_unit_id,
        person: None,
        platform: platform_of(message, None),
        enrollment_type: "profile",
        ownership: &authority.ownership,
        topic: &topic,
        origin: Origin::Authority(&authority.id),
    };
    insert(tx, context, &id, message, &new).await?;
    context.remember(tx, id.as_str()).await?;
    tracing::info!(enrollment.id = %id, "enrollment pending: granted by a trusted authority");
    Ok(DeviceAnswer::Empty.into())
}

/// Whether an authority's grant reaches the device that a serial number or UDID names: one that nobody
/// manages, or that this authority enrolled before.
pub(super) async fn authority_reaches(
    tx: &Tx,
    authority_id: &str,
    serial: Option<&str>,
    udid: Option<&str>,
) -> Result<bool, Error> {
    const BY: &str = "SELECT device_authority_id FROM enrollment WHERE id = $1";
    let Some(holder) = tx.fetch_optional(HOLDER, args![serial, udid]).await? else {
        return Ok(true);
    };
    let by = tx.fetch_one(BY, args![holder.text(0)?]).await?;
    Ok(by.opt_text(0)?.as_deref() == Some(authority_id))
}

/// From now on the certificate names this enrollment.
async fn bind(
    tx: &Tx,
    context: &Context,
    id: &EnrollmentId,
    attempt_id: &str,
    now: i64,
) -> Result<(), Error> {
    const CERTIFICATE: &str = "UPDATE certificate SET enrollment_id = $2 WHERE sha256 = $1";
    const ATTEMPT: &str = "UPDATE attempt SET enrollment_id = $2, updated_at = $3 WHERE id = $1";
    let certificate = context.certificate.sha256.as_ref();
    tx.execute(CERTIFICATE, args![certificate, id]).await?;
    tx.execute(ATTEMPT, args![attempt_id, id, now]).await?;
    Ok(())
}

pub(super) fn platform_of(message: &Authenticate, chosen: Option<&str>) -> &'static str {
    let names = [&message.product_name, &message.model_name, &message.model];
    names
        .into_iter()
        .flatten()
        .find_map(|name| Platform::from_product_name(name))
        .or_else(|| chosen.and_then(|p| p.parse().ok()))
        .unwrap_or(Platform::Ios)
        .as_str()
}

/// What the message says of the device, kept until the enrollment completes.
pub(super) fn claims(message: &Authenticate) -> serde_json::Value {
    json!({
        "serial_number": message.serial_number,
        "imei": message.imei,
        "name": message.device_name,
        "model": message.product_name.as_ref().or(message.model.as_ref()),
        "model_name": message.model_name,
        "os_version": message.os_version,
        "build_version": message.build_version,
    })
}

/// The same certificate again (a retry, or an updated profile): changes nothing but what the message
/// carries.
pub(super) async fn again(
    tx: &Tx,
    context: &Context,
    enrollment: &SenderEnrollment,
    message: &Authenticate,
) -> Result<Done, Error> {
    let mut done = Done::from(DeviceAnswer::Empty);
    if let Some(device) = &enrollment.device_id {
        let ownership = &enrollment.ownership;
        let claims = claims(message);
        devices::summary::apply_claims_in(tx, device, ownership, &claims, context.now_ms).await?;
        done.seen = Some(device.clone());
    } else {
        const CLAIMS: &str = "UPDATE enrollment SET claims = $2 WHERE id = $1";
        let values = args![enrollment.id.as_str(), claims(message).to_string()];
        tx.execute(CLAIMS, values).await?;
    }
    Ok(done)
}
