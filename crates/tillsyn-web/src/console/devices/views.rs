//! `/console/devices/views`: keeping a list under a name, and what becomes of it.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::ids::ViewId;
use tillsyn_core::lists::{self, Audience, NewView, ViewChange, ViewView};
use tillsyn_core::{Error, Kind};

use super::filters::KEPT;
use super::page::{SavedView, ViewTab, ViewsPage};
use crate::console::failure::Failure;
use crate::console::form::Filled;
use crate::console::frame::Place;
use crate::console::notice::{Told, go};
use crate::console::visitor::Visitor;
use crate::console::words::FieldError;
use crate::error::AppError;
use crate::i18n::Texts;
use crate::ui::{page, urls};

/// The parameter that says which view a list is.
pub(super) const VIEW: &str = "view";
/// Its value for the list without any, where a person's begins with one.
pub(super) const ALL: &str = "all";

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Fields {
    act: String,
    name: String,
    audience: String,
    query: String,
}

/// The list that a view stands for.
pub(super) fn address(view: &ViewView) -> String {
    listed(view).url(urls::DEVICES)
}

fn listed(view: &ViewView) -> urls::Query {
    urls::Query::parse(&view.query)
        .only(&KEPT)
        .with(VIEW, view.id.as_str())
}

/// The views above the list, and of the present one the way to keep what was changed.
pub(super) struct Above {
    pub(super) tabs: Vec<ViewTab>,
    /// Where the form that keeps the changes goes; empty when nothing has to be kept.
    pub(super) keep: String,
    /// The value of the parameter when it names no view of theirs.
    pub(super) unknown: Option<String>,
}

pub(super) fn above(l: Texts, query: &urls::Query, views: &[ViewView]) -> Above {
    let asked = query.get(VIEW).filter(|asked| *asked != ALL);
    let current = views.iter().find(|view| Some(view.id.as_str()) == asked);
    let kept = query.only(&KEPT);
    let plain = current.is_none() && kept.is_empty();
    let all = ViewTab {
        href: urls::Query::default().with(VIEW, ALL).url(urls::DEVICES),
        name: l.t("filter-all"),
        current: plain,
        shared: false,
    };
    let tab = |view: &ViewView| ViewTab {
        href: address(view),
        name: view.name.clone(),
        current: current.is_some_and(|current| current.id == view.id),
        shared: !view.own,
    };
    let changed = current.filter(|view| {
        view.own && urls::Query::parse(&view.query).only(&KEPT).text() != kept.text()
    });
    Above {
        tabs: if views.is_empty() {
            Vec::new()
        } else {
            std::iter::once(all).chain(views.iter().map(tab)).collect()
        },
        keep: changed.map_or_else(String::new, |view| urls::device_view(view.id.as_str())),
        unknown: asked
            .filter(|_| current.is_none())
            .map(|asked| format!("{VIEW}={asked}")),
    }
}

pub(crate) async fn views(visitor: Visitor) -> Result<Response, Failure> {
    let fields = Fields {
        query: visitor.query.only(&KEPT).text(),
        ..Fields::default()
    };
    let shown = built(&visitor, &fields, String::new()).await?;
    Ok(page(StatusCode::OK, &shown))
}

async fn built(visitor: &Visitor, fields: &Fields, problem: String) -> Result<ViewsPage, Failure> {
    let (core, actor) = (visitor.core(), visitor.actor());
    let look = lists::look(core, actor).await?;
    let found = lists::views(core, actor).await?;
    let row = |view: &ViewView| SavedView {
        act: urls::device_view(view.id.as_str()),
        href: address(view),
        name: view.name.clone(),
        owner: if view.own {
            String::new()
        } else {
            view.owner_name.clone()
        },
        team: view.audience == Audience::Team.as_str(),
        begins: look.view.as_ref() == Some(&view.id),
        own: view.own,
        may_remove: view.may_remove,
    };
    Ok(ViewsPage {
        query: fields.query.clone(),
        back: urls::Query::parse(&fields.query).url(urls::DEVICES),
        name: fields.name.clone(),
        team: fields.audience == Audience::Team.as_str(),
        problem,
        rows: found.iter().map(row).collect(),
        f: visitor.frame(Place::Devices, "").await?,
    })
}

