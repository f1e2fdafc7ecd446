//! The command loop: a poll or a result comes in, the next command or nothing goes out.
//!
//! An idle poll of a known device with nothing waiting costs one statement and writes nothing. Everything
//! else is one transaction, and the answer is given after its commit.

use tillsyn_apple::ids::{ChannelName, CommandUuid};
use tillsyn_apple::plist_guard::{self, ScannedResult};
use tillsyn_apple::result::{CommandResult, Status};
use tillsyn_db::{Engine, Row, Tx, args};

use super::answer::DeviceAnswer;
use super::capability::check_own_profile;
use super::encode::{Refused, Secrets};
use super::first_contact::{self, Contact};
use super::identity::DeviceCertificate;
use super::install::{Delivery, Installer, OVERTAKEN};
use super::sender::{self, Admission, COLUMNS, Sender, SenderEnrollment, Trust};
use super::{encode, escrowed, record};
use crate::actor::ActorKind;
use crate::clock::{DAY_MS, HOUR_MS, MINUTE_MS};
use crate::commands::store;
use crate::commands::{Act, CommandStatus, Request};
use crate::core::Core;
use crate::devices;
use crate::error::Error;
use crate::guard::device_frozen_in;
use crate::keys::KeyStore;
use crate::nanomdm::hook::{CONNECT, RawCopy, Said, tell_in};
use crate::self_service::stale_in;

/// What came in, readable or not.
pub(super) enum Incoming {
    Result(Box<CommandResult>),
    /// Too large or too complex to decode; found by a bounded scan (S21).
    Unreadable {
        result: Box<CommandResult>,
        why: &'static str,
    },
}

impl Incoming {
    pub(super) fn result(&self) -> &CommandResult {
        match self {
            Self::Result(result) | Self::Unreadable { result, .. } => result,
        }
    }
}

/// One poll or result of a device.
///
/// # Errors
/// Only when the store fails: the device keeps its result and tries again.
pub async fn poll(
    core: &Core,
    certificate: &DeviceCertificate,
    body: &[u8],
    address: Option<String>,
) -> Result<DeviceAnswer, Error> {
    let Some(incoming) = read(body) else {
        metrics::counter!("tillsyn_polls_total", "status" => "malformed").increment(1);
        return Ok(DeviceAnswer::BadRequest);
    };
    let size_bytes = i64::try_from(body.len()).unwrap_or(i64::MAX);
    let copy = RawCopy::of(core.raw_wanted().takes(CONNECT), body);
    take(core, certificate, incoming, (size_bytes, copy), address).await
}

/// A result that is too large to keep: what a scan found of it. A device repeats its result until it hears
/// 200, so it does even where nothing was found; the command's patience then ends it (S21).
///
/// # Errors
/// Only when the store fails: the device keeps its result and tries again.
pub async fn poll_oversize(
    core: &Core,
    certificate: &DeviceCertificate,
    scanned: Option<ScannedResult>,
    size: u64,
    address: Option<String>,
) -> Result<DeviceAnswer, Error> {
    tracing::warn!(size_bytes = size, "a result is too large to decode");
    let size_bytes = i64::try_from(size).unwrap_or(i64::MAX);
    let incoming = scanned.and_then(|scanned| unreadable(scanned, "too_large"));
    if let Some(incoming) = incoming {
        return take(core, certificate, incoming, (size_bytes, None), address).await;
    }
    metrics::counter!("tillsyn_polls_total", "status" => "malformed").increment(1);
    Ok(DeviceAnswer::Empty)
}

async fn take(
    core: &Core,
    certificate: &DeviceCertificate,
    incoming: Incoming,
    (size_bytes, copy): (i64, Option<RawCopy>),
    address: Option<String>,
) -> Result<DeviceAnswer, Error> {
    let status = incoming.result().status;
    metrics::counter!("tillsyn_polls_total", "status" => status.as_str()).increment(1);
    if status == Status::Idle
        && let Some((device, unit_path)) =
            idle_without_work(core, certificate, incoming.result()).await?
        && (copy.is_none() || !core.raw_wanted().takes_of(CONNECT, &unit_path))
    {
        core.note_seen(&device, core.now_ms());
        return Ok(DeviceAnswer::Empty);
    }
    let turn = Turn {
        certificate: certificate.clone(),
        size_bytes,
        copy,
        incoming,
        keys: core.keys().clone(),
        installer: Installer::new(core),
        address,
        now_ms: core.now_ms(),
    };
    let done = core
        .db()
        .write_locked(turn, |tx, turn| Box::pin(async move { turn.run(tx).await }))
        .await?;
    if done.wakes_push {
        core.wake_push();
    }
    if let Some(device) = &done.seen {
        core.note_seen(device, core.now_ms());
    }
    Ok(done.answer)
}

