//! Somebody whom the provider vouches for: their account, its rights, their session. One transaction.

use serde_json::json;
use tillsyn_db::{Tx, args};
use zeroize::Zeroizing;

use super::claims::Claims;
use super::fault::Fault;
use super::finish::Failed;
use super::provider::{Mapping, Provider, shows_two};
use super::store;
use crate::accounts::ceremony::{self, Opening};
use crate::accounts::confirm::freshen_in;
use crate::accounts::session::{Begin, Method, NewSession, Session, end_sessions_in};
use crate::accounts::sign_in::SignedIn;
use crate::accounts::store::{self as account_store, Account, AccountView};
use crate::accounts::{OPENED, VOUCHED, factor, password};
use crate::actor::Actor;
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::{AccountId, IdentityProviderId};
use crate::people::normal_email;

/// Who comes.
#[derive(Clone)]
pub(super) struct Coming {
    pub(super) begin: Begin,
    /// As it was when the provider was asked.
    pub(super) provider: Provider,
    pub(super) claims: Claims,
}

/// What the transaction ends with.
enum Done {
    Session(bool, AccountView),
    SecondFactor,
    Refused(Fault),
}

/// Signs in: the session, or the second step where the provider's own second factor does not count and the account
/// has one.
pub(super) async fn sign_in(core: &Core, coming: Coming) -> Result<SignedIn, Failed> {
    let continued = Method::Oidc.as_str().as_bytes();
    let (step, opening) = ceremony::prepare(core.keys(), ceremony::Kind::SecondFactor, continued);
    let new_id = AccountId::new(core.now_ms());
    let begin = coming.begin.clone();
    let done = core
        .db()
        .write(
            (coming, opening, new_id),
            |tx, (coming, opening, new_id)| {
                Box::pin(async move { coming.arrive_in(tx, opening, new_id).await })
            },
        )
        .await?;
    match done {
        Done::Session(known, account) => {
            let session: NewSession = begin.done(known, account);
            Ok(SignedIn::Session(session))
        }
        Done::SecondFactor => Ok(SignedIn::SecondFactor(Zeroizing::clone(&step))),
        Done::Refused(fault) => Err(fault.into()),
    }
}

impl Coming {
    async fn arrive_in(
        &self,
        tx: &Tx,
        opening: &Opening,
        new_id: &AccountId,
    ) -> Result<Done, Failed> {
        let id = &self.provider.id;
        let provider = store::find_in(tx, id).await?.filter(|p| p.enabled);
        let provider = provider.ok_or(Fault::Over)?;
        let subject = self.claims.subject().ok_or(Fault::Answer("subject"))?;
        let came_before = known_in(tx, id, subject).await?;
        let linked = came_before.is_none();
        let known = if linked {
            self.same_mail_in(tx, &provider).await?
        } else {
            came_before
        };
        if known.as_ref().is_some_and(|account| !account.active) {
            return Err(Fault::AccountDisabled.into());
        }
        if known.as_ref().is_some_and(|account| account.portal_only) {
            return Err(Fault::EmailTaken.into());
        }
        let groups = self.claims.groups(&provider.groups_claim);
        let place = match provider.mapped(&groups) {
            Some(mapping) => Place::of(tx, mapping).await?,
            None => None,
        };
        let Some(place) = place else {
            let Some(account) = known.filter(|_| !linked) else {
                return Err(Fault::NotMapped.into());
            };
            if !account.standing.unit_path.starts_with(&provider.unit_path) {
                return Err(Fault::NotMapped.into());
            }
            // The last owner stays what they are, whatever their groups say (S04).
            if is_last_owner(tx, &account.view.id, &own_way()).await? {
                return self.session_in(tx, opening, &provider, account).await;
            }
            // This refusal alone keeps what it wrote: sessions that end with it.
            self.unmapped_in(tx, &provider, &account).await?;
            return Ok(Done::Refused(Fault::NotMapped));
        };
        let account = match known {
            Some(account) => {
                // The provider of a part of the organisation has no say over accounts outside.
                if !account.standing.unit_path.starts_with(&provider.unit_path) {
                    return Err(Fault::Elsewhere.into());
                }
                self.map_in(tx, &account, &place).await?;
                if linked {
                    self.take_over_in(tx, &account).await?;
                }
                account.view.id
            }
            None => self.make_in(tx, new_id, &place).await?,
        };
        self.remember_in(tx, subject, &account, &place).await?;
        let account = account_store::find(tx, &account).await?;
        let account = account.ok_or_else(|| Error::not_found("account"))?;
        self.session_in(tx, opening, &provider, account).await
    }

