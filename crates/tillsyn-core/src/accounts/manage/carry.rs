//! Making a change of an account.

use serde_json::{Map, Value as Json, json};
use tillsyn_db::{Tx, args};
use tillsyn_pki::hash::sha256_hex;

use super::change::{AccountChange, Seen};
use super::check::{Checked, check_in};
use crate::accounts::{NO_PASSWORD, OPENED, end_sessions_in};
use crate::actor::Actor;
use crate::approvals;
use crate::commands;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::AccountId;

/// Makes a change that a second person agreed to: what they may not do themselves they cannot agree to. False
/// when the account or its role may something else by now than the asker saw.
pub(crate) async fn carry_in(
    tx: &Tx,
    actor: &Actor,
    change: &AccountChange,
    reason: Option<&str>,
    now_ms: i64,
) -> Result<bool, Error> {
    let checked = check_in(tx, actor, change, now_ms).await?;
    if change.moved(&Seen::of(&checked)) {
        return Ok(false);
    }
    make_in(tx, actor, change, &checked, reason, now_ms).await?;
    Ok(true)
}

pub(super) async fn make_in(
    tx: &Tx,
    actor: &Actor,
    change: &AccountChange,
    checked: &Checked,
    reason: Option<&str>,
    now_ms: i64,
) -> Result<(), Error> {
    let turn = Turn {
        tx,
        actor,
        id: change.account_id(),
        checked,
        reason,
        now_ms,
    };
    match change {
        AccountChange::Create { account, by, .. } => {
            turn.create(by.as_ref().filter(|_| account.service)).await
        }
        AccountChange::Change { .. } => turn.change().await,
        AccountChange::Disable { .. } => turn.disable().await,
        AccountChange::Enable { .. } => turn.enable().await,
        AccountChange::Reset { .. } => turn.reset().await,
    }
}

/// One change of one account, in its transaction.
struct Turn<'a> {
    tx: &'a Tx,
    actor: &'a Actor,
    id: &'a AccountId,
    checked: &'a Checked,
    reason: Option<&'a str>,
    now_ms: i64,
}

