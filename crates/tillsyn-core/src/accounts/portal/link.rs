//! One-time links: to open one's account, or to choose another password when the old one is forgotten. Never a
//! password by mail.

use serde_json::json;
use tillsyn_db::{Tx, args};
use tillsyn_pki::hash;
use zeroize::Zeroizing;

use super::{own, source};
use crate::accounts::ceremony::{self, Kind as Way, Opening};
use crate::accounts::guess::{Guesses, blocked, failed, reserve};
use crate::accounts::session::{Begin, Method, NewSession};
use crate::accounts::sign_in::SignedIn;
use crate::accounts::store::{self, AccountView};
use crate::accounts::{Caller, Door, Proof, factor, own_password, password};
use crate::actor::{Actor, ActorKind, Permission, authorize};
use crate::audit::prove;
use crate::clock::{DAY_MS, HOUR_MS};
use crate::core::Core;
use crate::error::{Error, Kind};
use crate::events::{self, NewEvent};
use crate::ids::{AccountId, AttemptId, PersonId};
use crate::keys::KeyStore;
use crate::mail::{self, NewMail, queue_in};
use crate::settings;

/// From one address: a school may sit behind it.
const ASKING: Guesses = Guesses {
    free: 30,
    window_ms: HOUR_MS,
};
/// For one mail address: whoever asks again and again fills nobody's box.
const MAILS: Guesses = Guesses {
    free: 3,
    window_ms: HOUR_MS,
};

/// What the page behind a link says.
#[derive(Clone, Debug)]
pub struct PortalLink {
    pub name: String,
    pub email: String,
    /// The person asked for it because they forgot their password.
    pub forgotten: bool,
}

/// Proof that somebody is this person: the unguessable code of their invitation together with its PIN where it
/// has one. Only who looked at both makes one.
#[derive(Clone, Debug)]
pub struct PersonProof {
    person: PersonId,
}

impl PersonProof {
    /// Whom it proves.
    pub fn person(&self) -> &PersonId {
        &self.person
    }
}

/// How long an attempt proves who began it.
const PROOF_MS: i64 = DAY_MS;

/// The proof of a browser that keeps the secret of an attempt: it was given only for the right code, and the right
/// PIN where one is asked for. It counts once a device came in with it, while that is the only one of its person:
/// whoever got hold of a link reaches no other device by it. It ends with what was decided about the account since.
/// `None` when it proves nobody.
pub async fn proof_of_attempt(
    core: &Core,
    attempt: &AttemptId,
    secret: &str,
) -> Result<Option<PersonProof>, Error> {
    const FIND: &str = "SELECT i.person_id FROM attempt t JOIN invitation i ON i.id = t.invitation_id \
        WHERE t.id = $1 AND t.profile_hash = $2 AND t.created_at > $3 AND i.status <> 'revoked' \
        AND i.person_id IS NOT NULL AND i.uses_allowed = 1 AND t.status IN ('enrolled', 'ready') \
        AND NOT EXISTS (SELECT 1 FROM enrollment e WHERE e.person_id = i.person_id \
        AND e.status = 'active' AND (t.device_id IS NULL OR e.device_id <> t.device_id)) \
        AND NOT EXISTS (SELECT 1 FROM account a WHERE a.person_id = i.person_id \
        AND a.password_changed_at > a.created_at AND a.password_changed_at >= t.created_at)";
    let secret_hash = hash::sha256_hex(secret.as_bytes());
    let values = args![attempt, secret_hash, core.now_ms() - PROOF_MS];
    let row = core.db().query_optional(FIND, values).await?;
    let person = row.map(|row| row.text(0)).transpose()?;
    Ok(person.map(|id| PersonProof {
        person: PersonId::from_store(id),
    }))
}

/// Who that is, for the page that asks for a password.
pub async fn proven(core: &Core, proof: &PersonProof) -> Result<PortalLink, Error> {
    let found = own::get(core, &proof.person).await?;
    Ok(PortalLink {
        name: found.name,
        email: found.email,
        forgotten: false,
    })
}

fn over() -> Error {
    Error::new(
        Kind::NotFound,
        "welcome_over",
        "This link was used already, or it has ended. Ask for a new one.",
    )
}

