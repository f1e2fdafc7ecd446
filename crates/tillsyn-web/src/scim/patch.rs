//! PATCH (RFC 7644 §3.5.2) as it really comes: operations in any case, booleans as texts, keys that are paths.
//! All of it is applied to a copy; one operation that cannot be done leaves everything as it was.

use serde_json::{Map, Value as Json, json};

use super::answer::ScimError;
use super::filter::{ENTERPRISE, Path};
use super::resource::{extension, ignore, item, known, ours, typed};

/// Operations of one request.
const MOST_OPERATIONS: usize = 100;
/// Members of one operation.
pub(super) const MOST_MEMBERS: usize = 5_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    Add,
    Replace,
    Remove,
}

/// One operation as it came.
#[derive(Clone, Debug)]
pub(super) struct Operation {
    pub(super) act: Act,
    pub(super) path: Option<String>,
    pub(super) value: Option<Json>,
}

/// Reads the operations of a request.
pub(super) fn operations(body: &Json) -> Result<Vec<Operation>, ScimError> {
    let syntax = |detail: &str| ScimError::bad("invalidSyntax", detail);
    let list = super::filter::field(body, "Operations")
        .and_then(Json::as_array)
        .ok_or_else(|| syntax("Send a PatchOp with a list of Operations."))?;
    if list.is_empty() {
        return Err(syntax("There is no operation."));
    }
    if list.len() > MOST_OPERATIONS {
        return Err(ScimError::bad(
            "tooMany",
            format!("One request has at most {MOST_OPERATIONS} operations."),
        ));
    }
    let mut found = Vec::with_capacity(list.len());
    for one in list {
        let of = |name: &str| super::filter::field(one, name);
        let name = of("op").and_then(Json::as_str).unwrap_or_default();
        let act = match name.to_ascii_lowercase().as_str() {
            "add" => Act::Add,
            "replace" => Act::Replace,
            "remove" => Act::Remove,
            _ => return Err(syntax("An operation is add, replace or remove.")),
        };
        let path = match of("path") {
            None | Some(Json::Null) => None,
            Some(Json::String(path)) if path.trim().is_empty() => None,
            Some(Json::String(path)) => Some(path.clone()),
            Some(_) => return Err(ScimError::bad("invalidPath", "A path is a text.")),
        };
        let value = of("value").cloned();
        if act == Act::Remove && path.is_none() {
            return Err(ScimError::bad("noTarget", "A remove names a path."));
        }
        if act != Act::Remove && value.is_none() {
            return Err(ScimError::bad(
                "invalidValue",
                "The operation has no value.",
            ));
        }
        found.push(Operation { act, path, value });
    }
    Ok(found)
}

/// Applies the operations to a copy of a user; names of attributes that are not read go into `ignored`.
pub(super) fn user(
    resource: &Json,
    operations: &[Operation],
    ignored: &mut Vec<String>,
) -> Result<Json, ScimError> {
    let mut fields = resource.as_object().cloned().unwrap_or_default();
    for operation in operations {
        if let Some(path) = &operation.path {
            let path = Path::parse(path)?;
            let value = operation.value.as_ref();
            one(&mut fields, operation.act, &path, value, ignored)?;
            continue;
        }
        let Some(Json::Object(values)) = &operation.value else {
            let detail = "Without a path the value is an object.";
            return Err(ScimError::bad("invalidValue", detail));
        };
        for (key, value) in values {
            let Ok(path) = Path::parse(key) else {
                ignore(ignored, key);
                continue;
            };
            // A client may repeat what only we write.
            if !path.enterprise && ours(&path.attribute) {
                continue;
            }
            one(&mut fields, operation.act, &path, Some(value), ignored)?;
        }
    }
    Ok(Json::Object(fields))
}

fn one(
    resource: &mut Map<String, Json>,
    act: Act,
    path: &Path,
    value: Option<&Json>,
    ignored: &mut Vec<String>,
) -> Result<(), ScimError> {
    if !path.enterprise && ours(&path.attribute) {
        let detail = format!("The attribute {} is read-only.", path.attribute);
        return Err(ScimError::bad("mutability", detail));
    }
    let Some(name) = known(&path.attribute, path.enterprise) else {
        ignore(ignored, &path.attribute);
        return Ok(());
    };
    if name == "userName" && act == Act::Remove {
        let detail = "A user has a userName.";
        return Err(ScimError::bad("mutability", detail));
    }
    let empty = path.enterprise && !resource.contains_key(ENTERPRISE);
    if empty && act == Act::Remove {
        return Ok(());
    }
    let fields = if path.enterprise {
        let of = resource.entry(ENTERPRISE).or_insert_with(|| json!({}));
        object(of)?
    } else {
        resource
    };
    match (&path.filter, &path.sub) {
        (Some(_), _) => elements(fields, act, (name, path), value),
        (None, Some(sub)) => below(fields, act, (name, sub), value),
        (None, None) => whole(fields, act, name, value, ignored),
    }
}

