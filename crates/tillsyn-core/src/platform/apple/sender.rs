//! Which enrollment sends: the certificate decides, the ids only have to match (core sheet §2, §5).

use serde_json::json;
use tillsyn_apple::checkin::Ids;
use tillsyn_db::{Row, Tx, args};

use super::answer::DeviceAnswer;
use crate::actor::Actor;
use crate::clock::DAY_MS;
use crate::error::Error;
use crate::events::{self, NewEvent};

/// Whether a moved-in enrollment has shown that it is the one that was moved; all others have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trust {
    Proven,
    /// Pinned at first contact: nothing goes out before a proof.
    Provisional,
    /// Two certificates claimed it: nothing goes out to either.
    Frozen,
}

impl Trust {
    fn of(text: &str) -> Self {
        match text {
            "proven" => Self::Proven,
            "frozen" => Self::Frozen,
            _ => Self::Provisional,
        }
    }
}

/// The issuance record of a certificate and the enrollment it belongs to.
#[derive(Clone, Debug)]
pub(super) struct Sender {
    pub(super) certificate: String,
    /// A renewal that was issued after the certificate that is pinned now: the pin never moves back.
    pub(super) is_newer_renewal: bool,
    pub(super) is_renewal: bool,
    pub(super) revoked: bool,
    /// Its successor was seen a short while ago; it is still admitted, and the pin stays where it is.
    pub(super) in_grace: bool,
    pub(super) attempt_id: Option<String>,
    pub(super) enrollment: Option<SenderEnrollment>,
}

#[derive(Clone, Debug)]
pub(super) struct SenderEnrollment {
    pub(super) id: String,
    pub(super) status: String,
    pub(super) pin: String,
    /// The pin was taken out of use before its time: no other certificate stands in for it.
    pub(super) pin_revoked: bool,
    pub(super) udid: Option<String>,
    pub(super) apple_enrollment_id: Option<String>,
    /// `None` while pending.
    pub(super) device_id: Option<String>,
    pub(super) retired: bool,
    pub(super) org_unit_id: String,
    pub(super) platform: String,
    pub(super) ownership: String,
    pub(super) enrollment_type: String,
    pub(super) topic: String,
    pub(super) access_rights: Option<i64>,
    pub(super) profile_identifier: String,
    pub(super) trust: Trust,
}

pub(super) const COLUMNS: usize = 22;
const FIND: &str = "SELECT c.sha256, c.purpose, c.revoked_at, c.attempt_id, e.id, e.status, \
    e.pin_sha256, e.udid, e.apple_enrollment_id, e.device_id, e.retired_at, e.org_unit_id, \
    e.platform, e.ownership, e.enrollment_type, e.topic, e.access_rights, e.profile_identifier, \
    c.created_at, p.created_at, c.revoke_after, \
    p.revoked_at IS NOT NULL AND COALESCE(p.revoke_reason, '') <> 'renewed' FROM certificate c LEFT JOIN enrollment e ON e.id = c.enrollment_id \
    LEFT JOIN certificate p ON p.sha256 = e.pin_sha256 WHERE c.sha256 = $1";

/// The same of a certificate without an issuance record of ours: a pin is all there is.
const FIND_PINNED: &str = "SELECT e.pin_sha256, 'enrollment', \
    CAST(NULL AS BIGINT), CAST(NULL AS TEXT), e.id, e.status, \
    e.pin_sha256, e.udid, e.apple_enrollment_id, e.device_id, e.retired_at, e.org_unit_id, \
    e.platform, e.ownership, e.enrollment_type, e.topic, e.access_rights, e.profile_identifier, \
    CAST(0 AS BIGINT), CAST(0 AS BIGINT), CAST(NULL AS BIGINT), 1 = 0, e.trust FROM enrollment e WHERE e.pin_sha256 = $1";

