//! Changes of a draft in small steps, the same for a form and for a program.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

/// One change. Payloads are counted from 0, as they stand after the edits before it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
pub enum Edit {
    /// Adds a payload, at the end unless `at` says where. It gets an identifier and a UUID of its own.
    AddPayload {
        #[serde(rename = "type")]
        payload_type: String,
        at: Option<usize>,
        #[serde(default)]
        values: Map<String, Json>,
    },
    RemovePayload {
        payload: usize,
    },
    /// Moves a payload; `to` is its place afterwards.
    MovePayload {
        payload: usize,
        to: usize,
    },
    /// Sets a value; dictionaries on the way are made. Without `payload` it stands at the top. The place
    /// behind the last one of an array appends.
    Set {
        payload: Option<usize>,
        path: Vec<Step>,
        value: Json,
        /// What the value is, where neither the catalogue nor the present value tells.
        #[serde(rename = "type")]
        kind: Option<ValueKind>,
    },
    /// Removes a value; a dictionary or array that it leaves empty stays.
    Unset {
        payload: Option<usize>,
        path: Vec<Step>,
    },
}

/// One step of a path: a key, or a place in an array.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Step {
    Index(usize),
    Key(String),
}

/// Types of property lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ValueKind {
    String,
    Boolean,
    Integer,
    Real,
    /// Written as Base64.
    Data,
    /// Written as RFC 3339.
    Date,
    Array,
    Dictionary,
}