impl Turn<'_> {
    async fn record(
        &self,
        action: &'static str,
        mut details: Map<String, Json>,
    ) -> Result<(), Error> {
        if let Some(reason) = self.reason {
            details.insert("reason".to_owned(), json!(reason));
        }
        let unit = self.checked.after.unit.id.as_str();
        let event =
            NewEvent::done(action, "account", self.id.as_str(), unit).with(Json::Object(details));
        events::record(self.tx, self.actor, self.now_ms, event).await?;
        Ok(())
    }

    async fn create(&self, owner: Option<&AccountId>) -> Result<(), Error> {
        const INSERT: &str = "INSERT INTO account (id, org_unit_id, email, name, password_hash, role, \
            status, language, created_at, role_changed_at, password_changed_at, kind, platform, owner_id) \
            VALUES ($1, $2, $3, $4, $5, $6, 'active', $7, $8, $8, $8, $9, $10, $11)";
        let (id, after) = (self.id, &self.checked.after);
        let kind = if after.email.is_some() {
            "person"
        } else {
            "service"
        };
        // The column is unique and never empty; nobody signs in with this.
        let email = after.email.clone();
        let email = email.unwrap_or_else(|| format!("service:{id}"));
        let values = args![
            id,
            after.unit.id.as_str(),
            email,
            after.name.as_str(),
            NO_PASSWORD,
            after.role.id.as_str(),
            after.language.as_deref(),
            self.now_ms,
            kind,
            after.platform.as_deref(),
            owner.cloned()
        ];
        self.tx.execute(INSERT, values).await?;
        // Who it is stands in their own row, not in the trail.
        let mut details = Map::new();
        details.insert("kind".to_owned(), json!(kind));
        details.insert("role".to_owned(), json!(after.role.id));
        details.insert("platform".to_owned(), json!(after.platform));
        self.record("account.create", details).await
    }

    async fn change(&self) -> Result<(), Error> {
        const UPDATE: &str = "UPDATE account SET name = $2, role = $3, org_unit_id = $4, platform = $5, \
            role_changed_at = $6 WHERE id = $1";
        let (Some(before), after) = (&self.checked.before, &self.checked.after) else {
            return Ok(());
        };
        let mut details = Map::new();
        let mut note = |key: &str, from: Json, to: Json| {
            if from != to {
                details.insert(key.to_owned(), json!({ "before": from, "after": to }));
            }
        };
        note("role", json!(before.role_id), json!(after.role.id));
        let (from, to) = (before.unit_id.as_str(), after.unit.id.as_str());
        note("unit", json!(from), json!(to));
        note("platform", json!(before.platform), json!(after.platform));
        let other = !details.is_empty();
        if after.name != before.name {
            details.insert("fields".to_owned(), json!(["name"]));
        }
        if details.is_empty() {
            return Ok(());
        }
        let changed_at = if other {
            self.now_ms
        } else {
            before.role_changed_at
        };
        let values = args![
            self.id,
            after.name.as_str(),
            after.role.id.as_str(),
            after.unit.id.as_str(),
            after.platform.as_deref(),
            changed_at
        ];
        self.tx.execute(UPDATE, values).await?;
        if other {
            end_sessions_in(self.tx, self.id).await?;
            owner_left_in(self.tx).await?;
        }
        self.record("account.change", details).await
    }

    async fn disable(&self) -> Result<(), Error> {
        const DISABLE: &str = "UPDATE account SET status = 'disabled', disabled_at = $2 \
            WHERE id = $1 AND status = 'active'";
        // Those that they made for services, too: they have seen their values.
        const TOKENS: &str = "UPDATE api_token SET revoked_at = $2 \
            WHERE (account_id = $1 OR created_by = $1) AND revoked_at IS NULL";
        const LINKS: &str = "DELETE FROM ceremony WHERE account_id = $1";
        let (tx, id) = (self.tx, self.id);
        if tx.execute(DISABLE, args![id, self.now_ms]).await? == 0 {
            return Ok(());
        }
        end_sessions_in(tx, id).await?;
        tx.execute(LINKS, args![id]).await?;
        // Those that a thief made must not come back with the account.
        let revoked = tx.execute(TOKENS, args![id, self.now_ms]).await?;
        owner_left_in(tx).await?;
        // Nor may what they asked for go on: neither what waits for somebody nor what goes by itself.
        let (actor, reason, now) = (self.actor, self.reason, self.now_ms);
        let requests = approvals::withdraw_of_in(tx, actor, id.as_str(), reason, now).await?;
        let held = commands::withdraw_of_in(tx, actor, id.as_str(), now).await?;
        let mut details = Map::new();
        details.insert("tokens_revoked".to_owned(), json!(revoked));
        details.insert("requests_withdrawn".to_owned(), json!(requests));
        details.insert("commands_withdrawn".to_owned(), json!(held.len()));
        details.insert("commands_digest".to_owned(), json!(digest(&held)));
        self.record("account.disable", details).await
    }

    async fn enable(&self) -> Result<(), Error> {
        // Back after a while is new again (S55).
        const ENABLE: &str = "UPDATE account SET status = 'active', disabled_at = NULL, \
            role_changed_at = $2 WHERE id = $1 AND status <> 'active'";
        if self.tx.execute(ENABLE, args![self.id, self.now_ms]).await? == 0 {
            return Ok(());
        }
        self.record("account.enable", Map::new()).await
    }

    async fn reset(&self) -> Result<(), Error> {
        // Whoever comes in next may be somebody else: a newcomer for a day.
        const PASSWORD: &str = "UPDATE account SET password_hash = $2, password_changed_at = $3, \
            role_changed_at = $3, must_change_password = 0 WHERE id = $1";
        const GONE: [&str; 4] = [
            "DELETE FROM account_totp WHERE account_id = $1",
            "DELETE FROM recovery_code WHERE account_id = $1",
            "DELETE FROM passkey WHERE account_id = $1",
            "DELETE FROM ceremony WHERE account_id = $1",
        ];
        const TOKENS: &str =
            "UPDATE api_token SET revoked_at = $2 WHERE account_id = $1 AND revoked_at IS NULL";
        let values = args![self.id, NO_PASSWORD, self.now_ms];
        self.tx.execute(PASSWORD, values).await?;
        for statement in GONE {
            self.tx.execute(statement, args![self.id]).await?;
        }
        end_sessions_in(self.tx, self.id).await?;
        let revoked = self.tx.execute(TOKENS, args![self.id, self.now_ms]).await?;
        owner_left_in(self.tx).await?;
        let mut details = Map::new();
        details.insert("tokens_revoked".to_owned(), json!(revoked));
        self.record("account.reset", details).await
    }
}

fn digest(commands: &[String]) -> String {
    sha256_hex(commands.join("\n").as_bytes())
}

/// Somebody of the whole organisation who can sign in stays owner: else nobody could ever give rights again
/// (S04). Looked at after the change, so that of two who leave at the same time one stays.
pub(crate) async fn owner_left_in(tx: &Tx) -> Result<(), Error> {
    let owners = format!(
        "SELECT a.id FROM account a JOIN org_unit u ON u.id = a.org_unit_id \
         WHERE a.status = 'active' AND a.kind = 'person' AND a.role = 'owner' AND a.platform IS NULL \
         AND u.parent_id IS NULL AND {OPENED}"
    );
    if tx.fetch_all_dyn(&owners, args![]).await?.is_empty() {
        return Err(Error::conflict(
            "last_owner",
            "This is the last owner of the organisation; make somebody else owner first.",
        ));
    }
    Ok(())
}