pub(crate) async fn save_view(form: Filled<Fields>) -> Result<Response, Failure> {
    let (visitor, fields) = (form.visitor, form.fields);
    let new = NewView {
        name: fields.name.clone(),
        audience: Audience::parse(&fields.audience)?,
        query: urls::Query::parse(&fields.query).only(&KEPT).text(),
    };
    match lists::create_view(visitor.core(), visitor.actor(), new).await {
        Ok(made) => Ok(go(visitor.state(), &address(&made), Told::Saved)),
        Err(error) => settle(&visitor, &fields, error).await,
    }
}

/// The page again with what was typed and why it was not done.
async fn settle(visitor: &Visitor, fields: &Fields, error: Error) -> Result<Response, Failure> {
    let l = visitor.texts;
    let problem = match (error.kind, error.code) {
        (Kind::Invalid, "view_name") if fields.name.trim().is_empty() => {
            FieldError::Required.text(l)
        }
        (Kind::Invalid, "view_name") => FieldError::Length(60).text(l),
        (Kind::Invalid, "view_query") => l.t("view-query-long"),
        (Kind::Conflict, "views_many") => l.t("views-many"),
        _ => return Err(error.into()),
    };
    let status = AppError::from(error).status();
    Ok(page(status, &built(visitor, fields, problem).await?))
}

/// Changes, removes, or begins with a view.
pub(crate) async fn change_view(
    Path(id): Path<String>,
    form: Filled<Fields>,
) -> Result<Response, Failure> {
    let (visitor, fields) = (form.visitor, form.fields);
    let id = ViewId::parse(&id).ok_or_else(|| Error::not_found("view"))?;
    let (core, actor) = (visitor.core(), visitor.actor());
    let done = match fields.act.as_str() {
        "query" => {
            let change = ViewChange {
                query: Some(urls::Query::parse(&fields.query).only(&KEPT).text()),
                ..ViewChange::default()
            };
            let changed = lists::change_view(core, actor, &id, change).await;
            return match changed {
                Ok(view) => Ok(go(visitor.state(), &address(&view), Told::Saved)),
                Err(error) => settle(&visitor, &fields, error).await,
            };
        }
        "remove" => lists::remove_view(core, actor, &id).await,
        "begin" => lists::begin_with_view(core, actor, Some(&id)).await,
        "begin_all" => {
            lists::view(core, actor, &id).await?;
            lists::begin_with_view(core, actor, None).await
        }
        _ => {
            let change = ViewChange {
                name: Some(fields.name.clone()),
                audience: Some(Audience::parse(&fields.audience)?),
                query: None,
            };
            lists::change_view(core, actor, &id, change).await.map(drop)
        }
    };
    match done {
        Ok(()) => Ok(go(visitor.state(), urls::DEVICE_VIEWS, Told::Saved)),
        Err(error) => {
            // What was typed belongs to another form than the one that saves.
            let fields = Fields::default();
            settle(&visitor, &fields, error).await
        }
    }
}

/// Where a list without anything in its address begins for this person; `None` at the plain list.
pub(super) async fn begin(visitor: &Visitor, look: &lists::ListLook) -> Option<Response> {
    // A part of the organisation to look at is not yet a list of one's own making.
    let asked = visitor.query.without(urls::SCOPE_NAME);
    let wanted = look.view.as_ref().filter(|_| asked.is_empty())?;
    // One that is not theirs to see any more begins nothing.
    let view = lists::view(visitor.core(), visitor.actor(), wanted)
        .await
        .ok()?;
    let begins = visitor.scoped(&listed(&view)).url(urls::DEVICES);
    Some(Redirect::to(&begins).into_response())
}