fn read(body: &[u8]) -> Option<Incoming> {
    match CommandResult::parse(body) {
        Ok(result) => Some(Incoming::Result(Box::new(result))),
        Err(error) => {
            tracing::warn!(error = %error, size_bytes = body.len(), "a result cannot be decoded");
            let scanned = plist_guard::scan_result(body)?;
            let why = if error.is_limit() {
                "too_large"
            } else {
                "malformed"
            };
            unreadable(scanned, why)
        }
    }
}

/// Without an id of the sender, or of the command it answers, there is nothing to store.
fn unreadable(scanned: ScannedResult, why: &'static str) -> Option<Incoming> {
    let mut result = CommandResult::idle(scanned.ids);
    result.status = scanned.status;
    result.command_uuid = scanned.command_uuid;
    let known = result.ids.udid.is_some() || result.ids.enrollment_id.is_some();
    let complete = result.status == Status::Idle || result.command_uuid.is_some();
    (known && complete).then_some(Incoming::Unreadable {
        result: Box::new(result),
        why,
    })
}

/// The sender, its channel, and whether anything waits there.
const IDLE: &str = "SELECT c.sha256, c.purpose, c.revoked_at, c.attempt_id, e.id, e.status, \
    e.pin_sha256, e.udid, e.apple_enrollment_id, e.device_id, e.retired_at, e.org_unit_id, \
    e.platform, e.ownership, e.enrollment_type, e.topic, e.access_rights, e.profile_identifier, \
    c.created_at, p.created_at, c.revoke_after, \
    p.revoked_at IS NOT NULL AND COALESCE(p.revoke_reason, '') <> 'renewed', ch.id, ch.contact, ch.pushes_unanswered, \
    EXISTS (SELECT 1 FROM command m WHERE m.channel_id = ch.id AND m.finished = 0 \
    AND m.status <> 'held'), u.path \
    FROM certificate c LEFT JOIN enrollment e ON e.id = c.enrollment_id \
    LEFT JOIN org_unit u ON u.id = e.org_unit_id \
    LEFT JOIN certificate p ON p.sha256 = e.pin_sha256 LEFT JOIN channel ch ON ch.enrollment_id = e.id AND ch.name = $2 WHERE c.sha256 = $1";

/// The device's id and its unit's path when the poll is admitted, nothing waits and nothing needs to be
/// written.
async fn idle_without_work(
    core: &Core,
    certificate: &DeviceCertificate,
    result: &CommandResult,
) -> Result<Option<(String, String)>, Error> {
    let channel = match result.channel() {
        ChannelName::Device => "device".to_owned(),
        user @ ChannelName::User(_) => user.to_string(),
    };
    let values = args![certificate.sha256.as_ref(), channel];
    let Some(row) = core.db().query_optional(IDLE, values).await? else {
        return Ok(None);
    };
    let sender = sender::decode(&row)?;
    let Admission::Admitted(enrollment) = sender.admit(&result.ids) else {
        return Ok(None);
    };
    let quiet = row.opt_text(COLUMNS)?.is_some()
        && row.text(COLUMNS + 1)? == "reachable"
        && row.i64(COLUMNS + 2)? == 0
        && !row.bool(COLUMNS + 3)?;
    Ok(match &enrollment.device_id {
        Some(device) if quiet => Some((device.clone(), row.text(COLUMNS + 4)?)),
        _ => None,
    })
}

/// One turn of the loop; the body may run more than once.
pub(super) struct Turn {
    pub(super) certificate: DeviceCertificate,
    pub(super) size_bytes: i64,
    /// For webhooks, while there are any that want it.
    copy: Option<RawCopy>,
    pub(super) incoming: Incoming,
    pub(super) keys: KeyStore,
    pub(super) installer: Installer,
    pub(super) address: Option<String>,
    pub(super) now_ms: i64,
}

struct Done {
    answer: DeviceAnswer,
    wakes_push: bool,
    seen: Option<String>,
}

