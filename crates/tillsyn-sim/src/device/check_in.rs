use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{Method, StatusCode};
use tillsyn_apple::checkin::{Authenticate, CheckOut, Ids, TokenUpdate};
use tillsyn_apple::ids::{EnrollmentIdApple, PushMagic, PushToken, Topic, Udid};
use tillsyn_apple::plist_guard::Limits;
use tillsyn_apple::{Sensitive, media};
use tillsyn_pki::cms;

use super::proof::{certificate_header, wire_form};
use super::{Channel, Device, DeviceState, Enrollment};
use crate::device_log::Event;
use crate::network::{Outgoing, Reply};
use crate::plists::{dictionary, text};
use crate::{Authentication, Rule, SimError, Violation};

/// Code that ends an enrollment.
// Apple schema mdm/errors/unrecognized.device.yaml
pub(super) const UNRECOGNIZED_DEVICE: &str = "com.apple.unrecognized.device";

impl Device {
    /// `Authenticate`: asks to enroll, with the identity of `accept_profile`.
    pub async fn authenticate(&mut self) -> Result<(), SimError> {
        let enrollment = self.enrollment_ref()?;
        let ids = self.ids()?;
        let mut message = Authenticate::new(ids.clone(), Topic::new(&enrollment.profile.topic)?);
        let model = self.config.model;
        message.os_version = Some(self.config.os_version.clone());
        message.build_version = Some(self.config.build_version.clone());
        message.product_name = Some(model.product_name.to_owned());
        if !enrollment.profile.byod {
            message.serial_number = Some(self.config.serial.clone());
            if model.cellular {
                message.imei = Some(self.imei());
            }
        }
        if self.config.kind.is_mac() {
            message.device_name = Some(self.config.name.clone());
            message.model = Some(model.model.to_owned());
            message.model_name = Some(model.model_name.to_owned());
        }
        self.check_in(Authenticate::MESSAGE_TYPE, "device", message.to_plist())
            .await?;
        let mut channel = Channel::new(ids);
        // Setup is over when an update of the profile asks again.
        let fresh = self.state != DeviceState::Enrolled;
        channel.awaiting_configuration = fresh && self.config.awaiting_configuration;
        self.channels = vec![channel];
        self.set_state(DeviceState::Pending);
        Ok(())
    }

    /// `TokenUpdate` of the device channel: from here on the server can reach it.
    pub async fn token_update(&mut self) -> Result<(), SimError> {
        self.update_token(0).await?;
        if matches!(self.state, DeviceState::Pending) {
            self.set_state(DeviceState::Enrolled);
        }
        Ok(())
    }

    /// A new token and magic, as after a restore or an update of the system.
    pub async fn renew_token(&mut self) -> Result<(), SimError> {
        let fresh = Channel::new(self.channel_ref(0)?.ids.clone());
        let channel = self.channel_mut(0)?;
        channel.token = fresh.token;
        channel.push_magic = fresh.push_magic;
        self.update_token(0).await
    }

    /// A `TokenUpdate` in which the unlock token is absent, as most are.
    pub async fn renew_token_without_unlock_token(&mut self) -> Result<(), SimError> {
        self.send_token(0, false).await
    }

    pub(super) async fn update_token(&mut self, number: usize) -> Result<(), SimError> {
        self.send_token(number, true).await
    }

    async fn send_token(&mut self, number: usize, with_unlock: bool) -> Result<(), SimError> {
        let channel = self.channel_ref(number)?.clone();
        let profile = &self.enrollment_ref()?.profile;
        let topic = Topic::new(&profile.topic)?;
        let is_user = number > 0;
        // The token comes with the right to lock; never in User Enrollment, never from a Mac, a
        // Shared iPad or a user.
        let unlock = with_unlock
            && !is_user
            && !self.config.kind.is_mac()
            && !self.config.shared_ipad
            && !profile.byod
            && profile.has_right(4);
        let message = TokenUpdate {
            ids: channel.ids,
            topic,
            token: PushToken::new(channel.token.clone())?,
            push_magic: PushMagic::new(&channel.push_magic)?,
            unlock_token: unlock.then(|| Sensitive::new(self.memory.unlock_token())),
            awaiting_configuration: Some(channel.awaiting_configuration),
            not_on_console: is_user.then_some(!channel.on_console),
        };
        self.hub.register(&channel.token).await;
        self.check_in(TokenUpdate::MESSAGE_TYPE, &channel.name, message.to_plist())
            .await
    }

