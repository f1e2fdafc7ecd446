//! How somebody wants lists to look.

use serde_json::json;
use tillsyn_db::{Tx, args};

use super::views::reached_in;
use crate::actor::Actor;
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::{AccountId, ViewId};
use crate::org;

/// How high rows are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Density {
    #[default]
    Comfortable,
    Compact,
}

impl Density {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Comfortable => "comfortable",
            Self::Compact => "compact",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Comfortable, Self::Compact]
            .into_iter()
            .find(|density| density.as_str() == text)
    }
}

/// What an account chose.
#[derive(Clone, Debug, Default)]
pub struct ListLook {
    pub density: Density,
    /// The view that the list of devices begins with.
    pub view: Option<ViewId>,
}

/// The account behind a session; nobody else has lists.
pub(super) fn account_of(actor: &Actor) -> Result<&AccountId, Error> {
    actor.account_id.as_ref().ok_or_else(|| {
        Error::forbidden(
            "account_needed",
            "Only somebody with an account has views and selections.",
        )
    })
}

/// What the actor's account chose.
pub async fn look(core: &Core, actor: &Actor) -> Result<ListLook, Error> {
    const LOOK: &str = "SELECT density, view_id FROM list_look WHERE account_id = $1";
    let Some(account) = &actor.account_id else {
        return Ok(ListLook::default());
    };
    let Some(row) = core.db().query_optional(LOOK, args![account]).await? else {
        return Ok(ListLook::default());
    };
    Ok(ListLook {
        density: Density::parse(row.str(0)?).unwrap_or_default(),
        view: row.opt_text(1)?.map(ViewId::from_store),
    })
}

/// Keeps how high the rows of lists are.
pub async fn set_density(core: &Core, actor: &Actor, density: Density) -> Result<(), Error> {
    const SET: &str = "INSERT INTO list_look (account_id, density) VALUES ($1, $2) \
        ON CONFLICT (account_id) DO UPDATE SET density = excluded.density";
    let unit = org::of_path(core, &actor.unit_path).await?.id;
    let input = (actor.clone(), density, unit, core.now_ms());
    core.db()
        .write(input, |tx, (actor, density, unit, now)| {
            Box::pin(async move {
                let account = account_of(actor)?;
                tx.execute(SET, args![account, density.as_str()]).await?;
                let details = json!({"density": density.as_str()});
                told_in(tx, actor, (account, unit.as_str()), details, *now).await
            })
        })
        .await
}

/// Makes the list of devices begin with this view, or with everything again.
///
/// # Errors
/// Not found when there is no such view for the actor.
pub async fn begin_with_view(
    core: &Core,
    actor: &Actor,
    view: Option<&ViewId>,
) -> Result<(), Error> {
    const SET: &str = "INSERT INTO list_look (account_id, density, view_id) VALUES ($1, $2, $3) \
        ON CONFLICT (account_id) DO UPDATE SET view_id = excluded.view_id";
    let unit = org::of_path(core, &actor.unit_path).await?.id;
    let input = (actor.clone(), view.cloned(), unit, core.now_ms());
    core.db()
        .write(input, |tx, (actor, view, unit, now)| {
            Box::pin(async move {
                let account = account_of(actor)?;
                if let Some(view) = view {
                    reached_in(tx, actor, view).await?;
                }
                let density = Density::default().as_str();
                tx.execute(SET, args![account, density, view]).await?;
                let details = json!({"view": view});
                told_in(tx, actor, (account, unit.as_str()), details, *now).await
            })
        })
        .await
}

async fn told_in(
    tx: &Tx,
    actor: &Actor,
    (account, unit): (&AccountId, &str),
    details: serde_json::Value,
    now_ms: i64,
) -> Result<(), Error> {
    let event = NewEvent::done("account.preferences", "account", account.as_str(), unit);
    events::record(tx, actor, now_ms, event.with(details)).await?;
    Ok(())
}
