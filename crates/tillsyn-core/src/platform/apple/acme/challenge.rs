//! `device-attest-01`: what Apple says about the device and its key, and whether that is the device we
//! expect (sheet B3). Attestation proves a genuine device, not that it is ours: the identifier does that.

use serde::Deserialize;
use serde_json::{Value as Json, json};
use tillsyn_db::{Tx, args};
use tillsyn_pki::attestation::{self, Attested, SecureBoot, Statement};
use tillsyn_pki::hash;

use super::anchors::anchors;
use super::order::{self, AcmeOrder, AcmeStatus, Stored};
use super::problem::AcmeError;
use super::request::{AcmePost, Verified, by_account};
use crate::actor::Actor;
use crate::certificates::{device_identity, issue};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::platform::apple::authenticate;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Response {
    #[serde(rename = "attObj")]
    att_obj: Option<String>,
    error: Option<Json>,
}

/// Takes the device's statement, or shows the challenge when there is none in the request.
///
/// # Errors
/// A problem for the client; a fault of ours, which leaves the challenge pending.
pub async fn answer_challenge(
    core: &Core,
    post: &AcmePost<'_>,
    id: &str,
) -> Result<AcmeOrder, AcmeError> {
    let (account, verified) = by_account(core, post).await?;
    let stored = order::of_account(core, id, &account).await?;
    if verified.is_get() || stored.status != AcmeStatus::Pending {
        return Ok(stored.view(core.keys(), false)?);
    }
    let judged = judge(core, &stored, &verified).await?;
    let settle = Settle {
        order: stored,
        judged,
        allow_unattested: device_identity(core).await?.allow_unattested,
        delivered_ms: core.config().profile_lifetime_ms,
        address: post.address.clone(),
        now_ms: core.now_ms(),
    };
    let settled = core
        .db()
        .write(settle, |tx, settle| {
            Box::pin(async move { settle.run(tx).await })
        })
        .await?;
    Ok(settled.view(core.keys(), false)?)
}

/// What the statement is worth by itself.
#[derive(Clone)]
enum Judged {
    Attested {
        facts: Json,
        key_sha256: String,
        serial: Option<String>,
    },
    /// The device says nothing of itself.
    Unattested,
    Refused(&'static str),
}

async fn judge(core: &Core, order: &Stored, verified: &Verified) -> Result<Judged, AcmeError> {
    let response: Response = verified.json()?;
    if response.error.is_some() {
        // It could not do what it was asked: that is no statement of a device that cannot attest.
        return Ok(Judged::Refused("device_error"));
    }
    let statement = match response.att_obj.as_deref() {
        None => Statement::Absent,
        Some(text) => match attestation::parse_object_text(text) {
            Ok(statement) => statement,
            Err(error) => {
                tracing::warn!(error = %error, "an attestation cannot be read");
                return Ok(Judged::Refused("malformed"));
            }
        },
    };
    let Statement::Apple { x5c } = statement else {
        return Ok(Judged::Unattested);
    };
    let roots = anchors(core).await?;
    let (now_ms, token) = (core.now_ms(), order.token.clone());
    let checked = tokio::task::spawn_blocking(move || {
        let attested = attestation::verify(&x5c, &roots, now_ms)?;
        attested.check_token(&token)?;
        Ok::<_, attestation::AttestationError>(attested)
    })
    .await
    .map_err(|error| Error::internal("An attestation was interrupted.").caused_by(error))?;
    Ok(match checked {
        Ok(attested) => Judged::Attested {
            facts: facts(&attested),
            key_sha256: hash::hex(&attested.spki_sha256),
            serial: attested.serial_number,
        },
        Err(error) => {
            tracing::warn!(error = %error, "an attestation is refused");
            Judged::Refused(code(&error))
        }
    })
}

/// Why an attestation is refused, for the trail.
fn code(error: &attestation::AttestationError) -> &'static str {
    use attestation::AttestationError as E;
    match error {
        E::FreshnessMissing => "freshness_missing",
        E::FreshnessDiffers => "freshness_differs",
        E::Untrusted(_) => "untrusted",
        _ => "malformed",
    }
}

/// What is kept of an attestation; a property that Apple did not tell is missing.
fn facts(attested: &Attested) -> Json {
    let secure_boot = attested.secure_boot.map(|boot| match boot {
        SecureBoot::Full => "full",
        SecureBoot::Reduced => "reduced",
        SecureBoot::Permissive => "permissive",
    });
    let mut facts = json!({
        "serial_number": attested.serial_number,
        "udid": attested.udid,
        "software_update_device_id": attested.software_update_device_id,
        "os_version": attested.os_version,
        "sep_os_version": attested.sep_os_version,
        "llb_version": attested.llb_version,
        "sip_enabled": attested.sip_enabled,
        "secure_boot": secure_boot,
        "kexts_allowed": attested.kexts_allowed,
        "made_at": attested.made_at_ms,
    });
    if let Some(map) = facts.as_object_mut() {
        map.retain(|_, value| !value.is_null());
    }
    facts
}