/// What is mailed, and what is kept of it.
struct Letter {
    keys: KeyStore,
    opening: Opening,
    new_id: AccountId,
    template: &'static str,
    link: Zeroizing<String>,
    organisation: settings::Organisation,
    now_ms: i64,
}

impl Letter {
    async fn new(core: &Core, kind: Way) -> Result<Self, Error> {
        let (code, opening) = ceremony::prepare(core.keys(), kind, b"");
        let base = core.config().public_url.trim_end_matches('/');
        let now_ms = core.now_ms();
        Ok(Self {
            keys: core.keys().clone(),
            opening,
            new_id: AccountId::new(now_ms),
            template: if kind == Way::PortalForgotten {
                "portal_forgotten"
            } else {
                "portal_welcome"
            },
            link: Zeroizing::new(format!("{base}/portal/welcome/{}", *code)),
            organisation: settings::organisation(core).await?,
            now_ms,
        })
    }

    /// Ends earlier links of the same kind, keeps this one and queues the mail.
    async fn send_in(&self, tx: &Tx, person: &own::Person) -> Result<(), Error> {
        let account = own::ensure_in(tx, &person.id, &self.new_id, self.now_ms).await?;
        ceremony::end_kind_in(tx, &account, self.opening.kind()).await?;
        ceremony::open_in(tx, &self.opening, Some(&account), self.now_ms).await?;
        let language = person
            .language
            .as_deref()
            .unwrap_or(&self.organisation.language);
        let mail = NewMail {
            dedup_key: None,
            account_id: None,
            recipient: &person.email,
            template: self.template,
            language: Some(language),
            arguments: &json!({
                "organisation": self.organisation.name,
                "person": person.name,
                "link": self.link.as_str(),
                "support": self.organisation.support,
            }),
            urgent: true,
        };
        queue_in(tx, &self.keys, &mail, self.now_ms).await?;
        Ok(())
    }
}

/// Mails a person the link with which they choose a password of their own; earlier ones end.
///
/// # Errors
/// Forbidden or not found as the actor's rights say; fresh sign-in needed where the address was changed since the
/// person chose a password: whoever changes addresses would otherwise come in as anybody; a conflict for somebody who
/// is inactive, has no mail address, whose password is checked elsewhere, or while there is no mail server.
pub async fn send_link(
    core: &Core,
    actor: &Actor,
    person: &PersonId,
    proof: Option<Proof>,
) -> Result<(), Error> {
    let found = own::get(core, person).await?;
    authorize(actor, Permission::PeopleWrite, &found.unit_path)?;
    if found.readdressed {
        prove(core, actor, proof).await?;
    }
    let elsewhere = source::checks(core, person).await?;
    own::may_have_password(&found, elsewhere)?;
    if !mail::has_server(core).await? {
        return Err(Error::conflict(
            "mail_not_set",
            "There is no mail server yet; name one first.",
        ));
    }
    let letter = Letter::new(core, Way::PortalWelcome).await?;
    let seen = (found.readdressed, found.email);
    let input = (letter, person.clone(), seen, actor.clone());
    core.db()
        .write(input, |tx, (letter, person, seen, actor)| {
            Box::pin(async move {
                let found = own::get_in(tx, person).await?;
                authorize(actor, Permission::PeopleWrite, &found.unit_path)?;
                own::may_have_password(&found, false)?;
                if *seen != (found.readdressed, found.email.clone()) {
                    let text = "The address of this person was changed just now; try again.";
                    return Err(Error::conflict("person_moved", text));
                }
                letter.send_in(tx, &found).await?;
                let event =
                    NewEvent::done("person.link", "person", person.as_str(), &found.unit_id)
                        .with(json!({ "address_changed": found.readdressed }));
                events::record(tx, actor, letter.now_ms, event).await?;
                Ok::<_, Error>(())
            })
        })
        .await
}

