//! What is done on a directory's page.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::directory::{
    LeaverPolicy, SourceChange, change_source, create_scim_token, decline_run, link_person,
    release_run, remove_source, revoke_scim_token, set_leaver_policy, source,
};
use tillsyn_core::ids::{DirectoryId, PersonId};
use tillsyn_core::{Error, Kind};

use super::show::{read, whole};
use super::words::problem;
use crate::console::failure::Failure;
use crate::console::form::Filled;
use crate::console::notice::{Told, go};
use crate::console::organisation::Problem;
use crate::console::visitor::Visitor;
use crate::error::AppError;
use crate::ui::{page, urls};

/// A token lives for a year, unless the API says otherwise.
const DAYS: i64 = 365;

#[derive(Deserialize)]
pub(crate) struct NoFields {}

/// Back to the page, to the proof of who it is, or to the page with what stands against it.
async fn answer<T>(
    visitor: Visitor,
    id: &DirectoryId,
    done: Result<T, Error>,
) -> Result<Response, Failure> {
    let here = urls::directory(id.as_str());
    let Err(error) = done else {
        return Ok(go(visitor.state(), &here, Told::Saved));
    };
    if error.kind == Kind::FreshSignInNeeded {
        return Ok(Redirect::to(&urls::confirm(&here)).into_response());
    }
    let status = AppError::from(Error::new(error.kind, error.code, "")).status();
    let told = problem(visitor.texts, error)?;
    let visitor = visitor.at(here);
    Ok(page(
        status,
        &whole(&visitor, id, told, String::new()).await?,
    ))
}

#[derive(Deserialize)]
pub(crate) struct Changed {
    #[serde(default)]
    name: String,
    #[serde(default)]
    priority: String,
}

/// Another name, another priority.
pub(crate) async fn change(
    Path(id): Path<String>,
    form: Filled<Changed>,
) -> Result<Response, Failure> {
    let (visitor, fields) = (form.visitor, form.fields);
    let id = read(&id)?;
    let change = SourceChange {
        name: Some(fields.name),
        // What is no number is refused with the numbers that are possible.
        priority: Some(fields.priority.trim().parse().unwrap_or(0)),
        paused: None,
    };
    let done = change_source(visitor.core(), visitor.actor(), &id, change).await;
    answer(visitor, &id, done).await
}

/// `pause`, `resume` or `remove`.
pub(crate) async fn act(
    Path((id, act)): Path<(String, String)>,
    form: Filled<NoFields>,
) -> Result<Response, Failure> {
    let visitor = form.visitor;
    let id = read(&id)?;
    let (core, actor) = (visitor.core(), visitor.actor());
    let paused = match act.as_str() {
        "pause" => true,
        "resume" => false,
        "remove" => {
            let done = remove_source(core, actor, &id).await;
            if done.is_ok() {
                return Ok(go(visitor.state(), urls::DIRECTORIES, Told::Saved));
            }
            return answer(visitor, &id, done).await;
        }
        _ => return Err(Error::not_found("page").into()),
    };
    let change = SourceChange {
        paused: Some(paused),
        ..SourceChange::default()
    };
    let done = change_source(core, actor, &id, change).await;
    answer(visitor, &id, done).await
}

/// Makes a token and shows it on the answer itself, this once.
pub(crate) async fn make_token(
    Path(id): Path<String>,
    form: Filled<NoFields>,
) -> Result<Response, Failure> {
    let visitor = form.visitor;
    let id = read(&id)?;
    match create_scim_token(visitor.core(), visitor.actor(), &id, DAYS, None).await {
        Ok((_, value)) => {
            let visitor = visitor.at(urls::directory(id.as_str()));
            let shown = whole(&visitor, &id, Problem::default(), value.to_string()).await?;
            Ok(page(StatusCode::OK, &shown))
        }
        Err(error) => answer::<()>(visitor, &id, Err(error)).await,
    }
}

pub(crate) async fn revoke_token(
    Path((id, token)): Path<(String, String)>,
    form: Filled<NoFields>,
) -> Result<Response, Failure> {
    let visitor = form.visitor;
    let id = read(&id)?;
    let done = revoke_scim_token(visitor.core(), visitor.actor(), &id, &token).await;
    answer(visitor, &id, done).await
}

pub(crate) async fn release(
    Path((id, run)): Path<(String, String)>,
    form: Filled<NoFields>,
) -> Result<Response, Failure> {
    let visitor = form.visitor;
    let id = read(&id)?;
    let done = release_run(visitor.core(), visitor.actor(), &run, None).await;
    answer(visitor, &id, done).await
}

pub(crate) async fn decline(
    Path((id, run)): Path<(String, String)>,
    form: Filled<NoFields>,
) -> Result<Response, Failure> {
    let visitor = form.visitor;
    let id = read(&id)?;
    let done = decline_run(visitor.core(), visitor.actor(), &run, None).await;
    answer(visitor, &id, done).await
}

#[derive(Deserialize)]
pub(crate) struct Linked {
    /// The person that it is; without one, the two stay apart.
    #[serde(default)]
    person: String,
}

pub(crate) async fn link(
    Path((id, link)): Path<(String, String)>,
    form: Filled<Linked>,
) -> Result<Response, Failure> {
    let (visitor, fields) = (form.visitor, form.fields);
    let id = read(&id)?;
    let person = PersonId::parse(&fields.person);
    let done = link_person(visitor.core(), visitor.actor(), &link, person.as_ref()).await;
    answer(visitor, &id, done).await
}

#[derive(Deserialize)]
pub(crate) struct Leavers {
    #[serde(default)]
    grace_days: String,
    #[serde(default)]
    retire_personal: String,
    #[serde(default)]
    lock_corporate: String,
    #[serde(default)]
    suspended_days: String,
}

/// What becomes of devices in the directory's unit.
pub(crate) async fn leavers(
    Path(id): Path<String>,
    form: Filled<Leavers>,
) -> Result<Response, Failure> {
    let (visitor, fields) = (form.visitor, form.fields);
    let id = read(&id)?;
    let found = source(visitor.core(), visitor.actor(), &id).await?;
    let suspended = fields.suspended_days.trim();
    let policy = LeaverPolicy {
        grace_days: fields.grace_days.trim().parse().unwrap_or(-1),
        retire_personal: !fields.retire_personal.is_empty(),
        lock_corporate: !fields.lock_corporate.is_empty(),
        suspended_days: (!suspended.is_empty()).then(|| suspended.parse().unwrap_or(0)),
    };
    let (core, actor) = (visitor.core(), visitor.actor());
    let done = set_leaver_policy(core, actor, &found.unit_id, Some(policy)).await;
    answer(visitor, &id, done).await
}
