//! What happens at the link: look at the invitation, prove the PIN, start an attempt.

use serde_json::json;
use tillsyn_db::{Row, args};
use tillsyn_pki::hash;
use zeroize::Zeroizing;

use super::attempt::{self, AttemptStatus};
use super::policy::{AccountRule, PinMode};
use super::view::status_now;
use crate::accounts::{Guesses, blocked, failed, network_of, verify_secret};
use crate::actor::Actor;
use crate::branding::{self, Branding};
use crate::clock::DAY_MS;
use crate::core::Core;
use crate::error::{Error, Kind};
use crate::events::{self, NewEvent};
use crate::ids::{AttemptId, InvitationId, PersonId};
use crate::onboarding;
use crate::push;

/// Wrong PINs before a new one is needed (S31).
pub(super) const PIN_TRIES: i64 = 5;
/// Attempts of one invitation, so that a leaked link cannot fill the store.
const ATTEMPTS_PER_USE: i64 = 20;

/// Whether the link can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvitationState {
    Open,
    Used,
    Expired,
    Revoked,
}

/// What the page behind the link may know.
#[derive(Clone, Debug)]
pub struct OpenInvitation {
    pub id: InvitationId,
    pub state: InvitationState,
    pub organisation: String,
    pub support: Option<String>,
    /// How the unit of the invitation presents itself.
    pub branding: Branding,
    /// Language of the invitation, else of the organisation.
    pub language: String,
    /// First name or full name of the person it is for.
    pub person_name: Option<String>,
    /// Who made it, by hand or with a token of theirs; none when a service did.
    pub inviter: Option<String>,
    pub ownership: String,
    pub needs_pin: bool,
    pub pin_tries_left: i64,
    pub pin_expired: bool,
    /// Whether the person may have a new PIN sent to their mail address.
    pub pin_by_mail: bool,
    pub person_id: Option<PersonId>,
    /// What the person's own account has to do with it.
    pub account: AccountRule,
    pub expires_at: i64,
    /// The person made it for themselves, signed in.
    pub self_made: bool,
}

/// A started attempt; the profile's address carries its own secret.
pub struct StartedAttempt {
    pub id: AttemptId,
    pub profile_url: Zeroizing<String>,
    /// The secret in that address alone.
    pub profile_secret: Zeroizing<String>,
    pub expires_at: i64,
}

const FIND: &str = "SELECT i.id, i.status, i.uses, i.uses_allowed, i.expires_at, i.language, p.name, \
    i.ownership, i.pin_hash, i.pin_failures, i.pin_expires_at, i.org_unit_id, p.language, a.name, \
    i.person_id, i.account_rule, i.pin_mode, i.self_made, u.path \
    FROM invitation i JOIN org_unit u ON u.id = i.org_unit_id LEFT JOIN person p ON p.id = i.person_id \
    LEFT JOIN api_token k ON k.id = i.created_by LEFT JOIN account a \
    ON a.id = COALESCE(k.account_id, i.created_by) AND a.kind = 'person' WHERE i.code_hash = $1";

pub(crate) struct Found {
    pub(crate) open: OpenInvitation,
    pin_hash: Option<String>,
    unit_path: String,
    pub(crate) org_unit_id: String,
    uses_allowed: i64,
}

impl Found {
    /// Whether whoever begins has proven something beside the link: a PIN, or who they are.
    pub(crate) fn needs_proof(&self) -> bool {
        self.pin_hash.is_some() || self.open.self_made
    }

    /// The link alone is enough.
    pub(crate) fn is_open_to_all(&self) -> bool {
        self.pin_hash.is_none() && self.open.account != AccountRule::Required
    }
}

/// How an attempt begins.
pub(crate) struct How {
    pub(crate) platform: Option<String>,
    pub(crate) address: Option<String>,
    /// The attempt that it follows.
    pub(crate) replaces: Option<AttemptId>,
    /// The person proved the PIN, or signed in.
    pub(crate) signed_in: bool,
    /// No profile before they have agreed.
    pub(crate) asks_consent: bool,
    /// What they agreed to for the attempt before counts for this one, as long as nothing of it changed: the same
    /// device.
    pub(crate) keeps_consent: bool,
}

