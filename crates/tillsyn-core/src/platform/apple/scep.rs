//! SCEP (RFC 8894): one challenge per profile download, bound to the first key that uses it; subject and
//! extensions are ours. A refusal is HTTP 200 with a CertRep, never a 4xx.

use std::sync::Arc;

use serde_json::json;
use tillsyn_db::{Tx, args};
use tillsyn_pki::cert::Certificate;
use tillsyn_pki::hash;
use tillsyn_pki::issue::{self, DeviceSubject, San};
use tillsyn_pki::scep::{
    self, CertRep, CsrRequest, FailInfo, MessageType, PkiRequest, Transaction,
};

use crate::actor::Actor;
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::new_uuid;
use crate::invitations::attempt::{self, AttemptStatus, cause};
use crate::keys::Authorities;
use crate::settings;

/// What to put on the wire.
pub enum ScepAnswer {
    /// 200, `application/x-pki-message`.
    Message(Vec<u8>),
    /// 400: this is no CMS message.
    Malformed,
}

/// The text of `GetCACaps`. SHA-1 and 3DES are offered: old clients send nothing better (sheet A2).
pub fn ca_caps() -> String {
    scep::ca_caps(true)
}

/// Content type and body of `GetCACert`: registration authority first, then the CA.
pub fn ca_certificates(core: &Core) -> (&'static str, Vec<u8>) {
    let authorities = core.authorities();
    scep::get_ca_cert(
        &authorities.scep_ra.certificate,
        &authorities.device_ca.certificate,
    )
}

/// Answers one `PKIOperation`.
///
/// # Errors
/// Only when the store fails; the client then tries again.
pub async fn pki_operation(
    core: &Core,
    message: Vec<u8>,
    address: Option<String>,
) -> Result<ScepAnswer, Error> {
    let authorities = core.authorities();
    let opening = authorities.clone();
    // RSA with a private key takes milliseconds: not on the threads that serve everybody.
    let opened = tokio::task::spawn_blocking(move || open(&message, &opening))
        .await
        .map_err(|error| Error::internal("A SCEP message was interrupted.").caused_by(error))?;
    let (request, outcome) = match opened {
        Opened::Malformed => return Ok(ScepAnswer::Malformed),
        Opened::Refused {
            transaction,
            info,
            why,
        } => {
            tracing::warn!(reason = why, "SCEP request refused");
            return failure(transaction, info, why, authorities).await;
        }
        Opened::Request(request) => {
            let outcome = issue_for(core, &request, address).await?;
            (request, outcome)
        }
    };
    match outcome {
        Outcome::Issued(certificate) => {
            let reply = tokio::task::spawn_blocking(move || {
                let chain = [*certificate, authorities.device_ca.certificate.clone()];
                CertRep::success(&request, &chain, &authorities.scep_ra)
            })
            .await
            .map_err(|error| {
                Error::internal("A SCEP answer was interrupted.").caused_by(error)
            })??;
            Ok(ScepAnswer::Message(reply))
        }
        Outcome::Refused(why) => {
            tracing::warn!(reason = why, "SCEP request refused");
            failure(
                request.transaction().clone(),
                FailInfo::BadRequest,
                why,
                authorities,
            )
            .await
        }
    }
}

async fn failure(
    transaction: Transaction,
    info: FailInfo,
    why: &'static str,
    authorities: Arc<Authorities>,
) -> Result<ScepAnswer, Error> {
    metrics::counter!("tillsyn_scep_total", "outcome" => "refused").increment(1);
    let reply = tokio::task::spawn_blocking(move || {
        CertRep::failure(&transaction, info, Some(why), &authorities.scep_ra)
    })
    .await
    .map_err(|error| Error::internal("A SCEP answer was interrupted.").caused_by(error))??;
    Ok(ScepAnswer::Message(reply))
}

enum Opened {
    Malformed,
    Refused {
        transaction: Transaction,
        info: FailInfo,
        why: &'static str,
    },
    Request(Box<CsrRequest>),
}

