//! Issuing a device certificate, whatever the protocol: who may have one, under which credential, and the
//! issuance record. Subject and extensions are ours; of the request only the key counts (security S33).

use serde_json::{Value as Json, json};
use tillsyn_db::{Tx, args};
use tillsyn_pki::cert::Certificate;
use tillsyn_pki::hash;
use tillsyn_pki::issue::{self, ExtendedKeyUsage, KeyUsage, LeafRequest, San};
use tillsyn_pki::key::{KeyKind, PublicKey};
use tillsyn_pki::oid;

use super::crl::CRL_PATH;
use super::life;
use super::method::Method;
use super::setting::device_identity;
use crate::actor::Actor;
use crate::clock::DAY_MS;
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::new_uuid;
use crate::invitations::attempt::{self, AttemptStatus, cause};
use crate::settings;

/// How many renewals, seen or not, a device may sign for itself within a week: each is a row that stays.
const RENEWALS: i64 = 4;
const RENEWALS_WITHIN_MS: i64 = 7 * DAY_MS;

/// What came of it.
#[derive(Clone)]
pub(crate) enum Outcome {
    Issued(Box<Certificate>),
    /// Why not: for the log, and for the client's owner.
    Refused(&'static str),
}

/// What the transaction needs to issue, prepared outside it. The body may run more than once.
pub(crate) struct Issue {
    /// The new certificate, used unless this is a retry.
    certificate: Certificate,
    record_id: String,
    authority_id: String,
    method: Method,
    /// What Apple said of the device.
    attested: Option<Json>,
    key_sha256: String,
    address: Option<String>,
    /// How long after its delivery a renewal's credential is good.
    delivered_ms: i64,
    now_ms: i64,
}

impl Issue {
    /// Makes the certificate for a key.
    pub(crate) async fn prepare(
        core: &Core,
        public_key: &PublicKey,
        method: Method,
        attested: Option<Json>,
        address: Option<String>,
    ) -> Result<Self, Error> {
        let authorities = core.authorities();
        let now_ms = core.now_ms();
        let organisation = settings::organisation(core).await?.name;
        let record_id = new_uuid(now_ms).to_string();
        let name = format!("urn:tillsyn:issuance:{record_id}");
        let subject = vec![
            (oid::ORGANIZATION, organisation),
            (oid::COMMON_NAME, name.clone()),
        ];
        public_key.check_policy()?;
        let days = core.config().identity_days.min(398);
        let mut request = LeafRequest::new(subject, now_ms, days);
        request.sans = vec![San::Uri(name)];
        if matches!(public_key.kind(), KeyKind::Rsa { .. }) {
            request.key_usage.push(KeyUsage::KeyEncipherment);
        }
        request.extended_key_usage = vec![ExtendedKeyUsage::ClientAuth];
        if device_identity(core).await?.crl_in_certificates {
            request.crl_url = Some(format!("{}{CRL_PATH}", core.config().public_url));
        }
        let certificate = issue::issue_leaf(&authorities.device_ca, public_key, request)?;
        Ok(Self {
            certificate,
            record_id,
            authority_id: authorities.device_ca_id.clone(),
            method,
            attested,
            key_sha256: hash::hex(&public_key.spki_sha256()),
            address,
            delivered_ms: core.config().profile_lifetime_ms,
            now_ms,
        })
    }

    /// Under the credential of a profile: that of an attempt, or of a renewal.
    pub(crate) async fn by_secret(&self, tx: &Tx, secret_hash: &str) -> Result<Outcome, Error> {
        match find_in(tx, secret_hash, self.delivered_ms).await? {
            None => Ok(Outcome::Refused("challenge unknown")),
            Some(Credential { method, renews, .. })
                if method.is_acme() != self.method.is_acme() =>
            {
                if !renews {
                    self.of_another_protocol(tx, secret_hash).await?;
                }
                Ok(Outcome::Refused("credential of another protocol"))
            }
            Some(Credential { renews: false, .. }) => self.first(tx, secret_hash).await,
            Some(Credential { renews: true, .. }) => self.granted(tx, secret_hash).await,
        }
    }

