//! `GET /api/v1/permissions`.

use axum::Json;
use serde::Serialize;
use tillsyn_core::{Permission, Role};
use utoipa::ToSchema;

use crate::api::paging::Page;
use crate::auth::RequestContext;

/// One thing that a role may allow.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct PermissionName {
    name: &'static str,
    /// Whether the token holds it.
    held: bool,
    /// The built-in roles that hold it.
    built_in_roles: Vec<&'static str>,
}

/// Every permission there is.
#[utoipa::path(get, path = "/api/v1/permissions", operation_id = "permissions_list", tag = "roles",
    responses((status = 200, body = Page<PermissionName>)))]
pub(in crate::api) async fn list(ctx: RequestContext) -> Json<Page<PermissionName>> {
    let all = Permission::ALL.iter().map(|(permission, name)| {
        let holds = Role::ALL
            .iter()
            .filter(|role| role.rights().holds(*permission));
        PermissionName {
            name,
            held: ctx.actor.holds(*permission),
            built_in_roles: holds.map(|role| role.as_str()).collect(),
        }
    });
    Json(Page::whole(all.collect::<Vec<_>>()))
}