/// Parse, allowlist of message types, signature, decryption, CSR: in the order of sheet A4.
fn open(message: &[u8], authorities: &Authorities) -> Opened {
    let Ok(request) = PkiRequest::parse(message) else {
        return Opened::Malformed;
    };
    let refused = |info, why| Opened::Refused {
        transaction: request.transaction().clone(),
        info,
        why,
    };
    if !matches!(
        request.message_type(),
        MessageType::PkcsReq | MessageType::RenewalReq
    ) {
        return refused(FailInfo::BadRequest, "message type not served");
    }
    let verified = match request.verify(true) {
        Ok(verified) => verified,
        Err(refusal) => return refused(refusal.info, "signature or digest refused"),
    };
    match verified.open(&authorities.scep_ra) {
        Ok(request) => Opened::Request(Box::new(request)),
        Err(refusal) => refused(refusal.info, "content refused"),
    }
}

enum Outcome {
    Issued(Box<Certificate>),
    Refused(&'static str),
}

/// What the transaction needs to issue, prepared outside it.
struct Issue {
    /// The new certificate, used unless this is a retry.
    certificate: Certificate,
    record_id: String,
    authority_id: String,
    challenge_hash: Option<String>,
    key_sha256: String,
    /// The signer's certificate, when our device CA issued it: perhaps a renewal.
    signer_sha256: Option<String>,
    address: Option<String>,
    now_ms: i64,
}

async fn issue_for(
    core: &Core,
    request: &CsrRequest,
    address: Option<String>,
) -> Result<Outcome, Error> {
    let authorities = core.authorities();
    let now_ms = core.now_ms();
    let challenge_hash = request
        .csr()
        .challenge_password()
        .map(|challenge| hash::sha256_hex(challenge.as_bytes()));
    let signer = request.signer();
    let ours = signer
        .verify_issued_by(&authorities.device_ca.certificate)
        .is_ok()
        && signer.not_after_ms() > now_ms;
    if request.message_type() == MessageType::RenewalReq && !ours {
        return Ok(Outcome::Refused(
            "renewal not signed by a certificate of ours",
        ));
    }
    // Strangers cost a look-up, not a signature and a turn of the writer.
    if !ours && !is_known(core, challenge_hash.as_deref()).await? {
        return Ok(Outcome::Refused("challenge unknown"));
    }
    let organisation = settings::organisation(core).await?.name;
    let record_id = new_uuid(now_ms).to_string();
    let public_key = request.csr().public_key();
    let name = format!("urn:tillsyn:issuance:{record_id}");
    let subject = DeviceSubject {
        cn: name.clone(),
        org: organisation,
    };
    let certificate = issue::issue_device_certificate(
        &authorities.device_ca,
        public_key,
        &subject,
        &[San::Uri(name)],
        now_ms,
        core.config().identity_days.min(398),
    )?;
    let issue = Issue {
        certificate,
        record_id,
        authority_id: authorities.device_ca_id.clone(),
        challenge_hash,
        key_sha256: hash::hex(&public_key.spki_sha256()),
        signer_sha256: ours.then(|| signer.sha256_hex()),
        address,
        now_ms,
    };
    let outcome = core
        .db()
        .write(issue, |tx, issue| {
            Box::pin(async move { issue.run(tx).await })
        })
        .await?;
    if matches!(outcome, Outcome::Issued(_)) {
        metrics::counter!("tillsyn_scep_total", "outcome" => "issued").increment(1);
    }
    Ok(outcome)
}

async fn is_known(core: &Core, challenge_hash: Option<&str>) -> Result<bool, Error> {
    const FIND: &str = "SELECT attempt_id FROM scep_challenge WHERE challenge_hash = $1";
    let Some(hash) = challenge_hash else {
        return Ok(false);
    };
    Ok(core.db().query_optional(FIND, args![hash]).await?.is_some())
}

impl Issue {
    async fn run(&self, tx: &Tx) -> Result<Outcome, Error> {
        match &self.signer_sha256 {
            Some(signer) => self.renew(tx, signer).await,
            None => self.first(tx).await,
        }
    }

