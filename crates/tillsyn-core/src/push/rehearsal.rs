//! The rehearsal of a renewal: everything that the renewal needs is tried, nothing in use is touched, and
//! what came out is kept with its date (B9).

use serde::{Deserialize, Serialize};
use serde_json::json;
use tillsyn_db::args;
use tillsyn_pki::cert::Certificate;
use tillsyn_pki::hash;
use tillsyn_upstream::apns::PushOutcome;
use zeroize::Zeroizing;

use super::certificate::{Checked, check, check_key};
use super::topic::{PushTopicView, topic};
use super::upload::{request_key, short};
use super::{client, vendor};
use crate::actor::{Actor, Permission, authorize};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::{PushTopicId, new_uuid};

/// What is tried.
#[derive(Default)]
pub struct Rehearsal {
    /// The certificate that is to come; without one, only what is on record is tried.
    pub certificate_pem: Option<String>,
    /// Its key; `None` when its request was made here.
    pub key_pem: Option<Zeroizing<String>>,
    /// Who will renew it; the owner on record when empty.
    pub responsible: Option<String>,
}

/// One line of the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RehearsalCheck {
    /// `certificate`, `key`, `topic`, `connection`, `account`, `responsible`, `signer` or `time`.
    pub check: String,
    /// `passed`, `failed` or `skipped`.
    pub result: String,
    /// Why it failed or was skipped: a stable word.
    pub reason: Option<String>,
}

/// A report on record.
#[derive(Clone, Debug, Serialize)]
pub struct RehearsalReport {
    pub id: String,
    pub at: i64,
    pub passed: bool,
    pub responsible: Option<String>,
    /// Serial number of the certificate that was tried; `None` when none was given.
    pub candidate_serial: Option<String>,
    pub actor_kind: String,
    pub actor_id: String,
    pub checks: Vec<RehearsalCheck>,
}

/// Tries the renewal of a topic and keeps the report.
pub async fn rehearse(
    core: &Core,
    actor: &Actor,
    id: &PushTopicId,
    given: Rehearsal,
) -> Result<RehearsalReport, Error> {
    let found = topic(core, actor, id).await?;
    let unit = crate::org::unit(core, &found.unit_id).await?;
    authorize(actor, Permission::PushWrite, &unit.path)?;
    let now = core.now_ms();
    let responsible = short(given.responsible.clone(), 200).or_else(|| found.owner_contact.clone());
    let mut lines = Lines::default();
    let candidate = candidate(core, &found, &given, &mut lines, now).await?;
    connection(core, id, &found, candidate.as_ref(), &mut lines).await?;
    on_record(core, actor, &found, responsible.as_deref(), &mut lines, now).await?;
    let report = RehearsalReport {
        id: new_uuid(now).to_string(),
        at: now,
        passed: lines.0.iter().all(|line| line.result != "failed"),
        responsible,
        candidate_serial: candidate.map(|c| c.certificate.serial_hex()),
        actor_kind: actor.kind.as_str().to_owned(),
        actor_id: actor.id.clone(),
        checks: lines.0,
    };
    keep(core, actor, id, unit.id.as_str(), &report).await?;
    Ok(report)
}

#[derive(Default)]
struct Lines(Vec<RehearsalCheck>);

impl Lines {
    fn add(&mut self, check: &str, result: &str, reason: Option<&str>) {
        self.0.push(RehearsalCheck {
            check: check.to_owned(),
            result: result.to_owned(),
            reason: reason.map(str::to_owned),
        });
    }

    fn passed(&mut self, check: &str) {
        self.add(check, "passed", None);
    }

    fn failed(&mut self, check: &str, reason: &str) {
        self.add(check, "failed", Some(reason));
    }

    fn skipped(&mut self, check: &str, reason: &str) {
        self.add(check, "skipped", Some(reason));
    }

    fn is(&mut self, check: &str, good: bool, reason: &str) {
        if good {
            self.passed(check);
        } else {
            self.failed(check, reason);
        }
    }
}

/// A certificate with its key.
struct Candidate {
    certificate: Certificate,
    key: Zeroizing<Vec<u8>>,
}

/// Checks certificate, key and topic as the upload would.
async fn candidate(
    core: &Core,
    found: &PushTopicView,
    given: &Rehearsal,
    lines: &mut Lines,
    now: i64,
) -> Result<Option<Candidate>, Error> {
    let pem = given.certificate_pem.as_deref().unwrap_or_default();
    if pem.trim().is_empty() {
        for check in ["certificate", "key", "topic"] {
            lines.skipped(check, "no_candidate");
        }
        return Ok(None);
    }
    let Checked {
        certificate,
        topic: new_topic,
    } = match check(pem, now) {
        Ok(checked) => checked,
        Err(error) => {
            lines.failed("certificate", error.code);
            lines.skipped("key", "no_candidate");
            lines.skipped("topic", "no_candidate");
            return Ok(None);
        }
    };
    lines.passed("certificate");
    let key_pem = given
        .key_pem
        .as_deref()
        .filter(|pem| !pem.trim().is_empty());
    let key = match key_pem {
        Some(pem) => check_key(&certificate, pem).map(|key| key.to_pkcs8_der()),
        None => request_key(core, &hash::hex(&certificate.spki_sha256()))
            .await
            .map(|(_, key)| key),
    };
    let key = match key {
        Ok(key) => {
            lines.passed("key");
            Some(key)
        }
        Err(error) if error.kind == crate::error::Kind::Invalid => {
            lines.failed("key", error.code);
            None
        }
        Err(error) => return Err(error),
    };
    lines.is("topic", new_topic == found.topic, "topic_change");
    Ok(key.map(|key| Candidate { certificate, key }))
}