/// Mails whoever has this address a link to choose another password. Whether anybody has it, nobody is told. An
/// address that took the place of another since the person chose a password gets none.
///
/// # Errors
/// Too many from one network.
pub async fn forgotten(core: &Core, email: &str, caller: &Caller) -> Result<(), Error> {
    let email = email.trim().to_lowercase();
    let found = own::by_email(core, &email).await?;
    let person = match found {
        Some(person) => {
            let elsewhere = source::checks(core, &person.id).await?;
            own::may_have_password(&person, elsewhere).is_ok() && mail::has_server(core).await?
        }
        None => false,
    };
    let letter = Letter::new(core, Way::PortalForgotten).await?;
    let from = format!("forgotten:{}", caller.address_subject());
    let to = format!("forgotten:mail:{}", hash::sha256_hex(email.as_bytes()));
    let input = (letter, email, person, (from, to), caller.clone());
    core.db()
        .write(input, |tx, (letter, email, person, (from, to), caller)| {
            Box::pin(async move {
                let now = letter.now_ms;
                reserve(tx, from, ASKING, now).await?;
                if blocked(tx, to, now).await.is_err() {
                    return Ok(());
                }
                failed(tx, to, MAILS, now).await?;
                let found = own::find_by_email_in(tx, email).await?;
                let Some(found) = found.filter(|found| *person && !found.readdressed) else {
                    // As much work as for somebody; it opens nothing and ends by itself.
                    ceremony::open_in(tx, &letter.opening, None, now).await?;
                    return Ok(());
                };
                letter.send_in(tx, &found).await?;
                let actor = Actor::person("unknown", caller.address.clone());
                let id = found.id.as_str();
                let event = NewEvent::done("person.forgotten", "person", id, &found.unit_id);
                events::record(tx, &actor, now, event).await?;
                Ok::<_, Error>(())
            })
        })
        .await
}

/// Whose link it is, without using it.
struct Found {
    account: AccountId,
    person: own::Person,
    kind: Way,
}

async fn find_in(tx: &Tx, keys: &KeyStore, code: &str, now_ms: i64) -> Result<Found, Error> {
    const WHOSE: &str = "SELECT person_id FROM account WHERE id = $1 AND person_id IS NOT NULL";
    for kind in [Way::PortalWelcome, Way::PortalForgotten] {
        let open = ceremony::find_in(tx, keys, kind, code, now_ms).await?;
        let Some(account) = open.and_then(|open| open.account) else {
            continue;
        };
        let row = tx.fetch_optional(WHOSE, args![&account]).await?;
        let id = PersonId::from_store(row.ok_or_else(over)?.text(0)?);
        let person = own::find_in(tx, &id).await?.ok_or_else(over)?;
        // Whom a provider vouches for meanwhile, nobody gives a password by a link.
        if own::may_have_password(&person, false).is_err() {
            return Err(over());
        }
        return Ok(Found {
            account,
            person,
            kind,
        });
    }
    Err(over())
}

async fn look_up(core: &Core, code: &str) -> Result<Found, Error> {
    let input = (core.keys().clone(), code.to_owned(), core.now_ms());
    let found = core
        .db()
        .read(input, |tx, (keys, code, now)| {
            Box::pin(async move { find_in(tx, keys, code, *now).await })
        })
        .await?;
    if source::checks(core, &found.person.id).await? {
        return Err(over());
    }
    Ok(found)
}

/// Whose link this is.
///
/// # Errors
/// Not found when it was used, ended, or never was.
pub async fn link(core: &Core, code: &str) -> Result<PortalLink, Error> {
    let found = look_up(core, code).await?;
    Ok(PortalLink {
        name: found.person.name,
        email: found.person.email,
        forgotten: found.kind == Way::PortalForgotten,
    })
}

/// What a new password leads to.
enum Done {
    In(bool, AccountView),
    SecondFactor,
}

/// Uses the link: the person's own password, and a session of theirs; with a second factor the step that asks for
/// it. All earlier sessions end.
///
/// # Errors
/// Not found when the link is over; invalid `password` for one that is short or easy to guess.
pub async fn take_link(
    core: &Core,
    code: &str,
    new: Zeroizing<String>,
    caller: Caller,
) -> Result<SignedIn, Error> {
    let found = look_up(core, code).await?;
    let about = own_password::about(core, &found.person.name, &found.person.email).await?;
    let password_hash = password::hash_new_password(new, about).await?;
    let begin = Begin::blank(core, Method::Password, caller.at(Door::Portal));
    let (step, opening) = ceremony::prepare(core.keys(), Way::SecondFactor, b"");
    let input = (
        core.keys().clone(),
        Zeroizing::new(code.to_owned()),
        Zeroizing::new(password_hash),
        (begin.clone(), opening),
    );
    let done = core
        .db()
        .write(input, |tx, (keys, code, hash, (begin, opening))| {
            Box::pin(async move {
                let now = begin.now_ms;
                let found = find_in(tx, keys, code, now).await?;
                let taken = ceremony::take_in(tx, keys, found.kind, code, now).await?;
                taken.ok_or_else(over)?;
                set_in(tx, &found.account, &found.person, hash, begin).await?;
                come_in(tx, &found.account, begin, opening).await
            })
        })
        .await?;
    Ok(match done {
        Done::In(known, account) => SignedIn::Session(begin.done(known, account)),
        Done::SecondFactor => SignedIn::SecondFactor(step),
    })
}

