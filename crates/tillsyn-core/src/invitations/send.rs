//! Sending an invitation by mail, and sending it anew: each time with a link of its own, and the one before stops.

use serde_json::json;
use tillsyn_db::{Tx, args};
use zeroize::Zeroizing;

use super::create::CreatedInvitation;
use super::letter::{Kind, Letter, Paper, queue_letter_in, refuse_without_server};
use super::mint::{Minted, Pin, Secrets, Terms, close_in, insert_in};
use super::open::{PIN_TRIES, find, refuse_closed};
use super::policy::{AccountRule, InvitationPolicy, PinMode, at_device_limit_in, policy_in};
use super::view::status_now;
use crate::accounts::{Caller, Guesses, network_of, reserve};
use crate::actor::{Actor, Permission, authorize, may};
use crate::clock::{DAY_MS, MINUTE_MS, SECOND_MS};
use crate::core::Core;
use crate::error::{Error, Kind as ErrorKind};
use crate::events::{self, NewEvent};
use crate::ids::{InvitationId, PersonId};
use crate::mail::has_server;
use crate::people;

/// Whom to send one; everything else is as the policy of their unit says.
#[derive(Clone, Debug)]
pub struct SendInvitation {
    pub person: PersonId,
    /// May end the active enrollment of a device that was enrolled for somebody else.
    pub may_replace: bool,
}

/// An invitation that is on its way.
pub struct SentInvitation {
    pub id: InvitationId,
    pub label: String,
    /// Known only now, and only when the policy has it handed over by whoever sends.
    pub pin: Option<Zeroizing<String>>,
    pub pin_expires_at: Option<i64>,
    pub expires_at: i64,
    /// Whether it went by mail; otherwise link and typed code are told here, this once.
    pub mailed: bool,
    pub url: Option<Zeroizing<String>>,
    pub typed_code: Option<Zeroizing<String>>,
}

/// The PIN that a policy asks for.
pub(super) async fn pin_for(mode: PinMode, now_ms: i64) -> Result<Option<Pin>, Error> {
    Ok(match mode {
        PinMode::None => None,
        PinMode::Mail | PinMode::Shown => Some(Pin::new(now_ms).await?),
    })
}

/// Somebody who can be invited by mail.
pub(super) struct Invitee {
    pub(super) id: PersonId,
    pub(super) unit_id: String,
    pub(super) unit_path: String,
    pub(super) name: String,
}

/// Loads a person within the actor's reach.
///
/// # Errors
/// Not found outside of it; conflict for somebody who left or has no mail address.
pub(super) async fn invitee_in(tx: &Tx, actor: &Actor, id: &str) -> Result<Invitee, Error> {
    const FIND: &str = "SELECT p.id, p.org_unit_id, u.path, p.name, p.email, p.status FROM person p \
        JOIN org_unit u ON u.id = p.org_unit_id WHERE p.id = $1 AND p.status <> 'erased'";
    let not_found = || Error::not_found("person");
    let row = tx
        .fetch_optional(FIND, args![id])
        .await?
        .ok_or_else(not_found)?;
    authorize(actor, Permission::InvitationsWrite, row.str(2)?)?;
    people::refuse_inactive(row.str(5)?)?;
    if row.opt_text(4)?.is_none() {
        return Err(Error::conflict(
            "person_no_email",
            "This person has no mail address; add one first.",
        ));
    }
    Ok(Invitee {
        id: PersonId::from_store(row.text(0)?),
        unit_id: row.text(1)?,
        unit_path: row.text(2)?,
        name: row.text(3)?,
    })
}

/// Keeps an invitation as the policy wants it and queues its mail.
pub(super) async fn send_in(
    tx: &Tx,
    actor: &Actor,
    paper: &Paper,
    invitee: &Invitee,
    policy: &InvitationPolicy,
    (minted, batch, may_replace): (&Minted, Option<&str>, bool),
    now_ms: i64,
) -> Result<i64, Error> {
    if at_device_limit_in(tx, invitee.id.as_str(), policy).await? {
        return Err(Error::conflict(
            "device_limit",
            format!(
                "This person has as many devices as the organisation allows: {}.",
                policy.device_limit
            ),
        ));
    }
    let expires_at = now_ms + policy.days * DAY_MS;
    let terms = Terms {
        unit_id: invitee.unit_id.clone(),
        label: invitee.name.clone(),
        ownership: policy.ownership.clone(),
        language: None,
        uses_allowed: 1,
        may_replace,
        expires_at,
        pin_mode: policy.pin,
        account: policy.account,
        batch: batch.map(str::to_owned),
    };
    insert_in(tx, actor, minted, &terms, Some(&invitee.id), now_ms).await?;
    mail_in(tx, actor, paper, minted, &terms, policy, now_ms).await?;
    Ok(expires_at)
}