/// Challenge, authorization and order are settled in one transaction; the body may run more than once.
struct Settle {
    order: Stored,
    judged: Judged,
    allow_unattested: bool,
    delivered_ms: i64,
    address: Option<String>,
    now_ms: i64,
}

impl Settle {
    async fn run(&self, tx: &Tx) -> Result<Stored, Error> {
        const READY: &str = "UPDATE acme_order SET status = 'ready', answered_at = $2, attested = $3, \
            key_sha256 = $4 WHERE id = $1 AND status = 'pending'";
        const INVALID: &str = "UPDATE acme_order SET status = 'invalid', answered_at = $2, \
            problem = $3 WHERE id = $1 AND status = 'pending'";
        let id = self.order.id.as_str();
        if let Some(why) = self.refusal(tx).await? {
            if tx.execute(INVALID, args![id, self.now_ms, why]).await? == 1 {
                self.record_refused(tx, why).await?;
            }
        } else {
            let (facts, key) = match &self.judged {
                Judged::Attested {
                    facts, key_sha256, ..
                } => (Some(facts.to_string()), Some(key_sha256.as_str())),
                _ => (None, None),
            };
            tx.execute(READY, args![id, self.now_ms, facts, key])
                .await?;
        }
        order::find_in(tx, id, self.now_ms)
            .await?
            .ok_or_else(|| Error::internal("An order vanished."))
    }

    async fn refusal(&self, tx: &Tx) -> Result<Option<&'static str>, Error> {
        match &self.judged {
            Judged::Refused(why) => Ok(Some(*why)),
            Judged::Unattested if self.allow_unattested => Ok(None),
            Judged::Unattested => Ok(Some("not_attested")),
            Judged::Attested {
                key_sha256, serial, ..
            } => {
                if self.is_known_key(tx, key_sha256).await? {
                    return Ok(Some("key_seen_before"));
                }
                let fits = self.fits(tx, serial.as_deref()).await?;
                Ok((!fits).then_some("another_device"))
            }
        }
    }

    /// Each attestation is for a new key.
    async fn is_known_key(&self, tx: &Tx, key: &str) -> Result<bool, Error> {
        const SEEN: &str = "SELECT id FROM certificate WHERE key_sha256 = $1 \
            UNION ALL SELECT id FROM acme_order WHERE key_sha256 = $1 AND id <> $2";
        let found = tx
            .fetch_optional(SEEN, args![key, self.order.id.as_str()])
            .await?;
        Ok(found.is_some())
    }

    /// Whether the attested device is the one that this identifier was made for: the known device of a
    /// renewal; in a first enrollment, whichever device the invitation reaches.
    async fn fits(&self, tx: &Tx, serial: Option<&str>) -> Result<bool, Error> {
        const KNOWN: &str = "SELECT d.serial_number FROM enrollment e \
            JOIN device d ON d.id = e.device_id WHERE e.id = $1";
        let secret = &self.order.secret_hash;
        let Some(credential) = issue::find_in(tx, secret, self.delivered_ms).await? else {
            return Ok(false);
        };
        if !credential.renews {
            return authenticate::reaches(tx, &credential.owner, serial, None).await;
        }
        let row = tx
            .fetch_optional(KNOWN, args![credential.owner.as_str()])
            .await?;
        let known = row.map(|row| row.opt_text(0)).transpose()?.flatten();
        Ok(match (known.as_deref(), serial) {
            (Some(known), Some(attested)) => known == attested,
            // A user enrollment tells no serial number, to us or to Apple's statement.
            (None, _) => true,
            (Some(_), None) => self.allow_unattested,
        })
    }

    async fn record_refused(&self, tx: &Tx, why: &'static str) -> Result<(), Error> {
        const UNIT: &str = "SELECT org_unit_id, device_id FROM enrollment WHERE id = $1";
        const ATTEMPT: &str = "SELECT org_unit_id, id FROM attempt WHERE id = $1";
        let secret = &self.order.secret_hash;
        let Some(credential) = issue::find_in(tx, secret, self.delivered_ms).await? else {
            return Ok(());
        };
        let (sql, kind) = if credential.renews {
            (UNIT, "device")
        } else {
            (ATTEMPT, "attempt")
        };
        let Some(row) = tx
            .fetch_optional(sql, args![credential.owner.as_str()])
            .await?
        else {
            return Ok(());
        };
        let (unit, object) = (row.text(0)?, row.opt_text(1)?.unwrap_or_default());
        if !credential.renews {
            issue::fail_attempt_in(tx, &object, self.address.as_deref(), self.now_ms).await?;
        }
        let actor = Actor::person(&object, self.address.clone());
        let event = NewEvent::done("certificate.attest", kind, &object, &unit)
            .refused()
            .with(json!({ "cause": why }));
        events::record(tx, &actor, self.now_ms, event).await?;
        Ok(())
    }
}
