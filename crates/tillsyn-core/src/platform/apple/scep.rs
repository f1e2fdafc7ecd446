//! SCEP (RFC 8894): one challenge per profile download, bound to the first key that uses it; subject and
//! extensions are ours. A refusal is HTTP 200 with a CertRep, never a 4xx.

use std::sync::Arc;

use tillsyn_db::Tx;
use tillsyn_pki::envelope::ContentCipher;
use tillsyn_pki::hash;
use tillsyn_pki::issue::CaIdentity;
use tillsyn_pki::scep::{
    self, CertRep, CsrRequest, FailInfo, MessageType, PkiRequest, Transaction,
};

use crate::accounts::{Guesses, blocked, failed, network_of};
use crate::certificates::issue::{self, Issue, Outcome};
use crate::certificates::{self, Method};
use crate::core::Core;
use crate::credentials::{self, NetworkIssue};
use crate::error::{Error, Kind};
use crate::keys::Authorities;

/// Who answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScepAuthority {
    /// Issues the identities of devices.
    Device,
    /// Issues what profiles carry for networks and mail.
    Network,
}

impl ScepAuthority {
    /// By its name in addresses.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "device" => Some(Self::Device),
            "network" => Some(Self::Network),
            _ => None,
        }
    }

    fn ca(self, authorities: &Authorities) -> &CaIdentity {
        match self {
            Self::Device => &authorities.device_ca,
            Self::Network => &authorities.network_ca,
        }
    }

    fn ra(self, authorities: &Authorities) -> &CaIdentity {
        match self {
            Self::Device => &authorities.scep_ra,
            Self::Network => &authorities.network_ra,
        }
    }
}

/// What to put on the wire.
pub enum ScepAnswer {
    /// 200, `application/x-pki-message`.
    Message(Vec<u8>),
    /// 400: this is no CMS message.
    Malformed,
}

/// The text of `GetCACaps`. SHA-1 and 3DES are offered unless the setting says no: old clients send
/// nothing better (sheet A2).
///
/// # Errors
/// Only when the store fails.
pub async fn ca_caps(core: &Core) -> Result<String, Error> {
    let setting = certificates::device_identity(core).await?;
    Ok(scep::ca_caps(setting.scep_legacy))
}

/// Content type and body of `GetCACert`: registration authority first, then the CA.
pub fn ca_certificates(core: &Core, authority: ScepAuthority) -> (&'static str, Vec<u8>) {
    let authorities = core.authorities();
    scep::get_ca_cert(
        &authority.ra(&authorities).certificate,
        &authority.ca(&authorities).certificate,
    )
}