    /// A request signed by the pinned, unrevoked certificate renews that identity only; its challenge may
    /// be used up (sheet A7).
    pub(crate) async fn by_signer(&self, tx: &Tx, signer: &str) -> Result<Outcome, Error> {
        const FIND: &str = "SELECT e.id, e.org_unit_id, e.device_id FROM certificate c \
            JOIN enrollment e ON e.id = c.enrollment_id WHERE c.sha256 = $1 AND c.revoked_at IS NULL \
            AND e.pin_sha256 = c.sha256 AND e.status = 'active' AND e.retired_at IS NULL";
        const TWIN: &str = "SELECT der FROM certificate WHERE enrollment_id = $1 \
            AND purpose = 'renewal' AND key_sha256 = $2 AND revoked_at IS NULL AND sha256 <> $3 \
            ORDER BY created_at DESC LIMIT 1";
        const LATELY: &str = "SELECT count(*) FROM certificate WHERE enrollment_id = $1 \
            AND purpose = 'renewal' AND created_at > $2";
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
            return again(&twin.blob(0)?);
        }
        let since = self.now_ms - RENEWALS_WITHIN_MS;
        let lately = tx
            .fetch_one(LATELY, args![enrollment.as_str(), since])
            .await?;
        // Not in the trail: that would grow with every request as well.
        if lately.i64(0)? >= RENEWALS {
            return Ok(Outcome::Refused("too many renewals lately"));
        }
        self.insert(tx, "renewal", None, Some(&enrollment)).await?;
        let object = row.opt_text(2)?.unwrap_or(enrollment);
        self.record(tx, &object, "device", &row.text(1)?, "renewal")
            .await?;
        Ok(self.issued())
    }

    /// Kept in the story of the attempt; in the trail it would grow with every request.
    async fn of_another_protocol(&self, tx: &Tx, challenge: &str) -> Result<(), Error> {
        const FIND: &str = "SELECT s.attempt_id FROM scep_challenge s JOIN attempt t ON t.id = s.attempt_id \
            WHERE s.challenge_hash = $1 AND COALESCE(t.cause, '') <> $2";
        let cause = cause::REQUEST_REFUSED;
        if let Some(row) = tx.fetch_optional(FIND, args![challenge, cause]).await? {
            let (step, address) = (AttemptStatus::CertificateIssued, self.address.as_deref());
            attempt::fail_in(tx, &row.text(0)?, step, cause, address, self.now_ms).await?;
        }
        Ok(())
    }

