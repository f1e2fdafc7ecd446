//! Making, revoking and renewing invitations.

use tillsyn_db::args;
use zeroize::Zeroizing;

use super::mint::{Minted, Pin, Terms, close_in, insert_in};
use super::policy::{AccountRule, PinMode};
use super::view::InvitationView;
use crate::actor::{Actor, Permission, authorize, may};
use crate::clock::DAY_MS;
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::{InvitationId, OrgUnitId, PersonId};
use crate::{org, people, text, units};

/// What to make.
#[derive(Clone, Debug)]
pub struct NewInvitation {
    /// The unit that its devices come to; the top of what the actor reaches when absent.
    pub unit: Option<OrgUnitId>,
    /// Somebody who is known already; name and mail address are theirs then.
    pub person: Option<PersonId>,
    /// Whom it is for; without a person it needs a label.
    pub person_name: Option<String>,
    pub person_email: Option<String>,
    /// What the list shows, for example "Loan iPads, room 3".
    pub label: Option<String>,
    /// `corporate` or `personal`.
    pub ownership: String,
    /// Language of the pages when the browser asks for none of ours.
    pub language: Option<String>,
    pub with_pin: bool,
    /// How many devices may enroll with it, 1 to 1,000.
    pub uses_allowed: i64,
    /// Life in days, 1 to 90; 14 by default.
    pub days: i64,
    /// May end the active enrollment of a device that was enrolled for somebody else.
    pub may_replace: bool,
}

/// A new invitation; link and PIN are known only now.
pub struct CreatedInvitation {
    pub id: InvitationId,
    pub label: String,
    pub url: Zeroizing<String>,
    pub code: Zeroizing<String>,
    /// What is typed at `/go` in the place of the link.
    pub typed_code: Zeroizing<String>,
    pub pin: Option<Zeroizing<String>>,
    pub expires_at: i64,
    pub pin_expires_at: Option<i64>,
}

/// Makes an invitation in the actor's unit.
pub async fn create_invitation(
    core: &Core,
    actor: &Actor,
    new: NewInvitation,
) -> Result<CreatedInvitation, Error> {
    may(actor, Permission::InvitationsWrite)?;
    let unit = match &new.unit {
        Some(id) => org::unit(core, id).await?,
        None => org::of_path(core, &actor.unit_path).await?,
    };
    authorize(actor, Permission::InvitationsWrite, &unit.path)?;
    let known = match &new.person {
        Some(id) => Some(invited(core, actor, id).await?),
        None => None,
    };
    let person_name = text::optional("person_name", new.person_name, 100)?;
    let email = match text::optional("person_email", new.person_email, 254)? {
        Some(email) => Some(people::normal_email(&email)?),
        None => None,
    };
    if known.is_some() && (person_name.is_some() || email.is_some()) {
        return Err(Error::invalid(
            "person_id",
            "person_twice",
            "Name a known person by their id, or a new one by name and mail address.",
        ));
    }
    let label = text::optional("label", new.label, 100)?
        .or_else(|| known.as_ref().map(|(_, name)| name.clone()))
        .or_else(|| person_name.clone())
        .ok_or_else(|| {
            Error::invalid(
                "label",
                "label_missing",
                "Say whom it is for, or give it a name of its own.",
            )
        })?;
    if email.is_some() && person_name.is_none() {
        return Err(Error::invalid(
            "person_name",
            "person_name_missing",
            "A mail address needs the person's name beside it.",
        ));
    }
    if !["corporate", "personal"].contains(&new.ownership.as_str()) {
        return Err(Error::invalid(
            "ownership",
            "ownership",
            "The device belongs to the organisation (corporate) or to the person (personal).",
        ));
    }
    if new
        .language
        .as_deref()
        .is_some_and(|l| !["en", "sv", "ja"].contains(&l))
    {
        return Err(Error::invalid(
            "language",
            "language",
            "The language is en, sv or ja.",
        ));
    }
    if !(1..=1_000).contains(&new.uses_allowed) {
        return Err(Error::invalid(
            "uses_allowed",
            "uses",
            "1 to 1,000 devices may use it.",
        ));
    }
    if !(1..=90).contains(&new.days) {
        return Err(Error::invalid(
            "days",
            "invitation_days",
            "An invitation lives 1 to 90 days.",
        ));
    }
    let now_ms = core.now_ms();
    let pin = if new.with_pin {
        Some(Pin::new(now_ms).await?)
    } else {
        None
    };
    let minted = Minted::new(core, pin, now_ms);
    let created = CreatedInvitation::of(core, &minted, label, now_ms + new.days * DAY_MS);
    let row = Row {
        terms: Terms {
            unit_id: unit.id.to_string(),
            label: created.label.clone(),
            ownership: new.ownership,
            language: new.language,
            uses_allowed: new.uses_allowed,
            may_replace: new.may_replace,
            expires_at: created.expires_at,
            pin_mode: if new.with_pin {
                PinMode::Shown
            } else {
                PinMode::None
            },
            account: AccountRule::None,
            batch: None,
        },
        minted,
        person: known.map(|(id, _)| id),
        person_name,
        email,
    };
    core.db()
        .write((row, actor.clone(), now_ms), |tx, (row, actor, now)| {
            Box::pin(async move {
                let terms = &row.terms;
                units::find_in(tx, &terms.unit_id).await?;
                let person = match &row.person_name {
                    None => row.person.clone(),
                    Some(name) => Some(
                        people::find_or_create_in(
                            tx,
                            actor,
                            &terms.unit_id,
                            name,
                            row.email.as_deref(),
                            terms.language.as_deref(),
                            *now,
                        )
                        .await?,
                    ),
                };
                insert_in(tx, actor, &row.minted, terms, person.as_ref(), *now).await
            })
        })
        .await?;
    Ok(created)
}

