use std::collections::HashSet;

use http::StatusCode;
use plist::{Dictionary, Value};
use tillsyn_apple::encode_plist;
use tillsyn_apple::plist_guard::Limits;
use tillsyn_apple::result::{CommandResult, Status};
use tillsyn_pki::hash;

use super::channel::Outstanding;
use super::{Device, DeviceState, Effect, Performed};
use crate::device_log::Event;
use crate::network::Reply;
use crate::plists::{dictionary, text};
use crate::{Removal, Rule, SimError, Violation};

/// A command as it came.
#[derive(Debug, Clone)]
pub struct Offered {
    pub uuid: String,
    pub request_type: String,
    pub(crate) request: Dictionary,
}

/// A command and what the device said to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handled {
    pub uuid: String,
    pub request_type: String,
    pub status: Status,
}

impl Handled {
    pub fn is_done(&self) -> bool {
        self.status == Status::Acknowledged
    }
}

/// One connection: a poll, and the commands until the server had no more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    pub handled: Vec<Handled>,
    pub end: SessionEnd,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionEnd {
    /// Zero bytes: nothing more to do.
    Empty,
    /// The connection broke after a command came.
    ConnectionLost,
    /// Ended by the device, because the server broke a rule.
    BrokenOff,
    Unenrolled,
    Erased,
    PinLocked,
    /// The device starts anew and polls afterwards.
    Restarting,
    ShutDown,
}

/// After so many deliveries a server may pass over a command that is never answered.
const PATIENCE: u32 = 5;
const STEP_POLL: &str = "poll";
const STEP_RESULT: &str = "result";

impl Device {
    /// A session of the device channel.
    pub async fn session(&mut self) -> Result<Session, SimError> {
        self.session_on(0).await
    }

    /// A session of every channel.
    pub async fn sessions(&mut self) -> Result<Vec<Session>, SimError> {
        let mut all = Vec::new();
        for channel in 0..self.channels.len() {
            let there = self.channels.get(channel).is_some_and(|c| c.on_console);
            if there && self.state == DeviceState::Enrolled {
                all.push(self.session_on(channel).await?);
            }
        }
        Ok(all)
    }

    /// Polls and obeys until the server has no more. A result that could not be delivered comes
    /// first; it is kept when this fails.
    pub async fn session_on(&mut self, channel: usize) -> Result<Session, SimError> {
        self.must_be_enrolled()?;
        let mut handled = Vec::new();
        let mut deferred = HashSet::new();
        let unsent = self.channel_mut(channel)?.unsent.take();
        let mut offered = match unsent {
            Some(performed) => {
                handled.push(summary(&performed));
                self.deliver(channel, performed).await?
            }
            None => self.poll(channel).await?,
        };
        let end = loop {
            if self.state != DeviceState::Enrolled {
                break match handled.last().map(|h: &Handled| h.request_type.as_str()) {
                    Some("EraseDevice") => SessionEnd::Erased,
                    Some("DeviceLock") => SessionEnd::PinLocked,
                    Some("ShutDownDevice") => SessionEnd::ShutDown,
                    _ => SessionEnd::Unenrolled,
                };
            }
            let Some(offer) = offered.take() else {
                break match handled.last() {
                    Some(h) if h.request_type == "RestartDevice" && h.is_done() => {
                        SessionEnd::Restarting
                    }
                    _ => SessionEnd::Empty,
                };
            };
            if deferred.contains(&offer.uuid) {
                let detail = "a deferred command was offered again in the same session";
                self.record(Violation::new(Rule::NotNowLoop, detail));
                break SessionEnd::BrokenOff;
            }
            // Offered again although it was answered: recorded when it came.
            if handled.iter().any(|h| h.uuid == offer.uuid) {
                break SessionEnd::BrokenOff;
            }
            let limit = self.config.behaviours.longest_session;
            if handled.len() >= limit {
                let detail = format!("{limit} commands in one session");
                self.record(Violation::new(Rule::EndlessSession, detail));
                break SessionEnd::BrokenOff;
            }
            if self.rng.chance(self.config.behaviours.lost_offer) {
                break SessionEnd::ConnectionLost;
            }
            let slow = self.config.behaviours.slow;
            if !slow.is_zero() {
                tokio::time::sleep(slow).await;
            }
            let performed = self.perform(channel, &offer).await?;
            if performed.result.status == Status::NotNow {
                deferred.insert(offer.uuid.clone());
            }
            handled.push(summary(&performed));
            offered = self.deliver(channel, performed).await?;
        };
        Ok(Session { handled, end })
    }

