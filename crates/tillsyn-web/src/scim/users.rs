//! `/Users`.

use std::collections::HashMap;

use axum::body::Body;
use axum::extract::Path;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use serde_json::Value as Json;
use tillsyn_core::directory::{
    Narrow, ScimUser, UserWrite, delete_scim_user, put_scim_user, scim_groups_of, scim_user,
    scim_users,
};

use super::answer::{self, ScimError};
use super::filter::Filter;
use super::resource::{boolean, external_id, fields, shown, taken, user_name};
use super::{Connector, Id, page, patch};

/// How often a change begins anew when the user moves under it.
const TRIES: usize = 6;
/// Users that one page of a search looks at.
const SEARCH: i64 = 500;

pub(super) async fn list(at: Connector) -> Result<Response, ScimError> {
    let query = &at.query;
    let filter = query.filter.as_deref().map(Filter::parse).transpose()?;
    let narrow = narrow(filter.as_ref(), "userName");
    let Some(filter) = filter else {
        let (total, found) =
            scim_users(&at.core, &at.source, &narrow, query.offset(), query.count).await?;
        let shown = show_all(&at, &found).await?;
        return Ok(page(total, query.start, &trimmed(&at, shown)));
    };
    let (mut total, mut found, mut offset) = (0, Vec::new(), 0);
    loop {
        let (all, some) = scim_users(&at.core, &at.source, &narrow, offset, SEARCH).await?;
        for user in show_all(&at, &some).await? {
            if filter.matches(&user) {
                total += 1;
                let wanted = found.len() < usize::try_from(query.count).unwrap_or(0);
                if total > query.offset() && wanted {
                    found.push(user);
                }
            }
        }
        offset += SEARCH;
        if offset >= all {
            break;
        }
    }
    Ok(page(total, query.start, &trimmed(&at, found)))
}

/// What the database looks for itself.
pub(super) fn narrow(filter: Option<&Filter>, name: &str) -> Narrow {
    let Some(filter) = filter else {
        return Narrow::All;
    };
    let of = |attribute: &str| filter.equals(attribute).map(str::to_owned);
    of("id")
        .map(Narrow::Id)
        .or_else(|| of("externalId").map(Narrow::ExternalId))
        .or_else(|| of(name).map(Narrow::Name))
        .unwrap_or(Narrow::All)
}

fn trimmed(at: &Connector, users: Vec<Json>) -> Vec<Json> {
    users.into_iter().map(|user| at.query.trim(user)).collect()
}

async fn show_all(at: &Connector, users: &[ScimUser]) -> Result<Vec<Json>, ScimError> {
    let mut groups: HashMap<String, Vec<_>> = HashMap::new();
    let ids = users.iter().map(|user| user.id.clone()).collect();
    for (user, group) in scim_groups_of(&at.core, &at.source, ids).await? {
        groups.entry(user).or_default().push(group);
    }
    let none = Vec::new();
    let shown = users.iter().map(|user| {
        let groups = groups.get(&user.id).unwrap_or(&none);
        shown(user, groups, &at.base)
    });
    Ok(shown.collect())
}

async fn show_one(
    at: &Connector,
    status: StatusCode,
    user: ScimUser,
) -> Result<Response, ScimError> {
    let mut all = show_all(at, std::slice::from_ref(&user)).await?;
    let body = all.pop().unwrap_or_default();
    let mut response = answer::resource(status, &body);
    if !at.query.attributes.is_empty() || !at.query.excluded.is_empty() {
        let headers = response.headers().clone();
        response = answer::answer(status, &at.query.trim(body));
        for name in [http::header::ETAG, http::header::LOCATION] {
            if let Some(value) = headers.get(&name) {
                response.headers_mut().insert(name, value.clone());
            }
        }
    }
    Ok(response)
}

pub(super) async fn show(at: Connector, Path((_, id)): Id) -> Result<Response, ScimError> {
    let user = scim_user(&at.core, &at.source, &id).await?;
    if at.has(user.version) {
        return Ok(StatusCode::NOT_MODIFIED.into_response());
    }
    show_one(&at, StatusCode::OK, user).await
}

fn write(resource: Json, active: bool) -> Result<UserWrite, ScimError> {
    Ok(UserWrite {
        user_name: user_name(&resource)?,
        external_id: external_id(&resource)?,
        active,
        fields: fields(&resource),
        resource,
    })
}

pub(super) async fn create(at: Connector, body: Body) -> Result<Response, ScimError> {
    let body = at.body(body).await?;
    let mut ignored = Vec::new();
    let resource = taken(&body, &mut ignored)?;
    let active = boolean(&resource["active"]).unwrap_or(true);
    let write = write(resource, active)?;
    let user = put_scim_user(&at.core, &at.source, None, write).await?;
    at.note(ignored).await;
    show_one(&at, StatusCode::CREATED, user).await
}

/// A change that is computed again when somebody else changed the user meanwhile.
async fn change(
    at: &Connector,
    id: &str,
    made: impl Fn(&ScimUser, &mut Vec<String>) -> Result<UserWrite, ScimError>,
) -> Result<Response, ScimError> {
    let asked = at.if_match()?;
    for _ in 0..TRIES {
        let before = scim_user(&at.core, &at.source, id).await?;
        if asked.is_some_and(|asked| asked != before.version) {
            return Err(ScimError::version());
        }
        let mut ignored = Vec::new();
        let write = made(&before, &mut ignored)?;
        let put = put_scim_user(&at.core, &at.source, Some((id, before.version)), write).await;
        match put.map_err(ScimError::from) {
            Ok(user) => {
                at.note(ignored).await;
                return show_one(at, StatusCode::OK, user).await;
            }
            Err(error) if error.moved() && asked.is_none() => {}
            Err(error) => return Err(error),
        }
    }
    let detail = "The user is being changed at this moment; try again.";
    Err(ScimError::new(StatusCode::CONFLICT, None, detail))
}

pub(super) async fn replace(
    at: Connector,
    Path((_, id)): Id,
    body: Body,
) -> Result<Response, ScimError> {
    let body = at.body(body).await?;
    change(&at, &id, |before, ignored| {
        let resource = taken(&body, ignored)?;
        // Whoever does not say stays as they are: nobody is let in or put out by silence.
        let active = boolean(&resource["active"]).unwrap_or(before.active);
        write(resource, active)
    })
    .await
}

pub(super) async fn patch(
    at: Connector,
    Path((_, id)): Id,
    body: Body,
) -> Result<Response, ScimError> {
    let body = at.body(body).await?;
    let operations = patch::operations(&body)?;
    change(&at, &id, |before, ignored| {
        let resource = patch::user(&before.resource, &operations, ignored)?;
        let active = boolean(&resource["active"]).unwrap_or(before.active);
        write(resource, active)
    })
    .await
}

pub(super) async fn delete(at: Connector, Path((_, id)): Id) -> Result<Response, ScimError> {
    delete_scim_user(&at.core, &at.source, &id, at.if_match()?).await?;
    Ok(answer::nothing())
}
