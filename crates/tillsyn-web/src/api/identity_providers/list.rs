//! `GET /api/v1/identity-providers`.

use axum::Json;
use tillsyn_core::accounts::list_providers;

use super::views::IdentityProvider;
use crate::api::paging::Page;
use crate::auth::RequestContext;
use crate::error::AppError;

/// The identity providers of what the token reaches, by name.
#[utoipa::path(get, path = "/api/v1/identity-providers", operation_id = "identity_providers_list",
    tag = "identity-providers", responses((status = 200, body = Page<IdentityProvider>)))]
pub(in crate::api) async fn list(
    ctx: RequestContext,
) -> Result<Json<Page<IdentityProvider>>, AppError> {
    let found = list_providers(ctx.core(), &ctx.actor).await?;
    let views = found.into_iter();
    let views: Vec<_> = views.map(|p| IdentityProvider::of(ctx.core(), p)).collect();
    Ok(Json(Page::whole(views)))
}