/// Queues the mail of a new invitation and sets when its person is reminded.
async fn mail_in(
    tx: &Tx,
    actor: &Actor,
    paper: &Paper,
    minted: &Minted,
    terms: &Terms,
    policy: &InvitationPolicy,
    now_ms: i64,
) -> Result<(), Error> {
    const REMIND: &str = "UPDATE invitation SET remind_times = $2, remind_at = $3 WHERE id = $1";
    let id = minted.id.as_str();
    let letter = Letter {
        kind: Kind::Invitation,
        invitation: id,
        secrets: &minted.secrets,
        pin: minted
            .pin
            .as_ref()
            .filter(|_| terms.pin_mode == PinMode::Mail),
    };
    if !queue_letter_in(tx, paper, &letter, now_ms).await? {
        return Err(Error::conflict(
            "person_no_email",
            "This person has no mail address; add one first.",
        ));
    }
    let times = policy.reminders(now_ms, terms.expires_at);
    let values = args![id, json!(times).to_string(), times.first().copied()];
    tx.execute(REMIND, values).await?;
    let event = NewEvent::done("invitation.send", "invitation", id, &terms.unit_id)
        .with(json!({ "batch_id": terms.batch, "pin": terms.pin_mode }));
    events::record(tx, actor, now_ms, event).await?;
    Ok(())
}

/// Makes an invitation for a person and sends it to their mail address.
///
/// # Errors
/// Conflict without a mail server, for somebody who left, has no mail address or has all their devices.
pub async fn send_invitation(
    core: &Core,
    actor: &Actor,
    new: SendInvitation,
) -> Result<SentInvitation, Error> {
    may(actor, Permission::InvitationsWrite)?;
    refuse_without_server(core).await?;
    let now = core.now_ms();
    let (person, policy) = core
        .db()
        .read((actor.clone(), new.person.clone()), |tx, (actor, id)| {
            Box::pin(async move {
                let invitee = invitee_in(tx, actor, id.as_str()).await?;
                let policy = policy_in(tx, &invitee.unit_path).await?;
                Ok::<_, Error>((invitee.id, policy))
            })
        })
        .await?;
    let minted = Minted::new(core, pin_for(policy.pin, now).await?, now);
    let paper = Paper::of(core).await?;
    let input = (
        (actor.clone(), person),
        (paper, policy.clone()),
        (minted.clone(), new.may_replace),
        now,
    );
    let (label, expires_at) = core
        .db()
        .write(
            input,
            |tx, ((actor, person), (paper, policy), (minted, may_replace), now)| {
                Box::pin(async move {
                    let invitee = invitee_in(tx, actor, person.as_str()).await?;
                    let made = (minted, None, *may_replace);
                    let until = send_in(tx, actor, paper, &invitee, policy, made, *now).await?;
                    Ok::<_, Error>((invitee.name, until))
                })
            },
        )
        .await?;
    Ok(sent(minted, label, policy.pin, expires_at))
}

fn sent(minted: Minted, label: String, mode: PinMode, expires_at: i64) -> SentInvitation {
    let pin = minted.pin.filter(|_| mode == PinMode::Shown);
    SentInvitation {
        id: minted.id,
        label,
        pin_expires_at: pin.as_ref().map(|pin| pin.until),
        pin: pin.map(|pin| pin.pin),
        expires_at,
        mailed: true,
        url: None,
        typed_code: None,
    }
}

/// What an invitation is replaced by.
struct Before {
    terms: Terms,
    person: Option<PersonId>,
    mailable: bool,
    policy: InvitationPolicy,
}