/// The channel that polls.
pub(super) struct PollingChannel {
    pub(super) id: String,
    pub(super) name: ChannelName,
    pub(super) device_id: String,
}

impl Turn {
    async fn run(&self, tx: &Tx) -> Result<Done, Error> {
        let done = self.take(tx).await?;
        if let (Some(copy), Some(_)) = (&self.copy, &done.seen) {
            let result = self.incoming.result();
            let uuid = result.command_uuid.as_ref();
            let said = Said::Report {
                status: result.status.as_str().to_owned(),
                command_uuid: uuid.map(|uuid| uuid.as_str().to_owned()),
            };
            let (keys, who) = (&self.keys, &self.certificate.sha256);
            tell_in(tx, keys, copy, who, (&said, &result.ids), self.now_ms).await?;
        }
        Ok(done)
    }

    async fn take(&self, tx: &Tx) -> Result<Done, Error> {
        let result = self.incoming.result();
        self.lock(tx).await?;
        let contact = Contact {
            certificate: &self.certificate,
            ids: &result.ids,
            address: self.address.as_deref(),
            now_ms: self.now_ms,
        };
        let Some(sender) = first_contact::sender(tx, &contact).await? else {
            contact.note_unknown(tx, None).await?;
            return self
                .refuse(tx, None, DeviceAnswer::Forbidden, "unknown_certificate")
                .await;
        };
        let enrollment = match sender.admit(&result.ids) {
            Admission::Admitted(enrollment) => enrollment,
            Admission::Renewed(enrollment) => {
                sender::repin(tx, &sender, enrollment, self.now_ms).await?;
                enrollment
            }
            Admission::Refused { answer, kind } => {
                return self.refuse(tx, Some(&sender), answer, kind).await;
            }
        };
        // Not proven to be the enrollment that was moved in: nothing goes out, nothing is believed.
        if enrollment.trust != Trust::Proven {
            return Ok(Done {
                answer: DeviceAnswer::Empty,
                wakes_push: false,
                seen: None,
            });
        }
        // A pending enrollment has no channel yet: an empty answer, no commands.
        let Some(channel) = self.channel(tx, enrollment, result.channel()).await? else {
            return Ok(Done {
                answer: DeviceAnswer::Empty,
                wakes_push: false,
                seen: None,
            });
        };
        let ended = record::result(tx, self, enrollment, &channel).await?;
        let seen = Some(channel.device_id.clone());
        if ended {
            return Ok(Done {
                answer: DeviceAnswer::Empty,
                wakes_push: false,
                seen,
            });
        }
        if let Some(plist) = self.next(tx, enrollment, &channel).await? {
            return Ok(Done {
                answer: DeviceAnswer::Plist(plist),
                wakes_push: false,
                seen,
            });
        }
        let wakes_push = self.push_later(tx, &channel).await?;
        Ok(Done {
            answer: DeviceAnswer::Empty,
            wakes_push,
            seen,
        })
    }

    /// Turns of one enrollment, and everything that ends it, wait for one another; turns of different
    /// enrollments do not.
    async fn lock(&self, tx: &Tx) -> Result<(), Error> {
        const LOCK: &str = "SELECT id FROM enrollment WHERE id = \
            COALESCE((SELECT enrollment_id FROM certificate WHERE sha256 = $1), \
            (SELECT id FROM enrollment WHERE pin_sha256 = $1)) FOR UPDATE";
        if tx.engine() == Engine::Postgres {
            tx.fetch_optional(LOCK, args![self.certificate.sha256.as_ref()])
                .await?;
        }
        Ok(())
    }

    async fn refuse(
        &self,
        tx: &Tx,
        sender: Option<&Sender>,
        answer: DeviceAnswer,
        kind: &'static str,
    ) -> Result<Done, Error> {
        let (certificate, address) = (&self.certificate.sha256, self.address.as_deref());
        sender::note_refused(tx, certificate, sender, kind, address, self.now_ms).await?;
        Ok(Done {
            answer,
            wakes_push: false,
            seen: None,
        })
    }