    /// One `Idle` poll of the device channel: the command that is offered, if any.
    pub async fn idle(&mut self) -> Result<Option<Offered>, SimError> {
        self.must_be_enrolled()?;
        self.poll(0).await
    }

    /// Carries an offered command out and reports it; what the server offers next.
    pub async fn respond(&mut self, offer: &Offered) -> Result<Option<Offered>, SimError> {
        let performed = self.perform(0, offer).await?;
        self.deliver(0, performed).await
    }

    /// Reports `NotNow` without looking at the command.
    pub async fn defer(&mut self, offer: &Offered) -> Result<Option<Offered>, SimError> {
        let performed = self.not_now(0, offer)?;
        self.deliver(0, performed).await
    }

    /// Carries a command out and leaves the report for the next session, as if the connection
    /// had broken just before.
    pub async fn perform_offline(&mut self, offer: &Offered) -> Result<Status, SimError> {
        let performed = self.perform(0, offer).await?;
        let status = performed.result.status;
        self.channel_mut(0)?.unsent = Some(performed);
        Ok(status)
    }

    /// A poll before the first `TokenUpdate`: it must be answered with nothing.
    pub async fn poll_while_pending(&mut self) -> Result<(), SimError> {
        if self.state != DeviceState::Pending {
            return Err(SimError::state("the enrollment is not pending"));
        }
        if self.poll(0).await?.is_some() {
            let detail = "a pending enrollment was given a command";
            self.record(Violation::new(Rule::CommandWhilePending, detail));
        }
        Ok(())
    }

    /// Whether the last status was `NotNow`: then the device polls by itself when it can obey.
    // Apple, "Handling NotNow status responses"
    pub fn polls_by_itself(&self, channel: usize) -> bool {
        self.channels
            .get(channel)
            .is_some_and(|c| c.last_status == Some(Status::NotNow))
    }

    /// Whether a report waits to be sent.
    pub fn has_unsent_result(&self) -> bool {
        self.channels.iter().any(|c| c.unsent.is_some())
    }

    fn must_be_enrolled(&self) -> Result<(), SimError> {
        if self.state == DeviceState::Enrolled {
            Ok(())
        } else {
            let text = format!("the device is {}", self.state.as_str());
            Err(SimError::state(text))
        }
    }