    /// A PKCSReq or RenewalReq signed by the pinned, unrevoked certificate renews that identity only;
    /// its challenge may be used up (sheet A7).
    async fn renew(&self, tx: &Tx, signer: &str) -> Result<Outcome, Error> {
        const FIND: &str = "SELECT e.id, e.org_unit_id, e.device_id FROM certificate c \
            JOIN enrollment e ON e.id = c.enrollment_id WHERE c.sha256 = $1 AND c.revoked_at IS NULL \
            AND e.pin_sha256 = c.sha256 AND e.status = 'active'";
        const TWIN: &str = "SELECT der FROM certificate WHERE enrollment_id = $1 \
            AND purpose = 'renewal' AND key_sha256 = $2 AND revoked_at IS NULL AND sha256 <> $3 \
            ORDER BY created_at DESC LIMIT 1";
        let Some(row) = tx.fetch_optional(FIND, args![signer]).await? else {
            return Ok(Outcome::Refused(
                "renewal by a certificate that is not in use",
            ));
        };
        let enrollment = row.text(0)?;
        let twin = tx
            .fetch_optional(
                TWIN,
                args![enrollment.as_str(), self.key_sha256.as_str(), signer],
            )
            .await?;
        if let Some(twin) = twin {
            return Ok(Outcome::Issued(Box::new(Certificate::from_der(
                &twin.blob(0)?,
            )?)));
        }
        self.insert(tx, "renewal", None, Some(&enrollment)).await?;
        let object = row.opt_text(2)?.unwrap_or(enrollment);
        self.record(tx, &object, "device", &row.text(1)?, "renewal")
            .await?;
        Ok(Outcome::Issued(Box::new(self.certificate.clone())))
    }

    async fn first(&self, tx: &Tx) -> Result<Outcome, Error> {
        const FIND: &str = "SELECT s.attempt_id, s.expires_at, s.consumed_at, s.voided_at, \
            s.key_sha256, s.certificate_sha256, t.org_unit_id, i.status, i.uses, i.uses_allowed, \
            t.invitation_id FROM scep_challenge s JOIN attempt t ON t.id = s.attempt_id \
            JOIN invitation i ON i.id = t.invitation_id WHERE s.challenge_hash = $1";
        const STORED: &str = "SELECT der, revoked_at FROM certificate WHERE sha256 = $1";
        const CONSUME: &str = "UPDATE scep_challenge SET consumed_at = $2, key_sha256 = $3, \
            certificate_sha256 = $4 WHERE challenge_hash = $1";
        const VOID: &str = "UPDATE scep_challenge SET voided_at = $3 WHERE attempt_id = $1 \
            AND challenge_hash <> $2 AND consumed_at IS NULL AND voided_at IS NULL";
        const TAKEN: &str = "SELECT challenge_hash FROM scep_challenge WHERE attempt_id = $1 \
            AND consumed_at IS NOT NULL LIMIT 1";
        let Some(challenge) = &self.challenge_hash else {
            return Ok(Outcome::Refused("no challenge"));
        };
        let Some(row) = tx.fetch_optional(FIND, args![challenge.as_str()]).await? else {
            return Ok(Outcome::Refused("challenge unknown"));
        };
        let (attempt_id, unit) = (row.text(0)?, row.text(6)?);
        if row.opt_i64(2)?.is_some() {
            if row.opt_text(4)?.as_deref() == Some(self.key_sha256.as_str())
                && let Some(stored) = tx
                    .fetch_optional(STORED, args![row.opt_text(5)?.unwrap_or_default()])
                    .await?
                && stored.opt_i64(1)?.is_none()
            {
                // The client did not hear the first answer: the same certificate again.
                return Ok(Outcome::Issued(Box::new(Certificate::from_der(
                    &stored.blob(0)?,
                )?)));
            }
            return self
                .refuse(tx, &attempt_id, &unit, cause::CHALLENGE_USED)
                .await;
        }
        // A download after the first certificate has a challenge that nothing could void in time.
        let taken = tx.fetch_optional(TAKEN, args![attempt_id.as_str()]).await?;
        if row.opt_i64(3)?.is_some() || taken.is_some() {
            return self
                .refuse(tx, &attempt_id, &unit, cause::CHALLENGE_USED)
                .await;
        }
        if row.i64(1)? <= self.now_ms {
            return self
                .refuse(tx, &attempt_id, &unit, cause::CHALLENGE_EXPIRED)
                .await;
        }
        if row.text(7)? == "revoked" || row.i64(8)? >= row.i64(9)? {
            return self
                .refuse(tx, &attempt_id, &unit, cause::INVITATION_USED)
                .await;
        }
        let sha256 = self.certificate.sha256_hex();
        self.insert(tx, "enrollment", Some(&attempt_id), None)
            .await?;
        let values = args![
            challenge.as_str(),
            self.now_ms,
            self.key_sha256.as_str(),
            sha256
        ];
        tx.execute(CONSUME, values).await?;
        tx.execute(
            VOID,
            args![attempt_id.as_str(), challenge.as_str(), self.now_ms],
        )
        .await?;
        let (step, address) = (AttemptStatus::CertificateIssued, self.address.as_deref());
        attempt::step_in(tx, &attempt_id, step, address, self.now_ms).await?;
        self.record(tx, &attempt_id, "attempt", &unit, "enrollment")
            .await?;
        Ok(Outcome::Issued(Box::new(self.certificate.clone())))
    }

