//! The exported file: one JSON object a line. First the trail's begin and the certificates, then entries with
//! their checkpoints, last the end. `docs/audit.md` describes it.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tillsyn_pki::cert::Certificate;
use tillsyn_pki::hash;
use tillsyn_pki::key::PublicKey;

use super::chain::{Checkpoint, Record};
use super::verify::{Body, Checker, Entry, Finding, Start, Verdict};

pub(crate) const FORMAT: &str = "tillsyn-audit-1";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Begin {
    r#type: String,
    format: String,
    /// The position before the first, with its hash.
    after: i64,
    previous_hash: String,
    /// Position of the checkpoint before; null in the middle of a trail.
    checkpoint: Option<i64>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CertificateLine {
    r#type: String,
    authority_id: String,
    pem: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EventLine {
    r#type: String,
    position: i64,
    hash: String,
    id: String,
    at: i64,
    actor_kind: String,
    actor_id: String,
    action: String,
    object_kind: String,
    object_id: String,
    org_unit_id: String,
    result: String,
    details: Box<RawValue>,
    request_id: Option<String>,
    address_hash: Option<String>,
    address: Option<String>,
    address_salt: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SealedLine {
    r#type: String,
    position: i64,
    hash: String,
    digest: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CheckpointLine {
    r#type: String,
    position: i64,
    hash: String,
    previous: i64,
    created_at: i64,
    authority_id: String,
    signature: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EndLine {
    r#type: String,
    position: i64,
    hash: String,
    /// Position of the last checkpoint in the file.
    checkpoint: Option<i64>,
}

#[derive(Deserialize)]
struct Any {
    r#type: String,
}

fn write(out: &mut String, line: &impl Serialize) {
    // None of these can fail: there are no maps with odd keys.
    if let Ok(text) = serde_json::to_string(line) {
        out.push_str(&text);
        out.push('\n');
    }
}

pub(crate) fn write_begin(out: &mut String, start: &Start) {
    let line = Begin {
        r#type: "trail".to_owned(),
        format: FORMAT.to_owned(),
        after: start.position,
        previous_hash: start.hash.clone(),
        checkpoint: start.checkpoint,
    };
    write(out, &line);
}

pub(crate) fn write_certificate(out: &mut String, authority_id: &str, certificate: &Certificate) {
    let line = CertificateLine {
        r#type: "certificate".to_owned(),
        authority_id: authority_id.to_owned(),
        pem: certificate.to_pem(),
    };
    write(out, &line);
}

/// An entry with its event, or with its digest alone where the event is not for the reader.
pub(crate) fn write_entry(out: &mut String, entry: &Entry, shown: bool) {
    let Body::Event(record) = &entry.body else {
        return;
    };
    if !shown {
        let line = SealedLine {
            r#type: "sealed".to_owned(),
            position: entry.position,
            hash: entry.hash.clone(),
            digest: hash::hex(&record.digest()),
        };
        write(out, &line);
        return;
    }
    let (salt, address) = match &entry.identity {
        Some((salt, address)) => (Some(salt.clone()), Some(address.clone())),
        None => (None, record.address.clone()),
    };
    // What is no JSON was tampered with; as a text it is told so by whoever verifies.
    let Some(details) = RawValue::from_string(record.details.clone())
        .ok()
        .or_else(|| {
            RawValue::from_string(serde_json::Value::from(record.details.as_str()).to_string()).ok()
        })
    else {
        return;
    };
    let line = EventLine {
        r#type: "event".to_owned(),
        position: entry.position,
        hash: entry.hash.clone(),
        id: record.id.clone(),
        at: record.at,
        actor_kind: record.actor_kind.clone(),
        actor_id: record.actor_id.clone(),
        action: record.action.clone(),
        object_kind: record.object_kind.clone(),
        object_id: record.object_id.clone(),
        org_unit_id: record.org_unit_id.clone(),
        result: record.result.clone(),
        details,
        request_id: record.request_id.clone(),
        address_hash: record.address_hash.clone(),
        address,
        address_salt: salt,
    };
    write(out, &line);
}

pub(crate) fn write_checkpoint(out: &mut String, checkpoint: &Checkpoint) {
    let line = CheckpointLine {
        r#type: "checkpoint".to_owned(),
        position: checkpoint.position,
        hash: checkpoint.hash.clone(),
        previous: checkpoint.previous,
        created_at: checkpoint.created_at,
        authority_id: checkpoint.authority_id.clone(),
        signature: hash::hex(&checkpoint.signature),
    };
    write(out, &line);
}

pub(crate) fn write_end(out: &mut String, position: i64, hash: &str, checkpoint: Option<i64>) {
    let line = EndLine {
        r#type: "end".to_owned(),
        position,
        hash: hash.to_owned(),
        checkpoint,
    };
    write(out, &line);
}

/// Verifies a file line by line, without a database.
pub struct FileChecker {
    /// Keys given from elsewhere; without any, the file's own certificates are taken.
    trusted: Vec<PublicKey>,
    checker: Option<Checker>,
    own: Vec<(Option<String>, PublicKey)>,
    /// A head that was kept elsewhere.
    head: Option<(i64, String)>,
    start: Option<Start>,
    early: Vec<Finding>,
    line: i64,
    end: Option<EndLine>,
}

impl FileChecker {
    /// `head` is a head that was kept elsewhere.
    pub fn new(trusted: Vec<PublicKey>, head: Option<(i64, String)>) -> Self {
        Self {
            trusted,
            head,
            checker: None,
            own: Vec::new(),
            start: None,
            early: Vec::new(),
            line: 0,
            end: None,
        }
    }

    /// The next line of the file.
    pub fn line(&mut self, text: &str) {
        self.line += 1;
        let line = self.line;
        if self.take(text).is_none() {
            self.note(Finding::Unreadable { line });
        }
    }

    fn note(&mut self, finding: Finding) {
        match &mut self.checker {
            Some(checker) => checker.note(finding),
            None => self.early.push(finding),
        }
    }

    /// `None` when the line is not of the format, or not here.
    fn take(&mut self, text: &str) -> Option<()> {
        if self.end.is_some() {
            return None;
        }
        let kind = serde_json::from_str::<Any>(text).ok()?.r#type;
        match kind.as_str() {
            "trail" => {
                let begin: Begin = serde_json::from_str(text).ok()?;
                if begin.format != FORMAT || self.start.is_some() || self.checker.is_some() {
                    return None;
                }
                self.start = Some(Start {
                    position: begin.after,
                    hash: begin.previous_hash,
                    checkpoint: begin.checkpoint,
                });
            }
            "certificate" => {
                let found: CertificateLine = serde_json::from_str(text).ok()?;
                let certificate = Certificate::from_pem(&found.pem).ok()?;
                if self.checker.is_some() || certificate.to_pem() != found.pem {
                    return None;
                }
                let key = certificate.public_key().clone();
                if !self.trusted.is_empty()
                    && !self.trusted.iter().any(|t| t.spki_der() == key.spki_der())
                {
                    let line = self.line;
                    self.note(Finding::Certificate { line });
                }
                self.own.push((Some(found.authority_id), key));
            }
            "event" => {
                let found: EventLine = serde_json::from_str(text).ok()?;
                self.checker()?.entry(entry_of(found));
            }
            "sealed" => {
                let found: SealedLine = serde_json::from_str(text).ok()?;
                self.checker()?.entry(Entry {
                    position: found.position,
                    hash: found.hash,
                    body: Body::Digest(found.digest),
                    identity: None,
                });
            }
            "checkpoint" => {
                let found: CheckpointLine = serde_json::from_str(text).ok()?;
                let signature = hash::from_hex(&found.signature)?;
                if hash::hex(&signature) != found.signature {
                    return None;
                }
                self.checker()?.checkpoint(&Checkpoint {
                    position: found.position,
                    hash: found.hash,
                    previous: found.previous,
                    created_at: found.created_at,
                    authority_id: found.authority_id,
                    signature,
                });
            }
            "end" => {
                let found: EndLine = serde_json::from_str(text).ok()?;
                self.end = Some(found);
            }
            _ => return None,
        }
        Some(())
    }

    /// The checker, begun with the first entry.
    fn checker(&mut self) -> Option<&mut Checker> {
        if self.checker.is_none() {
            let start = self.start.clone()?;
            let keys = if self.trusted.is_empty() {
                self.own.clone()
            } else {
                self.trusted.iter().map(|key| (None, key.clone())).collect()
            };
            let mut checker = Checker::new(start, keys);
            if let Some(head) = &self.head {
                checker.expect_given(head);
            }
            for finding in self.early.drain(..) {
                checker.note(finding);
            }
            self.checker = Some(checker);
        }
        self.checker.as_mut()
    }

    /// Whether the keys came from the file itself: then it is proven only that it is one piece.
    pub fn trusts_itself(&self) -> bool {
        self.trusted.is_empty()
    }

    /// All lines were read. What no good checkpoint covers can be anybody's: it is named.
    pub fn finish(mut self) -> Verdict {
        let end = self.end.take();
        if self.checker().is_none() {
            let mut verdict = Verdict::default();
            verdict.findings.append(&mut self.early);
            verdict.findings.push(Finding::NoEnd { ends: 0 });
            return verdict;
        }
        let Some(mut checker) = self.checker else {
            return Verdict::default();
        };
        let (position, hash) = (checker.head().0, checker.head().1.to_owned());
        match end {
            None => checker.note(Finding::NoEnd { ends: position }),
            Some(end) if end.position > position => checker.note(Finding::Truncated {
                ends: position,
                head: end.position,
            }),
            Some(end) if end.position != position || end.hash != hash => {
                checker.note(Finding::Head { position });
            }
            Some(end) => checker.expect_checkpoint(end.checkpoint.unwrap_or(0)),
        }
        checker.expect_signed_end();
        checker.finish(0)
    }
}

fn entry_of(line: EventLine) -> Entry {
    let identity = match (&line.address_salt, &line.address) {
        (Some(salt), Some(address)) => Some((salt.clone(), address.clone())),
        // A salt without its address, or the other way round, is not what was written: the address of an
        // older event is part of the event.
        _ => None,
    };
    let address = if identity.is_none() && line.address_salt.is_none() {
        line.address
    } else {
        None
    };
    Entry {
        position: line.position,
        hash: line.hash,
        body: Body::Event(Box::new(Record {
            id: line.id,
            at: line.at,
            actor_kind: line.actor_kind,
            actor_id: line.actor_id,
            address,
            address_hash: line.address_hash,
            action: line.action,
            object_kind: line.object_kind,
            object_id: line.object_id,
            org_unit_id: line.org_unit_id,
            result: line.result,
            details: line.details.get().to_owned(),
            request_id: line.request_id,
        })),
        identity,
    }
}
