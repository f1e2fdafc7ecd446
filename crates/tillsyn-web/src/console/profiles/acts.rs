//! What is done with a profile as a whole: described, its draft thrown away, planned, archived.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use tillsyn_core::ids::ProfileId;
use tillsyn_core::plans::{self, Change};
use tillsyn_core::profiles::{self, Describe};

use super::edit::refused;
use super::head::profile_id;
use crate::console::failure::Failure;
use crate::console::form::Filled;
use crate::console::notice::{Told, go};
use crate::console::visitor::Visitor;
use crate::ui::urls;

#[derive(Deserialize)]
pub(crate) struct Revision {
    revision: i64,
}

#[derive(Deserialize)]
pub(crate) struct Nothing {}

/// What the button said, which may be of a page that is old by now.
#[derive(Deserialize)]
pub(crate) struct Wanted {
    #[serde(default)]
    want: String,
}

#[derive(Deserialize)]
pub(crate) struct Words {
    name: String,
    #[serde(default)]
    description: String,
}

/// `POST …/describe`.
pub(crate) async fn describe(
    Path(id): Path<String>,
    form: Filled<Words>,
) -> Result<Response, Failure> {
    let (visitor, fields) = (form.visitor, form.fields);
    let id = profile_id(&id)?;
    let describe = Describe {
        name: Some(fields.name.clone()),
        description: Some(fields.description.clone()),
    };
    let done = profiles::describe_profile(visitor.core(), visitor.actor(), &id, describe).await;
    if let Err(error) = done {
        let typed = (fields.name, fields.description);
        return refused(visitor, &id, error, Some(typed)).await;
    }
    let to = urls::profile(id.as_str());
    Ok(go(visitor.state(), &to, Told::ProfileDescribed))
}

/// `POST …/discard`.
pub(crate) async fn discard(
    Path(id): Path<String>,
    form: Filled<Revision>,
) -> Result<Response, Failure> {
    let (visitor, revision) = (form.visitor, form.fields.revision);
    let id = profile_id(&id)?;
    let done = profiles::discard_draft(visitor.core(), visitor.actor(), &id, revision).await;
    if let Err(error) = done {
        return refused(visitor, &id, error, None).await;
    }
    let to = urls::profile(id.as_str());
    Ok(go(visitor.state(), &to, Told::DraftDiscarded))
}

/// `POST …/delete`: of a profile that was never published.
pub(crate) async fn delete(
    Path(id): Path<String>,
    form: Filled<Nothing>,
) -> Result<Response, Failure> {
    let visitor = form.visitor;
    let id = profile_id(&id)?;
    let done = profiles::delete_profile(visitor.core(), visitor.actor(), &id).await;
    if let Err(error) = done {
        return refused(visitor, &id, error, None).await;
    }
    Ok(go(visitor.state(), urls::PROFILES, Told::ProfileDeleted))
}

/// `POST …/plan`: what publishing the draft does, as a plan.
pub(crate) async fn plan(
    Path(id): Path<String>,
    form: Filled<Revision>,
) -> Result<Response, Failure> {
    let (visitor, revision) = (form.visitor, form.fields.revision);
    let id = profile_id(&id)?;
    let change = Change::PublishVersion {
        profile_id: id.to_string(),
        draft_revision: revision,
        comment: None,
        version_id: None,
    };
    planned(visitor, &id, change).await
}

/// `POST …/archive`: out of use, or back into it.
pub(crate) async fn archive(
    Path(id): Path<String>,
    form: Filled<Wanted>,
) -> Result<Response, Failure> {
    let (visitor, want) = (form.visitor, form.fields.want);
    let id = profile_id(&id)?;
    let view = profiles::find_profile(visitor.core(), visitor.actor(), &id).await?;
    if matches!(
        (want.as_str(), view.archived),
        ("archive", true) | ("restore", false)
    ) {
        let to = urls::profile(id.as_str());
        return Ok(go(visitor.state(), &to, Told::SoAlready));
    }
    let profile_id = id.to_string();
    let change = if view.archived {
        Change::RestoreProfile { profile_id }
    } else {
        Change::ArchiveProfile { profile_id }
    };
    planned(visitor, &id, change).await
}

async fn planned(visitor: Visitor, id: &ProfileId, change: Change) -> Result<Response, Failure> {
    match plans::plan(visitor.core(), visitor.actor(), change).await {
        Ok(plan) => Ok(Redirect::to(&urls::plan(plan.id.as_str())).into_response()),
        Err(error) => refused(visitor, id, error, None).await,
    }
}
