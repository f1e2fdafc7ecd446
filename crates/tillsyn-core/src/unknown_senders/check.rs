//! Who is taken in again, and why not: one answer for the look in front of the act and for the act itself.

use std::collections::BTreeSet;
use std::sync::Arc;

use tillsyn_db::{Row, Tx, args};
use tillsyn_pki::cert::Certificate;
use tillsyn_pki::hash;

use super::knock::identity;
use super::readopt::Readoption;
use crate::actor::{Actor, Permission, authorize};
use crate::core::Core;
use crate::error::Error;
use crate::moving::is_held_elsewhere_in;
use crate::org::{self, OrgUnit};

/// Certificates of one request, and of one transaction.
pub const MOST_READOPTED: usize = 200;
pub(super) const AT_ONCE: usize = 50;
/// What a device can be that is not known from before.
pub const PLATFORMS: [&str; 6] = ["ios", "ipados", "macos", "tvos", "visionos", "watchos"];

/// A code, and the same in words.
pub(super) type Refusal = (&'static str, &'static str);
const UNKNOWN: Refusal = ("sender_unknown", "No such certificate knocks here.");
const NOT_OURS: Refusal = (
    "certificate_refused",
    "The certificate is not a valid device identity of this server.",
);
const KNOWN: Refusal = (
    "certificate_known",
    "This certificate is on record: what was decided about it stays.",
);
const CONTRADICTS: Refusal = (
    "sender_contradicts",
    "It has named different devices. Let the device enroll again.",
);
const RIVALS: Refusal = (
    "sender_rivals",
    "Several certificates say that they are this device. Name the one to take.",
);
const MANAGED: Refusal = (
    "device_managed",
    "This device is enrolled with another certificate, or belongs to a unit that you do not reach. Name it alone \
     to replace that enrollment.",
);
const CAME_BACK: Refusal = (
    "sender_changed",
    "This device enrolled again after the page was shown. Look at it once more.",
);
const USER_ENROLLMENT: Refusal = (
    "ownership_personal",
    "A device that its person enrolled with their account is a personal one.",
);

pub(super) const NO_PUSH: Refusal = (
    "push_certificate_missing",
    "There is no push certificate: without one no device is managed.",
);
pub(super) const FAILED: Refusal = (
    "readopt_failed",
    "It could not be taken in, and nothing of it has changed. The server's log says why.",
);

/// The whole organisation, for whoever may take devices in.
pub(super) async fn authorized(core: &Core, actor: &Actor) -> Result<OrgUnit, Error> {
    let top = org::root(core).await?;
    authorize(actor, Permission::EnrollmentsMove, &top.path)?;
    super::refuse_limited(actor)?;
    Ok(top)
}

/// Without a push certificate nobody is taken in.
pub(super) async fn push_missing(core: &Core) -> Result<bool, Error> {
    const TOPIC: &str = "SELECT topic FROM push_topic LIMIT 1";
    Ok(core.db().query_optional(TOPIC, args![]).await?.is_none())
}

/// What is asked, understood.
pub(super) struct Asked {
    /// Where they go.
    pub(super) unit: OrgUnit,
    pub(super) certificates: Vec<String>,
    pub(super) checks: Arc<Checks>,
}

impl Asked {
    pub(super) async fn of(
        core: &Core,
        actor: &Actor,
        top: &OrgUnit,
        wanted: &Readoption,
    ) -> Result<Self, Error> {
        check_words(wanted)?;
        let unit = match &wanted.unit {
            Some(id) => org::reached(core, actor, id)
                .await?
                .ok_or_else(|| Error::not_found("organisational unit"))?,
            None => top.clone(),
        };
        let named = wanted.certificates.as_ref();
        let named: Option<Vec<String>> =
            named.map(|named| named.iter().map(|c| c.to_ascii_lowercase()).collect());
        let checks = Checks {
            named: named.as_ref().map(|named| named.iter().cloned().collect()),
            seen_at: wanted.seen_at,
            ownership: wanted.ownership.clone(),
            authority: core.authorities().device_ca.certificate.clone(),
            actor: actor.clone(),
            now_ms: core.now_ms(),
        };
        Ok(Self {
            unit,
            certificates: match named {
                Some(named) => named,
                None => all(core, wanted.seen_at).await?,
            },
            checks: Arc::new(checks),
        })
    }
}

fn check_words(wanted: &Readoption) -> Result<(), Error> {
    if !["corporate", "personal"].contains(&wanted.ownership.as_str()) {
        let text = "Ownership is corporate or personal.";
        return Err(Error::invalid("ownership", "ownership", text));
    }
    if !PLATFORMS.contains(&wanted.platform.as_str()) {
        let text = format!("The platform is one of {}.", PLATFORMS.join(", "));
        return Err(Error::invalid("platform", "platform", text));
    }
    let count = wanted.certificates.as_ref().map_or(1, Vec::len);
    if count == 0 || count > MOST_READOPTED {
        let text = format!("Name 1 to {MOST_READOPTED} certificates, or all.");
        return Err(Error::invalid("certificates", "chunk_size", text));
    }
    Ok(())
}

