//! What a person was shown and agreed to, before they get a profile.

use serde_json::{Value as Json, json};
use tillsyn_db::{Tx, args};
use tillsyn_pki::hash;

use super::proof::Proof;
use crate::actor::Actor;
use crate::branding::{Terms, terms_for_in};
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
    pub enrollment_type: String,
    pub language: String,
    pub address: Option<String>,
}

/// What the page of an attempt shows before the person agrees.
#[derive(Clone, Debug)]
pub struct ConsentAsked {
    pub terms: Option<Terms>,
    pub ledger: Ledger,
    /// Names all of it: device, owner, kind of enrollment, language, terms and lines. Whoever agrees names it back.
    pub shown: String,
}

/// What a page said that it showed.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    /// Hash of the terms; none where there were none.
    pub terms: Option<String>,
    /// As in [`ConsentAsked::shown`].
    pub all: String,
}

/// How devices come by these pages.
const ENROLLMENT_TYPE: &str = "profile";

/// What there is to agree to for an attempt now, for somebody who reads this language.
async fn asked_in(tx: &Tx, attempt: &str, lang: &str) -> Result<ConsentAsked, Error> {
    const FIND: &str = "SELECT t.platform, i.ownership, u.path FROM attempt t \
        JOIN invitation i ON i.id = t.invitation_id JOIN org_unit u ON u.id = t.org_unit_id \
        WHERE t.id = $1";
    let row = tx
        .fetch_optional(FIND, args![attempt])
        .await?
        .ok_or_else(|| Error::not_found("attempt"))?;
    let (platform, ownership) = (row.opt_text(0)?, row.text(1)?);
    let terms = terms_for_in(tx, &row.text(2)?, lang).await?;
    let ledger = Ledger::of(&Facts {
        platform: platform.as_deref().unwrap_or("ios"),
        enrollment_type: ENROLLMENT_TYPE,
        ownership: &ownership,
        supervised: None,
        access_rights: None,
    });
    let all = json!({
        "platform": platform, "enrollment_type": ENROLLMENT_TYPE, "ownership": ownership,
        "language": lang, "terms": terms.as_ref().map(|terms| &terms.hash), "ledger": ledger,
    });
    Ok(ConsentAsked {
        shown: hash::sha256_hex(all.to_string().as_bytes()),
        terms,
        ledger,
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
    core.db()
        .read((attempt.clone(), lang.to_owned()), |tx, (attempt, lang)| {
            Box::pin(async move { asked_in(tx, attempt.as_str(), lang).await })
        })
        .await
}

struct Agreed {
    proof: Proof,
    shown: Shown,
    language: String,
    address: Option<String>,
    profile_ms: i64,
    now_ms: i64,
}

/// Records that the person agreed to what they were shown; from now on the profile can be had, and its time begins.
///
/// # Errors
/// Not found when the proof is not that attempt's; conflict when the terms or anything else changed since it was
/// shown, or the attempt is past this step.
pub async fn give_consent(
    core: &Core,
    proof: Proof,
    shown: Shown,
    language: &str,
    address: Option<String>,
) -> Result<(), Error> {
    let agreed = Agreed {
        proof,
        shown,
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
            terms_sha256, ledger, ownership, platform, enrollment_type, language, shown_sha256, address) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
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
        let now = asked_in(tx, self.proof.attempt.as_str(), &self.language).await?;
        let terms = now.terms.as_ref().map(|terms| &terms.hash);
        if terms != self.shown.terms.as_ref() {
            return Err(Error::conflict(
                "terms_changed",
                "The terms have changed since they were shown. Read them again.",
            ));
        }
        if now.shown != self.shown.all {
            return Err(Error::conflict(
                "consent_changed",
                "What is agreed to has changed since it was shown. Read it again.",
            ));
        }
        let ledger = serde_json::to_string(&now.ledger)
            .map_err(|error| Error::internal("A ledger cannot be written.").caused_by(error))?;
        let id = new_uuid(self.now_ms).to_string();
        let values = args![
            id.as_str(),
            &self.proof.attempt,
            found.invitation.as_str(),
            found.person.as_deref(),
            found.unit.as_str(),
            self.now_ms,
            terms.map(String::as_str),
            ledger.as_str(),
            found.ownership.as_str(),
            found.platform.as_deref(),
            ENROLLMENT_TYPE,
            self.language.as_str(),
            now.shown.as_str(),
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
            "terms_sha256": terms, "ownership": found.ownership, "platform": found.platform,
            "enrollment_type": ENROLLMENT_TYPE, "language": self.language,
        }));
        events::record(tx, &actor, self.now_ms, event).await?;
        Ok(())
    }
}

/// The consent of an attempt, where it still names what would be shown for that attempt now.
pub(crate) async fn still_given_in(tx: &Tx, attempt: &str) -> Result<Option<String>, Error> {
    const FIND: &str = "SELECT c.id, c.language, c.shown_sha256 FROM attempt t \
        JOIN consent c ON c.id = t.consent_id WHERE t.id = $1";
    let Some(row) = tx.fetch_optional(FIND, args![attempt]).await? else {
        return Ok(None);
    };
    let now = asked_in(tx, attempt, row.str(1)?).await?;
    let id = row.text(0)?;
    Ok((now.shown == row.str(2)?).then_some(id))
}

/// The consent that an attempt stands on.
pub(crate) async fn consent_in(tx: &Tx, attempt: &str) -> Result<Option<Consent>, Error> {
    const FIND: &str = "SELECT c.at, c.terms_sha256, x.text, c.ledger, c.ownership, c.platform, c.language, \
        c.address, c.enrollment_type FROM attempt t JOIN consent c ON c.id = t.consent_id \
        LEFT JOIN terms_text x ON x.hash = c.terms_sha256 WHERE t.id = $1";
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
        enrollment_type: row.text(8)?,
    }))
}
