//! Check-in messages: read, find the sender, hand to the message's own function.

use tillsyn_apple::checkin::CheckIn;
use tillsyn_db::{Tx, args};
use tillsyn_pki::hash;

use super::answer::DeviceAnswer;
use super::get_token::{self, TokenRequest};
use super::identity::DeviceCertificate;
use super::sender::{self, Admission, Sender, SenderEnrollment, Trust};
use super::{
    authenticate, bootstrap_token, check_out, declarative, first_contact, return_to_service,
    token_update, user_authenticate,
};
use crate::core::Core;
use crate::error::Error;
use crate::keys::KeyStore;
use crate::nanomdm::forward::Question;
use crate::nanomdm::hook::{RawCopy, Said, tell_in, topic_of};

/// One check-in of a proven sender; the answer is given only after the transaction is committed.
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
            metrics::counter!("tillsyn_checkins_total", "message" => "malformed").increment(1);
            return Ok(DeviceAnswer::BadRequest);
        }
    };
    metrics::counter!("tillsyn_checkins_total", "message" => known_name(&message)).increment(1);
    let wanted =
        topic_of(message.message_type()).is_some_and(|topic| core.raw_wanted().takes(topic));
    let context = Context {
        certificate: certificate.clone(),
        body_hash: hash::sha256_hex(body),
        copy: RawCopy::of(wanted, body),
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
    match (done.token, done.forward) {
        // A provider may ask a vendor: never inside a transaction.
        (Some(request), _) => get_token::answer(core, &request).await,
        (None, Some(question)) => declarative::forwarded(core, &question).await,
        (None, None) => Ok(done.answer),
    }
}

/// The message's name where it is one of Apple's: labels of counters are never a stranger's words.
fn known_name(message: &CheckIn) -> &'static str {
    CheckIn::MESSAGE_TYPES
        .into_iter()
        .find(|name| *name == message.message_type())
        .unwrap_or("unknown")
}

/// What a message's function needs; the body may run more than once.
pub(super) struct Context {
    pub(super) certificate: DeviceCertificate,
    body_hash: String,
    /// For webhooks, while there are any that want it.
    copy: Option<RawCopy>,
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
    /// A token that is still to be asked for.
    pub(super) token: Option<TokenRequest>,
    /// A question that another server answers.
    pub(super) forward: Option<Question>,
}

impl From<DeviceAnswer> for Done {
    fn from(answer: DeviceAnswer) -> Self {
        Self {
            answer,
            wakes_push: false,
            seen: None,
            token: None,
            forward: None,
        }
    }
}

impl Done {
    /// An answer to a device that was admitted.
    pub(super) fn to(device_id: Option<&str>, answer: DeviceAnswer) -> Self {
        Self {
            seen: device_id.map(str::to_owned),
            ..Self::from(answer)
        }
    }
}

impl Context {
    async fn run(&self, tx: &Tx) -> Result<Done, Error> {
        let done = self.take(tx).await?;
        let refused = matches!(
            done.answer,
            DeviceAnswer::Forbidden | DeviceAnswer::Removed | DeviceAnswer::BadRequest
        );
        if let (Some(copy), false) = (&self.copy, refused)
            && let Some(topic) = topic_of(self.message.message_type())
            && let Some(ids) = self.message.ids()
        {
            let (keys, who) = (&self.keys, &self.certificate.sha256);
            let said = Said::CheckIn { topic };
            tell_in(tx, keys, copy, who, (&said, ids), self.now_ms).await?;
        }
        Ok(done)
    }

