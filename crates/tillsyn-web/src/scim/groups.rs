//! `/Groups`.

use axum::body::Body;
use axum::extract::Path;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use serde_json::{Value as Json, json};
use tillsyn_core::directory::{
    GroupWrite, MemberChange, ScimGroup, ScimMember, delete_scim_group, put_scim_group, scim_group,
    scim_groups, scim_members,
};

use super::answer::{self, ScimError};
use super::filter::{self, Filter, GROUP, field};
use super::patch::{Act, MOST_MEMBERS, Operation, operations};
use super::resource::{time, version};
use super::users::narrow;
use super::{Connector, Id, page};

/// Groups with more members are listed without them.
const LISTED: usize = 200;
/// Groups that one page of a search looks at.
const SEARCH: i64 = 500;

fn shown(group: &ScimGroup, members: Option<&[ScimMember]>, base: &str) -> Json {
    let mut body = json!({
        "schemas": [GROUP], "id": group.id, "displayName": group.name,
        "meta": {
            "resourceType": "Group", "created": time(group.created_at),
            "lastModified": time(group.updated_at), "version": version(group.version),
            "location": format!("{base}/Groups/{}", group.id),
        },
    });
    if let Some(external) = &group.external_id {
        body["externalId"] = json!(external);
    }
    if let Some(members) = members {
        let members = members.iter().map(|member| {
            let (kind, place) = if member.group {
                ("Group", "Groups")
            } else {
                ("User", "Users")
            };
            json!({"value": member.id, "display": member.name, "type": kind,
                "$ref": format!("{base}/{place}/{}", member.id)})
        });
        body["members"] = members.collect();
    }
    body
}

pub(super) async fn list(at: Connector) -> Result<Response, ScimError> {
    let query = &at.query;
    let filter = query.filter.as_deref().map(Filter::parse).transpose()?;
    let narrow = narrow(filter.as_ref(), "displayName");
    let (total, found) = match &filter {
        None => scim_groups(&at.core, &at.source, &narrow, query.offset(), query.count).await?,
        Some(filter) => {
            let (mut total, mut found, mut offset) = (0, Vec::new(), 0);
            loop {
                let (all, some) =
                    scim_groups(&at.core, &at.source, &narrow, offset, SEARCH).await?;
                for group in some {
                    if filter.matches(&shown(&group, None, &at.base)) {
                        total += 1;
                        let wanted = found.len() < usize::try_from(query.count).unwrap_or(0);
                        if total > query.offset() && wanted {
                            found.push(group);
                        }
                    }
                }
                offset += SEARCH;
                if offset >= all {
                    break;
                }
            }
            (total, found)
        }
    };
    let mut resources = Vec::with_capacity(found.len());
    for group in &found {
        let mut members = None;
        if query.wants("members") {
            let all = scim_members(&at.core, &group.id).await?;
            members = (all.len() <= LISTED).then_some(all);
        }
        let body = shown(group, members.as_deref(), &at.base);
        resources.push(query.trim(body));
    }
    Ok(page(total, query.start, &resources))
}

async fn show_one(
    at: &Connector,
    status: StatusCode,
    group: &ScimGroup,
) -> Result<Response, ScimError> {
    let members = if at.query.wants("members") {
        Some(scim_members(&at.core, &group.id).await?)
    } else {
        None
    };
    let body = shown(group, members.as_deref(), &at.base);
    let headers = answer::resource(status, &body);
    let mut response = answer::answer(status, &at.query.trim(body));
    for name in [http::header::ETAG, http::header::LOCATION] {
        if let Some(value) = headers.headers().get(&name) {
            response.headers_mut().insert(name, value.clone());
        }
    }
    Ok(response)
}

pub(super) async fn show(at: Connector, Path((_, id)): Id) -> Result<Response, ScimError> {
    let group = scim_group(&at.core, &at.source, &id).await?;
    if at.has(group.version) {
        return Ok(StatusCode::NOT_MODIFIED.into_response());
    }
    show_one(&at, StatusCode::OK, &group).await
}

fn name(value: &Json) -> Result<String, ScimError> {
    match value.as_str().map(str::trim) {
        Some(name) if !name.is_empty() && name.chars().count() <= 200 => Ok(name.to_owned()),
        _ => Err(ScimError::bad(
            "invalidValue",
            "A displayName has 1 to 200 characters.",
        )),
    }
}

fn external(value: &Json) -> Result<Option<String>, ScimError> {
    match value {
        Json::Null => Ok(None),
        Json::String(id) if id.len() <= 500 => Ok(Some(id.clone()).filter(|id| !id.is_empty())),
        _ => Err(ScimError::bad(
            "invalidValue",
            "The value of externalId is not usable.",
        )),
    }
}

