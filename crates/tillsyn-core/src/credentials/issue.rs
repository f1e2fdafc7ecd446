//! Issuing a certificate of the network authority under the challenge of a delivered profile.

use serde::{Deserialize, Serialize};
use serde_json::json;
use tillsyn_db::{Row, Tx, args};
use tillsyn_pki::cert::Certificate;
use tillsyn_pki::hash;
use tillsyn_pki::issue::{self, ExtendedKeyUsage, KeyUsage, LeafRequest, San};
use tillsyn_pki::key::{KeyKind, PublicKey};
use tillsyn_pki::oid::{self, Oid};

use super::authority::CRL_PATH;
use crate::actor::Actor;
use crate::certificates::issue::Outcome;
use crate::certificates::{device_identity, life};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};

/// Whom a certificate names, as the payload that was sent said it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Names {
    pub(crate) subject: Vec<(String, String)>,
    pub(crate) emails: Vec<String>,
    pub(crate) dns_names: Vec<String>,
    pub(crate) uris: Vec<String>,
    pub(crate) principal_names: Vec<String>,
}

/// The attributes that a subject may have; others are left out.
fn attribute(name: &str, value: &str) -> Option<Oid> {
    let is_ascii = value.is_ascii();
    Some(match name.to_ascii_uppercase().as_str() {
        "CN" | "2.5.4.3" => oid::COMMON_NAME,
        "O" | "2.5.4.10" => oid::ORGANIZATION,
        "OU" | "2.5.4.11" => oid::ORGANIZATIONAL_UNIT,
        "L" | "2.5.4.7" => oid::LOCALITY,
        "ST" | "2.5.4.8" => oid::STATE,
        "C" | "2.5.4.6" if is_ascii && value.len() == 2 => oid::COUNTRY,
        "SERIALNUMBER" | "2.5.4.5" if is_ascii => oid::SERIAL_NUMBER,
        "UID" | "0.9.2342.19200300.100.1.1" => oid::USER_ID,
        "E" | "EMAIL" | "EMAILADDRESS" | "1.2.840.113549.1.9.1" if is_ascii => oid::EMAIL_ADDRESS,
        _ => return None,
    })
}

impl Names {
    /// Without any usable name it bears `fallback`.
    fn subject(&self, fallback: &str) -> Vec<(Oid, String)> {
        let mut subject: Vec<_> = self
            .subject
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .filter_map(|(name, value)| Some((attribute(name, value)?, value.clone())))
            .collect();
        if subject.is_empty() {
            subject.push((oid::COMMON_NAME, fallback.to_owned()));
        }
        subject
    }

    fn sans(&self) -> Vec<San> {
        // RFC 5280 §4.2.1.6: all but the principal name are IA5 strings.
        let ascii = |names: &[String], make: fn(String) -> San| {
            names
                .iter()
                .filter(|name| !name.is_empty() && name.is_ascii())
                .map(|name| make(name.clone()))
                .collect::<Vec<_>>()
        };
        let mut sans = ascii(&self.emails, San::Email);
        sans.extend(ascii(&self.dns_names, San::Dns));
        sans.extend(ascii(&self.uris, San::Uri));
        let principals = self.principal_names.iter().filter(|name| !name.is_empty());
        sans.extend(principals.map(|name| San::PrincipalName(name.clone())));
        sans
    }
}

/// What the transaction needs to issue, prepared outside it. The body may run more than once.
pub(crate) struct NetworkIssue {
    certificate: Certificate,
    challenge_hash: String,
    key_sha256: String,
    address: Option<String>,
    now_ms: i64,
}

impl NetworkIssue {
    /// Makes the certificate for a key; `names` are those of the challenge.
    pub(crate) async fn prepare(
        core: &Core,
        public_key: &PublicKey,
        challenge_hash: String,
        names: &str,
        address: Option<String>,
    ) -> Result<Self, Error> {
        let names: Names = serde_json::from_str(names).map_err(|error| {
            Error::internal("credential_challenge.names cannot be read.").caused_by(error)
        })?;
        public_key.check_policy()?;
        let now_ms = core.now_ms();
        let days = super::network_certificates(core).await?.days.min(398);
        let subject = names.subject(&challenge_hash.chars().take(16).collect::<String>());
        let mut request = LeafRequest::new(subject, now_ms, days);
        request.sans = names.sans();
        if matches!(public_key.kind(), KeyKind::Rsa { .. }) {
            request.key_usage.push(KeyUsage::KeyEncipherment);
        }
        request.extended_key_usage = vec![ExtendedKeyUsage::ClientAuth];
        if device_identity(core).await?.crl_in_certificates {
            request.crl_url = Some(format!("{}{CRL_PATH}", core.config().public_url));
        }
        let certificate = issue::issue_leaf(&core.authorities().network_ca, public_key, request)?;
        Ok(Self {
            certificate,
            challenge_hash,
            key_sha256: hash::hex(&public_key.spki_sha256()),
            address,
            now_ms,
        })
    }

