//! A person whom a provider vouches for, at the portal. They have no role there and no group is asked about: the
//! provider says who it is, and the list of people says whether they belong here.

use serde_json::json;
use tillsyn_db::{Tx, args};
use zeroize::Zeroizing;

use super::arrive::{Coming, shown};
use super::claims::Claims;
use super::fault::Fault;
use super::finish::Failed;
use super::provider::{Provider, SignInButton, buttons, shows_two};
use super::store;
use crate::accounts::ceremony::{self, Opening};
use crate::accounts::confirm::freshen_in;
use crate::accounts::session::{Method, Session};
use crate::accounts::sign_in::SignedIn;
use crate::accounts::store::{self as account_store, AccountView};
use crate::accounts::{Door, factor, portal};
use crate::actor::Actor;
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::{AccountId, IdentityProviderId, OrgUnitId, PersonId};
use crate::people::normal_email;

/// What the portal's sign-in page offers.
pub async fn portal_buttons(core: &Core) -> Result<Vec<SignInButton>, Error> {
    const ENABLED: &str = "SELECT id, name FROM oidc_provider WHERE disabled_at IS NULL AND people = 1 \
        ORDER BY name, id LIMIT 20";
    buttons(&core.db().query_all(ENABLED, args![]).await?)
}

/// At which providers the person of a session of the portal can show that it is still them.
pub async fn portal_confirm_buttons(
    core: &Core,
    session: &Session,
) -> Result<Vec<SignInButton>, Error> {
    const OF: &str = "SELECT p.id, p.name FROM oidc_provider p JOIN person_identity i ON i.provider_id = p.id \
        JOIN account a ON a.person_id = i.person_id WHERE a.id = $1 AND p.disabled_at IS NULL AND p.people = 1 \
        AND ($2 = 0 OR p.trusts_second_factor = 1) ORDER BY p.name, p.id LIMIT 20";
    let values = args![&session.account.id, i64::from(shows_two(session.factors))];
    buttons(&core.db().query_all(OF, values).await?)
}

/// What the transaction ends with.
enum Done {
    Session(bool, AccountView),
    SecondFactor,
}

/// Signs in a person: the session, or the second step where the provider's own second factor does not count and the
/// account has one.
pub(super) async fn sign_in(core: &Core, coming: Coming) -> Result<SignedIn, Failed> {
    let continued = Method::Oidc.as_str().as_bytes();
    let (step, opening) = ceremony::prepare(core.keys(), ceremony::Kind::SecondFactor, continued);
    let now = core.now_ms();
    let ids = (PersonId::new(now), AccountId::new(now));
    let begin = coming.begin.clone();
    let done = core
        .db()
        .write((coming, opening, ids), |tx, (coming, opening, ids)| {
            Box::pin(async move { arrive_in(tx, coming, opening, ids).await })
        })
        .await?;
    match done {
        Done::Session(known, account) => Ok(SignedIn::Session(begin.done(known, account))),
        Done::SecondFactor => Ok(SignedIn::SecondFactor(Zeroizing::clone(&step))),
    }
}

async fn arrive_in(
    tx: &Tx,
    coming: &Coming,
    opening: &Opening,
    (new_person, new_account): &(PersonId, AccountId),
) -> Result<Done, Failed> {
    let id = &coming.provider.id;
    let provider = store::find_in(tx, id).await?;
    let provider = provider.filter(|p| p.enabled && p.people);
    let provider = provider.ok_or(Fault::Over)?;
    let subject = coming.claims.subject().ok_or(Fault::Answer("subject"))?;
    let now = coming.begin.now_ms;
    let person = match known_in(tx, id, subject).await? {
        Some(person) => person,
        None => first_in(tx, coming, &provider, subject, new_person).await?,
    };
    let account = portal::ensure_in(tx, &person, new_account, now).await?;
    let account = account_store::find(tx, &account).await?;
    let account = account.filter(|a| a.opens(Door::Portal));
    let account = account.ok_or(Fault::AccountDisabled)?;
    // The provider of a part of the organisation has no say over people outside.
    if !account.standing.unit_path.starts_with(&provider.unit_path) {
        return Err(Fault::Elsewhere.into());
    }
    let mut begin = coming.begin.clone().of(&account);
    if shown(&provider, &coming.claims) {
        begin = begin.with_second_factor();
    } else if factor::of_in(tx, &account.view.id).await?.has_second() {
        ceremony::open_in(tx, opening, Some(&account.view.id), now).await?;
        return Ok(Done::SecondFactor);
    }
    let known = begin.run(tx).await?;
    Ok(Done::Session(known, account.view))
}

