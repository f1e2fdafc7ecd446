//! Check-in messages: read, find the sender, hand to the message's own function.

use tillsyn_apple::checkin::CheckIn;
use tillsyn_db::{Tx, args};
use tillsyn_pki::hash;

use super::answer::DeviceAnswer;
use super::identity::DeviceCertificate;
use super::sender::{self, Admission};
use super::{authenticate, check_out, token_update};
use crate::core::Core;
use crate::error::Error;
use crate::keys::KeyStore;

/// One signed check-in; the answer is given only after the transaction is committed.
///
/// # Errors
/// Only when the store fails: the device then tries again later.
pub async fn check_in(
    core: &Core,
    certificate: &DeviceCertificate,
    body: &[u8],
    address: Option<String>,
) -> Result<DeviceAnswer, Error> {
    let message = match CheckIn::parse(body) {
        Ok(message) => message,
        Err(error) => {
            tracing::warn!(error = %error, "check-in cannot be read");
            return Ok(DeviceAnswer::BadRequest);
        }
    };
    metrics::counter!("tillsyn_checkins_total", "message" => known_name(&message)).increment(1);
    match &message {
        CheckIn::Authenticate(_) | CheckIn::TokenUpdate(_) | CheckIn::CheckOut(_) => {}
        // Unknown, or not announced in the profile: no device of ours has a reason to send it.
        _ => return Ok(DeviceAnswer::BadRequest),
    }
    let context = Context {
        certificate: certificate.sha256.to_string(),
        body_hash: hash::sha256_hex(body),
        message,
        keys: core.keys().clone(),
        address,
        now_ms: core.now_ms(),
    };
    let done = core
        .db()
        .write(context, |tx, context| {
            Box::pin(async move { context.run(tx).await })
        })
        .await?;
    if done.wakes_push {
        core.wake_push();
    }
    if let Some(device) = &done.seen {
        core.note_seen(device, core.now_ms());
    }
    Ok(done.answer)
}

fn known_name(message: &CheckIn) -> &'static str {
    match message {
        CheckIn::Authenticate(_) => "Authenticate",
        CheckIn::TokenUpdate(_) => "TokenUpdate",
        CheckIn::CheckOut(_) => "CheckOut",
        CheckIn::Unknown { .. } => "unknown",
        _ => "other",
    }
}

/// What a message's function needs; the body may run more than once.
pub(super) struct Context {
    pub(super) certificate: String,
    body_hash: String,
    message: CheckIn,
    pub(super) keys: KeyStore,
    pub(super) address: Option<String>,
    pub(super) now_ms: i64,
}

/// What a message came to.
pub(super) struct Done {
    pub(super) answer: DeviceAnswer,
    pub(super) wakes_push: bool,
    pub(super) seen: Option<String>,
}

impl From<DeviceAnswer> for Done {
    fn from(answer: DeviceAnswer) -> Self {
        Self {
            answer,
            wakes_push: false,
            seen: None,
        }
    }
}

impl Context {
    async fn run(&self, tx: &Tx) -> Result<Done, Error> {
        let Some(sender) = sender::find(tx, &self.certificate).await? else {
            return self
                .refuse(tx, None, DeviceAnswer::Forbidden, "unknown_certificate")
                .await;
        };
        if let CheckIn::Authenticate(message) = &self.message
            && sender.enrollment.is_none()
        {
            return authenticate::first(tx, self, &sender, message).await;
        }
        // A device that obeyed a retire says goodbye as well; there is nothing left to end.
        if matches!(self.message, CheckIn::CheckOut(_)) && sender.has_left() {
            return Ok(DeviceAnswer::Empty.into());
        }
        let Some(ids) = self.message.ids() else {
            return Ok(DeviceAnswer::BadRequest.into());
        };
        let enrollment = match sender.admit(ids) {
            Admission::Admitted(enrollment) => enrollment,
            Admission::Renewed(enrollment) => {
                sender::repin(tx, &sender, enrollment, self.now_ms).await?;
                enrollment
            }
            Admission::Refused { answer, kind } => {
                return self.refuse(tx, Some(&sender), answer, kind).await;
            }
        };
        // A body accepted before changes nothing when it comes again (S37).
        if self.is_remembered(tx, &enrollment.id).await? {
            let mut done = Done::from(DeviceAnswer::Empty);
            done.seen.clone_from(&enrollment.device_id);
            return Ok(done);
        }
        let done = match &self.message {
            CheckIn::Authenticate(message) => {
                authenticate::again(tx, self, enrollment, message).await?
            }
            CheckIn::TokenUpdate(message) => {
                token_update::run(tx, self, &sender, enrollment, message).await?
            }
            CheckIn::CheckOut(message) => check_out::run(tx, self, enrollment, message).await?,
            _ => return Ok(DeviceAnswer::BadRequest.into()),
        };
        // A refused body was not accepted; neither was a user channel's before its device's.
        if done.answer == DeviceAnswer::Empty && done.seen.is_some() {
            self.remember(tx, &enrollment.id).await?;
        }
        Ok(done)
    }

    /// Refuses and counts. The count is committed: the answer is not an error of ours.
    pub(super) async fn refuse(
        &self,
        tx: &Tx,
        sender: Option<&sender::Sender>,
        answer: DeviceAnswer,
        kind: &'static str,
    ) -> Result<Done, Error> {
        let address = self.address.as_deref();
        sender::note_refused(tx, &self.certificate, sender, kind, address, self.now_ms).await?;
        Ok(answer.into())
    }

    async fn is_remembered(&self, tx: &Tx, enrollment_id: &str) -> Result<bool, Error> {
        const FIND: &str =
            "SELECT at FROM seen_message WHERE enrollment_id = $1 AND body_hash = $2";
        let values = args![enrollment_id, self.body_hash.as_str()];
        Ok(tx.fetch_optional(FIND, values).await?.is_some())
    }

    /// Remembers the body for this enrollment.
    pub(super) async fn remember(&self, tx: &Tx, enrollment_id: &str) -> Result<(), Error> {
        const REMEMBER: &str = "INSERT INTO seen_message (enrollment_id, body_hash, at) \
            VALUES ($1, $2, $3) ON CONFLICT (enrollment_id, body_hash) DO NOTHING";
        tx.execute(
            REMEMBER,
            args![enrollment_id, self.body_hash.as_str(), self.now_ms],
        )
        .await?;
        Ok(())
    }
}
