//! A certificate that no record of ours knows: of a trusted authority it may be the first contact of an
//! enrollment that was moved in without its certificate. It is then pinned, but nothing goes out to it until
//! the enrollment is proven (`nanomdm-compat.md`).

use serde_json::json;
use tillsyn_apple::checkin::{CheckIn, GetBootstrapToken, Ids, ReturnToService, TokenUpdate};
use tillsyn_apple::ids::{EnrollmentIdApple, Udid};
use tillsyn_db::{Tx, args};
use tillsyn_pki::hash;

use super::answer::DeviceAnswer;
use super::check_in::{Context, Done};
use super::identity::DeviceCertificate;
use super::sender::{self, Admission, Sender, SenderEnrollment, Trust};
use crate::actor::Actor;
use crate::device_authorities::TrustedAuthority;
use crate::enrollments;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::moving;
use crate::unknown_senders::{self, Knock};

/// Who knocks.
pub(super) struct Contact<'a> {
    pub(super) certificate: &'a DeviceCertificate,
    pub(super) ids: &'a Ids,
    pub(super) address: Option<&'a str>,
    pub(super) now_ms: i64,
}

impl Contact<'_> {
    /// Keeps a certificate of our own that no record knows: the database is older than it.
    pub(super) async fn note_unknown(&self, tx: &Tx, topic: Option<&str>) -> Result<(), Error> {
        if self.certificate.authority.is_some() {
            return Ok(());
        }
        let knock = Knock {
            sha256: &self.certificate.sha256,
            der: &self.certificate.der,
            ids: self.ids,
            topic,
            address: self.address,
        };
        unknown_senders::note_in(tx, &knock, self.now_ms).await
    }
}

/// The sender behind a certificate, pinned just now if it may be.
pub(super) async fn sender(tx: &Tx, contact: &Contact<'_>) -> Result<Option<Sender>, Error> {
    let certificate = &contact.certificate.sha256;
    if let Some(mut sender) = sender::find(tx, certificate).await? {
        wake(tx, contact, &mut sender).await?;
        return Ok(Some(sender));
    }
    match &contact.certificate.authority {
        Some(authority) if pin(tx, contact, authority).await? => {
            sender::find(tx, certificate).await
        }
        _ => Ok(None),
    }
}

/// A device whose enrollment rests speaks: when it is who it says it is, the enrollment is active again.
async fn wake(tx: &Tx, contact: &Contact<'_>, sender: &mut Sender) -> Result<(), Error> {
    let set = |sender: &mut Sender, status: &str| {
        if let Some(enrollment) = &mut sender.enrollment {
            status.clone_into(&mut enrollment.status);
        }
    };
    let rests = |enrollment: &SenderEnrollment| enrollment.status == "inactive";
    if !sender.enrollment.as_ref().is_some_and(rests) {
        return Ok(());
    }
    set(sender, "active");
    let id = match sender.admit(contact.ids) {
        Admission::Admitted(enrollment) | Admission::Renewed(enrollment) => {
            Some(enrollment.id.clone())
        }
        Admission::Refused { .. } => None,
    };
    let woken = match id {
        Some(id) => enrollments::wake_in(tx, &id, contact.address, contact.now_ms).await?,
        None => false,
    };
    if !woken {
        set(sender, "inactive");
    }
    Ok(())
}