    /// `CheckOut`, if the profile asks for it: sent once, whatever becomes of it.
    pub(crate) async fn check_out(&mut self) -> Result<(), SimError> {
        let enrollment = self.enrollment_ref()?;
        let lost = self.config.behaviours.lost_check_out;
        if !enrollment.profile.check_out_when_removed || self.rng.chance(lost) {
            return Ok(());
        }
        self.send_check_out(self.ids()?, "device").await
    }

    /// Once, without another attempt.
    pub(super) async fn send_check_out(&mut self, ids: Ids, channel: &str) -> Result<(), SimError> {
        let enrollment = self.enrollment_ref()?;
        let message = CheckOut {
            ids,
            topic: Topic::new(&enrollment.profile.topic)?,
        };
        let url = enrollment.profile.check_in().to_owned();
        let out = self.signed(CheckOut::MESSAGE_TYPE, url, message.to_plist(), true)?;
        let reply = self.network.send(&self.enrollment_ref()?.http, &out).await;
        let Ok(reply) = self.note(reply) else {
            return Ok(());
        };
        self.log_check_in(CheckOut::MESSAGE_TYPE, channel, reply.status);
        if reply.status == StatusCode::UNAUTHORIZED {
            self.record(Violation::new(Rule::Unauthorized, "401 to CheckOut"));
        }
        let command =
            dictionary(&reply.body, Limits::RESULT).is_ok_and(|dict| dict.contains_key("Command"));
        if command {
            let detail = "the answer to CheckOut holds a command";
            self.record(Violation::new(Rule::CommandAfterCheckOut, detail));
        } else if reply.status.is_success() && !reply.body.is_empty() {
            let detail = "the answer to CheckOut is not empty";
            self.record(Violation::new(Rule::CheckInBody, detail));
        }
        Ok(())
    }

    /// Sends a check-in message until the server takes it; the answer has no body.
    pub(super) async fn check_in(
        &mut self,
        message: &'static str,
        channel: &str,
        body: Vec<u8>,
    ) -> Result<(), SimError> {
        let reply = self.check_in_answered(message, channel, body).await?;
        match reply.status {
            StatusCode::OK => {
                self.expect_no_body(message, &reply);
                Ok(())
            }
            status => {
                let detail = format!("{message}: 200 expected, got {}", status.as_u16());
                self.note(Err(Violation::new(Rule::CheckInStatus, detail).into()))
            }
        }
    }

    pub(super) fn expect_no_body(&mut self, message: &str, reply: &Reply) {
        if !reply.body.is_empty() {
            let detail = format!("the answer to {message} is not empty");
            self.record(Violation::new(Rule::CheckInBody, detail));
        }
    }

