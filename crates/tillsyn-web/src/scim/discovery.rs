//! What this server can (RFC 7643 §5 to §7), for clients that ask before they speak.

use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use serde_json::{Value as Json, json};

use super::answer::{ScimError, answer};
use super::filter::{ENTERPRISE, GROUP, USER};
use super::{Connector, Id, page};

pub(super) async fn config(at: Connector) -> Response {
    let body = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
        "patch": {"supported": true},
        "bulk": {"supported": false, "maxOperations": 0, "maxPayloadSize": 0},
        "filter": {"supported": true, "maxResults": 200},
        "changePassword": {"supported": false},
        "sort": {"supported": false},
        "etag": {"supported": true},
        "authenticationSchemes": [{
            "type": "oauthbearertoken", "name": "Bearer token",
            "description": "The token of this connector.", "primary": true,
        }],
        "meta": {"resourceType": "ServiceProviderConfig",
            "location": format!("{}/ServiceProviderConfig", at.base)},
    });
    answer(StatusCode::OK, &body)
}

fn all_types(base: &str) -> [Json; 2] {
    let one = |name: &str, schema: &str, extensions: Json| {
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
            "id": name, "name": name, "endpoint": format!("/{name}s"), "description": name,
            "schema": schema, "schemaExtensions": extensions,
            "meta": {"resourceType": "ResourceType",
                "location": format!("{base}/ResourceTypes/{name}")},
        })
    };
    let extension = json!([{"schema": ENTERPRISE, "required": false}]);
    [one("User", USER, extension), one("Group", GROUP, json!([]))]
}

fn all(list: impl IntoIterator<Item = Json>) -> Response {
    let list: Vec<Json> = list.into_iter().collect();
    page(i64::try_from(list.len()).unwrap_or(0), 1, &list)
}

fn one(list: impl IntoIterator<Item = Json>, id: &str) -> Result<Response, ScimError> {
    let found = list.into_iter().find(|item| {
        item["id"]
            .as_str()
            .is_some_and(|own| own.eq_ignore_ascii_case(id))
    });
    let body = found.ok_or_else(ScimError::not_found)?;
    Ok(answer(StatusCode::OK, &body))
}

pub(super) async fn types(at: Connector) -> Response {
    all(all_types(&at.base))
}

pub(super) async fn one_type(at: Connector, Path((_, id)): Id) -> Result<Response, ScimError> {
    one(all_types(&at.base), &id)
}

/// An attribute of a schema: its name, kind, and parts.
fn attribute(name: &str, kind: &str, parts: &[Json]) -> Json {
    let mut body = json!({
        "name": name, "type": kind, "multiValued": false, "description": name,
        "required": false, "caseExact": false, "mutability": "readWrite",
        "returned": "default", "uniqueness": "none",
    });
    if !parts.is_empty() {
        body["subAttributes"] = json!(parts);
    }
    body
}

fn text(name: &str) -> Json {
    attribute(name, "string", &[])
}

fn with(mut of: Json, changes: &[(&str, Json)]) -> Json {
    for (name, value) in changes {
        of[*name] = value.clone();
    }
    of
}

fn list_of(name: &str, parts: &[Json]) -> Json {
    with(
        attribute(name, "complex", parts),
        &[("multiValued", json!(true))],
    )
}

fn all_schemas(base: &str) -> [Json; 3] {
    let one = |id: &str, name: &str, attributes: Vec<Json>| {
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
            "id": id, "name": name, "description": name, "attributes": attributes,
            "meta": {"resourceType": "Schema", "location": format!("{base}/Schemas/{id}")},
        })
    };
    let unique = |name: &str| {
        let changes = [("required", json!(true)), ("uniqueness", json!("server"))];
        with(text(name), &changes)
    };
    let exact = |name: &str| with(text(name), &[("caseExact", json!(true))]);
    let read_only = |of: Json| with(of, &[("mutability", json!("readOnly"))]);
    let names = [
        "formatted",
        "familyName",
        "givenName",
        "middleName",
        "honorificPrefix",
        "honorificSuffix",
    ];
    let emails = [
        text("value"),
        text("display"),
        text("type"),
        attribute("primary", "boolean", &[]),
    ];
    let members = [exact("value"), text("display"), text("type"), exact("$ref")];
    let user = vec![
        unique("userName"),
        exact("externalId"),
        attribute("name", "complex", &names.map(text)),
        text("displayName"),
        text("nickName"),
        text("title"),
        text("userType"),
        text("preferredLanguage"),
        text("locale"),
        text("timezone"),
        attribute("active", "boolean", &[]),
        list_of("emails", &emails),
        read_only(list_of("groups", &members)),
    ];
    let group = vec![
        unique("displayName"),
        exact("externalId"),
        list_of("members", &members),
    ];
    let manager = [exact("value"), text("displayName")];
    let enterprise = vec![
        text("employeeNumber"),
        text("costCenter"),
        text("organization"),
        text("division"),
        text("department"),
        attribute("manager", "complex", &manager),
    ];
    [
        one(USER, "User", user),
        one(GROUP, "Group", group),
        one(ENTERPRISE, "EnterpriseUser", enterprise),
    ]
}

pub(super) async fn schemas(at: Connector) -> Response {
    all(all_schemas(&at.base))
}

pub(super) async fn one_schema(at: Connector, Path((_, id)): Id) -> Result<Response, ScimError> {
    one(all_schemas(&at.base), &id)
}