/// Pins an awaited enrollment to this certificate; freezes one that another certificate has claimed. Whether
/// the certificate may be pinned now.
async fn pin(tx: &Tx, contact: &Contact<'_>, authority: &TrustedAuthority) -> Result<bool, Error> {
    const FIND: &str = "SELECT e.id, e.trust, u.path, e.device_id, e.org_unit_id FROM enrollment e \
        JOIN org_unit u ON u.id = e.org_unit_id WHERE e.trust <> 'proven' AND e.status = 'active' \
        AND (e.udid = $1 OR e.apple_enrollment_id = $2) ORDER BY e.created_at DESC LIMIT 1";
    const PIN: &str = "UPDATE enrollment SET pin_sha256 = $2, trust = 'provisional', \
        device_authority_id = $3 WHERE id = $1 AND trust = 'awaited'";
    const FREEZE: &str = "UPDATE enrollment SET trust = 'frozen', rival_sha256 = $2 \
        WHERE id = $1 AND trust = 'provisional' AND pin_sha256 <> $2";
    let udid = contact.ids.udid.as_ref().map(Udid::as_str);
    let enrollment_id = contact.ids.enrollment_id.as_ref();
    let values = args![udid, enrollment_id.map(EnrollmentIdApple::as_str)];
    let Some(row) = tx.fetch_optional(FIND, values).await? else {
        return Ok(false);
    };
    // An authority vouches for its own part of the organisation only.
    if !row.text(2)?.starts_with(&authority.unit_path) {
        return Ok(false);
    }
    let (id, certificate, now) = (
        row.text(0)?,
        contact.certificate.sha256.as_ref(),
        contact.now_ms,
    );
    let pinned = match row.text(1)?.as_str() {
        "awaited" if moving::window_is_open_in(tx, now).await? => {
            let values = args![id.as_str(), certificate, authority.id.as_str()];
            tx.execute(PIN, values).await? > 0
        }
        "provisional" => false,
        _ => return Ok(false),
    };
    // Another request can have been faster since the row was read: with another certificate it is a rival;
    // with this one all is as it should be, and nothing happened here.
    if !pinned && tx.execute(FREEZE, args![id.as_str(), certificate]).await? == 0 {
        return Ok(true);
    }
    let action = if pinned {
        "enrollment.first_contact"
    } else {
        "enrollment.freeze"
    };
    let device = row.opt_text(3)?.unwrap_or_default();
    let actor = Actor::device(&device, contact.address.map(str::to_owned));
    let unit = row.text(4)?;
    let mut event = NewEvent::done(action, "device", &device, &unit)
        .with(json!({ "enrollment_id": id, "certificate_sha256": certificate }));
    if !pinned {
        tracing::warn!(
            enrollment.id = id,
            "two certificates claim a moved-in enrollment"
        );
        event = event.refused();
    }
    events::record(tx, &actor, now, event).await?;
    Ok(pinned)
}

/// What a sender hears that has not proven itself: no secret, no command, no profile, and nothing that it
/// says is kept.
pub(super) async fn unproven(
    tx: &Tx,
    context: &Context,
    sender: &Sender,
    enrollment: &SenderEnrollment,
    message: &CheckIn,
) -> Result<Done, Error> {
    let answer = match message {
        CheckIn::TokenUpdate(update) if update.ids.channel().is_device() => {
            if enrollment.trust == Trust::Provisional && repeats(tx, enrollment, update).await? {
                let device = enrollment.device_id.as_deref().unwrap_or_default();
                let actor = Actor::device(device, context.address.clone());
                let proof = moving::Proof {
                    enrollment_id: &enrollment.id,
                    pin_sha256: &sender.certificate,
                    how: "token_repeated",
                };
                moving::prove_in(tx, &context.keys, &actor, &proof, context.now_ms).await?;
                return context.admitted(tx, sender, enrollment).await;
            }
            return context
                .refuse(tx, Some(sender), DeviceAnswer::Forbidden, "token_differs")
                .await;
        }
        CheckIn::GetBootstrapToken(_) => DeviceAnswer::Plist(GetBootstrapToken::reply(Some(&[]))),
        CheckIn::ReturnToService(_) => DeviceAnswer::Plist(ReturnToService::disabled_reply()),
        CheckIn::Authenticate(_) | CheckIn::CheckOut(_) => DeviceAnswer::Empty,
        _ => DeviceAnswer::Later,
    };
    Ok(Done::to(enrollment.device_id.as_deref(), answer))
}

/// Whether a `TokenUpdate` says what the other server knew: then it is that device, or somebody who has
/// all of its secrets anyway.
async fn repeats(
    tx: &Tx,
    enrollment: &SenderEnrollment,
    update: &TokenUpdate,
) -> Result<bool, Error> {
    const FIND: &str = "SELECT push_token, push_magic FROM channel \
        WHERE enrollment_id = $1 AND name = 'device' AND ended_at IS NULL";
    let Some(row) = tx
        .fetch_optional(FIND, args![enrollment.id.as_str()])
        .await?
    else {
        return Ok(false);
    };
    let (Some(token), Some(magic)) = (row.opt_blob(0)?, row.opt_text(1)?) else {
        return Ok(false);
    };
    Ok(update.topic.as_str() == enrollment.topic
        && hash::constant_time_eq(&token, update.token.as_bytes())
        && hash::constant_time_eq(magic.as_bytes(), update.push_magic.expose().as_bytes()))
}
