//! A route cannot be registered without saying what it needs (security S01), and its description says
//! the same (S07).

use axum::extract::{Extension, Request};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use serde_json::json;
use tillsyn_core::actor::may;
use tillsyn_core::{Actor, Error, Permission};
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Required, ResponseBuilder, SecurityRequirement};
use utoipa_axum::router::UtoipaMethodRouter;

use super::idempotent::idempotent;
use crate::auth::RequestContext;
use crate::error::AppError;
use crate::state::AppState;

/// What a route needs of the token.
#[derive(Clone, Copy, Debug)]
pub(super) enum Needs {
    /// Any good token.
    Token,
    One(Permission),
    /// Which of them is decided by the body or the object.
    AnyOf(&'static [Permission]),
}

impl Needs {
    pub(super) fn check(self, actor: &Actor) -> Result<(), Error> {
        match self {
            Self::Token => Ok(()),
            Self::One(permission) => may(actor, permission),
            Self::AnyOf(permissions) if permissions.iter().any(|p| actor.holds(*p)) => Ok(()),
            Self::AnyOf(_) => Err(Error::forbidden(
                "permission_missing",
                format!(
                    "This needs one of the permissions {}.",
                    self.names().join(", ")
                ),
            )),
        }
    }

    fn names(self) -> Vec<&'static str> {
        match self {
            Self::Token => Vec::new(),
            Self::One(permission) => vec![permission.as_str()],
            Self::AnyOf(permissions) => permissions.iter().map(|p| p.as_str()).collect(),
        }
    }
}

/// Registers a route with what it needs.
pub(super) fn guarded(
    needs: Needs,
    (schemas, mut paths, router): UtoipaMethodRouter<AppState>,
) -> UtoipaMethodRouter<AppState> {
    for item in paths.paths.values_mut() {
        let parts = [
            &mut item.get,
            &mut item.put,
            &mut item.patch,
            &mut item.delete,
        ];
        parts
            .into_iter()
            .flatten()
            .for_each(|operation| describe(operation, needs, false));
        item.post
            .iter_mut()
            .for_each(|operation| describe(operation, needs, true));
    }
    let check = move |Extension(context): Extension<RequestContext>,
                      request: Request,
                      next: Next| async move {
        needs.check(&context.actor)?;
        Ok::<Response, AppError>(next.run(request).await)
    };
    // The last layer is the outermost: permission first, then the key.
    (
        schemas,
        paths,
        router
            .route_layer(from_fn(idempotent))
            .route_layer(from_fn(check)),
    )
}

/// What is the same for all operations.
fn describe(operation: &mut Operation, needs: Needs, is_post: bool) {
    let permission = ExtensionsBuilder::new()
        .add("x-permission", json!(needs.names()))
        .build();
    operation.extensions = Some(permission);
    let none: [&str; 0] = [];
    operation.security = Some(vec![SecurityRequirement::new("token", none)]);
    if is_post {
        operation
            .parameters
            .get_or_insert_default()
            .push(RefOr::T(key_parameter()));
    }
    let problem = ResponseBuilder::new()
        .description("A problem; its `code` says which.")
        .content(
            "application/problem+json",
            ContentBuilder::new()
                .schema(Some(Ref::from_schema_name("Problem")))
                .build(),
        )
        .build();
    operation
        .responses
        .responses
        .insert("default".to_owned(), RefOr::T(problem));
}

fn key_parameter() -> Parameter {
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "A value of your own, new for each new request. Asking again with it within 24 hours gives \
             the first answer instead of a second effect.",
        ))
        .build()
}