/// Loads what a new invitation in the place of this one takes over.
async fn before_in(tx: &Tx, actor: &Actor, id: &str, now_ms: i64) -> Result<Before, Error> {
    const FIND: &str = "SELECT i.org_unit_id, u.path, i.status, i.uses, i.uses_allowed, \
        i.expires_at, i.replaced_by, i.person_id, i.label, i.ownership, i.language, i.may_replace, \
        i.pin_mode, i.pin_hash, i.account_rule, i.batch_id, p.status, p.email, i.self_made FROM invitation i \
        JOIN org_unit u ON u.id = i.org_unit_id LEFT JOIN person p ON p.id = i.person_id \
        WHERE i.id = $1";
    let not_found = || Error::not_found("invitation");
    let row = tx
        .fetch_optional(FIND, args![id])
        .await?
        .ok_or_else(not_found)?;
    let path = row.text(1)?;
    authorize(actor, Permission::InvitationsWrite, &path)?;
    let (uses, allowed) = (row.i64(3)?, row.i64(4)?);
    let over = |text: &str| Err(Error::conflict("invitation_over", text.to_owned()));
    match status_now(row.str(2)?, uses, allowed, row.i64(5)?, now_ms) {
        "used" => return over("This invitation has been used; there is nothing to send anew."),
        "revoked" => return over("This invitation was withdrawn or replaced. Make a new one."),
        _ => {}
    }
    if row.i64(18)? != 0 {
        // It asks for the person's own sign-in, and may be for one device alone: a copy would do neither.
        return Err(Error::conflict(
            "invitation_self_made",
            "This person made the link for themselves and can make another. Invite them instead.",
        ));
    }
    if let Some(status) = row.opt_text(16)? {
        people::refuse_inactive(&status)?;
    }
    let policy = policy_in(tx, &path).await?;
    let mode = row.opt_text(12)?.as_deref().and_then(PinMode::parse);
    let had_pin = row.opt_text(13)?.is_some();
    Ok(Before {
        terms: Terms {
            unit_id: row.text(0)?,
            label: row.text(8)?,
            ownership: row.text(9)?,
            language: row.opt_text(10)?,
            uses_allowed: allowed - uses,
            may_replace: row.i64(11)? != 0,
            expires_at: now_ms + policy.days * DAY_MS,
            pin_mode: mode.unwrap_or(if had_pin {
                PinMode::Shown
            } else {
                PinMode::None
            }),
            account: AccountRule::parse(row.str(14)?).unwrap_or_default(),
            batch: row.opt_text(15)?,
        },
        person: row.opt_text(7)?.map(PersonId::from_store),
        mailable: row.opt_text(17)?.is_some(),
        policy,
    })
}

/// Puts a new invitation in the place of one; the old link, typed code and PIN stop. Whose person has a mail
/// address gets it by mail.
pub(super) async fn replace_in(
    tx: &Tx,
    actor: &Actor,
    paper: &Paper,
    id: &str,
    (minted, by_mail): (&Minted, bool),
    now_ms: i64,
) -> Result<(String, PinMode, i64, bool), Error> {
    const END: &str = "UPDATE invitation SET status = 'revoked', revoked_at = $2, replaced_by = $3 \
        WHERE id = $1 AND replaced_by IS NULL";
    const ITEM: &str =
        "UPDATE invitation_batch_item SET invitation_id = $2 WHERE invitation_id = $1";
    let Before {
        terms,
        person,
        mailable,
        policy,
    } = before_in(tx, actor, id, now_ms).await?;
    close_in(tx, id, now_ms).await?;
    tx.execute(END, args![id, now_ms, &minted.id]).await?;
    insert_in(tx, actor, minted, &terms, person.as_ref(), now_ms).await?;
    tx.execute(ITEM, args![id, &minted.id]).await?;
    let event = NewEvent::done("invitation.resend", "invitation", id, &terms.unit_id)
        .with(json!({ "replaced_by": minted.id }));
    events::record(tx, actor, now_ms, event).await?;
    let mailed = by_mail && mailable;
    if mailed {
        mail_in(tx, actor, paper, minted, &terms, &policy, now_ms).await?;
    }
    Ok((terms.label, terms.pin_mode, terms.expires_at, mailed))
}

/// Sends an invitation anew: with a new link, typed code and PIN; the old ones stop. Without a mail address, or a
/// mail server, the new link is told here, this once.
///
/// # Errors
/// Conflict for one that is used or withdrawn, or whose person left.
pub async fn resend_invitation(
    core: &Core,
    actor: &Actor,
    id: &InvitationId,
) -> Result<SentInvitation, Error> {
    may(actor, Permission::InvitationsWrite)?;
    let now = core.now_ms();
    let mode = core
        .db()
        .read((actor.clone(), id.clone(), now), |tx, (actor, id, now)| {
            Box::pin(async move {
                let before = before_in(tx, actor, id.as_str(), *now).await?;
                Ok::<_, Error>(before.terms.pin_mode)
            })
        })
        .await?;
    let minted = Minted::new(core, pin_for(mode, now).await?, now);
    let (paper, by_mail) = (Paper::of(core).await?, has_server(core).await?);
    let input = (
        (actor.clone(), id.clone()),
        paper,
        (minted.clone(), by_mail),
        now,
    );
    let (label, mode, expires_at, mailed) = core
        .db()
        .write(input, |tx, ((actor, id), paper, (minted, by_mail), now)| {
            Box::pin(async move {
                let made = (minted, *by_mail);
                replace_in(tx, actor, paper, id.as_str(), made, *now).await
            })
        })
        .await?;
    if mailed {
        return Ok(sent(minted, label, mode, expires_at));
    }
    let told = CreatedInvitation::of(core, &minted, label, expires_at);
    Ok(SentInvitation {
        id: told.id,
        label: told.label,
        pin: told.pin,
        pin_expires_at: told.pin_expires_at,
        expires_at,
        mailed: false,
        url: Some(told.url),
        typed_code: Some(told.typed_code),
    })
}

