//! What people say about the first steps.

use serde_json::{Value as Json, json};

use super::read::{Audience, Backup, Kept, SETTING};
use crate::actor::{Actor, Permission, authorize};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::AccountId;
use crate::org::{self, OrgUnit};
use crate::settings::{read_in, write_in};

enum Change {
    Backup(Backup),
    HideAll,
    HideFor(AccountId),
    /// For everybody and whoever asks; without the right only for them.
    Show {
        all: bool,
        own: Option<AccountId>,
    },
}

/// A person vouches that database and master key are copied, apart, and can be restored.
pub async fn confirm_backup(core: &Core, actor: &Actor) -> Result<(), Error> {
    let root = org::root(core).await?;
    authorize(actor, Permission::SettingsWrite, &root.path)?;
    let backup = Backup {
        at: core.now_ms(),
        by: actor.name.clone(),
    };
    change(core, actor, root, Change::Backup(backup)).await
}

/// Puts the list away: for everybody only with the right to change settings.
pub async fn hide_first_steps(core: &Core, actor: &Actor, audience: Audience) -> Result<(), Error> {
    let root = org::root(core).await?;
    let wanted = match (audience, &actor.account_id) {
        (Audience::All, _) => {
            authorize(actor, Permission::SettingsWrite, &root.path)?;
            Change::HideAll
        }
        (Audience::Me, Some(account)) => Change::HideFor(account.clone()),
        (Audience::Me, None) => {
            return Err(Error::forbidden(
                "person_needed",
                "Only a person in the console has something to put away.",
            ));
        }
    };
    change(core, actor, root, wanted).await
}

/// Takes the list out again.
pub async fn show_first_steps(core: &Core, actor: &Actor) -> Result<(), Error> {
    let root = org::root(core).await?;
    let shown = Change::Show {
        all: actor.holds(Permission::SettingsWrite) && actor.reaches(&root.path),
        own: actor.account_id.clone(),
    };
    change(core, actor, root, shown).await
}

async fn change(core: &Core, actor: &Actor, root: OrgUnit, wanted: Change) -> Result<(), Error> {
    let input = (actor.clone(), root, wanted, core.now_ms());
    core.db()
        .write(input, |tx, (actor, root, wanted, now)| {
            Box::pin(async move {
                let before: Kept = read_in(tx, SETTING).await?;
                let mut kept = before.clone();
                let details = apply(&mut kept, wanted);
                if kept == before {
                    return Ok(());
                }
                write_in(tx, SETTING, &kept, *now).await?;
                let unit = root.id.as_str();
                let event = NewEvent::done("settings.change", "setting", SETTING, unit);
                events::record(tx, actor, *now, event.with(details)).await?;
                Ok(())
            })
        })
        .await
}

/// What the trail says of it.
fn apply(kept: &mut Kept, wanted: &Change) -> Json {
    match wanted {
        Change::Backup(backup) => {
            kept.backup = Some(backup.clone());
            json!({"backup": "confirmed"})
        }
        Change::HideAll => {
            kept.hidden = true;
            json!({"hidden": "all"})
        }
        Change::HideFor(account) => {
            kept.hidden_for.insert(account.to_string());
            json!({"hidden": "own"})
        }
        Change::Show { all, own } => {
            kept.hidden &= !*all;
            if let Some(account) = own {
                kept.hidden_for.remove(account.as_str());
            }
            json!({"hidden": "no"})
        }
    }
}