fn decode(row: &Row, now: i64) -> Result<Found, Error> {
    let expires_at = row.i64(4)?;
    let state = match status_now(&row.text(1)?, row.i64(2)?, row.i64(3)?, expires_at, now) {
        "revoked" => InvitationState::Revoked,
        "used" => InvitationState::Used,
        "expired" => InvitationState::Expired,
        _ => InvitationState::Open,
    };
    let pin_hash = row.opt_text(8)?;
    let self_made = row.i64(17)? != 0;
    Ok(Found {
        open: OpenInvitation {
            id: InvitationId::from_store(row.text(0)?),
            state,
            organisation: String::new(),
            support: None,
            branding: Branding::default(),
            language: row.opt_text(5)?.or(row.opt_text(12)?).unwrap_or_default(),
            person_name: row.opt_text(6)?,
            inviter: row.opt_text(13)?.filter(|_| !self_made),
            ownership: row.text(7)?,
            needs_pin: pin_hash.is_some(),
            pin_tries_left: (PIN_TRIES - row.i64(9)?).max(0),
            pin_expired: row.opt_i64(10)?.is_some_and(|at| at <= now),
            pin_by_mail: row.opt_text(16)?.as_deref() == Some(PinMode::Mail.as_str()),
            person_id: row.opt_text(14)?.map(PersonId::from_store),
            account: AccountRule::parse(row.str(15)?).unwrap_or_default(),
            expires_at,
            self_made,
        },
        pin_hash,
        org_unit_id: row.text(11)?,
        unit_path: row.text(18)?,
        uses_allowed: row.i64(3)?,
    })
}

pub(crate) async fn find(core: &Core, code: &str) -> Result<Found, Error> {
    if code.len() > 64 {
        return Err(Error::not_found("invitation"));
    }
    let code_hash = hash::sha256_hex(code.as_bytes());
    let row = core
        .db()
        .query_optional(FIND, args![code_hash])
        .await?
        .ok_or_else(|| Error::not_found("invitation"))?;
    decode(&row, core.now_ms())
}

/// The invitation behind a code. Looking changes nothing: mail scanners look too.
pub async fn look_up(core: &Core, code: &str) -> Result<OpenInvitation, Error> {
    let found = find(core, code).await?;
    let branding = branding::of_unit(core, &found.unit_path).await?;
    let mut open = found.open;
    open.organisation.clone_from(&branding.name);
    open.support.clone_from(&branding.contacts.text);
    if open.language.is_empty() {
        open.language.clone_from(&branding.language);
    }
    open.branding = branding;
    Ok(open)
}

/// Starts an attempt: proves the PIN if one is demanded and makes the address of the profile.
///
/// # Errors
/// Conflict when the invitation is over or nothing can be enrolled yet; invalid `pin` with the tries
/// left; too many when an address guesses.
pub async fn start_attempt(
    core: &Core,
    code: &str,
    pin: Option<Zeroizing<String>>,
    platform: Option<&str>,
    address: Option<String>,
) -> Result<StartedAttempt, Error> {
    begin(core, code, pin, platform, address, (None, false)).await
}

/// The same for a person on a page, who is asked to agree before there is a profile. `signed` is who is signed in
/// there.
///
/// # Errors
/// As [`start_attempt`].
pub async fn begin_on_page(
    core: &Core,
    code: &str,
    pin: Option<Zeroizing<String>>,
    platform: Option<&str>,
    address: Option<String>,
    signed: Option<&PersonId>,
) -> Result<StartedAttempt, Error> {
    begin(core, code, pin, platform, address, (signed, true)).await
}

/// Where the policy asks for it, the person is signed in as the one who is invited.
fn refuse_without_account(open: &OpenInvitation, signed: Option<&PersonId>) -> Result<(), Error> {
    if open.account != AccountRule::Required
        || (signed.is_some() && signed == open.person_id.as_ref())
    {
        return Ok(());
    }
    Err(Error::forbidden(
        "sign_in_required",
        "Whoever is invited signs in with their own account first.",
    ))
}

async fn begin(
    core: &Core,
    code: &str,
    pin: Option<Zeroizing<String>>,
    platform: Option<&str>,
    address: Option<String>,
    (signed, asks_consent): (Option<&PersonId>, bool),
) -> Result<StartedAttempt, Error> {
    let found = find(core, code).await?;
    refuse_closed(found.open.state)?;
    refuse_without_account(&found.open, signed)?;
    refuse_without_push(core, &found.org_unit_id).await?;
    let platform = platform
        .map(|p| {
            ["ios", "ipados", "macos"]
                .into_iter()
                .find(|known| *known == p)
                .ok_or_else(|| {
                    Error::invalid(
                        "platform",
                        "platform",
                        "The platform is ios, ipados or macos.",
                    )
                })
        })
        .transpose()?;
    check_pin(core, &found, pin, address.as_deref(), core.now_ms()).await?;
    let how = How {
        platform: platform.map(str::to_owned),
        address,
        replaces: None,
        signed_in: found.needs_proof() || found.open.account == AccountRule::Required,
        asks_consent,
        keeps_consent: false,
    };
    launch(core, found, how).await
}

