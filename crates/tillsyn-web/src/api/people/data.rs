//! `POST /api/v1/people/{id}/export` and `/erase`: everything that is held on a person, and forgetting it.

use axum::extract::Path;
use http::StatusCode;
use serde::Deserialize;
use serde_json::Value;
use tillsyn_core::accounts::Proof;
use tillsyn_core::audit::{self, Erase};
use tillsyn_core::ids::PersonId;
use tillsyn_core::people;
use utoipa::ToSchema;

use crate::api::json::{Body, Unkept, id};
use crate::auth::RequestContext;
use crate::error::AppError;

/// The proof of who asks.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct PersonExport {
    /// The password of the token's account.
    password: Option<String>,
    /// The code of its authenticator app, where it has one.
    code: Option<String>,
}

/// The proof that it is meant and by whom.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct PersonErase {
    /// The person's name, exactly.
    #[serde(default)]
    confirm: String,
    /// The password of the token's account.
    password: Option<String>,
    /// The code of its authenticator app, where it has one.
    code: Option<String>,
}

/// Everything that is held on a person, for that person. The answer is not kept anywhere.
#[utoipa::path(post, path = "/api/v1/people/{id}/export", operation_id = "people_export", tag = "people",
    params(("id" = String, Path, description = "The person")), request_body = PersonExport,
    responses((status = 200, body = Object)))]
pub(in crate::api) async fn export(
    ctx: RequestContext,
    path: Path<String>,
    body: Body,
) -> Result<Unkept<Value>, AppError> {
    let id = id(path, PersonId::parse, "person")?;
    people::person(ctx.core(), &ctx.actor, &id).await?;
    let body: PersonExport = body.read().await?;
    let proof = Proof::sent(body.password, body.code);
    let document = audit::export_person(ctx.core(), &ctx.actor, &id, proof).await?;
    Ok(Unkept(document))
}

/// Forgets a person for good: name, mail address, what their former devices said. Events keep the id. Refused
/// while devices are enrolled for them, a legal hold stands or their account is active.
#[utoipa::path(post, path = "/api/v1/people/{id}/erase", operation_id = "people_erase", tag = "people",
    params(("id" = String, Path, description = "The person")), request_body = PersonErase,
    responses((status = 204)))]
pub(in crate::api) async fn erase(
    ctx: RequestContext,
    path: Path<String>,
    body: Body,
) -> Result<StatusCode, AppError> {
    let id = id(path, PersonId::parse, "person")?;
    people::person(ctx.core(), &ctx.actor, &id).await?;
    let body: PersonErase = body.read().await?;
    let erase = Erase {
        typed: body.confirm,
        proof: Proof::sent(body.password, body.code),
    };
    audit::erase_person(ctx.core(), &ctx.actor, &id, erase).await?;
    Ok(StatusCode::NO_CONTENT)
}