async fn known_in(
    tx: &Tx,
    provider: &IdentityProviderId,
    subject: &str,
) -> Result<Option<PersonId>, Error> {
    const FIND: &str =
        "SELECT person_id FROM person_identity WHERE provider_id = $1 AND subject = $2";
    let row = tx.fetch_optional(FIND, args![provider, subject]).await?;
    Ok(row
        .map(|row| row.text(0))
        .transpose()?
        .map(PersonId::from_store))
}

/// Who somebody is whom the provider names for the first time. An address that it only claims is nobody's, and one
/// that is somebody's makes them the same only where that was decided for this provider.
async fn first_in(
    tx: &Tx,
    coming: &Coming,
    provider: &Provider,
    subject: &str,
    new_person: &PersonId,
) -> Result<PersonId, Failed> {
    const TAKEN: &str = "SELECT p.id, p.status, u.path, (SELECT count(*) FROM person_identity i \
        WHERE i.person_id = p.id AND i.provider_id = $2), p.email_changed_at FROM person p \
        JOIN org_unit u ON u.id = p.org_unit_id WHERE p.email = $1";
    let (email, verified) = coming.claims.email().ok_or(Fault::NoEmail)?;
    if !verified {
        return Err(Fault::NoEmail.into());
    }
    let email = normal_email(email).map_err(|_| Fault::NoEmail)?;
    let values = args![email.as_str(), &provider.id];
    let taken = tx
        .fetch_optional(TAKEN, values)
        .await
        .map_err(Error::from)?;
    let read = |row: &tillsyn_db::Row| {
        // An address that took the place of another proves nobody yet: whoever may change addresses would come in.
        let unproved = row.opt_i64(4)?.is_some();
        let closed = unproved || row.i64(3)? > 0;
        Ok::<_, Error>((row.text(0)?, row.text(1)?, row.text(2)?, closed))
    };
    let person = match taken.as_ref().map(read).transpose()? {
        Some((_, _, _, closed)) if !provider.links_existing || closed => {
            return Err(Fault::EmailTaken.into());
        }
        Some((_, _, path, _)) if !path.starts_with(&provider.unit_path) => {
            return Err(Fault::Elsewhere.into());
        }
        Some((_, status, _, _)) if status != "active" => {
            return Err(Fault::AccountDisabled.into());
        }
        Some((id, ..)) => PersonId::from_store(id),
        None => {
            let unit = provider.makes_people_in.as_ref().ok_or(Fault::NotMapped)?;
            make_in(tx, (coming, provider), unit, &email, new_person).await?;
            new_person.clone()
        }
    };
    remember_in(tx, coming, &person, subject).await?;
    Ok(person)
}

