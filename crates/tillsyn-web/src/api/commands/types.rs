//! `GET /api/v1/command-types`.

use axum::Json;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tillsyn_core::Error;
use tillsyn_core::commands::{
    self, Act, Available, CommandType, Parameter as P, ParameterKind as Kind,
};
use tillsyn_core::devices::reach;
use tillsyn_core::ids::DeviceId;
use utoipa::{IntoParams, ToSchema};

use super::body::channel;
use crate::api::paging::Params;
use crate::auth::RequestContext;
use crate::console::words;
use crate::error::AppError;
use crate::i18n::{Lang, Texts};

/// For which device.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct TypesParams {
    /// Adds to each type whether this device can take it, and if not why.
    device_id: Option<String>,
    /// `device` (the default), `user:<id>` or `users`.
    channel: Option<String>,
}

/// All types of commands.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct CommandTypes {
    items: Vec<CommandTypeFull>,
}

/// One type of command.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct CommandTypeFull {
    /// Apple's RequestType.
    r#type: &'static str,
    /// What it does, in English.
    title: String,
    /// `query`, `control`, `lost_mode`, `settings`, `users`, `setup`, `security`, `profiles`, `updates`
    /// or `other`.
    family: &'static str,
    permission: &'static str,
    /// What the guard counts or slows; removing the enrollment profile is `retire`.
    act: Option<&'static str>,
    /// Whether one device already needs the typed name, a reason and a hold.
    slow: bool,
    /// How long it waits for its device.
    expires_after_secs: i64,
    parameters: Vec<Parameter>,
    /// Only with `device_id`: whether it can be sent to this device by this token now.
    #[serde(skip_serializing_if = "Option::is_none")]
    available: Option<bool>,
    /// Why not, as a stable code.
    #[serde(skip_serializing_if = "Option::is_none")]
    refused_code: Option<&'static str>,
    /// Why not, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<String>,
}

/// One parameter.
#[derive(Serialize, ToSchema)]
struct Parameter {
    name: &'static str,
    /// `text`, `password`, `flag`, `integer`, `data`, `choice`, `texts`, `object`, `objects`, `items` or
    /// `free`.
    kind: &'static str,
    required: bool,
    /// Kept sealed and never shown.
    secret: bool,
    /// The values of a choice.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    values: Vec<Value>,
    /// The names of the parts, or of the items.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parts: Vec<&'static str>,
}

/// Every type of command with its parameters.
#[utoipa::path(get, path = "/api/v1/command-types", operation_id = "command_types_list", tag = "commands",
    params(TypesParams), responses((status = 200, body = CommandTypes)))]
pub(in crate::api) async fn list(
    ctx: RequestContext,
    Params(params): Params<TypesParams>,
) -> Result<Json<CommandTypes>, AppError> {
    let channel = channel(params.channel.as_deref())?;
    let items = match params.device_id {
        None => CommandType::all().iter().map(CommandTypeFull::of).collect(),
        Some(text) => {
            let id = DeviceId::parse(&text).ok_or_else(|| {
                Error::invalid("device_id", "id", "This is not the id of a device.")
            })?;
            reach(ctx.core(), &ctx.actor, &id).await?;
            let found = commands::available(ctx.core(), &ctx.actor, &id, &channel).await?;
            found.into_iter().map(CommandTypeFull::for_device).collect()
        }
    };
    Ok(Json(CommandTypes { items }))
}

impl CommandTypeFull {
    fn of(kind: &'static CommandType) -> Self {
        Self {
            r#type: kind.name,
            title: words::command(Texts::new(Lang::En), kind.name),
            family: kind.family.as_str(),
            permission: kind.permission.as_str(),
            act: kind.act.map(Act::as_str),
            slow: kind.act.is_some_and(Act::is_slow),
            expires_after_secs: kind.life_ms / 1_000,
            parameters: kind.parameters.iter().map(Parameter::of).collect(),
            available: None,
            refused_code: None,
            refused: None,
        }
    }

    fn for_device(found: Available) -> Self {
        let (refused_code, refused) = found.refused.unzip();
        Self {
            available: Some(refused_code.is_none()),
            refused_code,
            refused,
            ..Self::of(found.kind)
        }
    }
}

impl Parameter {
    fn of(parameter: &'static P) -> Self {
        let (kind, values, parts) = match &parameter.kind {
            Kind::Text => ("text", Vec::new(), Vec::new()),
            Kind::Password => ("password", Vec::new(), Vec::new()),
            Kind::Flag => ("flag", Vec::new(), Vec::new()),
            Kind::Integer { .. } => ("integer", Vec::new(), Vec::new()),
            Kind::Data => ("data", Vec::new(), Vec::new()),
            Kind::Texts => ("texts", Vec::new(), Vec::new()),
            Kind::Free => ("free", Vec::new(), Vec::new()),
            Kind::Choice(words) => (
                "choice",
                words.iter().map(|word| json!(word)).collect(),
                Vec::new(),
            ),
            Kind::NumberChoice(numbers) => (
                "choice",
                numbers.iter().map(|number| json!(number)).collect(),
                Vec::new(),
            ),
            Kind::Object(parts) => ("object", Vec::new(), names(parts)),
            Kind::Objects(parts) => ("objects", Vec::new(), names(parts)),
            Kind::Items(items) => (
                "items",
                Vec::new(),
                items.iter().map(|item| item.name).collect(),
            ),
        };
        Self {
            name: parameter.name,
            kind,
            required: parameter.required,
            secret: parameter.secret,
            values,
            parts,
        }
    }
}

fn names(parameters: &'static [P]) -> Vec<&'static str> {
    parameters.iter().map(|p| p.name).collect()
}