    async fn channel(
        &self,
        tx: &Tx,
        enrollment: &SenderEnrollment,
        name: ChannelName,
    ) -> Result<Option<PollingChannel>, Error> {
        const FIND: &str = "SELECT id, contact, pushes_unanswered, device_id FROM channel \
            WHERE enrollment_id = $1 AND name = $2 AND ended_at IS NULL";
        const ANSWERED: &str = "UPDATE channel SET contact = 'reachable', pushes_unanswered = 0, \
            unanswered_since = NULL WHERE id = $1";
        let values = args![enrollment.id.as_str(), name.to_string()];
        let Some(row) = tx.fetch_optional(FIND, values).await? else {
            return Ok(None);
        };
        let channel = PollingChannel {
            id: row.text(0)?,
            name,
            device_id: row.text(3)?,
        };
        let silent = row.text(1)? != "reachable";
        if silent || row.i64(2)? > 0 {
            tx.execute(ANSWERED, args![channel.id.as_str()]).await?;
        }
        if silent && channel.name.is_device() {
            let device = &channel.device_id;
            devices::summary::set_contact_in(tx, device, "reachable", self.now_ms).await?;
        }
        Ok(Some(channel))
    }

    /// Picks, marks and encodes the next command. One that was sent and not answered comes first: one
    /// command in flight, unless a lock or erase overtakes it.
    /// `Idle` begins a session, in which commands that were
    /// answered `NotNow` before are offered again; within a session they are passed over.
    async fn next(
        &self,
        tx: &Tx,
        enrollment: &SenderEnrollment,
        channel: &PollingChannel,
    ) -> Result<Option<Vec<u8>>, Error> {
        const NEXT: &str = "SELECT c.id, c.status, c.deliveries, c.delivered_at, c.secret_sealed, \
            b.id, b.request, b.request_sealed, c.act, b.actor_kind, c.given_id, b.own_person_id \
            FROM command c \
            JOIN command_batch b ON b.id = c.batch_id \
            WHERE c.channel_id = $1 AND c.finished = 0 AND c.status <> 'held' AND c.expires_at > $2 \
            AND ($3 = 1 OR c.deferred = 0) ORDER BY c.lane, \
            CASE WHEN c.status = 'sent' THEN 0 ELSE 1 END, c.position, c.id LIMIT 1";
        // Whoever withdraws or holds it at this moment is waited for, and the choice is made again.
        const NEXT_LOCKED: &str = "SELECT c.id, c.status, c.deliveries, c.delivered_at, c.secret_sealed, \
            b.id, b.request, b.request_sealed, c.act, b.actor_kind, c.given_id, b.own_person_id \
            FROM command c \
            JOIN command_batch b ON b.id = c.batch_id \
            WHERE c.channel_id = $1 AND c.finished = 0 AND c.status <> 'held' AND c.expires_at > $2 \
            AND ($3 = 1 OR c.deferred = 0) ORDER BY c.lane, \
            CASE WHEN c.status = 'sent' THEN 0 ELSE 1 END, c.position, c.id LIMIT 1 \
            FOR UPDATE OF c";
        const NEW_SESSION: &str = "UPDATE command SET deferred = 0 WHERE channel_id = $1 AND finished = 0 AND deferred = 1";
        const TO_BACK: &str = "UPDATE command SET lane = 9, position = $2, deliveries = 0, \
            delivered_at = NULL WHERE id = $1";
        let idle = self.incoming.result().status == Status::Idle;
        if idle {
            tx.execute(NEW_SESSION, args![channel.id.as_str()]).await?;
        }
        // Bounded: a command that never gets an answer moves back once, one that cannot be sent ends.
        for turn in 0..32 {
            let values = args![channel.id.as_str(), self.now_ms, i64::from(idle)];
            let next = match tx.engine() {
                Engine::Sqlite => NEXT,
                Engine::Postgres => NEXT_LOCKED,
            };
            let Some(row) = tx.fetch_optional(next, values.clone()).await? else {
                // A row that changed under the lock is left out by PostgreSQL without taking the next.
                if tx.engine() == Engine::Postgres
                    && tx.fetch_optional(NEXT, values).await?.is_some()
                {
                    continue;
                }
                return Ok(None);
            };
            let dams = row.text(1)? == "sent"
                && (unanswered(tx, &row).await? >= PATIENCE
                    || row.opt_i64(3)?.is_some_and(|at| self.now_ms - at > DAY_MS));
            if dams && turn == 0 {
                let id = row.text(0)?;
                tx.execute(TO_BACK, args![id.as_str(), self.now_ms * 1_000])
                    .await?;
                let (status, why) = (CommandStatus::Sent, Some("moved_back"));
                let device = &channel.device_id;
                store::transition(tx, &id, device, status, why, None, self.now_ms).await?;
                continue;
            }
            if let Some(why) = stopped(tx, channel, &row).await? {
                // The device may be obeying what it fetched; that goes behind everything else.
                if row.text(1)? == "sent" {
                    if turn > 0 {
                        return Ok(None);
                    }
                    let id = row.text(0)?;
                    tx.execute(TO_BACK, args![id.as_str(), self.now_ms * 1_000])
                        .await?;
                } else {
                    self.give_up(tx, channel, row.str(0)?, why).await?;
                }
                continue;
            }
            if let Some(plist) = self.dispatch(tx, enrollment, channel, &row).await? {
                return Ok(Some(plist));
            }
        }
        Ok(None)
    }