async fn set_in(
    tx: &Tx,
    account: &AccountId,
    person: &own::Person,
    hash: &str,
    begin: &Begin,
) -> Result<(), Error> {
    let now = begin.now_ms;
    own::set_password_in(tx, account, hash, None, now).await?;
    crate::accounts::session::end_sessions_in(tx, account).await?;
    let mut actor = Actor::person(account.as_str(), begin.caller.address.clone());
    actor.kind = ActorKind::Account;
    let action = if person.opened {
        "account.password"
    } else {
        "account.open"
    };
    let event = NewEvent::done(action, "account", account.as_str(), &person.unit_id);
    events::record(tx, &actor, now, event).await?;
    Ok(())
}

async fn come_in(
    tx: &Tx,
    account: &AccountId,
    begin: &Begin,
    opening: &Opening,
) -> Result<Done, Error> {
    let found = store::find(tx, account).await?;
    let found = found.filter(|a| a.opens(Door::Portal)).ok_or_else(over)?;
    if factor::of_in(tx, account).await?.has_second() {
        ceremony::open_in(tx, opening, Some(account), begin.now_ms).await?;
        return Ok(Done::SecondFactor);
    }
    let known = begin.clone().of(&found).run(tx).await?;
    Ok(Done::In(known, found.view))
}

/// Whether a person who proved themselves has to choose a password: their account has no way in, and nobody else
/// lets them in.
pub async fn needs_password(core: &Core, person: &PersonId) -> Result<bool, Error> {
    let found = own::get(core, person).await?;
    let elsewhere = source::checks(core, person).await?;
    Ok(!found.opened && own::may_have_password(&found, elsewhere).is_ok())
}

/// Opens the account of a person who proved themselves and has none yet, with a password of their own, and begins
/// their session (S1-40).
///
/// # Errors
/// `account_opened` when there is a way in already: a proof of less than that may not replace it. A conflict for
/// somebody inactive, without mail address or whose password is checked elsewhere; invalid `password`.
pub async fn open_for_person(
    core: &Core,
    proof: PersonProof,
    new: Zeroizing<String>,
    caller: Caller,
) -> Result<NewSession, Error> {
    let found = own::get(core, &proof.person).await?;
    let elsewhere = source::checks(core, &found.id).await?;
    may_open(&found, elsewhere)?;
    let about = own_password::about(core, &found.name, &found.email).await?;
    let password_hash = Zeroizing::new(password::hash_new_password(new, about).await?);
    let begin = Begin::blank(core, Method::Password, caller.at(Door::Portal));
    let new_id = AccountId::new(begin.now_ms);
    let input = (proof.person, password_hash, new_id, begin.clone());
    let (known, account) = core
        .db()
        .write(input, |tx, (person, hash, new_id, begin)| {
            Box::pin(async move {
                let found = own::get_in(tx, person).await?;
                may_open(&found, false)?;
                let account = own::ensure_in(tx, person, new_id, begin.now_ms).await?;
                set_in(tx, &account, &found, hash, begin).await?;
                let opened = store::find(tx, &account).await?;
                let opened = opened.filter(|a| a.opens(Door::Portal)).ok_or_else(over)?;
                let known = begin.clone().of(&opened).run(tx).await?;
                Ok::<_, Error>((known, opened.view))
            })
        })
        .await?;
    Ok(begin.done(known, account))
}

fn may_open(person: &own::Person, elsewhere: bool) -> Result<(), Error> {
    own::may_have_password(person, elsewhere)?;
    if person.opened {
        return Err(Error::conflict(
            "account_opened",
            "This person has a way to sign in already.",
        ));
    }
    Ok(())
}