    async fn first(&self, tx: &Tx, challenge: &str) -> Result<Outcome, Error> {
        const FIND: &str = "SELECT s.attempt_id, s.expires_at, s.consumed_at, s.voided_at, \
            s.key_sha256, s.certificate_sha256, t.org_unit_id, i.status, i.uses, i.uses_allowed, \
            t.invitation_id FROM scep_challenge s JOIN attempt t ON t.id = s.attempt_id \
            JOIN invitation i ON i.id = t.invitation_id WHERE s.challenge_hash = $1";
        const CONSUME: &str = "UPDATE scep_challenge SET consumed_at = $2, key_sha256 = $3, \
            certificate_sha256 = $4 WHERE challenge_hash = $1";
        const VOID: &str = "UPDATE scep_challenge SET voided_at = $3 WHERE attempt_id = $1 \
            AND challenge_hash <> $2 AND consumed_at IS NULL AND voided_at IS NULL";
        const TAKEN: &str = "SELECT challenge_hash FROM scep_challenge WHERE attempt_id = $1 \
            AND consumed_at IS NOT NULL LIMIT 1";
        let row = tx.fetch_one(FIND, args![challenge]).await?;
        let (attempt_id, unit) = (row.text(0)?, row.text(6)?);
        if row.opt_i64(2)?.is_some() {
            let (key, sha256) = (row.opt_text(4)?, row.opt_text(5)?);
            if let Some(again) = self.same(tx, key.as_deref(), sha256.as_deref()).await? {
                return Ok(again);
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
        self.insert(tx, "enrollment", Some(&attempt_id), None)
            .await?;
        let values = args![
            challenge,
            self.now_ms,
            self.key_sha256.as_str(),
            self.certificate.sha256_hex()
        ];
        tx.execute(CONSUME, values).await?;
        tx.execute(VOID, args![attempt_id.as_str(), challenge, self.now_ms])
            .await?;
        let (step, address) = (AttemptStatus::CertificateIssued, self.address.as_deref());
        attempt::step_in(tx, &attempt_id, step, address, self.now_ms).await?;
        self.record(tx, &attempt_id, "attempt", &unit, "enrollment")
            .await?;
        Ok(self.issued())
    }

    /// Under the credential that a renewed profile carried to a device of ours.
    async fn granted(&self, tx: &Tx, secret_hash: &str) -> Result<Outcome, Error> {
        const FIND: &str = "SELECT g.enrollment_id, g.expires_at, g.consumed_at, g.key_sha256, \
            g.certificate_sha256, c.delivered_at, e.org_unit_id, e.device_id, e.status, p.revoked_at, \
            e.retired_at FROM renewal_grant g JOIN enrollment e ON e.id = g.enrollment_id \
            LEFT JOIN command c ON c.id = g.command_id \
            LEFT JOIN certificate p ON p.sha256 = e.pin_sha256 WHERE g.secret_hash = $1";
        const CONSUME: &str = "UPDATE renewal_grant SET consumed_at = $2, key_sha256 = $3, \
            certificate_sha256 = $4 WHERE secret_hash = $1";
        let row = tx.fetch_one(FIND, args![secret_hash]).await?;
        let (enrollment, unit) = (row.text(0)?, row.text(6)?);
        let object = row.opt_text(7)?.unwrap_or_else(|| enrollment.clone());
        let over = row.opt_i64(9)?.is_some() || row.opt_i64(10)?.is_some();
        if row.text(8)? != "active" || over {
            return Ok(Outcome::Refused("enrollment is over"));
        }
        if row.opt_i64(2)?.is_some() {
            let (key, sha256) = (row.opt_text(3)?, row.opt_text(4)?);
            if let Some(again) = self.same(tx, key.as_deref(), sha256.as_deref()).await? {
                return Ok(again);
            }
            return self
                .refuse_renewal(tx, &object, &unit, cause::CHALLENGE_USED)
                .await;
        }
        // Nobody can know it before the device has fetched it; an hour later nobody should use it.
        let fresh = row
            .opt_i64(5)?
            .is_some_and(|at| self.now_ms < at + self.delivered_ms);
        if !fresh || row.i64(1)? <= self.now_ms {
            return self
                .refuse_renewal(tx, &object, &unit, cause::CHALLENGE_EXPIRED)
                .await;
        }
        self.insert(tx, "renewal", None, Some(&enrollment)).await?;
        let values = args![
            secret_hash,
            self.now_ms,
            self.key_sha256.as_str(),
            self.certificate.sha256_hex()
        ];
        tx.execute(CONSUME, values).await?;
        self.record(tx, &object, "device", &unit, "renewal").await?;
        Ok(self.issued())
    }

    fn issued(&self) -> Outcome {
        Outcome::Issued(Box::new(self.certificate.clone()))
    }

    /// The client did not hear the first answer: the same certificate again, for the same key only.
    async fn same(
        &self,
        tx: &Tx,
        key: Option<&str>,
        sha256: Option<&str>,
    ) -> Result<Option<Outcome>, Error> {
        const STORED: &str = "SELECT der FROM certificate WHERE sha256 = $1 AND revoked_at IS NULL";
        if key != Some(self.key_sha256.as_str()) {
            return Ok(None);
        }
        match tx
            .fetch_optional(STORED, args![sha256.unwrap_or_default()])
            .await?
        {
            Some(row) => again(&row.blob(0)?).map(Some),
            None => Ok(None),
        }
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
        self.record_refused(tx, attempt_id, "attempt", unit, cause)
            .await
    }

    async fn refuse_renewal(
        &self,
        tx: &Tx,
        object: &str,
        unit: &str,
        cause: &'static str,
    ) -> Result<Outcome, Error> {
        self.record_refused(tx, object, "device", unit, cause).await
    }

    async fn record_refused(
        &self,
        tx: &Tx,
        object: &str,
        kind: &'static str,
        unit: &str,
        cause: &'static str,
    ) -> Result<Outcome, Error> {
        let actor = Actor::person(object, self.address.clone());
        let event = NewEvent::done("certificate.issue", kind, object, unit)
            .refused()
            .with(json!({ "cause": cause, "method": self.method }));
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
            purpose, attempt_id, enrollment_id, key_sha256, not_before, not_after, created_at, method, \
            attested, address, renew_at, warn_at) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)";
        let certificate = &self.certificate;
        let (from, to) = (certificate.not_before_ms(), certificate.not_after_ms());
        tx.execute(
            INSERT,
            args![
                certificate.sha256_hex(),
                self.record_id.as_str(),
                certificate.serial_hex(),
                self.authority_id.as_str(),
                certificate.der(),
                purpose,
                attempt_id,
                enrollment_id,
                self.key_sha256.as_str(),
                from,
                to,
                self.now_ms,
                self.method.as_str(),
                self.attested.as_ref().map(Json::to_string),
                self.address.as_deref(),
                life::renew_at(from, to, &certificate.sha256()),
                life::next_warning(from, to, self.now_ms)
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
            "method": self.method,
            "certificate_sha256": self.certificate.sha256_hex(),
            "serial_number": self.certificate.serial_hex(),
        }));
        events::record(tx, &actor, self.now_ms, event).await?;
        Ok(())
    }
}