/// PINs that a person may have sent to themselves for one invitation, and how far apart.
const PIN_MAILS: i64 = 10;
const PIN_PAUSE_MS: i64 = 5 * MINUTE_MS;

/// Sends a new PIN to the person's own mail address, where the policy sends PINs by mail: theirs lapsed, or was
/// mistyped too often.
///
/// # Errors
/// Conflict where PINs do not go by mail, where the one that was sent still works, or the invitation is over; too
/// many when asked again too soon.
pub async fn send_new_pin(core: &Core, code: &str, caller: &Caller) -> Result<(), Error> {
    let found = find(core, code).await?;
    refuse_closed(found.open.state)?;
    refuse_without_server(core).await?;
    let now = core.now_ms();
    let network = network_of(caller.address.as_deref().unwrap_or("unknown"));
    // Counted by itself, so that what is refused below counts too, and before a hash is worked out.
    core.db()
        .write(
            (format!("pin-mail:{network}"), now),
            |tx, (subject, now)| {
                Box::pin(async move { reserve(tx, subject, Guesses::PIN_MAILS, *now).await })
            },
        )
        .await?;
    let pin = Pin::new(now).await?;
    let paper = Paper::of(core).await?;
    let actor = Actor::person(found.open.id.as_str(), caller.address.clone());
    let input = ((found.open.id.to_string(), actor), (paper, pin), now);
    core.db()
        .write(input, |tx, ((id, actor), (paper, pin), now)| {
            Box::pin(async move { renew_by_mail_in(tx, actor, paper, id, pin, *now).await })
        })
        .await
}

async fn renew_by_mail_in(
    tx: &Tx,
    actor: &Actor,
    paper: &Paper,
    id: &str,
    pin: &Pin,
    now_ms: i64,
) -> Result<(), Error> {
    const FIND: &str = "SELECT org_unit_id, pin_mode, pin_mails, pin_expires_at, secrets_sealed, \
        pin_failures FROM invitation WHERE id = $1 AND status = 'open'";
    const RENEW: &str = "UPDATE invitation SET pin_hash = $2, pin_expires_at = $3, \
        pin_failures = 0, pin_mails = pin_mails + 1 WHERE id = $1";
    let no_mail = || {
        let text = "The PIN of this invitation does not go by mail. Ask the person who sent it.";
        Error::conflict("pin_not_by_mail", text)
    };
    let row = tx.fetch_optional(FIND, args![id]).await?;
    let row = row.ok_or_else(no_mail)?;
    let sealed = row.opt_blob(4)?.ok_or_else(no_mail)?;
    if row.opt_text(1)?.as_deref() != Some(PinMode::Mail.as_str()) {
        return Err(no_mail());
    }
    if row.i64(2)? >= PIN_MAILS {
        let text = "Too many PINs were sent for this invitation. Ask for a new invitation.";
        return Err(Error::conflict("too_many_pins", text));
    }
    // The PIN that is out was made as long before its end as this one.
    let made_at = row.opt_i64(3)?.unwrap_or(0) - (pin.until - now_ms);
    let wait = made_at + PIN_PAUSE_MS - now_ms;
    if wait > 0 {
        return Err(Error::new(
            ErrorKind::TooMany {
                retry_after_secs: wait / SECOND_MS + 1,
            },
            "pin_just_sent",
            "A PIN was sent a moment ago. Look for it in your mail; another one can be sent in five minutes.",
        ));
    }
    // Whoever has only the link cannot take the PIN from the person who has it in their mail.
    let lapsed = row.opt_i64(3)?.is_none_or(|at| at <= now_ms);
    if !lapsed && row.i64(5)? < PIN_TRIES {
        let text = "The PIN that was sent still works. Look for it in your mail.";
        return Err(Error::conflict("pin_still_good", text));
    }
    tx.execute(RENEW, args![id, pin.hash.as_str(), pin.until])
        .await?;
    let secrets = Secrets::open(paper.keys(), &sealed, id)?;
    let letter = Letter {
        kind: Kind::Pin,
        invitation: id,
        secrets: &secrets,
        pin: Some(pin),
    };
    if !queue_letter_in(tx, paper, &letter, now_ms).await? {
        return Err(no_mail());
    }
    let unit = row.text(0)?;
    let event = NewEvent::done("invitation.renew_pin", "invitation", id, &unit);
    events::record(tx, actor, now_ms, event).await?;
    Ok(())
}