    /// Encodes one command with its secrets and marks it sent; `None` when it can no longer be sent.
    async fn dispatch(
        &self,
        tx: &Tx,
        enrollment: &SenderEnrollment,
        channel: &PollingChannel,
        row: &Row,
    ) -> Result<Option<Vec<u8>>, Error> {
        const SENT: &str = "UPDATE command SET status = 'sent', status_reason = NULL, deferred = 0, \
            deliveries = deliveries + 1, delivered_at = $2, updated_at = $2 WHERE id = $1";
        const RETIRED: &str =
            "UPDATE enrollment SET retired_at = $2 WHERE id = $1 AND retired_at IS NULL";
        let id = row.text(0)?;
        // A tool that asked waits for its own name of the command.
        let told = row.opt_text(10)?.unwrap_or_else(|| id.clone());
        let uuid = CommandUuid::new(told)
            .map_err(|_| Error::internal("The command's id is not usable as CommandUUID."))?;
        let plist = match self.encode(tx, enrollment, channel, &uuid, row).await? {
            Ok(plist) => plist,
            Err((code, why)) => {
                tracing::info!(command.uuid = %id, device.id = %channel.device_id, reason = code,
                    detail = why, "a command is not sent");
                self.give_up(tx, channel, &id, code).await?;
                return Ok(None);
            }
        };
        if row.opt_text(8)?.as_deref() == Some(Act::Retire.as_str()) {
            tx.execute(RETIRED, args![enrollment.id.as_str(), self.now_ms])
                .await?;
        }
        let again = row.text(1)? == "sent";
        tx.execute(SENT, args![id.as_str(), self.now_ms]).await?;
        let status = CommandStatus::Sent;
        let reason = again.then_some("sent_again");
        store::transition(
            tx,
            &id,
            &channel.device_id,
            status,
            reason,
            None,
            self.now_ms,
        )
        .await?;
        Ok(Some(plist))
    }

    /// Opens the command's secrets and asks the capability table once more: the device may have changed
    /// since the command was queued. `Err` within says why it is not sent.
    async fn encode(
        &self,
        tx: &Tx,
        enrollment: &SenderEnrollment,
        channel: &PollingChannel,
        uuid: &CommandUuid,
        row: &Row,
    ) -> Result<Result<Vec<u8>, Refused>, Error> {
        let request: Request = serde_json::from_str(row.str(6)?).map_err(|error| {
            Error::internal("command_batch.request cannot be read.").caused_by(error)
        })?;
        let by_server = row.str(9)? == ActorKind::System.as_str();
        if let Err(refused) = check_own_profile(&request, by_server, &enrollment.profile_identifier)
        {
            return Ok(Err(refused));
        }
        let id = row.text(0)?;
        let pin = match row.opt_blob(4)? {
            Some(sealed) => Some(self.keys.open(&sealed, "command", "secret_sealed", &id)?),
            None => None,
        };
        let sealed = match row.opt_blob(7)? {
            Some(sealed) => {
                let batch = row.text(5)?;
                let cell = ("command_batch", "request_sealed");
                Some(self.keys.open(&sealed, cell.0, cell.1, &batch)?)
            }
            None => None,
        };
        let Some(facts) = record::device_facts(tx, enrollment, channel).await? else {
            return Ok(Err(("platform_unsupported", String::new())));
        };
        let device = &channel.device_id;
        let installed = match &request {
            Request::InstallVersion {
                identifier,
                profile_id,
                version,
                ..
            } => {
                let delivery = Delivery {
                    command_id: &id,
                    channel_id: &channel.id,
                    device_id: device,
                    enrollment_id: &enrollment.id,
                    own_profile: &enrollment.profile_identifier,
                    identifier,
                    profile_id,
                    version: *version,
                    again: row.str(1)? == "sent",
                };
                match self.installer.bytes_in(tx, delivery).await? {
                    Ok(bytes) => Some((delivery, bytes)),
                    Err(refused) => return Ok(Err(refused)),
                }
            }
            _ => None,
        };
        let bytes = match &installed {
            Some((_, bytes)) => Some(bytes.as_slice()),
            None => sealed.as_ref().map(|bytes| bytes.as_slice()),
        };
        let kept = match escrowed::find_in(tx, &self.keys, &request, bytes, device).await? {
            Ok(kept) => kept,
            Err(refused) => return Ok(Err(refused)),
        };
        let reply_certificate = escrowed::reply_certificate_in(tx, &request).await?;
        let secrets = Secrets {
            pin: pin
                .as_ref()
                .and_then(|bytes| std::str::from_utf8(bytes).ok()),
            sealed: bytes,
            escrowed: kept.as_ref().map(|bytes| bytes.as_slice()),
            reply_certificate: reply_certificate.as_deref(),
        };
        let encoded = encode::command(uuid, &request, &facts, secrets);
        if let (Ok(_), Some((delivery, bytes))) = (&encoded, &installed) {
            self.installer.sent_in(tx, *delivery, bytes).await?;
        }
        Ok(encoded)
    }

