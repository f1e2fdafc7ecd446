//! `PATCH /api/v1/accounts/{id}`.

use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::accounts::{self, AccountEdit, change_account};
use tillsyn_core::ids::{AccountId, OrgUnitId};
use utoipa::ToSchema;

use super::views::AccountOutcome;
use crate::api::json::{Body, id, option};
use crate::auth::RequestContext;
use crate::error::AppError;

/// What changes of an account; what is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct AccountChanges {
    name: Option<String>,
    role_id: Option<String>,
    #[schema(format = "uuid")]
    unit_id: Option<String>,
    /// The one platform that it reaches; an empty one reaches all.
    platform: Option<String>,
    /// Why; it goes to the audit trail and to the second person.
    reason: Option<String>,
}

/// Changes an account. Another role, unit or platform is for a second person, and ends its sessions.
#[utoipa::path(patch, path = "/api/v1/accounts/{id}", operation_id = "accounts_change", tag = "accounts",
    params(("id" = String, Path, description = "The account")), request_body = AccountChanges,
    responses((status = 200, body = AccountOutcome), (status = 202, body = AccountOutcome)))]
pub(in crate::api) async fn change(
    ctx: RequestContext,
    path: Path<String>,
    body: Body,
) -> Result<Response, AppError> {
    let id = id(path, AccountId::parse, "account")?;
    accounts::reach(ctx.core(), &ctx.actor, &id).await?;
    let body: AccountChanges = body.read().await?;
    let edit = AccountEdit {
        name: body.name,
        role: body.role_id,
        unit: option(body.unit_id, OrgUnitId::parse, "organisational unit")?,
        platform: body.platform,
    };
    let reason = body.reason.as_deref();
    let waits = change_account(ctx.core(), &ctx.actor, &id, edit, reason).await?;
    Ok(AccountOutcome::answer(&id, waits.as_ref(), StatusCode::OK))
}