/// Looks the sender up inside a transaction.
pub(super) async fn find(tx: &Tx, certificate: &str) -> Result<Option<Sender>, Error> {
    if let Some(row) = tx.fetch_optional(FIND, args![certificate]).await? {
        return Ok(Some(decode(&row)?));
    }
    let Some(row) = tx.fetch_optional(FIND_PINNED, args![certificate]).await? else {
        return Ok(None);
    };
    let mut sender = decode(&row)?;
    if let Some(enrollment) = &mut sender.enrollment {
        enrollment.trust = Trust::of(&row.text(COLUMNS)?);
    }
    Ok(Some(sender))
}

/// Reads the columns of [`FIND`], which other statements begin with as well.
pub(super) fn decode(row: &Row) -> Result<Sender, Error> {
    let enrollment = match row.opt_text(4)? {
        None => None,
        Some(id) => Some(SenderEnrollment {
            id,
            status: row.text(5)?,
            pin: row.text(6)?,
            pin_revoked: row.bool(21)?,
            udid: row.opt_text(7)?,
            apple_enrollment_id: row.opt_text(8)?,
            device_id: row.opt_text(9)?,
            retired: row.opt_i64(10)?.is_some(),
            org_unit_id: row.text(11)?,
            platform: row.text(12)?,
            ownership: row.text(13)?,
            enrollment_type: row.text(14)?,
            topic: row.text(15)?,
            access_rights: row.opt_i64(16)?,
            profile_identifier: row.text(17)?,
            trust: Trust::Proven,
        }),
    };
    Ok(Sender {
        certificate: row.text(0)?,
        is_newer_renewal: row.text(1)? == "renewal"
            && row
                .opt_i64(19)?
                .is_none_or(|pinned| row.i64(18).is_ok_and(|own| own > pinned)),
        is_renewal: row.text(1)? == "renewal",
        revoked: row.opt_i64(2)?.is_some(),
        in_grace: row.opt_i64(20)?.is_some(),
        attempt_id: row.opt_text(3)?,
        enrollment,
    })
}

/// Why a sender is not admitted, beside the answer it gets.
#[derive(Debug)]
pub(super) enum Admission<'a> {
    Admitted(&'a SenderEnrollment),
    /// Admitted after the pin moved to this renewal.
    Renewed(&'a SenderEnrollment),
    Refused {
        answer: DeviceAnswer,
        kind: &'static str,
    },
}

impl Sender {
    /// Admits the pinned certificate of an enrollment that is not over, with ids that match; for a day
    /// also the one that was pinned before it.
    pub(super) fn admit(&self, ids: &Ids) -> Admission<'_> {
        let refused = |answer, kind| Admission::Refused { answer, kind };
        let Some(enrollment) = &self.enrollment else {
            return refused(DeviceAnswer::Forbidden, "not_authenticated");
        };
        if !matches!(enrollment.status.as_str(), "pending" | "active") {
            // Only what we ended on purpose may be told to remove its management.
            return if enrollment.retired && enrollment.status == "removed" {
                refused(DeviceAnswer::Removed, "retired")
            } else {
                refused(DeviceAnswer::Forbidden, "ended")
            };
        }
        // A spare renewal or a predecessor in its grace does not outlive the certificate in use.
        if self.revoked || enrollment.pin_revoked {
            return refused(DeviceAnswer::Forbidden, "revoked");
        }
        if !enrollment.matches(ids) {
            return refused(DeviceAnswer::Forbidden, "foreign_ids");
        }
        if enrollment.pin == self.certificate || self.in_grace {
            Admission::Admitted(enrollment)
        } else if self.is_newer_renewal {
            Admission::Renewed(enrollment)
        } else {
            refused(DeviceAnswer::Forbidden, "not_pinned")
        }
    }
}

impl Sender {
    /// Whether this is the pinned certificate of an enrollment whose management is already removed.
    pub(super) fn has_left(&self) -> bool {
        self.enrollment.as_ref().is_some_and(|enrollment| {
            enrollment.status == "removed" && enrollment.pin == self.certificate && !self.revoked
        })
    }
}

impl SenderEnrollment {
    fn matches(&self, ids: &Ids) -> bool {
        let udid = ids.udid.as_ref().map(tillsyn_apple::ids::Udid::as_str);
        let enrollment_id = ids
            .enrollment_id
            .as_ref()
            .map(tillsyn_apple::ids::EnrollmentIdApple::as_str);
        self.udid.as_deref() == udid && self.apple_enrollment_id.as_deref() == enrollment_id
    }
}