    async fn give_up(
        &self,
        tx: &Tx,
        channel: &PollingChannel,
        id: &str,
        reason: &str,
    ) -> Result<(), Error> {
        const END: &str = "UPDATE command SET status = $4, status_reason = $2, finished = 1, \
            secret_sealed = NULL, updated_at = $3 WHERE id = $1";
        let status = if reason == OVERTAKEN {
            CommandStatus::Superseded
        } else {
            CommandStatus::Cancelled
        };
        tx.execute(END, args![id, reason, self.now_ms, status.as_str()])
            .await?;
        let device = &channel.device_id;
        store::transition(tx, id, device, status, Some(reason), None, self.now_ms).await
    }

    /// After `NotNow` as its last word a device comes back by itself. When something else followed it
    /// does not, so a push is asked for, later and later.
    async fn push_later(&self, tx: &Tx, channel: &PollingChannel) -> Result<bool, Error> {
        const WAITING: &str = "SELECT deliveries FROM command WHERE channel_id = $1 AND finished = 0 \
            AND status = 'not_now' ORDER BY deliveries LIMIT 1";
        if self.incoming.result().status == Status::NotNow {
            return Ok(false);
        }
        let Some(row) = tx
            .fetch_optional(WAITING, args![channel.id.as_str()])
            .await?
        else {
            return Ok(false);
        };
        let doubled = u32::try_from(row.i64(0)?.clamp(1, 7) - 1).unwrap_or(0);
        let wait = (MINUTE_MS << doubled).min(HOUR_MS);
        store::request_pushes(tx, std::slice::from_ref(&channel.id), self.now_ms + wait).await?;
        Ok(true)
    }
}

/// Deliveries without any answer after which a command moves to the back of its queue.
const PATIENCE: i64 = 5;

/// Why nothing destructive goes to this device now: it is frozen, or whoever asked for it on their own device
/// does not have it any more.
async fn stopped(
    tx: &Tx,
    channel: &PollingChannel,
    row: &Row,
) -> Result<Option<&'static str>, Error> {
    if row.opt_text(8)?.is_none() {
        return Ok(None);
    }
    if device_frozen_in(tx, &channel.device_id).await? {
        return Ok(Some("stopped"));
    }
    if row.opt_text(11)?.is_some() && !stale_in(tx, vec![row.text(0)?]).await?.is_empty() {
        return Ok(Some("not_yours"));
    }
    Ok(None)
}

/// How often a command was delivered since its last answer: `NotNow` is one, whatever the total.
async fn unanswered(tx: &Tx, row: &Row) -> Result<i64, Error> {
    let deliveries = row.i64(2)?;
    if deliveries < PATIENCE {
        return Ok(deliveries);
    }
    let since = store::unanswered_in(tx, row.str(0)?).await?;
    Ok(deliveries.min(since))
}
