//! Asking for a change of a provider: made at once, or kept for a second person.

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use tillsyn_db::{Tx, args};
use zeroize::Zeroizing;

use super::begin::redirect_uri;
use super::check::{Checked, Seen, check_in};
use super::input::{ProviderInput, changes, checked};
use super::provider::{self, Provider};
use super::save::make_in;
use super::store;
use crate::actor::{Actor, Permission, authorize, require_fresh};
use crate::approvals::{Asked, Cause, Change, NewApproval, Preview, ask_in};
use crate::core::Core;
use crate::error::Error;
use crate::ids::{ApprovalId, IdentityProviderId, OrgUnitId};
use crate::keys::KeyStore;
use crate::{org, text};

const KEPT_SECRET: (&str, &str) = ("approval", "change_sealed");

/// A provider to make or to change, as it may wait for a second person; its secret is sealed beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderChange {
    pub(super) provider_id: IdentityProviderId,
    /// Of a new one: where it belongs.
    pub(super) new_in: Option<OrgUnitId>,
    pub(super) settings: ProviderInput,
    pub(super) seen: Option<Seen>,
}

impl ProviderChange {
    pub fn provider_id(&self) -> &IdentityProviderId {
        &self.provider_id
    }

    fn act(&self) -> &'static str {
        if self.new_in.is_some() {
            "create"
        } else {
            "change"
        }
    }
}

/// Makes a provider in the actor's unit. Returns its id, and the approval that it waits for, if any.
///
/// # Errors
/// Invalid input named by field; a conflict when the issuer is known already; forbidden where a mapping would give
/// what the actor does not hold.
pub async fn create_provider(
    core: &Core,
    actor: &Actor,
    input: ProviderInput,
    reason: Option<&str>,
) -> Result<(IdentityProviderId, Option<ApprovalId>), Error> {
    let unit = org::of_path(core, &actor.unit_path).await?;
    authorize(actor, Permission::SignInWrite, &unit.path)?;
    let id = IdentityProviderId::new(core.now_ms());
    let change = ProviderChange {
        provider_id: id.clone(),
        new_in: Some(unit.id),
        settings: checked(input)?,
        seen: None,
    };
    let waits = submit(core, actor, change, reason).await?;
    Ok((id, waits))
}

/// Gives a provider these settings. Returns the approval that it waits for, if any.
///
/// # Errors
/// As [`create_provider`].
pub async fn save_provider(
    core: &Core,
    actor: &Actor,
    id: &IdentityProviderId,
    input: ProviderInput,
    reason: Option<&str>,
) -> Result<Option<ApprovalId>, Error> {
    provider::provider(core, actor, id).await?;
    let change = ProviderChange {
        provider_id: id.clone(),
        new_in: None,
        settings: checked(input)?,
        seen: None,
    };
    submit(core, actor, change, reason).await
}

async fn submit(
    core: &Core,
    actor: &Actor,
    change: ProviderChange,
    reason: Option<&str>,
) -> Result<Option<ApprovalId>, Error> {
    let wish = Wish {
        keys: core.keys().clone(),
        redirect_uri: redirect_uri(core, &change.provider_id),
        actor: actor.clone(),
        change,
        asked: Asked {
            reason: text::optional("reason", reason.map(str::to_owned), 500)?,
            confirm: None,
        },
        now_ms: core.now_ms(),
    };
    core.db()
        .write(wish, |tx, wish| {
            Box::pin(async move { wish.submit_in(tx).await })
        })
        .await
}

struct Wish {
    keys: KeyStore,
    redirect_uri: String,
    actor: Actor,
    change: ProviderChange,
    asked: Asked,
    now_ms: i64,
}

impl Wish {
    async fn submit_in(&self, tx: &Tx) -> Result<Option<ApprovalId>, Error> {
        let (actor, change) = (&self.actor, &self.change);
        let checked = check_in(tx, actor, change).await?;
        // Whoever says who signs in gives rights (S11).
        require_fresh(actor, self.now_ms)?;
        if !checked.second_person {
            let keys = &self.keys;
            make_in(
                tx,
                keys,
                actor,
                change,
                (&checked, self.asked.reason()),
                self.now_ms,
            )
            .await?;
            return Ok(None);
        }
        let secret = change.settings.client_secret.clone();
        let seal = |approval: &ApprovalId| {
            let (table, column) = KEPT_SECRET;
            let secret = secret.as_deref().map(String::as_bytes).unwrap_or_default();
            self.keys.seal(secret, table, column, approval.as_str())
        };
        let new = NewApproval {
            change: Change::IdentityProvider {
                change: Box::new(ProviderChange {
                    seen: Some(Seen::of(&checked)),
                    ..change.clone()
                }),
            },
            unit_id: &checked.unit.0,
            permission: Permission::SignInWrite,
            cause: Cause::Rule,
            preview: Preview {
                act: Some(change.act().to_owned()),
                facts: self.facts(&checked),
                ..Preview::default()
            },
            reason: Some(self.asked.need_reason()?),
            expires_at: None,
            sealed: secret.is_some().then_some(&seal),
        };
        ask_in(tx, actor, new, self.now_ms).await.map(Some)
    }

    /// What the asker sees, and with them whoever decides.
    fn facts(&self, checked: &Checked) -> Json {
        let after = &self.change.settings;
        let before = checked.before.as_ref().map(Provider::settings);
        let changed = before.as_ref().map(|before| changes(before, after));
        let gives = after.mappings.iter().zip(&checked.gives);
        let gives = gives.map(|(mapping, (role, unit))| {
            json!({
                "group": mapping.group, "role": role.id, "role_name": role.name,
                "unit_id": unit.id.as_str(), "unit_name": unit.name,
            })
        });
        json!({
            "name": after.name, "redirect_uri": self.redirect_uri, "before": before, "after": after,
            "changed": changed, "gives": gives.collect::<Vec<_>>(),
        })
    }
}

/// Makes a change that a second person agreed to: what they may not do themselves they cannot agree to. False
/// when the provider or one of its roles is not what the asker saw any more.
pub(crate) async fn carry_in(
    tx: &Tx,
    core: &Core,
    actor: &Actor,
    change: &ProviderChange,
    (approval, reason): (&ApprovalId, Option<&str>),
    now_ms: i64,
) -> Result<bool, Error> {
    const SEALED: &str = "SELECT change_sealed FROM approval WHERE id = $1";
    if change.new_in.is_none() && store::find_in(tx, &change.provider_id).await?.is_none() {
        return Ok(false);
    }
    let checked = check_in(tx, actor, change).await?;
    if change.seen.as_ref() != Some(&Seen::of(&checked)) {
        return Ok(false);
    }
    let mut change = change.clone();
    let row = tx.fetch_one(SEALED, args![approval]).await?;
    if let Some(sealed) = row.opt_blob(0)? {
        let (table, column) = KEPT_SECRET;
        let open = core
            .keys()
            .open(&sealed, table, column, approval.as_str())?;
        let text = std::str::from_utf8(&open)
            .map_err(|error| Error::internal("A kept secret is no text.").caused_by(error))?;
        change.settings.client_secret = Some(Zeroizing::new(text.to_owned()));
    }
    make_in(tx, core.keys(), actor, &change, (&checked, reason), now_ms).await?;
    Ok(true)
}
