//! The OpenAPI document, made from the routes.

use axum::Json;
use axum::extract::State;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Info, OpenApi};
use utoipa::{Modify, OpenApi as _};

use super::routes;
use crate::error::Problem;
use crate::state::AppState;

const ABOUT: &str = "Everything that the console does, for programs. Send an API token in \
    `Authorization: Bearer tillsyn_…`. Times are RFC 3339 in UTC. Lists are paged: send `next` back as \
    `after`. Problems are `application/problem+json` (RFC 9457) with a stable `code`. Within v1 changes \
    only add.";

#[derive(utoipa::OpenApi)]
#[openapi(components(schemas(Problem)), modifiers(&Token))]
struct Base;

struct Token;

impl Modify for Token {
    fn modify(&self, document: &mut OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(scheme));
    }
}

/// What the document begins with.
pub(super) fn base() -> OpenApi {
    let mut document = Base::openapi();
    document.info = Info::new("Tillsyn", "1");
    document.info.description = Some(ABOUT.to_owned());
    document
}

/// The whole document.
pub fn document() -> OpenApi {
    let (_, mut document) = routes::described().split_for_parts();
    document.merge(base());
    document.info = base().info;
    document
}

/// `GET /api/openapi.json`, for everybody: it holds no data.
pub(super) async fn serve(State(_): State<AppState>) -> Json<OpenApi> {
    Json(document())
}