    /// An account that may be taken over by its mail address.
    async fn same_mail_in(&self, tx: &Tx, provider: &Provider) -> Result<Option<Account>, Failed> {
        let Some((email, verified)) = self.claims.email() else {
            return Err(Fault::NoEmail.into());
        };
        let email = normal_email(email).map_err(|_| Fault::NoEmail)?;
        match account_store::find_by_email(tx, &email).await? {
            Some(account)
                if provider.links_existing && verified && is_free(tx, &account).await? =>
            {
                Ok(Some(account))
            }
            Some(_) => Err(Fault::EmailTaken.into()),
            None => Ok(None),
        }
    }

    async fn make_in(&self, tx: &Tx, id: &AccountId, place: &Place) -> Result<AccountId, Failed> {
        const INSERT: &str = "INSERT INTO account (id, org_unit_id, email, name, password_hash, role, status, \
            kind, created_at, role_changed_at, password_changed_at) \
            VALUES ($1, $2, $3, $4, $5, $6, 'active', 'person', $7, $7, $7)";
        let (email, _) = self.claims.email().ok_or(Fault::NoEmail)?;
        let email = normal_email(email).map_err(|_| Fault::NoEmail)?;
        let before_at = email.split('@').next().unwrap_or_default();
        let name = self.claims.name().unwrap_or(before_at);
        let name: String = name.chars().filter(|c| !c.is_control()).take(100).collect();
        let now = self.begin.now_ms;
        let values = args![
            id,
            &place.unit,
            &email,
            name,
            password::NONE,
            &place.role,
            now
        ];
        tx.execute(INSERT, values).await.map_err(Error::from)?;
        let details = json!({
            "role": place.role, "by": "identity_provider", "provider": self.provider.id.as_str(),
        });
        self.record(tx, "account.create", id, &place.unit, details)
            .await?;
        Ok(id.clone())
    }

    /// Gives the account what its group gives. The last owner of the organisation stays what they are (S04).
    async fn map_in(&self, tx: &Tx, account: &Account, place: &Place) -> Result<(), Failed> {
        const MAP: &str = "UPDATE account SET role = $2, org_unit_id = $3, role_changed_at = $4 \
            WHERE id = $1";
        let (id, from) = (&account.view.id, &account.view.role);
        if *from == place.role && account.unit_id == place.unit {
            return Ok(());
        }
        let details = json!({
            "provider": self.provider.id.as_str(),
            "role": { "from": from, "to": place.role },
            "unit": { "from": account.unit_id, "to": place.unit },
        });
        if is_last_owner(tx, id, OPENED).await? {
            let event = NewEvent::done("account.mapped", "account", id.as_str(), &account.unit_id)
                .refused()
                .with(details);
            self.event(tx, event).await?;
            return Ok(());
        }
        let now = self.begin.now_ms;
        let values = args![id, &place.role, &place.unit, now];
        tx.execute(MAP, values).await.map_err(Error::from)?;
        end_sessions_in(tx, id).await?;
        self.record(tx, "account.mapped", id, &place.unit, details)
            .await
    }