fn again(der: &[u8]) -> Result<Outcome, Error> {
    Ok(Outcome::Issued(Box::new(Certificate::from_der(der)?)))
}

/// A credential on record, whether or not it may still be used.
#[derive(Clone, Debug)]
pub(crate) struct Credential {
    pub(crate) method: Method,
    /// It renews the identity of an enrollment; else it belongs to an attempt.
    pub(crate) renews: bool,
    /// The attempt or the enrollment.
    pub(crate) owner: String,
    /// It was used or voided.
    pub(crate) spent: bool,
    /// Until when it may be used; a renewal's that nobody has fetched is not good yet.
    pub(crate) until: i64,
}

/// Looks a credential up by the hash of its secret.
pub(crate) async fn find_in(
    tx: &Tx,
    secret_hash: &str,
    delivered_ms: i64,
) -> Result<Option<Credential>, Error> {
    const FIRST: &str = "SELECT method, attempt_id, consumed_at, voided_at, expires_at, expires_at \
        FROM scep_challenge WHERE challenge_hash = $1";
    const RENEWAL: &str = "SELECT g.method, g.enrollment_id, g.consumed_at, g.consumed_at, \
        g.expires_at, c.delivered_at FROM renewal_grant g \
        LEFT JOIN command c ON c.id = g.command_id WHERE g.secret_hash = $1";
    for (sql, renews) in [(FIRST, false), (RENEWAL, true)] {
        if let Some(row) = tx.fetch_optional(sql, args![secret_hash]).await? {
            return Ok(Some(Credential {
                method: Method::parse(&row.text(0)?).unwrap_or(Method::Scep),
                renews,
                owner: row.text(1)?,
                spent: row.opt_i64(2)?.is_some() || row.opt_i64(3)?.is_some(),
                until: if renews {
                    let delivered = row.opt_i64(5)?;
                    delivered.map_or(Ok(0), |at| {
                        Ok::<_, Error>(row.i64(4)?.min(at + delivered_ms))
                    })?
                } else {
                    row.i64(4)?
                },
            }));
        }
    }
    Ok(None)
}

/// Notes at an attempt that its device did not prove what it is.
pub(crate) async fn fail_attempt_in(
    tx: &Tx,
    attempt_id: &str,
    address: Option<&str>,
    now_ms: i64,
) -> Result<(), Error> {
    let step = AttemptStatus::CertificateIssued;
    attempt::fail_in(tx, attempt_id, step, cause::NOT_ATTESTED, address, now_ms).await
}
