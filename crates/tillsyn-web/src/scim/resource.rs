//! A user as it is kept and shown: as it was sent, of the attributes that have a use here. Passwords, photos,
//! telephone numbers and home addresses are never kept.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};
use tillsyn_core::directory::{Fields, ScimMember, ScimUser};

use super::answer::ScimError;
use super::filter::{ENTERPRISE, USER, field};

/// Attributes of a user that are kept.
const KEPT: [&str; 13] = [
    "externalId",
    "userName",
    "name",
    "displayName",
    "nickName",
    "title",
    "userType",
    "preferredLanguage",
    "locale",
    "timezone",
    "active",
    "emails",
    ENTERPRISE,
];

/// Attributes of the extension that are kept.
const KEPT_ENTERPRISE: [&str; 6] = [
    "employeeNumber",
    "costCenter",
    "organization",
    "division",
    "department",
    "manager",
];

/// Attributes that only we write.
const OURS: [&str; 4] = ["id", "meta", "schemas", "groups"];
/// Attributes that nobody has to hear of.
const QUIET: [&str; 5] = ["id", "meta", "schemas", "groups", "password"];
/// Elements of a list.
const MOST_ITEMS: usize = 50;
/// Bytes of a user as it is kept.
const MOST_BYTES: usize = 64 * 1024;

/// The name as the schema writes it, of what is kept.
pub(super) fn known(name: &str, enterprise: bool) -> Option<&'static str> {
    let kept: &[&'static str] = if enterprise { &KEPT_ENTERPRISE } else { &KEPT };
    kept.iter()
        .find(|kept| kept.eq_ignore_ascii_case(name))
        .copied()
}

/// Whether an attribute is written by us alone.
pub(super) fn ours(name: &str) -> bool {
    OURS.iter().any(|ours| ours.eq_ignore_ascii_case(name))
}

/// Notes an attribute that is not read.
pub(super) fn ignore(ignored: &mut Vec<String>, name: &str) {
    let quiet = QUIET.iter().any(|quiet| quiet.eq_ignore_ascii_case(name));
    if !quiet {
        ignored.push(name.to_owned());
    }
}

