//! The download of the enrollment profile: each one carries a fresh challenge; the link may be used again
//! within its life, because devices drop a profile that is not installed in time.

use tillsyn_db::{Tx, args};
use tillsyn_pki::hash;
use zeroize::Zeroizing;

use super::attempt::{self, AttemptStatus};
use crate::actor::Actor;
use crate::certificates::{Method, device_identity};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::org;
use crate::platform::apple::{
    Credential, ProfileInput, announced, choose, enrollment_profile, profile_identifier,
};
use crate::push;
use crate::settings;

/// A signed enrollment profile, ready to send.
pub struct SignedProfile {
    pub bytes: Zeroizing<Vec<u8>>,
    /// Until when a device may use it.
    pub expires_at: i64,
}

const FIND: &str = "SELECT t.id, t.status, t.profile_expires_at, t.org_unit_id, t.platform, i.status, \
    i.uses, i.uses_allowed, i.id, EXISTS (SELECT 1 FROM scep_challenge s WHERE s.attempt_id = t.id \
    AND s.consumed_at IS NOT NULL), t.product, t.os_version, \
    t.asks_consent, t.consent_id FROM attempt t JOIN invitation i ON i.id = t.invitation_id \
    WHERE t.profile_hash = $1";

/// Makes the profile behind an attempt's secret. `texts` gives display name and description in the
/// person's language, for the organisation's name.
///
/// # Errors
/// Not found for a wrong secret; a conflict with the cause when its time is over: the caller then shows
/// a page, never a profile.
pub async fn fetch_profile(
    core: &Core,
    secret: &str,
    texts: impl Fn(&str) -> (String, String),
    address: Option<String>,
) -> Result<SignedProfile, Error> {
    if secret.len() > 64 {
        return Err(Error::not_found("profile"));
    }
    let profile_hash = hash::sha256_hex(secret.as_bytes());
    let row = core
        .db()
        .query_optional(FIND, args![profile_hash])
        .await?
        .ok_or_else(|| Error::not_found("profile"))?;
    let now_ms = core.now_ms();
    let expires_at = row.opt_i64(2)?.unwrap_or(0);
    if row.text(5)? == "revoked" {
        return Err(Error::conflict(
            "invitation_revoked",
            "This invitation was withdrawn.",
        ));
    }
    let status = AttemptStatus::parse(&row.text(1)?);
    if matches!(status, Some(AttemptStatus::Enrolled | AttemptStatus::Ready)) {
        return Err(Error::conflict(
            "attempt_done",
            "This profile has done its work: the device is enrolled.",
        ));
    }
    if row.i64(6)? >= row.i64(7)? {
        return Err(Error::conflict(
            "invitation_used",
            "This invitation has been used.",
        ));
    }
    // One attempt is one certificate: after it, the link of the invitation makes a new attempt.
    let over = status == Some(AttemptStatus::Superseded) || row.bool(9)?;
    if expires_at <= now_ms || over {
        return Err(Error::conflict(
            "profile_expired",
            "This profile's time is over. Open the invitation again for a new one.",
        ));
    }
    if row.i64(12)? != 0 && row.opt_text(13)?.is_none() {
        return Err(Error::conflict(
            "consent_missing",
            "Nobody has agreed yet. Open the invitation again and read what will be managed.",
        ));
    }
    let Some(topic) = push::topic_for_unit(core, &row.text(3)?).await? else {
        record_no_push(core, row.text(0)?, address).await?;
        return Err(Error::conflict(
            "push_certificate_missing",
            "This organisation cannot enroll devices yet: its Apple push certificate is missing.",
        ));
    };
    let organisation = settings::organisation(core).await?;
    let root = org::root(core).await?;
    let method = choose(
        row.opt_text(10)?.as_deref(),
        row.opt_text(11)?.as_deref(),
        &device_identity(core).await?,
    );
    let challenge = Zeroizing::new(hash::random_token(32));
    let platform = row.opt_text(4)?;
    let (display_name, description) = texts(&organisation.name);
    let capabilities = announced(platform.as_deref(), core.token_provider().is_some());
    let announces = serde_json::json!(capabilities).to_string();
    let bytes = enrollment_profile(
        core,
        &ProfileInput {
            organisation: &organisation.name,
            topic: &topic,
            credential: Credential {
                method,
                secret: &challenge,
            },
            identifier: &profile_identifier(root.id.as_str()),
            platform: platform.as_deref(),
            base_url: None,
            access_rights: None,
            server_capabilities: capabilities,
            display_name: display_name.clone(),
            description: description.clone(),
        },
    )?;
    let download = Download {
        attempt_id: row.text(0)?,
        unit: row.text(3)?,
        secret_hash: hash::sha256_hex(challenge.as_bytes()),
        method,
        until: now_ms + core.config().profile_lifetime_ms,
        base_url: core.config().public_url.clone(),
        display_name,
        description,
        address,
        announces,
        now_ms,
    };
    core.db()
        .write(download, |tx, download| {
            Box::pin(async move { download.run(tx).await })
        })
        .await?;
    Ok(SignedProfile { bytes, expires_at })
}

/// The certificate went away after the attempt began.
async fn record_no_push(core: &Core, id: String, address: Option<String>) -> Result<(), Error> {
    let input = (id, address, core.now_ms());
    core.db()
        .write(input, |tx, (id, address, now)| {
            Box::pin(async move {
                let (step, cause) = (AttemptStatus::ProfileFetched, attempt::cause::NO_PUSH);
                attempt::fail_in(tx, id, step, cause, address.as_deref(), *now).await
            })
        })
        .await
}

/// What is kept of a download; the body may run more than once.
struct Download {
    attempt_id: String,
    unit: String,
    secret_hash: String,
    method: Method,
    until: i64,
    base_url: String,
    display_name: String,
    description: String,
    address: Option<String>,
    /// What the profile announces, as JSON.
    announces: String,
    now_ms: i64,
}

impl Download {
    async fn run(&self, tx: &Tx) -> Result<(), Error> {
        const INSERT: &str = "INSERT INTO scep_challenge (challenge_hash, attempt_id, created_at, \
            expires_at, method, base_url, profile_name, profile_description) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
        const ANNOUNCED: &str = "UPDATE attempt SET server_capabilities = $2 WHERE id = $1";
        let attempt_id = self.attempt_id.as_str();
        let values = args![
            self.secret_hash.as_str(),
            attempt_id,
            self.now_ms,
            self.until,
            self.method.as_str(),
            self.base_url.as_str(),
            self.display_name.as_str(),
            self.description.as_str()
        ];
        tx.execute(INSERT, values).await?;
        let values = args![attempt_id, self.announces.as_str()];
        tx.execute(ANNOUNCED, values).await?;
        let step = AttemptStatus::ProfileFetched;
        attempt::step_in(tx, attempt_id, step, self.address.as_deref(), self.now_ms).await?;
        let actor = Actor::person(attempt_id, self.address.clone());
        let event = NewEvent::done("profile.fetch", "attempt", attempt_id, &self.unit);
        events::record(tx, &actor, self.now_ms, event).await?;
        Ok(())
    }
}