    /// Sends a check-in message and gives the answer, unless it is a refusal of the device.
    pub(super) async fn check_in_answered(
        &mut self,
        message: &'static str,
        channel: &str,
        body: Vec<u8>,
    ) -> Result<Reply, SimError> {
        let url = self.enrollment_ref()?.profile.check_in().to_owned();
        let out = self.signed(message, url, body, true)?;
        let reply = self.send_patiently(&out).await;
        let reply = self.note(reply)?;
        self.log_check_in(message, channel, reply.status);
        match reply.status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(self.refusal(message, &reply)),
            _ => Ok(reply),
        }
    }

    /// 401 and 403 on a device endpoint, with what they do to the device.
    pub(super) fn refusal(&mut self, step: &'static str, reply: &Reply) -> SimError {
        if reply.status == StatusCode::UNAUTHORIZED {
            let detail = format!("401 to {step}: the device removes its enrollment");
            let violation = Violation::new(Rule::Unauthorized, detail);
            self.record(violation.clone());
            self.forget_enrollment();
            return violation.into();
        }
        let code = error_code(reply);
        if code.as_deref() == Some(UNRECOGNIZED_DEVICE) && self.config.knows_unrecognized_device() {
            self.forget_enrollment();
        }
        SimError::Refused {
            step,
            status: reply.status.as_u16(),
            code,
        }
    }

    /// A PUT with the proof of identity that this device gives.
    pub(super) fn signed(
        &self,
        step: &'static str,
        url: String,
        body: Vec<u8>,
        is_check_in: bool,
    ) -> Result<Outgoing, SimError> {
        let enrollment = self.enrollment_ref()?;
        let body = wire_form(body, self.config.plist_form);
        let out = self.unsigned(step, url, body.into(), is_check_in);
        let out = match self.config.authentication {
            Authentication::Header(form) => {
                let (name, value) = certificate_header(form, &enrollment.certificate);
                out.header(name, value)
            }
            // The certificate is in the TLS connection.
            Authentication::MutualTls | Authentication::Signature => out,
        };
        if !enrollment.profile.sign_message {
            return Ok(out);
        }
        let signature = self.signature(enrollment, &out.body)?;
        Ok(out.header("mdm-signature", signature))
    }

    pub(super) fn unsigned(
        &self,
        step: &'static str,
        url: String,
        body: Bytes,
        is_check_in: bool,
    ) -> Outgoing {
        // Systems differ in case and charset; servers compare the media type alone.
        let content_type = match (is_check_in, self.config.seed % 3) {
            (true, 0) => "Application/X-Apple-Aspen-MDM-CheckIn",
            (true, _) => media::CHECK_IN,
            (false, 0) => media::COMMAND,
            (false, _) => media::COMMAND_UTF8,
        };
        Outgoing {
            step,
            method: Method::PUT,
            url,
            headers: Vec::new(),
            body,
        }
        .header("content-type", content_type)
    }

    fn signature(&self, enrollment: &Enrollment, body: &[u8]) -> Result<String, SimError> {
        let (certificate, key) = (&enrollment.certificate, &enrollment.key);
        let signature =
            cms::sign_detached_like_device(body, certificate, key, self.digest_with(key))?;
        Ok(STANDARD.encode(signature))
    }

    /// Repeats the same bytes while the server is away or overloaded.
    pub(super) async fn send_patiently(&mut self, out: &Outgoing) -> Result<Reply, SimError> {
        let retry = self.config.behaviours.retry;
        let mut pause = retry.first;
        let mut left = retry.attempts.max(1);
        let http = self.enrollment_ref()?.http.clone();
        loop {
            left = left.saturating_sub(1);
            let outcome = self.network.send(&http, out).await;
            let (asked, trouble) = match outcome {
                Ok(reply) if is_busy(reply.status) => {
                    let refused = SimError::Refused {
                        step: out.step,
                        status: reply.status.as_u16(),
                        code: error_code(&reply),
                    };
                    (reply.retry_after(), refused)
                }
                Err(error @ SimError::Transport { .. }) => (None, error),
                outcome => return outcome,
            };
            if left == 0 {
                return Err(trouble);
            }
            tokio::time::sleep(asked.unwrap_or(pause).min(retry.longest)).await;
            pause = pause.saturating_mul(2).min(retry.longest);
        }
    }

    /// The keys that name the device channel.
    pub(super) fn ids(&self) -> Result<Ids, SimError> {
        let enrollment = self.enrollment_ref()?;
        if enrollment.profile.byod {
            let id = EnrollmentIdApple::new(&enrollment.enrollment_id)?;
            return Ok(Ids::user_enrollment(id));
        }
        Ok(Ids::device(Udid::new(&self.config.udid)?))
    }

    fn log_check_in(&self, message: &str, channel: &str, status: StatusCode) {
        self.log(&Event::CheckIn {
            message,
            channel,
            http: status.as_u16(),
        });
    }
}

/// The server may answer so when it cannot do it now (Apple, MDM protocol: the device backs off).
fn is_busy(status: StatusCode) -> bool {
    status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS
}

/// `code` of an Apple error body, a plist or JSON by its content type.
pub(super) fn error_code(reply: &Reply) -> Option<String> {
    if reply.media_type().ends_with("json") {
        let body: serde_json::Value = serde_json::from_slice(&reply.body).ok()?;
        return Some(body.get("code")?.as_str()?.to_owned());
    }
    let dict = dictionary(&reply.body, Limits::CHECK_IN).ok()?;
    text(&dict, "code").map(str::to_owned)
}