/// A person who is known already, and may get devices.
async fn invited(core: &Core, actor: &Actor, id: &PersonId) -> Result<(PersonId, String), Error> {
    let found = people::person(core, actor, id).await?;
    people::refuse_inactive(&found.status)?;
    Ok((found.id, found.name))
}

struct Row {
    minted: Minted,
    terms: Terms,
    person: Option<PersonId>,
    person_name: Option<String>,
    email: Option<String>,
}

const FIND_UNIT: &str = "SELECT i.org_unit_id, u.path, i.status, i.pin_hash FROM invitation i \
    JOIN org_unit u ON u.id = i.org_unit_id WHERE i.id = $1";

/// Ends an invitation: its link and every profile not yet used stop working. Devices enrolled with it
/// stay.
pub async fn revoke_invitation(core: &Core, actor: &Actor, id: &InvitationId) -> Result<(), Error> {
    const REVOKE: &str = "UPDATE invitation SET status = 'revoked', revoked_at = $2 \
        WHERE id = $1 AND status = 'open'";
    let input = (id.clone(), actor.clone(), core.now_ms());
    core.db()
        .write(input, |tx, (id, actor, now)| {
            Box::pin(async move {
                let row = tx
                    .fetch_optional(FIND_UNIT, args![id])
                    .await?
                    .ok_or_else(|| Error::not_found("invitation"))?;
                authorize(actor, Permission::InvitationsWrite, &row.text(1)?)?;
                if tx.execute(REVOKE, args![id, *now]).await? == 0 {
                    return Err(Error::conflict(
                        "invitation_over",
                        "This invitation is over already; there is nothing to revoke.",
                    ));
                }
                close_in(tx, id.as_str(), *now).await?;
                let unit = row.text(0)?;
                let event = NewEvent::done("invitation.revoke", "invitation", id.as_str(), &unit);
                events::record(tx, actor, *now, event).await?;
                Ok(())
            })
        })
        .await
}

/// A new PIN for an invitation whose PIN lapsed or was mistyped too often.
pub async fn renew_pin(
    core: &Core,
    actor: &Actor,
    id: &InvitationId,
) -> Result<(Zeroizing<String>, i64), Error> {
    const RENEW: &str = "UPDATE invitation SET pin_hash = $2, pin_expires_at = $3, pin_failures = 0 \
        WHERE id = $1 AND status = 'open'";
    may(actor, Permission::InvitationsWrite)?;
    let now_ms = core.now_ms();
    let Pin {
        pin,
        hash: pin_hash,
        until,
    } = Pin::new(now_ms).await?;
    let input = (id.clone(), actor.clone(), pin_hash, until, now_ms);
    core.db()
        .write(input, |tx, (id, actor, pin_hash, until, now)| {
            Box::pin(async move {
                let row = tx
                    .fetch_optional(FIND_UNIT, args![id])
                    .await?
                    .ok_or_else(|| Error::not_found("invitation"))?;
                authorize(actor, Permission::InvitationsWrite, &row.text(1)?)?;
                if row.opt_text(3)?.is_none() {
                    return Err(Error::conflict(
                        "no_pin",
                        "This invitation asks for no PIN.",
                    ));
                }
                if tx
                    .execute(RENEW, args![id, pin_hash.as_str(), *until])
                    .await?
                    == 0
                {
                    return Err(Error::conflict(
                        "invitation_over",
                        "This invitation is over already.",
                    ));
                }
                let unit = row.text(0)?;
                let event =
                    NewEvent::done("invitation.renew_pin", "invitation", id.as_str(), &unit);
                events::record(tx, actor, *now, event).await?;
                Ok(())
            })
        })
        .await?;
    Ok((pin, until))
}

impl CreatedInvitation {
    pub(super) fn of(core: &Core, minted: &Minted, label: String, expires_at: i64) -> Self {
        Self {
            id: minted.id.clone(),
            label,
            url: minted.url(core),
            code: minted.secrets.code.clone(),
            typed_code: minted.secrets.typed.clone(),
            pin: minted.pin.as_ref().map(|pin| pin.pin.clone()),
            pin_expires_at: minted.pin.as_ref().map(|pin| pin.until),
            expires_at,
        }
    }

    /// The row as the list shows it, right after it was made.
    pub async fn view(&self, core: &Core, actor: &Actor) -> Result<InvitationView, Error> {
        super::view::invitation(core, actor, &self.id).await
    }
}