/// Answers one `PKIOperation`.
///
/// # Errors
/// Only when the store fails; the client then tries again.
pub async fn pki_operation(
    core: &Core,
    authority: ScepAuthority,
    message: Vec<u8>,
    address: Option<String>,
) -> Result<ScepAnswer, Error> {
    let authorities = core.authorities();
    let opening = authorities.clone();
    let legacy = certificates::device_identity(core).await?.scep_legacy;
    // Whoever was refused too often is refused before it costs anything.
    let guesser = format!(
        "scep:{}",
        network_of(address.as_deref().unwrap_or("unknown"))
    );
    let is_blocked = is_blocked(core, &guesser).await?;
    // RSA with a private key takes milliseconds: not on the threads that serve everybody.
    let opened = tokio::task::spawn_blocking(move || {
        open(&message, authority.ra(&opening), legacy, is_blocked)
    })
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
            return failure(authority, transaction, info, why, authorities).await;
        }
        Opened::Request(request) => {
            let outcome = match authority {
                ScepAuthority::Device => issue_for(core, &request, &guesser, address).await?,
                ScepAuthority::Network => network(core, &request, &guesser, address).await?,
            };
            (request, outcome)
        }
    };
    match outcome {
        Outcome::Issued(certificate) => {
            let reply = tokio::task::spawn_blocking(move || {
                let ca = authority.ca(&authorities).certificate.clone();
                let chain = [*certificate, ca];
                CertRep::success(&request, &chain, authority.ra(&authorities))
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
                authority,
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
    authority: ScepAuthority,
    transaction: Transaction,
    info: FailInfo,
    why: &'static str,
    authorities: Arc<Authorities>,
) -> Result<ScepAnswer, Error> {
    metrics::counter!("tillsyn_scep_total", "outcome" => "refused").increment(1);
    let reply = tokio::task::spawn_blocking(move || {
        CertRep::failure(&transaction, info, Some(why), authority.ra(&authorities))
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
fn open(message: &[u8], ra: &CaIdentity, legacy: bool, is_blocked: bool) -> Opened {
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
    if is_blocked {
        return refused(FailInfo::BadRequest, TOO_MANY);
    }
    let verified = match request.verify(legacy) {
        Ok(verified) => verified,
        Err(refusal) => return refused(refusal.info, "signature or digest refused"),
    };
    match verified.open(ra) {
        Ok(request) if !legacy && request.cipher() == ContentCipher::DesEde3Cbc => {
            refused(FailInfo::BadAlg, "3DES is switched off")
        }
        Ok(request) => Opened::Request(Box::new(request)),
        Err(refusal) => refused(refusal.info, "content refused"),
    }
}

const TOO_MANY: &str = "too many refused requests";

async fn issue_for(
    core: &Core,
    request: &CsrRequest,
    guesser: &str,
    address: Option<String>,
) -> Result<Outcome, Error> {
    let authorities = core.authorities();
    let now_ms = core.now_ms();
    let challenge_hash = request
        .csr()
        .challenge_password()
        .map(|challenge| hash::sha256_hex(challenge.as_bytes()));
    let signer = request.signer();
    // By the key, not by the name: a former or foreign CA of the same name signs nothing here.
    let ours = signer
        .verify_issued_by(&authorities.device_ca.certificate)
        .is_ok()
        && signer.not_after_ms() > now_ms;
    if request.message_type() == MessageType::RenewalReq && !ours {
        note_refused(core, guesser, None).await?;
        return Ok(Outcome::Refused(
            "renewal not signed by a certificate of ours",
        ));
    }
    let session = challenge_hash
        .as_deref()
        .map(|hash| format!("scep-session:{hash}"));
    // Strangers cost a look-up, not a signature and a turn of the writer.
    if !ours {
        let Some(hash) = challenge_hash.clone() else {
            note_refused(core, guesser, None).await?;
            return Ok(Outcome::Refused("no challenge"));
        };
        let known = core
            .db()
            .read(hash, |tx, hash| {
                Box::pin(async move { issue::find_in(tx, hash, 0).await })
            })
            .await?;
        if known.is_none() {
            note_refused(core, guesser, None).await?;
            return Ok(Outcome::Refused("challenge unknown"));
        }
        if let Some(session) = &session
            && is_blocked(core, session).await?
        {
            return Ok(Outcome::Refused(TOO_MANY));
        }
    }
    let public_key = request.csr().public_key();
    let issue = Issue::prepare(core, public_key, Method::Scep, None, address).await?;
    let asked = Asked {
        issue,
        signer: ours.then(|| signer.sha256_hex()),
        challenge: challenge_hash,
        is_renewal: request.message_type() == MessageType::RenewalReq,
    };
    let outcome = core
        .db()
        .write(asked, |tx, asked| {
            Box::pin(async move { asked.run(tx).await })
        })
        .await?;
    if matches!(outcome, Outcome::Issued(_)) {
        metrics::counter!("tillsyn_scep_total", "outcome" => "issued").increment(1);
    } else {
        note_refused(core, guesser, session).await?;
    }
    Ok(outcome)
}

/// Under the challenge of a delivered profile, and nothing else: what was issued before renews nothing.
async fn network(
    core: &Core,
    request: &CsrRequest,
    guesser: &str,
    address: Option<String>,
) -> Result<Outcome, Error> {
    let challenge = request.csr().challenge_password();
    let Some(hash) = challenge.map(|challenge| hash::sha256_hex(challenge.as_bytes())) else {
        note_refused(core, guesser, None).await?;
        return Ok(Outcome::Refused("no challenge"));
    };
    // Strangers cost a look-up, not a signature and a turn of the writer.
    let names = core
        .db()
        .read(hash.clone(), |tx, hash| {
            Box::pin(async move { credentials::is_known_in(tx, hash).await })
        })
        .await?;
    let Some(names) = names else {
        note_refused(core, guesser, None).await?;
        return Ok(Outcome::Refused("challenge unknown"));
    };
    let session = format!("scep-session:{hash}");
    if is_blocked(core, &session).await? {
        return Ok(Outcome::Refused(TOO_MANY));
    }
    let key = request.csr().public_key();
    let issue = NetworkIssue::prepare(core, key, hash, &names, address).await?;
    let outcome = core
        .db()
        .write(issue, |tx, issue| {
            Box::pin(async move { issue.run(tx).await })
        })
        .await?;
    if matches!(outcome, Outcome::Issued(_)) {
        metrics::counter!("tillsyn_scep_total", "outcome" => "issued").increment(1);
    } else {
        note_refused(core, guesser, Some(session)).await?;
    }
    Ok(outcome)
}

/// Who asks, and with what; the body may run more than once.
struct Asked {
    issue: Issue,
    /// The signer's certificate, when our device CA issued it.
    signer: Option<String>,
    challenge: Option<String>,
    is_renewal: bool,
}

impl Asked {
    async fn run(&self, tx: &Tx) -> Result<Outcome, Error> {
        if let Some(signer) = &self.signer {
            let outcome = self.issue.by_signer(tx, signer).await?;
            // A device that enrolls again may sign with what is left of its old enrollment: then its new
            // challenge counts.
            let stale = matches!(outcome, Outcome::Refused(_)) && !self.is_renewal;
            if !stale || !self.has_unused_challenge(tx).await? {
                return Ok(outcome);
            }
        }
        match &self.challenge {
            Some(challenge) => self.issue.by_secret(tx, challenge).await,
            None => Ok(Outcome::Refused("no challenge")),
        }
    }

    async fn has_unused_challenge(&self, tx: &Tx) -> Result<bool, Error> {
        let Some(challenge) = &self.challenge else {
            return Ok(false);
        };
        let found = issue::find_in(tx, challenge, 0).await?;
        Ok(found.is_some_and(|credential| !credential.spent))
    }
}

async fn is_blocked(core: &Core, subject: &str) -> Result<bool, Error> {
    let input = (subject.to_owned(), core.now_ms());
    let looked = core
        .db()
        .read(input, |tx, (subject, now)| {
            Box::pin(async move { blocked(tx, subject, *now).await })
        })
        .await;
    match looked {
        Ok(()) => Ok(false),
        Err(error) if matches!(error.kind, Kind::TooMany { .. }) => Ok(true),
        Err(error) => Err(error),
    }
}

/// Counts a refusal against the address and, when it has a challenge of ours, against that.
async fn note_refused(core: &Core, guesser: &str, session: Option<String>) -> Result<(), Error> {
    let input = (guesser.to_owned(), session, core.now_ms());
    core.db()
        .write(input, |tx, (guesser, session, now)| {
            Box::pin(async move {
                failed(tx, guesser, Guesses::CERTIFICATES, *now).await?;
                if let Some(session) = session {
                    failed(tx, session, Guesses::CREDENTIAL, *now).await?;
                }
                Ok::<_, Error>(())
            })
        })
        .await
}