/// Keeps what a program says of the device before it enrolls: it decides how the device gets its identity,
/// and nothing else. What is not plausible is not kept.
pub async fn describe_device(
    core: &Core,
    attempt: &AttemptId,
    product: Option<&str>,
    os_version: Option<&str>,
) -> Result<(), Error> {
    const KEEP: &str = "UPDATE attempt SET product = $2, os_version = $3 WHERE id = $1";
    let short = |text: &&str| !text.is_empty() && text.len() <= 64;
    let (product, os_version) = (product.filter(short), os_version.filter(short));
    if product.is_none() && os_version.is_none() {
        return Ok(());
    }
    core.db()
        .execute(KEEP, args![attempt, product, os_version])
        .await?;
    Ok(())
}

/// Makes the attempt and the profile's address, after everything was proven.
pub(crate) async fn launch(core: &Core, found: Found, how: How) -> Result<StartedAttempt, Error> {
    let now_ms = core.now_ms();
    let secret = Zeroizing::new(hash::random_token(24));
    let started = StartedAttempt {
        id: AttemptId::new(now_ms),
        profile_url: Zeroizing::new(format!(
            "{}/apple/enroll/{}",
            core.config().public_url,
            secret.as_str()
        )),
        profile_secret: secret.clone(),
        expires_at: now_ms + core.config().profile_lifetime_ms,
    };
    let input = Start {
        id: started.id.clone(),
        invitation: found.open.id,
        unit: found.org_unit_id,
        profile_hash: hash::sha256_hex(secret.as_bytes()),
        profile_expires_at: started.expires_at,
        most: found.uses_allowed.saturating_mul(ATTEMPTS_PER_USE),
        how,
        now_ms,
    };
    core.db()
        .write(input, |tx, start| {
            Box::pin(async move { start.run(tx).await })
        })
        .await?;
    Ok(started)
}

/// Nothing can be enrolled without a push certificate: better said before than after the installation.
pub(super) async fn refuse_without_push(core: &Core, unit_id: &str) -> Result<(), Error> {
    if push::topic_for_unit(core, unit_id).await?.is_some() {
        return Ok(());
    }
    Err(Error::conflict(
        "push_certificate_missing",
        "This organisation cannot enroll devices yet: its Apple push certificate is missing or \
         expired. The administrator uploads one in the console.",
    ))
}

pub(crate) fn refuse_closed(state: InvitationState) -> Result<(), Error> {
    let (code, detail) = match state {
        InvitationState::Open => return Ok(()),
        InvitationState::Used => ("invitation_used", "This invitation has been used."),
        InvitationState::Expired => ("invitation_expired", "This invitation has expired."),
        InvitationState::Revoked => ("invitation_revoked", "This invitation was withdrawn."),
    };
    Err(Error::conflict(
        code,
        format!("{detail} Ask the person who sent it for a new one."),
    ))
}