    async fn take(&self, tx: &Tx) -> Result<Done, Error> {
        let Some(ids) = self.message.ids() else {
            tracing::warn!(
                message = self.message.message_type(),
                "a check-in message of a type that is not known"
            );
            let answer = DeviceAnswer::BadRequest;
            return self.refuse(tx, None, answer, "unknown_message").await;
        };
        let contact = first_contact::Contact {
            certificate: &self.certificate,
            ids,
            address: self.address.as_deref(),
            now_ms: self.now_ms,
        };
        let Some(sender) = first_contact::sender(tx, &contact).await? else {
            if let CheckIn::Authenticate(message) = &self.message
                && let Some(authority) = &self.certificate.authority
            {
                return authenticate::by_authority(tx, self, authority, message).await;
            }
            let topic = match &self.message {
                CheckIn::TokenUpdate(update) => Some(update.topic.as_str()),
                _ => None,
            };
            contact.note_unknown(tx, topic).await?;
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
        if enrollment.trust != Trust::Proven {
            return first_contact::unproven(tx, self, &sender, enrollment, &self.message).await;
        }
        self.admitted(tx, &sender, enrollment).await
    }

    /// The message of a sender that is who it says it is.
    pub(super) async fn admitted(
        &self,
        tx: &Tx,
        sender: &Sender,
        enrollment: &SenderEnrollment,
    ) -> Result<Done, Error> {
        // A body accepted before changes nothing when it comes again (S37). Questions change nothing
        // anyway, and are asked in the same words each time.
        let once = match &self.message {
            CheckIn::Authenticate(_) | CheckIn::TokenUpdate(_) | CheckIn::CheckOut(_) => true,
            CheckIn::SetBootstrapToken(message) => {
                bootstrap_token::replay_is_harmful(tx, self, enrollment, message).await?
            }
            _ => false,
        };
        if once
            && self.is_remembered(tx, &enrollment.id).await?
            && !self.turns_user_channel(tx, &enrollment.id).await?
        {
            return Ok(Done::to(
                enrollment.device_id.as_deref(),
                DeviceAnswer::Empty,
            ));
        }
        let done = self.dispatch(tx, sender, enrollment).await?;
        let keeps = once || matches!(self.message, CheckIn::SetBootstrapToken(_));
        // A refused body was not accepted; neither was a user channel's before its device's.
        if keeps && done.answer == DeviceAnswer::Empty && done.seen.is_some() {
            self.remember(tx, &enrollment.id).await?;
        }
        Ok(done)
    }

    async fn dispatch(
        &self,
        tx: &Tx,
        sender: &Sender,
        enrollment: &SenderEnrollment,
    ) -> Result<Done, Error> {
        match &self.message {
            CheckIn::Authenticate(message) => {
                return authenticate::again(tx, self, enrollment, message).await;
            }
            CheckIn::TokenUpdate(message) => {
                return token_update::run(tx, self, sender, enrollment, message).await;
            }
            CheckIn::CheckOut(message) => {
                return check_out::run(tx, self, enrollment, message).await;
            }
            _ => {}
        }
        // The others belong to an enrollment that is complete; before that there is no device to keep
        // anything for, and the device asks again.
        let Some(device) = enrollment.device_id.as_deref() else {
            return Ok(DeviceAnswer::Later.into());
        };
        let answer = match &self.message {
            CheckIn::UserAuthenticate(message) => user_authenticate::run(tx, message).await?,
            CheckIn::SetBootstrapToken(message) => {
                bootstrap_token::set(tx, self, enrollment, device, message).await?
            }
            CheckIn::GetBootstrapToken(_) => bootstrap_token::get(tx, self, device).await?,
            CheckIn::DeclarativeManagement(message) => {
                let answered = declarative::run(tx, self, enrollment, device, message).await?;
                return Ok(Done {
                    forward: answered.forward,
                    ..Done::to(Some(device), answered.answer)
                });
            }
            CheckIn::ReturnToService(_) => {
                return_to_service::run(tx, self, enrollment, device).await?
            }
            CheckIn::GetToken(message) => {
                let token = TokenRequest::of(device, enrollment, message);
                return Ok(Done {
                    token: Some(token),
                    ..Done::to(Some(device), DeviceAnswer::Empty)
                });
            }
            CheckIn::Authenticate(_)
            | CheckIn::TokenUpdate(_)
            | CheckIn::CheckOut(_)
            | CheckIn::Unknown { .. } => DeviceAnswer::BadRequest,
        };
        Ok(Done::to(Some(device), answer))
    }

    /// Refuses and counts. The count is committed: the answer is not an error of ours.
    pub(super) async fn refuse(
        &self,
        tx: &Tx,
        sender: Option<&Sender>,
        answer: DeviceAnswer,
        kind: &'static str,
    ) -> Result<Done, Error> {
        let (certificate, address) = (&self.certificate.sha256, self.address.as_deref());
        sender::note_refused(tx, certificate, sender, kind, address, self.now_ms).await?;
        Ok(answer.into())
    }

    async fn is_remembered(&self, tx: &Tx, enrollment_id: &str) -> Result<bool, Error> {
        const FIND: &str =
            "SELECT at FROM seen_message WHERE enrollment_id = $1 AND body_hash = $2";
        let values = args![enrollment_id, self.body_hash.as_str()];
        Ok(tx.fetch_optional(FIND, values).await?.is_some())
    }

    /// Whether a remembered message is news all the same. A user comes and goes in the same words each
    /// time, so of a user channel only a message that leaves it as it is can be a replay.
    async fn turns_user_channel(&self, tx: &Tx, enrollment_id: &str) -> Result<bool, Error> {
        const ENDED: &str = "SELECT ended_at FROM channel WHERE enrollment_id = $1 AND name = $2";
        let (ids, turns_ended) = match &self.message {
            CheckIn::TokenUpdate(message) => (&message.ids, true),
            CheckIn::CheckOut(message) => (&message.ids, false),
            _ => return Ok(false),
        };
        let channel = ids.channel();
        if channel.is_device() {
            return Ok(false);
        }
        let values = args![enrollment_id, channel.to_string()];
        let Some(row) = tx.fetch_optional(ENDED, values).await? else {
            return Ok(false);
        };
        Ok(row.opt_i64(0)?.is_some() == turns_ended)
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