/// Whoever knocked first after that is not meant.
async fn all(core: &Core, seen_at: Option<i64>) -> Result<Vec<String>, Error> {
    const ALL: &str =
        "SELECT sha256 FROM unknown_sender WHERE first_at <= $1 ORDER BY first_at, sha256";
    let rows = core
        .db()
        .read(seen_at.unwrap_or(i64::MAX), |tx, until| {
            Box::pin(async move { Ok::<_, Error>(tx.fetch_all(ALL, args![*until]).await?) })
        })
        .await?;
    rows.iter().map(|row| Ok(row.text(0)?)).collect()
}

/// What each sender is held against.
pub(super) struct Checks {
    /// The certificates of the request; `None` for all that take nothing away from anybody.
    pub(super) named: Option<BTreeSet<String>>,
    seen_at: Option<i64>,
    pub(super) ownership: String,
    authority: Certificate,
    pub(super) actor: Actor,
    pub(super) now_ms: i64,
}

/// One that knocks and that can be taken in.
pub(super) struct Sender {
    pub(super) certificate: Certificate,
    pub(super) sha256: String,
    pub(super) udid: Option<String>,
    pub(super) enrollment_id: Option<String>,
    pub(super) topic: Option<String>,
    pub(super) last_at: i64,
    /// It is enrolled with an older certificate, and that enrollment ends.
    pub(super) replaces: bool,
}

impl Checks {
    pub(super) async fn one(
        &self,
        tx: &Tx,
        sha256: &str,
    ) -> Result<Result<Sender, Refusal>, Error> {
        const FIND: &str = "SELECT der, udid, apple_enrollment_id, contradicts, topic, last_at \
            FROM unknown_sender WHERE sha256 = $1";
        const RECORD: &str = "SELECT id FROM certificate WHERE sha256 = $1 OR serial_number = $2 \
            UNION SELECT id FROM enrollment WHERE pin_sha256 = $1";
        // One that rests holds its device, too.
        const HELD: &str = "SELECT COALESCE(enrolled_at, created_at) AS since FROM enrollment \
            WHERE status IN ('active', 'inactive') AND (udid = $1 OR apple_enrollment_id = $2) \
            ORDER BY since DESC LIMIT 1";
        let Some(row) = tx.fetch_optional(FIND, args![sha256]).await? else {
            return Ok(Err(UNKNOWN));
        };
        let mut sender = match self.proven(sha256, &row)? {
            Ok(sender) => sender,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let record = args![sha256, sender.certificate.serial_hex()];
        if tx.fetch_optional(RECORD, record).await?.is_some() {
            return Ok(Err(KNOWN));
        }
        if row.i64(3)? != 0 {
            return Ok(Err(CONTRADICTS));
        }
        if self.has_rivals(tx, &sender).await? {
            return Ok(Err(RIVALS));
        }
        if sender.udid.is_none() && self.ownership != "personal" {
            return Ok(Err(USER_ENROLLMENT));
        }
        let (udid, enrollment_id) = (sender.udid.as_deref(), sender.enrollment_id.as_deref());
        if is_held_elsewhere_in(tx, &self.actor, None, udid).await? {
            return Ok(Err(MANAGED));
        }
        let held = tx.fetch_optional(HELD, args![udid, enrollment_id]).await?;
        if let Some(held) = held {
            let since = held.i64(0)?;
            if self.named.is_none() {
                return Ok(Err(MANAGED));
            }
            if self.seen_at.is_some_and(|seen| seen < since) {
                return Ok(Err(CAME_BACK));
            }
            sender.replaces = true;
        }
        Ok(Ok(sender))
    }

    /// Among all nobody is preferred; among the named nobody who is named beside another.
    async fn has_rivals(&self, tx: &Tx, sender: &Sender) -> Result<bool, Error> {
        const OTHERS: &str = "SELECT sha256 FROM unknown_sender WHERE sha256 <> $1 \
            AND (udid = $2 OR apple_enrollment_id = $3)";
        let same = args![
            sender.sha256.as_str(),
            sender.udid.as_deref(),
            sender.enrollment_id.as_deref()
        ];
        for row in tx.fetch_all(OTHERS, same).await? {
            let other = row.str(0)?;
            if self
                .named
                .as_ref()
                .is_none_or(|named| named.contains(other))
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The chain is verified again: the row alone proves nothing.
    fn proven(&self, sha256: &str, row: &Row) -> Result<Result<Sender, Refusal>, Error> {
        let der = row.blob(0)?;
        let Ok(certificate) = Certificate::from_der(&der) else {
            return Ok(Err(NOT_OURS));
        };
        let good = identity(&der).is_some()
            && hash::sha256_hex(&der) == sha256
            && certificate.verify_issued_by(&self.authority).is_ok()
            && certificate.not_after_ms() > self.now_ms;
        if !good {
            return Ok(Err(NOT_OURS));
        }
        Ok(Ok(Sender {
            certificate,
            sha256: sha256.to_owned(),
            udid: row.opt_text(1)?,
            enrollment_id: row.opt_text(2)?,
            topic: row.opt_text(4)?,
            last_at: row.i64(5)?,
            replaces: false,
        }))
    }
}