/// Members as ids: objects with `value`, or texts.
fn members(value: &Json) -> Result<Vec<String>, ScimError> {
    let refused = || ScimError::bad("invalidValue", "A member is an object with value.");
    let items = match value {
        Json::Null => return Ok(Vec::new()),
        Json::Array(items) => items.as_slice(),
        one => std::slice::from_ref(one),
    };
    if items.len() > MOST_MEMBERS {
        let detail = format!("One operation names at most {MOST_MEMBERS} members.");
        return Err(ScimError::bad("tooMany", detail));
    }
    let id = |item: &Json| {
        let id = item.as_str().or_else(|| field(item, "value")?.as_str());
        id.map(str::to_owned).ok_or_else(refused)
    };
    items.iter().map(id).collect()
}

fn whole(body: &Json) -> Result<GroupWrite, ScimError> {
    let of = |name: &str| field(body, name).cloned().unwrap_or_default();
    Ok(GroupWrite {
        name: Some(name(&of("displayName"))?),
        external_id: Some(external(&of("externalId"))?),
        members: vec![MemberChange::Replace(members(&of("members"))?)],
    })
}

pub(super) async fn create(at: Connector, body: Body) -> Result<Response, ScimError> {
    let body = at.body(body).await?;
    let group = put_scim_group(&at.core, &at.source, None, whole(&body)?).await?;
    show_one(&at, StatusCode::CREATED, &group).await
}

pub(super) async fn replace(
    at: Connector,
    Path((_, id)): Id,
    body: Body,
) -> Result<Response, ScimError> {
    let body = at.body(body).await?;
    let place = Some((id.as_str(), at.if_match()?));
    let group = put_scim_group(&at.core, &at.source, place, whole(&body)?).await?;
    show_one(&at, StatusCode::OK, &group).await
}

pub(super) async fn patch(
    at: Connector,
    Path((_, id)): Id,
    body: Body,
) -> Result<Response, ScimError> {
    let body = at.body(body).await?;
    let mut write = GroupWrite::default();
    let mut ignored = Vec::new();
    for operation in operations(&body)? {
        one(&mut write, &operation, &mut ignored)?;
    }
    let place = Some((id.as_str(), at.if_match()?));
    put_scim_group(&at.core, &at.source, place, write).await?;
    at.note(ignored).await;
    Ok(answer::nothing())
}

fn one(
    write: &mut GroupWrite,
    operation: &Operation,
    ignored: &mut Vec<String>,
) -> Result<(), ScimError> {
    let value = operation.value.clone().unwrap_or_default();
    let Some(path) = &operation.path else {
        let Json::Object(fields) = value else {
            let detail = "Without a path the value is an object.";
            return Err(ScimError::bad("invalidValue", detail));
        };
        for (key, value) in fields {
            let known = ["displayname", "externalid", "members"];
            if known.contains(&key.to_ascii_lowercase().as_str()) {
                let one_of = Operation {
                    act: operation.act,
                    path: Some(key),
                    value: Some(value),
                };
                one(write, &one_of, ignored)?;
            } else {
                super::resource::ignore(ignored, &key);
            }
        }
        return Ok(());
    };
    let path = filter::Path::parse(path)?;
    match path.attribute.to_ascii_lowercase().as_str() {
        "displayname" if path.filter.is_none() && path.sub.is_none() => {
            if operation.act == Act::Remove {
                return Err(ScimError::bad("mutability", "A group has a displayName."));
            }
            write.name = Some(name(&value)?);
        }
        "externalid" if path.filter.is_none() && path.sub.is_none() => {
            write.external_id = Some(match operation.act {
                Act::Remove => None,
                _ => external(&value)?,
            });
        }
        "members" => write.members.push(change(operation, &path, &value)?),
        "id" | "meta" | "schemas" => {
            let detail = format!("The attribute {} is read-only.", path.attribute);
            return Err(ScimError::bad("mutability", detail));
        }
        _ => super::resource::ignore(ignored, &path.attribute),
    }
    Ok(())
}

fn change(
    operation: &Operation,
    path: &filter::Path,
    value: &Json,
) -> Result<MemberChange, ScimError> {
    let chosen = match &path.filter {
        None => None,
        Some(filter) => Some(filter.equals("value").map(str::to_owned).ok_or_else(|| {
            let detail = "Members are chosen by value eq \"id\".";
            ScimError::bad("invalidPath", detail)
        })?),
    };
    Ok(match (operation.act, chosen) {
        (Act::Remove, Some(id)) => MemberChange::Remove(vec![id]),
        (Act::Remove, None) if operation.value.is_none() || value.is_null() => {
            MemberChange::Replace(Vec::new())
        }
        (Act::Remove, None) => MemberChange::Remove(members(value)?),
        (_, Some(_)) => {
            let detail = "Members are added as a list of values.";
            return Err(ScimError::bad("invalidPath", detail));
        }
        (Act::Add, None) => MemberChange::Add(members(value)?),
        (Act::Replace, None) => MemberChange::Replace(members(value)?),
    })
}

pub(super) async fn delete(at: Connector, Path((_, id)): Id) -> Result<Response, ScimError> {
    delete_scim_group(&at.core, &at.source, &id, at.if_match()?).await?;
    Ok(answer::nothing())
}
