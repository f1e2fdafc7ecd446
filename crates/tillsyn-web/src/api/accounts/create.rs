//! `POST /api/v1/accounts`.

use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::accounts::{NewAccount, create_account};
use tillsyn_core::ids::OrgUnitId;
use utoipa::ToSchema;

use super::views::AccountOutcome;
use crate::api::json::{Body, option};
use crate::auth::RequestContext;
use crate::error::AppError;

/// An account to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct AccountBody {
    /// `person` (the default), or `service`: it has no way to sign in, only tokens.
    kind: Option<String>,
    name: String,
    /// Of a person; no two have the same.
    email: Option<String>,
    role_id: String,
    /// The top of what the token reaches when absent.
    #[schema(format = "uuid")]
    unit_id: Option<String>,
    /// The one platform that it reaches; absent reaches all.
    platform: Option<String>,
    /// `en`, `sv` or `ja`.
    language: Option<String>,
    /// Why; it goes to the audit trail and to the second person.
    reason: Option<String>,
}

/// Makes an account, which has no way to sign in until its person opens it with a one-time link.
#[utoipa::path(post, path = "/api/v1/accounts", operation_id = "accounts_create", tag = "accounts",
    request_body = AccountBody, responses((status = 201, body = AccountOutcome), (status = 202, body = AccountOutcome)))]
pub(in crate::api) async fn create(ctx: RequestContext, body: Body) -> Result<Response, AppError> {
    let body: AccountBody = body.read().await?;
    let new = NewAccount {
        service: match body.kind.as_deref() {
            None | Some("person") => false,
            Some("service") => true,
            Some(_) => {
                return Err(tillsyn_core::Error::invalid(
                    "kind",
                    "word_unknown",
                    "An account is of a person or of a service.",
                )
                .into());
            }
        },
        name: body.name,
        email: body.email,
        role: body.role_id,
        unit: option(body.unit_id, OrgUnitId::parse, "organisational unit")?,
        platform: body.platform,
        language: body.language,
    };
    let reason = body.reason.as_deref();
    let (id, waits) = create_account(ctx.core(), &ctx.actor, new, reason).await?;
    Ok(AccountOutcome::answer(
        &id,
        waits.as_ref(),
        StatusCode::CREATED,
    ))
}
