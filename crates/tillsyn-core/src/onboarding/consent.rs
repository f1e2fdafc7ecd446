//! What a person was shown and agreed to, before they get a profile.

use serde_json::{Value as Json, json};
use tillsyn_db::{Tx, args};

use super::proof::Proof;
use super::terms::{self, Terms, terms_for};
use crate::actor::Actor;
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::{AttemptId, new_uuid};
use crate::invitations::AttemptStatus;
use crate::managed::{Facts, Ledger};

/// A consent as kept.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Consent {
    pub at: i64,
    /// Names the version of the terms; none where the unit had none.
    pub terms_sha256: Option<String>,
    pub terms_text: Option<String>,
    /// The lines that were shown, by their keys.
    pub ledger: Json,
    pub ownership: String,
    pub platform: Option<String>,
    pub language: String,
    pub address: Option<String>,
}

/// What the page of an attempt shows before the person agrees.
#[derive(Clone, Debug)]
pub struct ConsentAsked {
    pub terms: Option<Terms>,
    pub ledger: Ledger,
}

/// The ledger of the device that an attempt is about to bring in.
fn ledger(platform: Option<&str>, ownership: &str) -> Ledger {
    Ledger::of(&Facts {
        platform: platform.unwrap_or("ios"),
        enrollment_type: "profile",
        ownership,
        supervised: None,
        access_rights: None,
    })
}

/// What there is to agree to, for somebody who reads this language.
///
/// # Errors
/// Not found when there is no such attempt.
pub async fn ask_consent(
    core: &Core,
    attempt: &AttemptId,
    lang: &str,
) -> Result<ConsentAsked, Error> {
    const FIND: &str = "SELECT t.platform, i.ownership, u.path FROM attempt t \
        JOIN invitation i ON i.id = t.invitation_id JOIN org_unit u ON u.id = t.org_unit_id \
        WHERE t.id = $1";
    let row = core
        .db()
        .query_optional(FIND, args![attempt])
        .await?
        .ok_or_else(|| Error::not_found("attempt"))?;
    Ok(ConsentAsked {
        terms: terms_for(core, &row.text(2)?, lang).await?,
        ledger: ledger(row.opt_text(0)?.as_deref(), &row.text(1)?),
    })
}

struct Agreed {
    proof: Proof,
    /// What holds now.
    terms: Option<Terms>,
    /// Names the version that was shown.
    shown: Option<String>,
    language: String,
    address: Option<String>,
    profile_ms: i64,
    now_ms: i64,
}

/// Records that the person agreed; from now on the profile can be had, and its time begins.
///
/// # Errors
/// Not found when the proof is not that attempt's; conflict when the terms changed since they were shown, or
/// the attempt is past this step.
pub async fn give_consent(
    core: &Core,
    proof: Proof,
    terms_sha256: Option<String>,
    language: &str,
    address: Option<String>,
) -> Result<(), Error> {
    let terms = ask_consent(core, &proof.attempt, language).await?.terms;
    let agreed = Agreed {
        proof,
        terms,
        shown: terms_sha256,
        language: language.to_owned(),
        address,
        profile_ms: core.config().profile_lifetime_ms,
        now_ms: core.now_ms(),
    };
    core.db()
        .write(agreed, |tx, agreed| {
            Box::pin(async move { agreed.run(tx).await })
        })
        .await
}

impl Agreed {
    async fn run(&self, tx: &Tx) -> Result<(), Error> {
        const INSERT: &str = "INSERT INTO consent (id, attempt_id, invitation_id, person_id, org_unit_id, at, \
            terms_sha256, ledger, ownership, platform, language, address) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
        const GIVEN: &str = "UPDATE attempt SET consent_id = $2, profile_expires_at = $3, \
            updated_at = $4 WHERE id = $1";
        let found = self.proof.check_in(tx, self.now_ms).await?;
        if found.consent.is_some() {
            // A second press, or the page in another tab.
            return Ok(());
        }
        if found.status >= AttemptStatus::ProfileFetched && found.status != AttemptStatus::Failed {
            return Err(Error::conflict(
                "attempt_over",
                "This attempt is past the step at which one agrees.",
            ));
        }
        if self.terms.as_ref().map(|terms| &terms.sha256) != self.shown.as_ref() {
            return Err(Error::conflict(
                "terms_changed",
                "The terms have changed since they were shown. Read them again.",
            ));
        }
        if let Some(terms) = &self.terms {
            terms::keep_in(tx, terms, self.now_ms).await?;
        }
        let shown = ledger(found.platform.as_deref(), &found.ownership);
        let shown = serde_json::to_string(&shown)
            .map_err(|error| Error::internal("A ledger cannot be written.").caused_by(error))?;
        let id = new_uuid(self.now_ms).to_string();
        let values = args![
            id.as_str(),
            &self.proof.attempt,
            found.invitation.as_str(),
            found.person.as_deref(),
            found.unit.as_str(),
            self.now_ms,
            self.shown.as_deref(),
            shown.as_str(),
            found.ownership.as_str(),
            found.platform.as_deref(),
            self.language.as_str(),
            self.address.as_deref()
        ];
        tx.execute(INSERT, values).await?;
        let values = args![
            &self.proof.attempt,
            id.as_str(),
            self.now_ms + self.profile_ms,
            self.now_ms
        ];
        tx.execute(GIVEN, values).await?;
        let actor = Actor::person(self.proof.attempt.as_str(), self.address.clone());
        let event = NewEvent::done(
            "attempt.consent",
            "attempt",
            self.proof.attempt.as_str(),
            &found.unit,
        )
        .with(json!({
            "terms_sha256": self.shown, "ownership": found.ownership, "language": self.language,
        }));
        events::record(tx, &actor, self.now_ms, event).await?;
        Ok(())
    }
}

/// The consent that an attempt stands on.
pub(crate) async fn consent_in(tx: &Tx, attempt: &str) -> Result<Option<Consent>, Error> {
    const FIND: &str = "SELECT c.at, c.terms_sha256, x.text, c.ledger, c.ownership, c.platform, c.language, \
        c.address FROM attempt t JOIN consent c ON c.id = t.consent_id \
        LEFT JOIN consent_terms x ON x.sha256 = c.terms_sha256 WHERE t.id = $1";
    let Some(row) = tx.fetch_optional(FIND, args![attempt]).await? else {
        return Ok(None);
    };
    Ok(Some(Consent {
        at: row.i64(0)?,
        terms_sha256: row.opt_text(1)?,
        terms_text: row.opt_text(2)?,
        ledger: serde_json::from_str(&row.text(3)?).unwrap_or_default(),
        ownership: row.text(4)?,
        platform: row.opt_text(5)?,
        language: row.text(6)?,
        address: row.opt_text(7)?,
    }))
}