async fn make_in(
    tx: &Tx,
    (coming, provider): (&Coming, &Provider),
    unit: &OrgUnitId,
    email: &str,
    id: &PersonId,
) -> Result<(), Failed> {
    const THERE: &str = "SELECT path FROM org_unit WHERE id = $1 AND removed_at IS NULL";
    const INSERT: &str = "INSERT INTO person (id, org_unit_id, name, email, language, status, created_at, \
        updated_at) VALUES ($1, $2, $3, $4, NULL, 'active', $5, $5)";
    let there = tx.fetch_optional(THERE, args![unit]).await;
    let there = there.map_err(Error::from)?.ok_or(Fault::NotMapped)?;
    // The unit may have been moved since it was chosen.
    let path = there.text(0).map_err(Error::from)?;
    if !path.starts_with(&provider.unit_path) {
        return Err(Fault::Elsewhere.into());
    }
    let before_at = email.split('@').next().unwrap_or_default();
    let name = coming.claims.name().unwrap_or(before_at);
    let name: String = name.chars().filter(|c| !c.is_control()).take(100).collect();
    let now = coming.begin.now_ms;
    let values = args![id, unit, name, email, now];
    tx.execute(INSERT, values).await.map_err(Error::from)?;
    let details = json!({
        "unit": unit, "by": "identity_provider", "provider": coming.provider.id.as_str(),
    });
    record(tx, coming, "person.create", id, unit.as_str(), details).await
}

async fn remember_in(
    tx: &Tx,
    coming: &Coming,
    person: &PersonId,
    subject: &str,
) -> Result<(), Failed> {
    const PUT: &str = "INSERT INTO person_identity (provider_id, subject, person_id, created_at) \
        VALUES ($1, $2, $3, $4)";
    const UNIT: &str = "SELECT org_unit_id FROM person WHERE id = $1";
    let provider = &coming.provider.id;
    let values = args![provider, subject, person, coming.begin.now_ms];
    tx.execute(PUT, values).await.map_err(Error::from)?;
    // Whom the provider vouches for has no password beside that, and nobody goes on who came with one. What was a
    // second factor stays one: it is asked for where the provider's own does not count.
    portal::close_in(tx, person, coming.begin.now_ms).await?;
    let unit = tx.fetch_one(UNIT, args![person]).await;
    let unit = unit.map_err(Error::from)?.text(0).map_err(Error::from)?;
    let details = json!({ "provider": provider.as_str() });
    record(tx, coming, "person.identity", person, &unit, details).await
}

async fn record(
    tx: &Tx,
    coming: &Coming,
    action: &'static str,
    person: &PersonId,
    unit: &str,
    details: serde_json::Value,
) -> Result<(), Failed> {
    let mut actor = Actor::system();
    actor.address.clone_from(&coming.begin.caller.address);
    let event = NewEvent::done(action, "person", person.as_str(), unit).with(details);
    let recorded = events::record(tx, &actor, coming.begin.now_ms, event).await;
    recorded
        .map(drop)
        .map_err(|error| Failed::Error(error.into()))
}

/// Makes a session of the portal fresh for ten minutes, if it is the same person.
pub(super) async fn confirm(
    core: &Core,
    provider: &Provider,
    claims: &Claims,
    session: &Session,
) -> Result<(), Failed> {
    let subject = claims.subject().ok_or(Fault::Answer("subject"))?;
    let second_factor = shown(provider, claims);
    let input = (
        (provider.id.clone(), subject.to_owned(), second_factor),
        session.clone(),
        core.now_ms(),
    );
    let fault = core
        .db()
        .write(
            input,
            |tx, ((provider, subject, second_factor), session, now)| {
                Box::pin(async move {
                    let known = known_in(tx, provider, subject).await?;
                    if known.is_none() || known != session.person {
                        return Ok(Some(Fault::OtherPerson));
                    }
                    let id = &session.account.id;
                    if !*second_factor && shows_two(factor::of_in(tx, id).await?) {
                        return Ok(Some(Fault::SecondFactor));
                    }
                    freshen_in(tx, &session.token_hash, *second_factor, *now).await?;
                    let unit = account_store::unit_of(tx, id).await?;
                    let event = NewEvent::done("session.confirm", "account", id.as_str(), &unit)
                        .with(json!({ "method": "oidc", "provider": provider.as_str() }));
                    events::record(tx, &session.actor, *now, event).await?;
                    Ok::<_, Error>(None)
                })
            },
        )
        .await?;
    match fault {
        None => Ok(()),
        Some(fault) => Err(fault.into()),
    }
}
