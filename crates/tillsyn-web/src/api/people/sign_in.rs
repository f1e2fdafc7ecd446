//! `/api/v1/people/{id}/sign-in`: how a person comes in to the portal.

use axum::Json;
use axum::extract::Path;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use tillsyn_core::accounts::Proof;
use tillsyn_core::accounts::portal::{self, OwnAccount};
use tillsyn_core::ids::PersonId;
use tillsyn_core::people;
use utoipa::ToSchema;

use crate::api::json::{Body, Unkept, id};
use crate::api::time::Time;
use crate::auth::RequestContext;
use crate::error::AppError;

/// How a person comes in to the portal.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct PersonSignIn {
    /// `none`, `password`, `temporary`, `passkey`, `provider` or `directory`.
    way: &'static str,
    second_factor: bool,
    last_sign_in_at: Option<Time>,
    /// When a temporary password ends.
    temporary_until: Option<Time>,
    /// Whether a password can be given, or a link sent to choose one.
    may_have_password: bool,
}

impl From<OwnAccount> for PersonSignIn {
    fn from(view: OwnAccount) -> Self {
        Self {
            way: view.way,
            second_factor: view.second_factor,
            last_sign_in_at: view.last_sign_in_at.map(Time),
            temporary_until: view.temporary_until.map(Time),
            may_have_password: view.may_have_password,
        }
    }
}

/// The proof of who asks.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct PersonSignInProof {
    /// The password of the token's account.
    password: Option<String>,
    /// The code of its authenticator app, where it has one.
    code: Option<String>,
}

/// A temporary password. It is shown this once.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct TemporaryPassword {
    password: String,
    until: Time,
}

/// How a person comes in to the portal.
#[utoipa::path(get, path = "/api/v1/people/{id}/sign-in", operation_id = "people_sign_in", tag = "people",
    params(("id" = String, Path, description = "The person")),
    responses((status = 200, body = PersonSignIn)))]
pub(in crate::api) async fn show(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Json<PersonSignIn>, AppError> {
    let id = id(path, PersonId::parse, "person")?;
    let found = portal::own_account(ctx.core(), &ctx.actor, &id).await?;
    Ok(Json(found.into()))
}

/// Mails the person a link with which they choose a password of their own; it works once, for 7 days. Where their
/// mail address was changed since they chose one, whoever asks proves who they are.
#[utoipa::path(post, path = "/api/v1/people/{id}/sign-in/link", operation_id = "people_sign_in_link", tag = "people",
    params(("id" = String, Path, description = "The person")), request_body = PersonSignInProof,
    responses((status = 204)))]
pub(in crate::api) async fn send_link(
    ctx: RequestContext,
    path: Path<String>,
    body: Body,
) -> Result<StatusCode, AppError> {
    let id = id(path, PersonId::parse, "person")?;
    people::person(ctx.core(), &ctx.actor, &id).await?;
    let body: PersonSignInProof = body.read_or_default().await?;
    let proof = Proof::sent(body.password, body.code);
    portal::send_link(ctx.core(), &ctx.actor, &id, proof).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes a temporary password, which the person has to change at first use. Their sessions end.
#[utoipa::path(post, path = "/api/v1/people/{id}/sign-in/password", operation_id = "people_sign_in_password",
    tag = "people", params(("id" = String, Path, description = "The person")), request_body = PersonSignInProof,
    responses((status = 200, body = TemporaryPassword)))]
pub(in crate::api) async fn temporary_password(
    ctx: RequestContext,
    path: Path<String>,
    body: Body,
) -> Result<Unkept<TemporaryPassword>, AppError> {
    let id = id(path, PersonId::parse, "person")?;
    people::person(ctx.core(), &ctx.actor, &id).await?;
    let body: PersonSignInProof = body.read_or_default().await?;
    let proof = Proof::sent(body.password, body.code);
    let made = portal::set_temporary_password(ctx.core(), &ctx.actor, &id, proof).await?;
    Ok(Unkept(TemporaryPassword {
        password: made.password.to_string(),
        until: Time(made.until),
    }))
}

/// Takes every way in away: password, passkeys, authenticator app, sessions. They open their account by a link anew.
#[utoipa::path(post, path = "/api/v1/people/{id}/sign-in/reset", operation_id = "people_sign_in_reset", tag = "people",
    params(("id" = String, Path, description = "The person")), request_body = PersonSignInProof,
    responses((status = 204)))]
pub(in crate::api) async fn reset(
    ctx: RequestContext,
    path: Path<String>,
    body: Body,
) -> Result<StatusCode, AppError> {
    let id = id(path, PersonId::parse, "person")?;
    people::person(ctx.core(), &ctx.actor, &id).await?;
    let body: PersonSignInProof = body.read_or_default().await?;
    let proof = Proof::sent(body.password, body.code);
    portal::reset_own_account(ctx.core(), &ctx.actor, &id, proof).await?;
    Ok(StatusCode::NO_CONTENT)
}