    async fn refuse(
        &self,
        tx: &Tx,
        attempt_id: &str,
        unit: &str,
        cause: &'static str,
    ) -> Result<Outcome, Error> {
        let (step, address) = (AttemptStatus::CertificateIssued, self.address.as_deref());
        attempt::fail_in(tx, attempt_id, step, cause, address, self.now_ms).await?;
        let actor = Actor::person(attempt_id, self.address.clone());
        let event = NewEvent::done("certificate.issue", "attempt", attempt_id, unit)
            .refused()
            .with(json!({ "cause": cause }));
        events::record(tx, &actor, self.now_ms, event).await?;
        Ok(Outcome::Refused(cause))
    }

    async fn insert(
        &self,
        tx: &Tx,
        purpose: &'static str,
        attempt_id: Option<&str>,
        enrollment_id: Option<&str>,
    ) -> Result<(), Error> {
        const INSERT: &str = "INSERT INTO certificate (sha256, id, serial_number, authority_id, der, \
            purpose, attempt_id, enrollment_id, key_sha256, not_before, not_after, created_at) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
        tx.execute(
            INSERT,
            args![
                self.certificate.sha256_hex(),
                self.record_id.as_str(),
                self.certificate.serial_hex(),
                self.authority_id.as_str(),
                self.certificate.der(),
                purpose,
                attempt_id,
                enrollment_id,
                self.key_sha256.as_str(),
                self.certificate.not_before_ms(),
                self.certificate.not_after_ms(),
                self.now_ms
            ],
        )
        .await?;
        Ok(())
    }

    async fn record(
        &self,
        tx: &Tx,
        object: &str,
        kind: &'static str,
        unit: &str,
        purpose: &'static str,
    ) -> Result<(), Error> {
        let actor = Actor::person(object, self.address.clone());
        let event = NewEvent::done("certificate.issue", kind, object, unit).with(json!({
            "purpose": purpose,
            "certificate_sha256": self.certificate.sha256_hex(),
            "serial_number": self.certificate.serial_hex(),
        }));
        events::record(tx, &actor, self.now_ms, event).await?;
        Ok(())
    }
}