fn object(value: &mut Json) -> Result<&mut Map<String, Json>, ScimError> {
    value
        .as_object_mut()
        .ok_or_else(|| ScimError::bad("invalidPath", "The attribute has no parts."))
}

/// The attribute itself.
fn whole(
    fields: &mut Map<String, Json>,
    act: Act,
    name: &str,
    value: Option<&Json>,
    ignored: &mut Vec<String>,
) -> Result<(), ScimError> {
    let Some(value) = value.filter(|_| act != Act::Remove) else {
        fields.remove(name);
        return Ok(());
    };
    let value = if name == ENTERPRISE {
        extension(value, ignored)?
    } else {
        typed(name, value)?
    };
    if value.is_null() {
        fields.remove(name);
        return Ok(());
    }
    match (fields.get_mut(name), value) {
        // The parts that are named change, the others stay.
        (Some(Json::Object(before)), Json::Object(new)) => {
            for (key, value) in new {
                set(before, &key, value);
            }
        }
        (Some(Json::Array(before)), Json::Array(new)) if act == Act::Add => {
            for item in new {
                one_primary(before, &item);
                if !before.contains(&item) {
                    before.push(item);
                }
            }
        }
        (_, value) => {
            fields.insert(name.to_owned(), value);
        }
    }
    Ok(())
}

/// Sets a part, under the name that it has already whatever its case.
fn set(fields: &mut Map<String, Json>, name: &str, value: Json) {
    let key = fields
        .keys()
        .find(|key| key.eq_ignore_ascii_case(name))
        .cloned()
        .unwrap_or_else(|| name.to_owned());
    if value.is_null() {
        fields.remove(&key);
    } else {
        fields.insert(key, value);
    }
}

/// Only one element of a list is the primary one.
fn one_primary(items: &mut [Json], new: &Json) {
    if new["primary"] == true {
        for item in items.iter_mut().filter(|item| *item != new) {
            if let Some(fields) = item.as_object_mut() {
                fields.insert("primary".to_owned(), Json::Bool(false));
            }
        }
    }
}

/// A part of an attribute: `name.givenName`, or the same part of all elements of a list.
fn below(
    fields: &mut Map<String, Json>,
    act: Act,
    (name, sub): (&str, &str),
    value: Option<&Json>,
) -> Result<(), ScimError> {
    let value = match (act, value) {
        (Act::Remove, _) | (_, None) => Json::Null,
        (_, Some(value)) => value.clone(),
    };
    if matches!(value, Json::Object(_) | Json::Array(_)) {
        let detail = format!("The value of {name}.{sub} is not usable.");
        return Err(ScimError::bad("invalidValue", detail));
    }
    if name == "emails" {
        if let Some(Json::Array(items)) = fields.get_mut(name) {
            for item in items.iter_mut() {
                set(object(item)?, sub, value.clone());
            }
        }
        return Ok(());
    }
    if !matches!(name, "name" | "manager") {
        return Err(ScimError::bad("invalidPath", "The attribute has no parts."));
    }
    let of = fields.entry(name).or_insert_with(|| json!({}));
    set(object(of)?, sub, value);
    Ok(())
}