/// Counts who knocks without being admitted, per day, and audits what points at theft or a clone.
pub(super) async fn note_refused(
    tx: &Tx,
    certificate: &str,
    sender: Option<&Sender>,
    kind: &'static str,
    address: Option<&str>,
    now_ms: i64,
) -> Result<(), Error> {
    const COUNT: &str = "INSERT INTO stranger (day, kind, subject, times, last_at) \
        VALUES ($1, $2, $3, 1, $4) ON CONFLICT (day, kind, subject) \
        DO UPDATE SET times = stranger.times + 1, last_at = excluded.last_at";
    const SEEN: &str = "SELECT times FROM stranger WHERE day = $1 AND kind = $2 AND subject = $3";
    let day = now_ms / DAY_MS;
    let first = tx
        .fetch_optional(SEEN, args![day, kind, certificate])
        .await?
        .is_none();
    tx.execute(COUNT, args![day, kind, certificate, now_ms])
        .await?;
    let Some(enrollment) = sender.and_then(|s| s.enrollment.as_ref()) else {
        return Ok(());
    };
    // Once a day is enough for the trail; the counter has the rest.
    if first
        && matches!(
            kind,
            "foreign_ids" | "not_pinned" | "ended" | "revoked" | "token_differs"
        )
    {
        let actor = Actor::device(
            enrollment.device_id.as_deref().unwrap_or(&enrollment.id),
            address.map(str::to_owned),
        );
        let (object_kind, object) = match &enrollment.device_id {
            Some(device) => ("device", device),
            None => ("enrollment", &enrollment.id),
        };
        let event = NewEvent::done(
            "device.refused",
            object_kind,
            object,
            &enrollment.org_unit_id,
        )
        .refused()
        .with(json!({ "kind": kind, "certificate_sha256": certificate }));
        events::record(tx, &actor, now_ms, event).await?;
    }
    Ok(())
}

/// How long the certificate that a renewal replaced is still admitted (sheet A7).
const GRACE_MS: i64 = DAY_MS;

/// Moves the pin to a certificate that our CA issued as a renewal of this enrollment: the device has shown
/// that it uses the new one. The old one is revoked a day later, other renewals before this one at once.
pub(super) async fn repin(
    tx: &Tx,
    sender: &Sender,
    enrollment: &SenderEnrollment,
    now_ms: i64,
) -> Result<(), Error> {
    const PIN: &str = "UPDATE enrollment SET pin_sha256 = $2 WHERE id = $1";
    const OLD: &str = "UPDATE certificate SET revoke_after = $2, renew_at = NULL, warn_at = NULL \
        WHERE sha256 = $1 AND revoked_at IS NULL";
    const OTHERS: &str = "UPDATE certificate SET revoked_at = $4, revoke_reason = 'renewed', \
        renew_at = NULL, warn_at = NULL WHERE enrollment_id = $1 AND purpose = 'renewal' \
        AND sha256 <> $2 AND sha256 <> $3 AND revoked_at IS NULL AND revoke_after IS NULL \
        AND created_at <= (SELECT created_at FROM certificate WHERE sha256 = $2)";
    let (id, new) = (enrollment.id.as_str(), sender.certificate.as_str());
    tx.execute(PIN, args![id, new]).await?;
    tx.execute(OLD, args![enrollment.pin.as_str(), now_ms + GRACE_MS])
        .await?;
    tx.execute(OTHERS, args![id, new, enrollment.pin.as_str(), now_ms])
        .await?;
    let object = enrollment.device_id.as_deref().unwrap_or(&enrollment.id);
    let actor = Actor::device(object, None);
    let event = NewEvent::done(
        "enrollment.repin",
        "device",
        object,
        &enrollment.org_unit_id,
    )
    .with(json!({ "from_sha256": enrollment.pin, "to_sha256": sender.certificate }));
    events::record(tx, &actor, now_ms, event).await?;
    Ok(())
}
