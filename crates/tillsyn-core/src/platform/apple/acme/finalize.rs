//! From the CSR to the certificate (RFC 8555 §7.4).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use tillsyn_db::{Tx, args};
use tillsyn_pki::cert::Certificate;
use tillsyn_pki::csr::Csr;
use tillsyn_pki::hash;

use super::order::{self, AcmeOrder, AcmeStatus, Stored};
use super::problem::AcmeError;
use super::request::{AcmePost, by_account};
use crate::certificates::Method;
use crate::certificates::issue::{Issue, Outcome};
use crate::core::Core;
use crate::error::Error;

#[derive(Deserialize)]
struct Wanted {
    csr: String,
}

/// Issues the certificate at once.
///
/// # Errors
/// `badCSR` leaves the order ready; a fault of ours leaves it as it is.
pub async fn finalize(core: &Core, post: &AcmePost<'_>, id: &str) -> Result<AcmeOrder, AcmeError> {
    let (account, verified) = by_account(core, post).await?;
    let stored = order::of_account(core, id, &account).await?;
    match stored.status {
        // The client did not hear the first answer.
        AcmeStatus::Valid => return Ok(stored.view(core.keys(), false)?),
        AcmeStatus::Ready => {}
        AcmeStatus::Pending | AcmeStatus::Invalid => {
            return Err(AcmeError::new(
                "orderNotReady",
                403,
                "The challenge of this order is not met.",
            ));
        }
    }
    let wanted: Wanted = verified.json()?;
    let csr = read(&wanted.csr, stored.key_sha256.as_deref())?;
    let method = if stored.attested.is_some() {
        Method::AcmeAttested
    } else {
        Method::Acme
    };
    let facts = stored
        .attested
        .as_deref()
        .and_then(|text| serde_json::from_str(text).ok());
    let issue = Issue::prepare(core, csr.public_key(), method, facts, post.address.clone()).await?;
    let now_ms = core.now_ms();
    let outcome = core
        .db()
        .write((issue, stored, now_ms), |tx, (issue, stored, now)| {
            Box::pin(async move { settle(tx, issue, stored, *now).await })
        })
        .await?;
    let label = match outcome.status {
        AcmeStatus::Valid => "issued",
        _ => "refused",
    };
    metrics::counter!("tillsyn_acme_total", "outcome" => label).increment(1);
    Ok(outcome.view(core.keys(), false)?)
}

/// A CSR whose own signature and key are good, for the attested key where there is one.
fn read(text: &str, attested_key: Option<&str>) -> Result<Csr, AcmeError> {
    let der = URL_SAFE_NO_PAD
        .decode(text.trim_end_matches('='))
        .map_err(|_| AcmeError::bad_csr("The CSR is not base64url."))?;
    let csr = Csr::from_der(&der)
        .map_err(|error| AcmeError::bad_csr(format!("The CSR cannot be read: {error}.")))?;
    csr.check_key_policy()
        .and_then(|()| csr.verify())
        .map_err(|error| AcmeError::bad_csr(format!("The CSR is refused: {error}.")))?;
    let key = hash::hex(&csr.public_key().spki_sha256());
    if attested_key.is_some_and(|attested| attested != key) {
        return Err(AcmeError::bad_csr(
            "The CSR is for another key than the attestation.",
        ));
    }
    Ok(csr)
}

async fn settle(tx: &Tx, issue: &Issue, stored: &Stored, now_ms: i64) -> Result<Stored, Error> {
    const VALID: &str = "UPDATE acme_order SET status = 'valid', certificate_sha256 = $2 \
        WHERE id = $1 AND status = 'ready'";
    const INVALID: &str = "UPDATE acme_order SET status = 'invalid', problem = $2 \
        WHERE id = $1 AND status = 'ready'";
    let id = stored.id.as_str();
    let find = async || {
        order::find_in(tx, id, now_ms)
            .await?
            .ok_or_else(|| Error::internal("An order vanished."))
    };
    // Another finalization of the same order may have been faster.
    let now = find().await?;
    if now.status != AcmeStatus::Ready {
        return Ok(now);
    }
    match issue.by_secret(tx, &stored.secret_hash).await? {
        Outcome::Issued(certificate) => {
            tx.execute(VALID, args![id, certificate.sha256_hex()])
                .await?;
        }
        Outcome::Refused(why) => {
            tracing::warn!(reason = why, "an ACME order is refused");
            tx.execute(INVALID, args![id, why]).await?;
        }
    }
    find().await
}

/// The issued certificate and its issuer, PEM.
///
/// # Errors
/// A problem for the client, or a fault of ours.
pub async fn certificate_chain(
    core: &Core,
    post: &AcmePost<'_>,
    id: &str,
) -> Result<String, AcmeError> {
    const FIND: &str = "SELECT der FROM certificate WHERE sha256 = $1";
    let (account, _) = by_account(core, post).await?;
    let stored = order::of_account(core, id, &account).await?;
    let none = || AcmeError::new("malformed", 404, "There is no certificate yet.");
    let sha256 = stored.certificate_sha256.ok_or_else(none)?;
    let row = core
        .db()
        .query_optional(FIND, args![sha256])
        .await?
        .ok_or_else(none)?;
    let leaf = Certificate::from_der(&row.blob(0)?)?;
    let issuer = &core.authorities().device_ca.certificate;
    Ok(format!("{}{}", leaf.to_pem(), issuer.to_pem()))
}
