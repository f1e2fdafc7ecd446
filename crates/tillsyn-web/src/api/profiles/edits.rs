//! Edits of a draft as they are sent.

use serde::Deserialize;
use serde_json::{Map, Value as Json};
use tillsyn_core::profiles as core;
use utoipa::ToSchema;

/// One change. Payloads are counted from 0, as they stand after the edits before it.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
pub(in crate::api) enum ProfileEdit {
    /// Adds a payload, at the end unless `at` says where. It gets an identifier and a UUID.
    AddPayload {
        r#type: String,
        at: Option<usize>,
        #[serde(default)]
        #[schema(value_type = Object)]
        values: Map<String, Json>,
    },
    RemovePayload {
        payload: usize,
    },
    /// `to` is its place afterwards.
    MovePayload {
        payload: usize,
        to: usize,
    },
    /// Sets a value; dictionaries on the way are made. Without `payload` it stands at the top of the
    /// profile. The place behind the last one of an array appends. Data is Base64, dates are RFC 3339.
    Set {
        payload: Option<usize>,
        path: Vec<ProfilePathStep>,
        #[schema(value_type = Object)]
        value: Json,
        /// What the value is, where neither the catalogue nor the present value tells.
        r#type: Option<ProfileValueType>,
    },
    Unset {
        payload: Option<usize>,
        path: Vec<ProfilePathStep>,
    },
}

/// A key, or a place in an array.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
pub(in crate::api) enum ProfilePathStep {
    Index(usize),
    Key(String),
}

/// Types of property lists.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::api) enum ProfileValueType {
    String,
    Boolean,
    Integer,
    Real,
    Data,
    Date,
    Array,
    Dictionary,
}

impl From<ProfileEdit> for core::Edit {
    fn from(edit: ProfileEdit) -> Self {
        match edit {
            ProfileEdit::AddPayload { r#type, at, values } => Self::AddPayload {
                payload_type: r#type,
                at,
                values,
            },
            ProfileEdit::RemovePayload { payload } => Self::RemovePayload { payload },
            ProfileEdit::MovePayload { payload, to } => Self::MovePayload { payload, to },
            ProfileEdit::Set {
                payload,
                path,
                value,
                r#type,
            } => Self::Set {
                payload,
                path: path.into_iter().map(Into::into).collect(),
                value,
                kind: r#type.map(Into::into),
            },
            ProfileEdit::Unset { payload, path } => Self::Unset {
                payload,
                path: path.into_iter().map(Into::into).collect(),
            },
        }
    }
}

impl From<ProfilePathStep> for core::Step {
    fn from(step: ProfilePathStep) -> Self {
        match step {
            ProfilePathStep::Index(index) => Self::Index(index),
            ProfilePathStep::Key(key) => Self::Key(key),
        }
    }
}

impl From<ProfileValueType> for core::ValueKind {
    fn from(kind: ProfileValueType) -> Self {
        match kind {
            ProfileValueType::String => Self::String,
            ProfileValueType::Boolean => Self::Boolean,
            ProfileValueType::Integer => Self::Integer,
            ProfileValueType::Real => Self::Real,
            ProfileValueType::Data => Self::Data,
            ProfileValueType::Date => Self::Date,
            ProfileValueType::Array => Self::Array,
            ProfileValueType::Dictionary => Self::Dictionary,
        }
    }
}