    pub(crate) async fn run(&self, tx: &Tx) -> Result<Outcome, Error> {
        const FIND: &str = "SELECT h.credential_id, h.generation, h.expires_at, h.consumed_at, \
            h.key_sha256, c.generation, c.status, c.device_id, c.profile_id, c.payload, e.status, \
            d.org_unit_id, ch.id FROM credential_challenge h JOIN credential c ON c.id = h.credential_id \
            JOIN enrollment e ON e.id = c.enrollment_id JOIN device d ON d.id = c.device_id \
            LEFT JOIN channel ch ON ch.id = c.channel_id AND ch.ended_at IS NULL \
            WHERE h.challenge_hash = $1";
        const CONSUME: &str = "UPDATE credential_challenge SET consumed_at = $2, key_sha256 = $3 \
            WHERE challenge_hash = $1 AND consumed_at IS NULL";
        let challenge = self.challenge_hash.as_str();
        let Some(row) = tx.fetch_optional(FIND, args![challenge]).await? else {
            return Ok(Outcome::Refused("challenge unknown"));
        };
        let is_over = row.text(10)? != "active" || row.opt_text(12)?.is_none();
        if is_over || row.text(6)? == "revoked" {
            return self.refuse(tx, &row, "credential is over").await;
        }
        if row.opt_i64(3)?.is_some() {
            let same_key = row.opt_text(4)?.as_deref() == Some(self.key_sha256.as_str());
            return match self.stored(tx, &row).await? {
                Some(again) if same_key => Ok(again),
                _ => self.refuse(tx, &row, "challenge used").await,
            };
        }
        if row.i64(2)? <= self.now_ms || row.i64(1)? != row.i64(5)? {
            return self.refuse(tx, &row, "challenge expired").await;
        }
        let values = args![challenge, self.now_ms, self.key_sha256.as_str()];
        if tx.execute(CONSUME, values).await? == 0 {
            return self.refuse(tx, &row, "challenge used").await;
        }
        self.insert(tx, &row).await?;
        self.record(tx, &row, None).await?;
        Ok(Outcome::Issued(Box::new(self.certificate.clone())))
    }

    /// The client did not hear the first answer: the same certificate again.
    async fn stored(&self, tx: &Tx, row: &Row) -> Result<Option<Outcome>, Error> {
        const FIND: &str = "SELECT der FROM credential_certificate WHERE credential_id = $1 \
            AND generation = $2 AND key_sha256 = $3 AND revoked_at IS NULL \
            ORDER BY created_at DESC LIMIT 1";
        let values = args![row.text(0)?, row.i64(1)?, self.key_sha256.as_str()];
        let Some(found) = tx.fetch_optional(FIND, values).await? else {
            return Ok(None);
        };
        let certificate = Certificate::from_der(&found.blob(0)?)?;
        Ok(Some(Outcome::Issued(Box::new(certificate))))
    }

    /// The first one counts from now on. One that is to take its place counts when the device has installed
    /// the profile: until then it uses the one before, whose end is told.
    async fn insert(&self, tx: &Tx, row: &Row) -> Result<(), Error> {
        const INSERT: &str = "INSERT INTO credential_certificate (sha256, credential_id, generation, \
            serial_number, der, key_sha256, not_before, not_after, created_at) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        const VALID: &str = "UPDATE credential SET status = 'valid', certificate_sha256 = $2, \
            not_after = $3, renew_at = $4, warn_at = $5, updated_at = $6 \
            WHERE id = $1 AND certificate_sha256 IS NULL";
        let certificate = &self.certificate;
        let (from, to) = (certificate.not_before_ms(), certificate.not_after_ms());
        let (credential, sha256) = (row.text(0)?, certificate.sha256_hex());
        let values = args![
            sha256.as_str(),
            credential.as_str(),
            row.i64(1)?,
            certificate.serial_hex(),
            certificate.der(),
            self.key_sha256.as_str(),
            from,
            to,
            self.now_ms
        ];
        tx.execute(INSERT, values).await?;
        let values = args![
            credential,
            sha256,
            to,
            super::renewal::renew_at(from, to),
            life::next_warning(from, to, self.now_ms),
            self.now_ms
        ];
        tx.execute(VALID, values).await?;
        Ok(())
    }

    async fn refuse(&self, tx: &Tx, row: &Row, why: &'static str) -> Result<Outcome, Error> {
        self.record(tx, row, Some(why)).await?;
        Ok(Outcome::Refused(why))
    }

    async fn record(&self, tx: &Tx, row: &Row, refused: Option<&str>) -> Result<(), Error> {
        let (device, unit) = (row.text(7)?, row.text(11)?);
        let actor = Actor::person(&device, self.address.clone());
        let event = NewEvent::done("credential.issue", "device", &device, &unit);
        let (profile, payload) = (row.text(8)?, row.text(9)?);
        let event = match refused {
            Some(cause) => event.refused().with(json!({
                "cause": cause, "profile_id": profile, "payload": payload,
            })),
            None => event.with(json!({
                "profile_id": profile,
                "payload": payload,
                "generation": row.i64(1)?,
                "certificate_sha256": self.certificate.sha256_hex(),
                "serial_number": self.certificate.serial_hex(),
            })),
        };
        events::record(tx, &actor, self.now_ms, event).await?;
        Ok(())
    }
}