/// `"True"` and `"False"` are what they say.
pub(super) fn boolean(value: &Json) -> Option<bool> {
    match value {
        Json::Bool(value) => Some(*value),
        Json::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Json::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

fn refused(attribute: &str) -> ScimError {
    ScimError::bad(
        "invalidValue",
        format!("The value of {attribute} is not usable."),
    )
}

/// A value as an attribute has it: booleans that came as texts, a manager that came as an id.
pub(super) fn typed(name: &str, value: &Json) -> Result<Json, ScimError> {
    match name {
        "active" => boolean(value)
            .map(Json::Bool)
            .ok_or_else(|| refused("active")),
        "manager" => match value {
            Json::String(id) => Ok(json!({ "value": id })),
            Json::Object(_) | Json::Null => Ok(value.clone()),
            _ => Err(refused("manager")),
        },
        "emails" => match value {
            Json::Array(items) if items.len() <= MOST_ITEMS => {
                let items: Result<Vec<Json>, _> = items.iter().map(item).collect();
                Ok(Json::Array(items?))
            }
            Json::Object(_) => Ok(json!([item(value)?])),
            Json::Null => Ok(json!([])),
            _ => Err(refused("emails")),
        },
        "name" => match value {
            Json::Object(_) | Json::Null => Ok(value.clone()),
            _ => Err(refused("name")),
        },
        _ if name == ENTERPRISE => match value {
            Json::Object(_) | Json::Null => Ok(value.clone()),
            _ => Err(refused(name)),
        },
        _ => match value {
            Json::Array(_) | Json::Object(_) => Err(refused(name)),
            _ => Ok(value.clone()),
        },
    }
}

/// An element of a list.
pub(super) fn item(value: &Json) -> Result<Json, ScimError> {
    match value {
        Json::Object(fields) => {
            let mut fields = fields.clone();
            if let Some(primary) = fields.get("primary").and_then(boolean) {
                fields.insert("primary".to_owned(), Json::Bool(primary));
            }
            Ok(Json::Object(fields))
        }
        Json::String(text) => Ok(json!({ "value": text })),
        _ => Err(refused("emails")),
    }
}

/// What is kept of a user that was sent whole.
pub(super) fn taken(body: &Json, ignored: &mut Vec<String>) -> Result<Json, ScimError> {
    let Some(fields) = body.as_object() else {
        return Err(ScimError::bad(
            "invalidSyntax",
            "Send one user as an object.",
        ));
    };
    let mut kept = Map::new();
    for (name, value) in fields {
        let Some(known) = known(name, false) else {
            ignore(ignored, name);
            continue;
        };
        let value = match known {
            _ if known == ENTERPRISE => extension(value, ignored)?,
            _ => typed(known, value)?,
        };
        if !value.is_null() {
            kept.insert(known.to_owned(), value);
        }
    }
    Ok(Json::Object(kept))
}

/// What is kept of the extension.
pub(super) fn extension(value: &Json, ignored: &mut Vec<String>) -> Result<Json, ScimError> {
    let Some(fields) = value.as_object() else {
        return if value.is_null() {
            Ok(Json::Null)
        } else {
            Err(refused(ENTERPRISE))
        };
    };
    let mut kept = Map::new();
    for (name, value) in fields {
        match known(name, true) {
            Some(known) => {
                let value = typed(known, value)?;
                if !value.is_null() {
                    kept.insert(known.to_owned(), value);
                }
            }
            None => ignore(ignored, name),
        }
    }
    Ok(Json::Object(kept))
}

/// The name that one signs in with, and the check that the whole is not too large.
pub(super) fn user_name(resource: &Json) -> Result<String, ScimError> {
    if resource.to_string().len() > MOST_BYTES {
        let detail = "The user is larger than 64 KiB.";
        return Err(ScimError::new(
            http::StatusCode::PAYLOAD_TOO_LARGE,
            None,
            detail,
        ));
    }
    match resource["userName"].as_str().map(str::trim) {
        Some(name) if !name.is_empty() && name.len() <= 500 => Ok(name.to_owned()),
        _ => Err(refused("userName")),
    }
}

/// The id that the client gave, when it gave one.
pub(super) fn external_id(resource: &Json) -> Result<Option<String>, ScimError> {
    match &resource["externalId"] {
        Json::Null => Ok(None),
        Json::String(id) if id.is_empty() => Ok(None),
        Json::String(id) if id.len() <= 500 => Ok(Some(id.clone())),
        _ => Err(refused("externalId")),
    }
}

/// What the resource says of the person; what it does not have is not known.
pub(super) fn fields(resource: &Json) -> Fields {
    let mut fields = BTreeMap::new();
    let mut say = |name: &str, value: Option<&Json>| {
        if let Some(value) = value {
            let text = value.as_str().map(str::to_owned);
            fields.insert(name.to_owned(), text.filter(|text| !text.trim().is_empty()));
        }
    };
    let name = field(resource, "name");
    let of_name = |part: &str| name.and_then(|name| field(name, part));
    let shown = field(resource, "displayName");
    say("name", shown.or_else(|| of_name("formatted")));
    say("given_name", of_name("givenName"));
    say("family_name", of_name("familyName"));
    say("title", field(resource, "title"));
    let language = field(resource, "preferredLanguage");
    say("language", language.or_else(|| field(resource, "locale")));
    if let Some(extension) = field(resource, ENTERPRISE) {
        say("department", field(extension, "department"));
        say("employee_number", field(extension, "employeeNumber"));
        let manager = field(extension, "manager");
        say(
            "manager",
            manager.and_then(|manager| field(manager, "value")),
        );
    }
    if let Some(Json::Array(emails)) = field(resource, "emails") {
        let value = mail(emails);
        fields.insert("email".to_owned(), value);
    }
    fields
}

/// The main address: the primary one, else that of work, else the first.
fn mail(emails: &[Json]) -> Option<String> {
    let primary = emails.iter().find(|email| email["primary"] == true);
    let work = || {
        emails.iter().find(|email| {
            email["type"]
                .as_str()
                .is_some_and(|kind| kind.eq_ignore_ascii_case("work"))
        })
    };
    let chosen = primary.or_else(work).or_else(|| emails.first())?;
    chosen["value"].as_str().map(str::to_owned)
}

/// RFC 3339 in UTC.
pub(super) fn time(at_ms: i64) -> String {
    let time = jiff::Timestamp::from_millisecond(at_ms).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    format!("{time:.3}")
}

/// A user as it is shown.
pub(super) fn shown(user: &ScimUser, groups: &[ScimMember], base: &str) -> Json {
    let mut fields = user.resource.as_object().cloned().unwrap_or_default();
    let mut schemas = vec![USER];
    if fields.contains_key(ENTERPRISE) {
        schemas.push(ENTERPRISE);
    }
    fields.insert("schemas".to_owned(), json!(schemas));
    fields.insert("id".to_owned(), json!(user.id));
    fields.insert("active".to_owned(), json!(user.active));
    let groups: Vec<Json> = groups
        .iter()
        .map(|group| {
            json!({"value": group.id, "display": group.name, "type": "direct",
                "$ref": format!("{base}/Groups/{}", group.id)})
        })
        .collect();
    fields.insert("groups".to_owned(), json!(groups));
    fields.insert(
        "meta".to_owned(),
        json!({
            "resourceType": "User", "created": time(user.created_at),
            "lastModified": time(user.updated_at), "version": version(user.version),
            "location": format!("{base}/Users/{}", user.id),
        }),
    );
    Json::Object(fields)
}

/// The entity tag of a version.
pub(super) fn version(version: i64) -> String {
    format!("W/\"{version}\"")
}
