//! Saved views: a list of devices with its filters, order and columns, under a name.

use serde_json::json;
use tillsyn_db::{Row, Tx, args};

use super::look::account_of;
use crate::actor::{Actor, Permission, may};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::{AccountId, ViewId};
use crate::org;

/// Views that one account keeps.
const MOST: i64 = 50;
const LONGEST_NAME: usize = 60;
const LONGEST_QUERY: usize = 2_000;

/// Who sees a view.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Audience {
    #[default]
    Me,
    /// Everybody of its owner's unit and below.
    Team,
}

impl Audience {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Me => "me",
            Self::Team => "team",
        }
    }

    /// # Errors
    /// Invalid for anything but `me` and `team`.
    pub fn parse(text: &str) -> Result<Self, Error> {
        [Self::Me, Self::Team]
            .into_iter()
            .find(|audience| audience.as_str() == text)
            .ok_or_else(|| Error::invalid("audience", "audience", "An audience is me or team."))
    }
}

/// A view as its readers see it.
#[derive(Clone, Debug, serde::Serialize)]
pub struct ViewView {
    pub id: ViewId,
    pub name: String,
    pub audience: &'static str,
    pub query: String,
    pub owner_id: AccountId,
    pub owner_name: String,
    /// Whether it is the reader's own.
    pub own: bool,
    /// Whether the reader may remove it: their own, or one that was shared in a unit whose settings they change.
    pub may_remove: bool,
    pub created_at: i64,
    pub updated_at: i64,
}

/// A view to keep.
#[derive(Clone, Debug, Default)]
pub struct NewView {
    pub name: String,
    pub audience: Audience,
    pub query: String,
}

/// What changes of a view; what is absent stays.
#[derive(Clone, Debug, Default)]
pub struct ViewChange {
    pub name: Option<String>,
    pub audience: Option<Audience>,
    pub query: Option<String>,
}

const SELECT: &str = "SELECT v.id, v.name, v.audience, v.query, v.account_id, a.name, v.created_at, \
    v.updated_at, v.org_unit_id, u.path FROM saved_view v JOIN account a ON a.id = v.account_id \
    JOIN org_unit u ON u.id = v.org_unit_id";

fn decode(row: &Row, reader: &Actor) -> Result<ViewView, Error> {
    let owner_id = AccountId::from_store(row.text(4)?);
    let own = owner_id == *account_of(reader)?;
    let clears_up = reader.holds(Permission::SettingsWrite) && reader.reaches(row.str(9)?);
    Ok(ViewView {
        id: ViewId::from_store(row.text(0)?),
        name: row.text(1)?,
        audience: Audience::parse(row.str(2)?)?.as_str(),
        query: row.text(3)?,
        own,
        may_remove: own || clears_up,
        owner_id,
        owner_name: row.text(5)?,
        created_at: row.i64(6)?,
        updated_at: row.i64(7)?,
    })
}

fn checked_name(name: &str) -> Result<String, Error> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME {
        return Err(Error::invalid(
            "name",
            "view_name",
            format!("A view has a name of 1 to {LONGEST_NAME} characters."),
        ));
    }
    Ok(name.to_owned())
}

fn checked_query(query: &str) -> Result<String, Error> {
    let query = query.trim_start_matches('?');
    if query.len() > LONGEST_QUERY || query.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(Error::invalid(
            "query",
            "view_query",
            format!(
                "A view keeps parameters of an address, at most {LONGEST_QUERY} characters of them."
            ),
        ));
    }
    Ok(query.to_owned())
}

/// The reader's own views and those of the units that they are in, by name.
pub async fn views(core: &Core, actor: &Actor) -> Result<Vec<ViewView>, Error> {
    // The units above a reader are those whose paths theirs begins with.
    const SEEN: &str = " WHERE v.account_id = $1 OR (v.audience = 'team' \
        AND substr(CAST($2 AS TEXT), 1, length(u.path)) = u.path) ORDER BY v.name, v.id";
    may(actor, Permission::DevicesRead)?;
    let input = (actor.clone(), format!("{SELECT}{SEEN}"));
    core.db()
        .read(input, |tx, (actor, sql)| {
            Box::pin(async move {
                let account = account_of(actor)?.clone();
                let values = args![account, actor.unit_path.as_str()];
                let rows = tx.fetch_all_dyn(sql, values).await?;
                rows.iter().map(|row| decode(row, actor)).collect()
            })
        })
        .await
}

/// One view that the reader sees.
///
/// # Errors
/// Not found when there is none, or not for them.
pub async fn view(core: &Core, actor: &Actor, id: &ViewId) -> Result<ViewView, Error> {
    may(actor, Permission::DevicesRead)?;
    core.db()
        .read((actor.clone(), id.clone()), |tx, (actor, id)| {
            Box::pin(async move { Ok(reached_in(tx, actor, id).await?.view) })
        })
        .await
}

pub(super) struct Reached {
    view: ViewView,
    unit_id: String,
}