    async fn poll(&mut self, channel: usize) -> Result<Option<Offered>, SimError> {
        let ids = self.channel_ref(channel)?.ids.clone();
        let body = CommandResult::idle(ids).to_plist();
        let reply = self.put(STEP_POLL, body).await?;
        self.channel_mut(channel)?.last_status = Some(Status::Idle);
        match reply.status {
            status if status.is_success() => self.receive(channel, &reply),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                Err(self.refusal(STEP_POLL, &reply))
            }
            status => {
                let detail = format!("poll: 200 expected, got {}", status.as_u16());
                let violation = Violation::new(Rule::PollStatus, detail);
                self.note(Err(violation.into()))
            }
        }
    }

    /// Reports until the server answers 2xx; otherwise the report is kept.
    pub(crate) async fn deliver(
        &mut self,
        channel: usize,
        performed: Performed,
    ) -> Result<Option<Offered>, SimError> {
        let body = performed.result.to_plist();
        let status = performed.result.status;
        let uuid = uuid_of(&performed.result);
        let name = self.channel_ref(channel)?.name.clone();
        self.log(&Event::Sending {
            channel: &name,
            uuid: &uuid,
            status: status.as_str(),
        });
        if performed.effect == Effect::Unenroll
            && self.config.behaviours.removal == Removal::CheckOutOnly
        {
            return self.apply(performed.effect).await.map(|()| None);
        }
        let reply = match self.put(STEP_RESULT, body.clone()).await {
            Ok(reply) => reply,
            Err(error) => {
                self.channel_mut(channel)?.unsent = Some(performed);
                return Err(error);
            }
        };
        if let Err(error) = self.accepted(&reply) {
            if let Some(channel) = self.channels.get_mut(channel) {
                channel.unsent = Some(performed);
            }
            return Err(error);
        }
        self.log(&Event::Acknowledged {
            channel: &name,
            uuid: &uuid,
            status: status.as_str(),
            http: reply.status.as_u16(),
        });
        let state = self.channel_mut(channel)?;
        state.last_status = Some(status);
        if state.outstanding.as_ref().is_some_and(|o| o.uuid == uuid) {
            state.outstanding = None;
        }
        if status.is_final() {
            state.finished.insert(uuid.clone());
            state.unread.remove(&uuid);
        }
        let ends = performed.effect.ends_session();
        self.apply(performed.effect).await?;
        if ends {
            self.count_unread(channel, &reply);
            return Ok(None);
        }
        let mut offered = self.receive(channel, &reply)?;
        if status.is_final() && self.rng.chance(self.config.behaviours.lost_reply) {
            offered = self.repeat(channel, body, &name, &uuid, status).await?;
        }
        Ok(offered)
    }

    /// The device reads no further, but for the server the command in the reply was delivered.
    fn count_unread(&mut self, channel: usize, reply: &Reply) {
        let Ok(dict) = dictionary(&reply.body, Limits::RESULT) else {
            return;
        };
        if let (Some(uuid), Some(channel)) =
            (text(&dict, "CommandUUID"), self.channels.get_mut(channel))
        {
            let unread = channel.unread.entry(uuid.to_owned()).or_default();
            *unread = unread.saturating_add(1);
        }
    }

    /// The answer was lost on the way: the same bytes again.
    async fn repeat(
        &mut self,
        channel: usize,
        body: Vec<u8>,
        name: &str,
        uuid: &str,
        status: Status,
    ) -> Result<Option<Offered>, SimError> {
        let reply = self.put(STEP_RESULT, body).await?;
        self.accepted(&reply)?;
        self.log(&Event::Acknowledged {
            channel: name,
            uuid,
            status: status.as_str(),
            http: reply.status.as_u16(),
        });
        self.receive(channel, &reply)
    }

    fn accepted(&mut self, reply: &Reply) -> Result<(), SimError> {
        match reply.status {
            status if status.is_success() => Ok(()),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                Err(self.refusal(STEP_RESULT, reply))
            }
            status => {
                let detail = format!("a result was answered with {}", status.as_u16());
                self.note(Err(Violation::new(Rule::ResultRefused, detail).into()))
            }
        }
    }

    async fn put(&mut self, step: &'static str, body: Vec<u8>) -> Result<Reply, SimError> {
        let url = self.enrollment_ref()?.profile.server_url.clone();
        let out = self.signed(step, url, body, false)?;
        let reply = self.send_patiently(&out).await;
        self.note(reply)
    }

    /// Reads the answer to a poll or result: a command, or the end of the session.
    fn receive(&mut self, channel: usize, reply: &Reply) -> Result<Option<Offered>, SimError> {
        if reply.status != StatusCode::OK {
            let detail = format!("200 expected, got {}", reply.status.as_u16());
            self.record(Violation::new(Rule::PollStatus, detail));
        }
        if reply.body.is_empty() {
            return Ok(None);
        }
        let offer = self.read_command(reply);
        let offer = self.note(offer)?;
        self.check_order(channel, &offer)?;
        let name = self.channel_ref(channel)?.name.clone();
        let request = encode_plist(&Value::Dictionary(offer.request.clone()));
        self.log(&Event::Command {
            channel: &name,
            uuid: &offer.uuid,
            request_type: &offer.request_type,
            request_sha256: &hash::sha256_hex(&request),
        });
        Ok(Some(offer))
    }

    fn read_command(&mut self, reply: &Reply) -> Result<Offered, SimError> {
        let dict = dictionary(&reply.body, Limits::RESULT)
            .map_err(|e| Violation::new(Rule::CommandFormat, e.to_string()))?;
        if dict.is_empty() {
            let detail = "an empty plist where zero bytes end the session";
            return Err(Violation::new(Rule::EmptyBody, detail).into());
        }
        if reply.media_type() != "application/xml" {
            let detail = format!("application/xml expected, got `{}`", reply.media_type());
            self.record(Violation::new(Rule::CommandContentType, detail));
        }
        let uuid = text(&dict, "CommandUUID")
            .ok_or_else(|| Violation::new(Rule::CommandUuid, "a command without CommandUUID"))?;
        let request = dict
            .get("Command")
            .and_then(Value::as_dictionary)
            .ok_or_else(|| Violation::new(Rule::CommandFormat, "no Command"))?;
        let request_type = text(request, "RequestType")
            .ok_or_else(|| Violation::new(Rule::CommandFormat, "no RequestType"))?;
        Ok(Offered {
            uuid: uuid.to_owned(),
            request_type: request_type.to_owned(),
            request: request.clone(),
        })
    }

    /// One command in flight, the same UUID until it is answered, nothing again after that.
    // Apple, "Sending MDM commands to a device", on the command queue
    fn check_order(&mut self, channel: usize, offer: &Offered) -> Result<(), SimError> {
        let mut others = self.channels.iter().enumerate();
        if others.any(|(other, c)| other != channel && c.seen.contains(&offer.uuid)) {
            let detail = "a command of one channel came on another";
            self.record(Violation::new(Rule::ForeignChannel, detail));
        }
        self.channel_mut(channel)?.seen.insert(offer.uuid.clone());
        let state = self.channel_mut(channel)?;
        let mut breach = None;
        if state.finished.contains(&offer.uuid) {
            breach = Some((Rule::FinishedAgain, "a finished command was offered again"));
        }
        // What protects a lost device may overtake everything.
        let urgent = matches!(offer.request_type.as_str(), "DeviceLock" | "EraseDevice");
        match &mut state.outstanding {
            Some(open) if open.uuid == offer.uuid => {
                open.deliveries = open.deliveries.saturating_add(1);
            }
            Some(open) if open.request == offer.request => {
                breach = Some((
                    Rule::RedeliveryUuid,
                    "an unanswered command came again under another UUID",
                ));
                open.uuid.clone_from(&offer.uuid);
            }
            Some(_) if urgent => {}
            Some(open) => {
                // The server moved it back, or gave it up: from here on it counts anew as well.
                let unread = state.unread.remove(&open.uuid).unwrap_or_default();
                if open.deliveries.saturating_add(unread) < PATIENCE {
                    breach = Some((
                        Rule::TwoInFlight,
                        "another command came while one was unanswered",
                    ));
                }
                state.outstanding = Some(Outstanding::of(offer));
            }
            None => state.outstanding = Some(Outstanding::of(offer)),
        }
        if let Some((rule, detail)) = breach {
            self.record(Violation::new(rule, detail));
        }
        Ok(())
    }

    async fn apply(&mut self, effect: Effect) -> Result<(), SimError> {
        match effect {
            Effect::None | Effect::Restart => {}
            Effect::Unenroll => {
                self.check_out().await?;
                self.forget_enrollment();
            }
            Effect::Erase => self.erase(),
            Effect::EraseAndReturn(profile) => {
                self.erase();
                self.returning = profile;
            }
            Effect::ShutDown => self.set_state(DeviceState::Off),
            Effect::Synchronise { channel, data } => {
                // What goes wrong is the exchange's, not the session's.
                let outcome = self.synchronise(channel, data.as_deref()).await;
                if let Err(error) = outcome {
                    tracing::debug!(%error, "declarative management came to nothing");
                }
            }
            Effect::UsersGone(names) => self.users_gone(&names).await,
            Effect::PinLock(pin) => {
                self.lock_pin = Some(pin);
                self.set_state(DeviceState::PinLocked);
            }
        }
        Ok(())
    }
}

impl Outstanding {
    fn of(offer: &Offered) -> Self {
        Self {
            uuid: offer.uuid.clone(),
            request: offer.request.clone(),
            deliveries: 1,
        }
    }
}

fn uuid_of(result: &CommandResult) -> String {
    result
        .command_uuid
        .as_ref()
        .map(|uuid| uuid.as_str().to_owned())
        .unwrap_or_default()
}

fn summary(performed: &Performed) -> Handled {
    Handled {
        uuid: uuid_of(&performed.result),
        request_type: performed.request_type.clone(),
        status: performed.result.status,
    }
}