/// Elements of a list that a filter chooses; one that is not there is made.
fn elements(
    fields: &mut Map<String, Json>,
    act: Act,
    (name, path): (&str, &Path),
    value: Option<&Json>,
) -> Result<(), ScimError> {
    let Some(filter) = path.filter.as_deref().filter(|_| name == "emails") else {
        return Err(ScimError::bad("invalidPath", "The attribute is no list."));
    };
    let list = fields.entry(name).or_insert_with(|| json!([]));
    let items = list
        .as_array_mut()
        .ok_or_else(|| ScimError::bad("invalidPath", "The attribute is no list."))?;
    if act == Act::Remove {
        match &path.sub {
            None => items.retain(|item| !filter.matches(item)),
            Some(sub) => {
                for item in items.iter_mut().filter(|item| filter.matches(item)) {
                    set(object(item)?, sub, Json::Null);
                }
            }
        }
        return Ok(());
    }
    let value = value.cloned().unwrap_or_default();
    let chosen: Vec<usize> = (0..items.len())
        .filter(|at| items.get(*at).is_some_and(|item| filter.matches(item)))
        .collect();
    let mut made = Vec::new();
    if chosen.is_empty() {
        let Some(new) = filter.made() else {
            let detail = "No element of the list is meant.";
            return Err(ScimError::bad("noTarget", detail));
        };
        items.push(Json::Object(new));
        made.push(items.len() - 1);
    }
    for at in chosen.into_iter().chain(made) {
        let Some(of) = items.get_mut(at) else {
            continue;
        };
        if let Some(sub) = &path.sub {
            if matches!(value, Json::Object(_) | Json::Array(_)) {
                let detail = format!("The value of {name}.{sub} is not usable.");
                return Err(ScimError::bad("invalidValue", detail));
            }
            set(object(of)?, sub, value.clone());
        } else {
            let new = item(&value)?;
            let fields = object(of)?;
            for (key, value) in new.as_object().cloned().unwrap_or_default() {
                set(fields, &key, value);
            }
        }
        let typed = item(of)?;
        of.clone_from(&typed);
        one_primary(items, &typed);
    }
    Ok(())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn patched(resource: &Json, operations_: &Json) -> Result<Json, ScimError> {
        let body = json!({ "Operations": operations_ });
        user(resource, &operations(&body)?, &mut Vec::new())
    }

    #[test]
    fn what_entra_sends_is_applied() {
        let before = json!({"userName": "elin@example.org", "active": true});
        let after = patched(
            &before,
            &json!([
                {"op": "Replace", "path": "active", "value": "False"},
                {"op": "Add", "path": "emails[type eq \"work\"].value", "value": "elin@example.org"},
                {"op": "Add", "path": "name.givenName", "value": "Elin"},
                {"op": "Replace", "path": format!("{ENTERPRISE}:department"), "value": "Physics"},
                {"op": "Add", "path": format!("{ENTERPRISE}:manager"), "value": "42"},
                {"op": "Remove", "path": "title"},
                {"op": "Add", "path": "phoneNumbers[type eq \"work\"].value", "value": "1"},
            ]),
        )
        .unwrap();
        let wanted = json!({
            "userName": "elin@example.org", "active": false, "name": {"givenName": "Elin"},
            "emails": [{"type": "work", "value": "elin@example.org"}],
            ENTERPRISE: {"department": "Physics", "manager": {"value": "42"}},
        });
        assert_eq!(after, wanted);
    }

    #[test]
    fn keys_without_a_path_are_paths() {
        let before = json!({"userName": "a", "emails": [{"type": "work", "value": "a@x.y", "primary": true}]});
        let after = patched(
            &before,
            &json!([{"op": "replace", "value": {
                "active": false, "name.familyName": "Dahl", (format!("{ENTERPRISE}:division")): "North",
                "emails[type eq \"home\"]": {"value": "b@x.y", "primary": "True"}, "groups": [],
            }}]),
        )
        .unwrap();
        let wanted = json!({
            "userName": "a", "active": false, "name": {"familyName": "Dahl"},
            "emails": [{"type": "work", "value": "a@x.y", "primary": false},
                {"type": "home", "value": "b@x.y", "primary": true}],
            ENTERPRISE: {"division": "North"},
        });
        assert_eq!(after, wanted);
    }

    #[test]
    fn what_cannot_be_done_is_refused() {
        let before = json!({"userName": "a"});
        for bad in [
            json!([{"op": "move", "path": "title", "value": "x"}]),
            json!([{"op": "remove"}]),
            json!([{"op": "replace", "path": "active", "value": "perhaps"}]),
            json!([{"op": "replace", "path": "id", "value": "1"}]),
            json!([{"op": "add", "path": "groups", "value": []}]),
            json!([{"op": "remove", "path": "userName"}]),
            json!([{"op": "add", "path": "title"}]),
            json!([{"op": "add", "path": "emails[type eq", "value": "x"}]),
            json!([{"op": "add", "path": "emails[type ne \"x\"].value", "value": "x"}]),
            json!([{"op": "add", "path": "title.deep", "value": "x"}]),
            json!([]),
        ] {
            assert!(patched(&before, &bad).is_err(), "{bad}");
        }
    }
}