async fn check_pin(
    core: &Core,
    found: &Found,
    pin: Option<Zeroizing<String>>,
    address: Option<&str>,
    now_ms: i64,
) -> Result<(), Error> {
    const COUNT: &str = "UPDATE invitation SET pin_failures = pin_failures + 1, \
        opened_at = COALESCE(opened_at, $3) WHERE id = $1 AND pin_failures < $2";
    const SUCCESS: &str = "UPDATE invitation SET pin_failures = 0, \
        pin_proved_at = COALESCE(pin_proved_at, $2) WHERE id = $1";
    let Some(pin_hash) = found.pin_hash.clone() else {
        return Ok(());
    };
    let locked = || {
        Error::new(
            Kind::Forbidden,
            "pin_locked",
            "The PIN was mistyped too often. Ask for a new one; the link stays the same.",
        )
    };
    if found.open.pin_tries_left == 0 {
        return Err(locked());
    }
    if found.open.pin_expired {
        return Err(Error::conflict(
            "pin_expired",
            "This PIN is older than a day. Ask for a new one.",
        ));
    }
    let Some(pin) = pin else {
        return Err(Error::invalid(
            "pin",
            "pin_missing",
            "Type the PIN that came with the invitation.",
        ));
    };
    let subject = format!("pin:{}", network_of(address.unwrap_or("unknown")));
    let id = found.open.id.clone();
    // The first try is everybody's own: a school sits behind one address, and there the mistakes of some do not keep
    // the others out. Whoever guesses needs a link for each such try, and has one in 2^40.
    let first = found.open.pin_tries_left == PIN_TRIES;
    // The try is counted before the PIN is looked at: a hundred at once are five tries, not a hundred.
    let counted = core
        .db()
        .write(
            (subject.clone(), id.clone(), first, now_ms),
            |tx, (subject, id, first, now)| {
                Box::pin(async move {
                    if !*first {
                        blocked(tx, subject, *now).await?;
                    }
                    Ok::<_, Error>(tx.execute(COUNT, args![id, PIN_TRIES, *now]).await?)
                })
            },
        )
        .await?;
    if counted == 0 {
        return Err(locked());
    }
    let typed: String = pin
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .collect::<String>()
        .to_uppercase();
    if verify_secret(Zeroizing::new(typed), Some(pin_hash)).await? {
        core.db().execute(SUCCESS, args![&id, now_ms]).await?;
        return Ok(());
    }
    let input = (
        subject,
        id,
        found.org_unit_id.clone(),
        address.map(str::to_owned),
        now_ms,
    );
    core.db()
        .write(input, |tx, (subject, id, unit, address, now)| {
            Box::pin(async move {
                failed(tx, subject, Guesses::ADDRESS, *now).await?;
                let actor = Actor::person(id.as_str(), address.clone());
                let event =
                    NewEvent::done("invitation.pin", "invitation", id.as_str(), unit).refused();
                events::record(tx, &actor, *now, event).await?;
                Ok::<_, Error>(())
            })
        })
        .await?;
    let left = (found.open.pin_tries_left - 1).max(0);
    Err(Error::invalid(
        "pin",
        "pin_wrong",
        format!("This PIN is not right. {left} tries are left."),
    )
    .with_data(json!({ "tries_left": left })))
}

struct Start {
    id: AttemptId,
    invitation: InvitationId,
    unit: String,
    profile_hash: String,
    profile_expires_at: i64,
    most: i64,
    how: How,
    now_ms: i64,
}

impl Start {
    async fn run(&self, tx: &tillsyn_db::Tx) -> Result<(), Error> {
        const COUNT: &str = "SELECT count(*) FROM attempt WHERE invitation_id = $1";
        const INSERT: &str = "INSERT INTO attempt (id, invitation_id, org_unit_id, platform, status, \
            profile_hash, profile_expires_at, created_at, updated_at, expires_at, asks_consent, \
            consent_id) VALUES ($1, $2, $3, $4, 'created', $5, $6, $7, $7, $8, $9, $10)";
        const OPENED: &str =
            "UPDATE invitation SET opened_at = COALESCE(opened_at, $2) WHERE id = $1";
        tx.execute(OPENED, args![&self.invitation, self.now_ms])
            .await?;
        if tx.fetch_one(COUNT, args![&self.invitation]).await?.i64(0)? >= self.most {
            return Err(Error::conflict(
                "too_many_attempts",
                "Too many attempts were made with this link. Ask for a new invitation.",
            ));
        }
        let consent = match &self.how.replaces {
            Some(before) if self.how.keeps_consent => {
                onboarding::still_given_in(tx, before.as_str()).await?
            }
            _ => None,
        };
        tx.execute(
            INSERT,
            args![
                &self.id,
                &self.invitation,
                self.unit.as_str(),
                self.how.platform.as_deref(),
                self.profile_hash.as_str(),
                self.profile_expires_at,
                self.now_ms,
                self.now_ms + DAY_MS,
                i64::from(self.how.asks_consent),
                consent.as_deref()
            ],
        )
        .await?;
        let (id, address) = (self.id.as_str(), self.how.address.as_deref());
        attempt::step_in(tx, id, AttemptStatus::Opened, address, self.now_ms).await?;
        if self.how.signed_in {
            attempt::step_in(tx, id, AttemptStatus::SignedIn, address, self.now_ms).await?;
        }
        if let Some(replaced) = &self.how.replaces {
            attempt::supersede_in(tx, replaced.as_str(), self.now_ms).await?;
        }
        let actor = Actor::person(id, self.how.address.clone());
        let event = NewEvent::done(
            "attempt.create",
            "invitation",
            self.invitation.as_str(),
            &self.unit,
        )
        .with(json!({ "attempt_id": self.id }));
        events::record(tx, &actor, self.now_ms, event).await?;
        Ok(())
    }
}