/// Signs in to APNs with the candidate, or with the certificate in use, through address and proxy of
/// this node.
async fn connection(
    core: &Core,
    id: &PushTopicId,
    found: &PushTopicView,
    candidate: Option<&Candidate>,
    lines: &mut Lines,
) -> Result<(), Error> {
    const FIND: &str = "SELECT certificate, key_sealed FROM push_topic WHERE id = $1";
    let connection = if let Some(candidate) = candidate {
        client::connect(core, &candidate.certificate, &candidate.key)
    } else {
        let row = core.db().query_optional(FIND, args![id]).await?;
        let row = row.ok_or_else(|| Error::not_found("push certificate"))?;
        let key = core
            .keys()
            .open(&row.blob(1)?, "push_topic", "key_sealed", id.as_str())?;
        client::connect(core, &Certificate::from_der(&row.blob(0)?)?, &key)
    };
    let Ok(connection) = connection else {
        lines.failed("connection", "settings");
        return Ok(());
    };
    let topic = candidate
        .and_then(|c| c.certificate.subject_uid())
        .unwrap_or_else(|| found.topic.clone());
    match refusal(&connection.probe(&topic).await) {
        None => lines.passed("connection"),
        Some(reason) => lines.failed("connection", reason),
    }
    Ok(())
}

/// Why a probe does not count as signed in. Its token belongs to no device: that APNs refuses the token
/// shows that it took the certificate and the topic.
fn refusal(outcome: &PushOutcome) -> Option<&'static str> {
    match outcome {
        PushOutcome::Accepted { .. }
        | PushOutcome::TokenDead { .. }
        | PushOutcome::SenderFault { .. }
        | PushOutcome::SlowDown { .. } => None,
        PushOutcome::Permanent { reason, .. }
        | PushOutcome::CertificateRefused { reason }
        | PushOutcome::RetryLater { reason, .. } => Some(reason),
        PushOutcome::RetryNow => Some("IdleTimeout"),
    }
}

/// What people must know when the day comes.
async fn on_record(
    core: &Core,
    actor: &Actor,
    found: &PushTopicView,
    responsible: Option<&str>,
    lines: &mut Lines,
    now: i64,
) -> Result<(), Error> {
    lines.is("account", found.vendor_account.is_some(), "account_missing");
    lines.is("responsible", responsible.is_some(), "responsible_missing");
    match vendor::vendor(core, actor).await? {
        Some(vendor) => lines.is("signer", vendor.not_after > now, "push_vendor_expired"),
        None => lines.skipped("signer", "outside"),
    }
    lines.is("time", found.not_after > now, "push_certificate_expired");
    Ok(())
}

async fn keep(
    core: &Core,
    actor: &Actor,
    id: &PushTopicId,
    unit: &str,
    report: &RehearsalReport,
) -> Result<(), Error> {
    let checks = serde_json::to_string(&report.checks)
        .map_err(|e| Error::internal("The report cannot be written.").caused_by(e))?;
    let row = (
        id.clone(),
        unit.to_owned(),
        report.clone(),
        checks,
        actor.clone(),
    );
    core.db()
        .write(row, |tx, (id, unit, report, checks, actor)| {
            Box::pin(async move {
                const INSERT: &str = "INSERT INTO push_rehearsal (id, topic_id, at, actor_kind, \
                    actor_id, responsible, candidate_serial, passed, checks) \
                    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
                tx.execute(
                    INSERT,
                    args![
                        report.id.as_str(),
                        &*id,
                        report.at,
                        report.actor_kind.as_str(),
                        report.actor_id.as_str(),
                        report.responsible.as_deref(),
                        report.candidate_serial.as_deref(),
                        i64::from(report.passed),
                        checks.as_str()
                    ],
                )
                .await?;
                let event =
                    NewEvent::done("push_certificate.rehearse", "push_topic", id.as_str(), unit)
                        .with(json!({ "passed": report.passed }));
                events::record(tx, actor, report.at, event).await?;
                Ok::<_, Error>(())
            })
        })
        .await
}

/// The reports of a topic, newest first, at most fifty.
pub async fn rehearsals(
    core: &Core,
    actor: &Actor,
    id: &PushTopicId,
) -> Result<Vec<RehearsalReport>, Error> {
    const LIST: &str = "SELECT id, at, passed, responsible, candidate_serial, actor_kind, actor_id, \
        checks FROM push_rehearsal WHERE topic_id = $1 ORDER BY at DESC, id DESC LIMIT 50";
    topic(core, actor, id).await?;
    core.db()
        .query_all(LIST, args![id])
        .await?
        .iter()
        .map(|row| {
            Ok(RehearsalReport {
                id: row.text(0)?,
                at: row.i64(1)?,
                passed: row.bool(2)?,
                responsible: row.opt_text(3)?,
                candidate_serial: row.opt_text(4)?,
                actor_kind: row.text(5)?,
                actor_id: row.text(6)?,
                checks: serde_json::from_str(row.str(7)?)
                    .map_err(|e| Error::internal("A report cannot be read.").caused_by(e))?,
            })
        })
        .collect()
}
