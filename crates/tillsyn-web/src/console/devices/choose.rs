//! `POST /console/devices/selection`: ticking, choosing all, clearing, and going on to an act. The boxes of a page
//! are kept with every press, so that paging without script loses nothing.

use axum::response::{IntoResponse as _, Redirect, Response};
use tillsyn_core::ids::{DeviceId, SelectionId};
use tillsyn_core::lists::{self, Pick};
use tillsyn_core::{Error, Kind, inventory};

use super::filters;
use crate::console::failure::{Failure, own_path, short};
use crate::console::form::Filled;
use crate::console::notice::{Told, go};
use crate::console::scope;
use crate::console::visitor::Visitor;
use crate::ui::urls;

pub(crate) async fn choose(form: Filled<Vec<(String, String)>>) -> Result<Response, Failure> {
    let mut visitor = form.visitor;
    let fields = urls::Query::from_pairs(form.fields);
    let act = fields.get("act").unwrap_or_default();
    let next = short(fields.get("next").unwrap_or(urls::DEVICES));
    let back = own_path(&next).to_owned();
    if act == "all" {
        // All that the list showed, which may have been of one part of the organisation.
        let unit = fields.get(urls::SCOPE_NAME).unwrap_or_default();
        visitor.session.session.actor = scope::limited(&visitor, unit).await?;
    }
    let session = &visitor.session.session;
    let pick = match act {
        "all" => {
            let query = urls::Query::parse(fields.get("query").unwrap_or_default());
            let filter = filters::filter(&query, visitor.zone.now_ms);
            Pick::All(Box::new(filter))
        }
        "none" => Pick::Nothing,
        _ => Pick::Page {
            shown: ids(&fields, "shown")?,
            ticked: ids(&fields, "device")?,
        },
    };
    match lists::choose(visitor.core(), session, pick).await {
        Ok(()) => {}
        Err(error) if error.kind == Kind::Conflict && error.code == "selection_full" => {
            return Ok(go(visitor.state(), &back, Told::SelectionFull));
        }
        Err(error) => return Err(error.into()),
    }
    if !matches!(act, "erase" | "retire" | "lock" | "move" | "ask") {
        return Ok(Redirect::to(&back).into_response());
    }
    let Some(selection) = lists::selection(visitor.core(), session).await? else {
        return Ok(go(visitor.state(), &back, Told::NothingChosen));
    };
    Ok(match act {
        "ask" => {
            let (core, actor) = (visitor.core(), visitor.actor());
            let (asked, _) = inventory::ask_several(core, actor, selection.devices).await?;
            let told = if asked > 0 {
                Told::AskedSeveral
            } else {
                Told::NoneCan
            };
            go(visitor.state(), &back, told)
        }
        "move" => Redirect::to(&urls::devices_move(selection.id.as_str())).into_response(),
        act => Redirect::to(&urls::devices_many(act, selection.id.as_str())).into_response(),
    })
}

fn ids(fields: &urls::Query, name: &str) -> Result<Vec<DeviceId>, Error> {
    let ids = fields.list(name).into_iter();
    ids.map(|id| DeviceId::parse(id).ok_or_else(|| Error::not_found("device")))
        .collect()
}

/// The devices that an address or form is about: those of the session's selection, or those that it names.
pub(crate) async fn devices_of(
    visitor: &Visitor,
    selection: &str,
    named: &[&str],
) -> Result<Vec<DeviceId>, Failure> {
    if selection.is_empty() {
        let named = named.iter();
        let ids = named.map(|id| DeviceId::parse(id).ok_or_else(|| Error::not_found("device")));
        return Ok(ids.collect::<Result<_, _>>()?);
    }
    let id = SelectionId::parse(selection).ok_or_else(|| Error::not_found("selection"))?;
    let session = &visitor.session.session;
    Ok(lists::selected(visitor.core(), session, &id).await?)
}