    /// An account that the provider vouches for has no other way in beside that: no password, token, link or step that
    /// was begun; whoever had it may be another. Factors stay, and are asked for after the provider. The last owner
    /// keeps all ways.
    async fn take_over_in(&self, tx: &Tx, account: &Account) -> Result<(), Failed> {
        // Somebody else than before, maybe: a newcomer for a day (S55).
        const CLOSE: &str = "UPDATE account SET password_hash = $2, password_changed_at = $3, \
            role_changed_at = $3, must_change_password = 0 WHERE id = $1";
        const TOKENS: &str =
            "UPDATE api_token SET revoked_at = $2 WHERE account_id = $1 AND revoked_at IS NULL";
        let (id, now) = (&account.view.id, self.begin.now_ms);
        if is_last_owner(tx, id, &own_way()).await? {
            return Ok(());
        }
        let closed = async {
            tx.execute(CLOSE, args![id, password::NONE, now]).await?;
            tx.execute(TOKENS, args![id, now]).await
        };
        closed.await.map_err(Error::from)?;
        Ok(end_sessions_in(tx, id).await?)
    }

    /// No group of theirs may come in any more: nor does what is open go on.
    async fn unmapped_in(
        &self,
        tx: &Tx,
        provider: &Provider,
        account: &Account,
    ) -> Result<(), Failed> {
        const OPEN: &str = "SELECT count(*) FROM session WHERE account_id = $1";
        let id = &account.view.id;
        let row = tx.fetch_one(OPEN, args![id]).await.map_err(Error::from)?;
        let open = row.i64(0).map_err(Error::from)?;
        end_sessions_in(tx, id).await?;
        if open == 0 {
            return Ok(());
        }
        let details = json!({
            "sessions": open, "provider": provider.id.as_str(), "reason": Fault::NotMapped.reason(),
        });
        self.record(tx, "session.revoke", id, &account.unit_id, details)
            .await
    }

    /// From now on the subject is this account's, whatever its mail address becomes.
    async fn remember_in(
        &self,
        tx: &Tx,
        subject: &str,
        account: &AccountId,
        place: &Place,
    ) -> Result<(), Failed> {
        const PUT: &str = "INSERT INTO account_identity (provider_id, subject, account_id, created_at) \
            VALUES ($1, $2, $3, $4) ON CONFLICT (provider_id, subject) DO NOTHING";
        let id = &self.provider.id;
        let values = args![id, subject, account, self.begin.now_ms];
        if tx.execute(PUT, values).await.map_err(Error::from)? == 0 {
            return Ok(());
        }
        let details = json!({ "provider": id.as_str() });
        self.record(tx, "account.identity", account, &place.unit, details)
            .await
    }

    async fn session_in(
        &self,
        tx: &Tx,
        opening: &Opening,
        provider: &Provider,
        account: Account,
    ) -> Result<Done, Failed> {
        let mut begin = self.begin.clone().of(&account);
        if shown(provider, &self.claims) {
            begin = begin.with_second_factor();
        } else if factor::of_in(tx, &account.view.id).await?.has_second() {
            ceremony::open_in(tx, opening, Some(&account.view.id), begin.now_ms).await?;
            return Ok(Done::SecondFactor);
        }
        let known = begin.run(tx).await?;
        Ok(Done::Session(known, account.view))
    }

    async fn record(
        &self,
        tx: &Tx,
        action: &'static str,
        account: &AccountId,
        unit: &str,
        details: serde_json::Value,
    ) -> Result<(), Failed> {
        let event = NewEvent::done(action, "account", account.as_str(), unit).with(details);
        self.event(tx, event).await
    }

    async fn event(&self, tx: &Tx, event: NewEvent<'_>) -> Result<(), Failed> {
        let mut actor = Actor::system();
        actor.address.clone_from(&self.begin.caller.address);
        let recorded = events::record(tx, &actor, self.begin.now_ms, event).await;
        recorded.map_err(|error| Failed::Error(error.into()))
    }
}

/// Whether a second factor was shown that counts here.
pub(super) fn shown(provider: &Provider, claims: &Claims) -> bool {
    provider.trusts_second_factor && claims.says_any(&provider.second_factor_values)
}

/// What a mapping gives.
struct Place {
    role: String,
    unit: String,
}

