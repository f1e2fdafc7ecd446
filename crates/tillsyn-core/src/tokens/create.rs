//! Making a token.

use serde_json::json;
use tillsyn_db::{Tx, args};
use tillsyn_pki::hash;
use zeroize::Zeroizing;

use super::view::{TokenView, find_in};
use super::{MOST_DAYS, PREFIX};
use crate::accounts::reach_in;
use crate::actor::{Actor, ActorKind, Permission, Rights, may, require_fresh};
use crate::clock::DAY_MS;
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::{AccountId, OrgUnitId, TokenId};
use crate::roles::may_give;
use crate::text;
use crate::units::find_in as unit_in;

/// What to make.
#[derive(Clone, Debug, Default)]
pub struct NewToken {
    pub name: String,
    /// A subset of what its maker and its account hold.
    pub permissions: Vec<Permission>,
    /// Life in days, 1 to [`MOST_DAYS`].
    pub days: i64,
    /// A unit within the account's subtree; absent reaches all that the account does.
    pub unit: Option<OrgUnitId>,
    /// The service account whose token it is; absent makes one of the actor's own.
    pub account: Option<AccountId>,
}

struct Made {
    id: TokenId,
    new: NewToken,
    rights: Rights,
    token_hash: String,
    actor: Actor,
    now_ms: i64,
}

/// Makes a token for the acting account, or for a service account that the actor may change; its value is
/// returned once. Only a person signed in can: a stolen token does not make others.
pub async fn create_token(
    core: &Core,
    actor: &Actor,
    new: NewToken,
) -> Result<(TokenView, Zeroizing<String>), Error> {
    let permission = match new.account {
        Some(_) => Permission::AccountsWrite,
        None => Permission::TokensOwn,
    };
    may(actor, permission)?;
    let now_ms = core.now_ms();
    let (ActorKind::Account, Some(_)) = (actor.kind, &actor.account_id) else {
        return Err(Error::forbidden(
            "token_by_token",
            "Only a person signed in can make a token.",
        ));
    };
    require_fresh(actor, now_ms)?;
    let name = text::required("name", &new.name, 100)?;
    if !(1..=MOST_DAYS).contains(&new.days) {
        return Err(Error::invalid(
            "days",
            "token_days",
            format!("A token lives 1 to {MOST_DAYS} days."),
        ));
    }
    if new.permissions.is_empty() {
        return Err(Error::invalid(
            "permissions",
            "permissions_empty",
            "Choose at least one permission.",
        ));
    }
    let rights = Rights::of(new.permissions.iter().copied());
    may_give(actor, rights)?;
    let value = Zeroizing::new(format!("{PREFIX}{}", hash::random_token(32)));
    let made = Made {
        id: TokenId::new(now_ms),
        new: NewToken { name, ..new },
        rights,
        token_hash: hash::sha256_hex(value.as_bytes()),
        actor: actor.clone(),
        now_ms,
    };
    let view = core
        .db()
        .write(made, |tx, made| Box::pin(made.run(tx)))
        .await?;
    Ok((view, value))
}

impl Made {
    async fn run(&self, tx: &Tx) -> Result<TokenView, Error> {
        const INSERT: &str = "INSERT INTO api_token (id, account_id, name, token_hash, permissions, \
            created_at, expires_at, org_unit_id, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        const HOME: &str = "SELECT a.id, u.id, u.path FROM account a \
            JOIN org_unit u ON u.id = a.org_unit_id WHERE a.id = $1";
        let maker = self.actor.account_id.clone();
        let owner = match &self.new.account {
            None => maker.clone(),
            Some(id) => {
                let account = reach_in(tx, &self.actor, id, self.now_ms).await?;
                if account.kind != "service" {
                    return Err(Error::conflict(
                        "account_is_person",
                        "People make their tokens themselves.",
                    ));
                }
                if account.status != "active" {
                    // It would come alive with the account, unseen by whoever lets that in again.
                    return Err(Error::conflict(
                        "account_ended",
                        "This account has ended; let it in again first.",
                    ));
                }
                let beyond = self.rights.without(account.rights).iter().next();
                if let Some(permission) = beyond {
                    return Err(Error::invalid(
                        "permissions",
                        "permission_not_held",
                        format!("The account does not hold {}.", permission.as_str()),
                    ));
                }
                Some(account.id)
            }
        };
        let home = tx.fetch_one(HOME, args![owner.clone()]).await?;
        let path = home.text(2)?;
        let mut unit_id = home.text(1)?;
        if let Some(unit) = &self.new.unit {
            let unit = unit_in(tx, unit.as_str()).await?;
            if !unit.path.starts_with(&path) || !self.actor.reaches(&unit.path) {
                return Err(Error::not_found("organisational unit"));
            }
            unit_id = unit.id.to_string();
        }
        let expires_at = self.now_ms + self.new.days * DAY_MS;
        let values = args![
            &self.id,
            owner,
            self.new.name.as_str(),
            self.token_hash.as_str(),
            json!(self.rights.names()).to_string(),
            self.now_ms,
            expires_at,
            self.new.unit.clone(),
            maker
        ];
        tx.execute(INSERT, values).await?;
        let event =
            NewEvent::done("token.create", "api_token", self.id.as_str(), &unit_id).with(json!({
                "permissions": self.rights.names(), "expires_at": expires_at,
                "account_id": home.text(0)?, "unit": self.new.unit,
            }));
        events::record(tx, &self.actor, self.now_ms, event).await?;
        find_in(tx, &self.id).await
    }
}