pub(super) async fn reached_in(tx: &Tx, actor: &Actor, id: &ViewId) -> Result<Reached, Error> {
    let sql = format!("{SELECT} WHERE v.id = $1");
    let rows = tx.fetch_all_dyn(&sql, args![id.clone()]).await?;
    let row = rows.first().ok_or_else(|| Error::not_found("view"))?;
    let view = decode(row, actor)?;
    let unit_path = row.str(9)?;
    let shared = view.audience == Audience::Team.as_str() && actor.unit_path.starts_with(unit_path);
    // Whoever looks after a unit clears up what was shared in it.
    let above = view.audience == Audience::Team.as_str() && actor.reaches(unit_path);
    if !view.own && !shared && !above {
        return Err(Error::not_found("view"));
    }
    Ok(Reached {
        view,
        unit_id: row.text(8)?,
    })
}

impl Reached {
    fn refuse_others(&self) -> Result<(), Error> {
        if self.view.own {
            return Ok(());
        }
        Err(Error::forbidden(
            "view_of_another",
            "Only its owner changes a view.",
        ))
    }
}

/// Keeps a view.
///
/// # Errors
/// Invalid name or query; conflict when the account has too many.
pub async fn create_view(core: &Core, actor: &Actor, new: NewView) -> Result<ViewView, Error> {
    const COUNT: &str = "SELECT count(*) FROM saved_view WHERE account_id = $1";
    const INSERT: &str = "INSERT INTO saved_view (id, account_id, org_unit_id, name, audience, query, \
        created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $7)";
    may(actor, Permission::DevicesRead)?;
    let new = NewView {
        name: checked_name(&new.name)?,
        query: checked_query(&new.query)?,
        ..new
    };
    let unit = org::of_path(core, &actor.unit_path).await?.id;
    let now = core.now_ms();
    let input = (actor.clone(), new, unit, ViewId::new(now), now);
    core.db()
        .write(input, |tx, (actor, new, unit, id, now)| {
            Box::pin(async move {
                let account = account_of(actor)?;
                if tx.fetch_one(COUNT, args![account]).await?.i64(0)? >= MOST {
                    return Err(Error::conflict(
                        "views_many",
                        format!("An account keeps at most {MOST} views. Remove one first."),
                    ));
                }
                let (name, query) = (new.name.as_str(), new.query.as_str());
                let audience = new.audience.as_str();
                tx.execute(
                    INSERT,
                    args![id, account, unit, name, audience, query, *now],
                )
                .await?;
                let event = NewEvent::done("view.create", "view", id.as_str(), unit.as_str())
                    .with(json!({"audience": audience}));
                events::record(tx, actor, *now, event).await?;
                Ok(reached_in(tx, actor, id).await?.view)
            })
        })
        .await
}

/// Changes a view of one's own.
///
/// # Errors
/// Not found; forbidden for anybody but its owner; invalid name or query.
pub async fn change_view(
    core: &Core,
    actor: &Actor,
    id: &ViewId,
    change: ViewChange,
) -> Result<ViewView, Error> {
    const SET: &str = "UPDATE saved_view SET name = $2, audience = $3, query = $4, org_unit_id = $5, \
        updated_at = $6 WHERE id = $1";
    may(actor, Permission::DevicesRead)?;
    let change = ViewChange {
        name: change.name.as_deref().map(checked_name).transpose()?,
        query: change.query.as_deref().map(checked_query).transpose()?,
        ..change
    };
    // Shared where its owner is now.
    let unit = org::of_path(core, &actor.unit_path).await?.id;
    let input = (actor.clone(), id.clone(), change, unit, core.now_ms());
    core.db()
        .write(input, |tx, (actor, id, change, unit, now)| {
            Box::pin(async move {
                let found = reached_in(tx, actor, id).await?;
                found.refuse_others()?;
                let was = &found.view;
                let name = change.name.as_deref().unwrap_or(&was.name);
                let audience = change.audience.map_or(was.audience, Audience::as_str);
                let query = change.query.as_deref().unwrap_or(&was.query);
                tx.execute(SET, args![id, name, audience, query, unit, *now])
                    .await?;
                let details = json!({
                    "before": {"audience": was.audience}, "after": {"audience": audience},
                    "renamed": name != was.name, "query": query != was.query,
                });
                let event = NewEvent::done("view.change", "view", id.as_str(), unit.as_str());
                events::record(tx, actor, *now, event.with(details)).await?;
                Ok(reached_in(tx, actor, id).await?.view)
            })
        })
        .await
}

/// Removes a view: one's own, or one that was shared in a unit whose settings one looks after.
///
/// # Errors
/// Not found; forbidden for anybody else.
pub async fn remove_view(core: &Core, actor: &Actor, id: &ViewId) -> Result<(), Error> {
    const FORGET: &str = "UPDATE list_look SET view_id = NULL WHERE view_id = $1";
    const REMOVE: &str = "DELETE FROM saved_view WHERE id = $1";
    may(actor, Permission::DevicesRead)?;
    let input = (actor.clone(), id.clone(), core.now_ms());
    core.db()
        .write(input, |tx, (actor, id, now)| {
            Box::pin(async move {
                let found = reached_in(tx, actor, id).await?;
                if !found.view.may_remove {
                    found.refuse_others()?;
                }
                tx.execute(FORGET, args![id]).await?;
                tx.execute(REMOVE, args![id]).await?;
                let event = NewEvent::done("view.remove", "view", id.as_str(), &found.unit_id)
                    .with(json!({"own": found.view.own, "audience": found.view.audience}));
                events::record(tx, actor, *now, event).await?;
                Ok(())
            })
        })
        .await
}
