//! `GET /api/v1/accounts`.

use axum::Json;
use serde::Deserialize;
use tillsyn_core::accounts::{AccountFilter, list_accounts};
use tillsyn_core::ids::OrgUnitId;
use utoipa::IntoParams;

use super::views::Account;
use crate::api::json::option;
use crate::api::paging::{Page, Params};
use crate::auth::RequestContext;
use crate::error::AppError;

/// Which accounts.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct AccountParams {
    /// Part of name or mail address.
    search: Option<String>,
    /// `active` or `disabled`.
    status: Option<String>,
    /// `person` or `service`.
    kind: Option<String>,
    /// With this role.
    role_id: Option<String>,
    /// In this unit or below.
    unit_id: Option<String>,
    /// The `next` of the page before; without it, the first page.
    after: Option<String>,
    /// Rows of the page, 1 to 1000; 50 by default.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<i64>,
}

/// The accounts of the token's scope by name.
#[utoipa::path(get, path = "/api/v1/accounts", operation_id = "accounts_list", tag = "accounts",
    params(AccountParams), responses((status = 200, body = Page<Account>)))]
pub(in crate::api) async fn list(
    ctx: RequestContext,
    Params(params): Params<AccountParams>,
) -> Result<Json<Page<Account>>, AppError> {
    let filter = AccountFilter {
        search: params.search,
        status: params.status,
        kind: params.kind,
        role: params.role_id,
        unit: option(params.unit_id, OrgUnitId::parse, "organisational unit")?,
    };
    let after = params.after.as_deref();
    let page = list_accounts(ctx.core(), &ctx.actor, &filter, after, params.limit).await?;
    Ok(Json(Page::of(page)))
}