impl Place {
    /// `None` when the unit is gone: a later mapping does not take its place.
    async fn of(tx: &Tx, mapping: &Mapping) -> Result<Option<Self>, Error> {
        const THERE: &str = "SELECT 1 FROM org_unit WHERE id = $1 AND removed_at IS NULL";
        let there = tx.fetch_optional(THERE, args![&mapping.unit]).await?;
        Ok(there.map(|_| Self {
            role: mapping.role.clone(),
            unit: mapping.unit.as_str().to_owned(),
        }))
    }
}

async fn known_in(
    tx: &Tx,
    provider: &IdentityProviderId,
    subject: &str,
) -> Result<Option<Account>, Error> {
    const FIND: &str =
        "SELECT account_id FROM account_identity WHERE provider_id = $1 AND subject = $2";
    match tx.fetch_optional(FIND, args![provider, subject]).await? {
        Some(row) => account_store::find(tx, &AccountId::from_store(row.text(0)?)).await,
        None => Ok(None),
    }
}

/// Whether it is a person's whom no provider knows yet: an address that was given to somebody else is not enough, nor
/// one that another provider only claimed. A passkey may be that of whoever prepared the account.
async fn is_free(tx: &Tx, account: &Account) -> Result<bool, Error> {
    const FREE: &str = "SELECT 1 FROM account a WHERE a.id = $1 AND a.kind = 'person' \
        AND NOT EXISTS (SELECT 1 FROM account_identity i WHERE i.account_id = a.id) \
        AND NOT EXISTS (SELECT 1 FROM passkey k WHERE k.account_id = a.id)";
    let row = tx.fetch_optional(FREE, args![&account.view.id]).await?;
    Ok(row.is_some())
}

/// Whether only their provider lets somebody in: it knows who still belongs to the organisation, and a passkey does
/// not. The last owner must not depend on it.
pub(in crate::accounts) async fn comes_by_provider_in(
    tx: &Tx,
    account: &Account,
) -> Result<bool, Error> {
    const KNOWN: &str = "SELECT 1 FROM account_identity i JOIN oidc_provider p ON p.id = i.provider_id \
        WHERE i.account_id = $1 AND p.disabled_at IS NULL LIMIT 1";
    let id = &account.view.id;
    Ok(account.password_hash == password::NONE
        && tx.fetch_optional(KNOWN, args![id]).await?.is_some()
        && !is_last_owner(tx, id, &own_way()).await?)
}

/// Of an account `a`: that it has a way in that no provider can close.
fn own_way() -> String {
    format!(
        "(a.password_hash <> '!' OR (EXISTS (SELECT 1 FROM passkey k WHERE k.account_id = a.id) \
         AND NOT {VOUCHED}))"
    )
}

/// Whether nobody else of whom this holds owns the whole organisation.
async fn is_last_owner(tx: &Tx, id: &AccountId, others: &str) -> Result<bool, Error> {
    let owners = format!(
        "SELECT a.id FROM account a JOIN org_unit u ON u.id = a.org_unit_id \
         WHERE a.status = 'active' AND a.kind = 'person' AND a.role = 'owner' AND a.platform IS NULL \
         AND u.parent_id IS NULL AND (a.id = $1 OR {others}) LIMIT 2"
    );
    let rows = tx.fetch_all_dyn(&owners, args![id]).await?;
    match rows.as_slice() {
        [only] => Ok(only.str(0)? == id.as_str()),
        _ => Ok(false),
    }
}

/// Makes the session fresh for ten minutes, if it is the same person.
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
                    let id = &session.account.id;
                    let Some(account) = known.filter(|a| a.active && a.view.id == *id) else {
                        return Ok(Some(Fault::OtherPerson));
                    };
                    if !*second_factor && shows_two(factor::of_in(tx, id).await?) {
                        return Ok(Some(Fault::SecondFactor));
                    }
                    freshen_in(tx, &session.token_hash, *second_factor, *now).await?;
                    let unit = &account.unit_id;
                    let event = NewEvent::done("session.confirm", "account", id.as_str(), unit)
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
