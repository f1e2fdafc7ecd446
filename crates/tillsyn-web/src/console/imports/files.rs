//! Files to take away: an example, and the errors of an import.

use axum::extract::Path;
use axum::response::Response;
use tillsyn_core::imports::{self, ImportKind};
use tillsyn_core::{Error, actor};

use super::show::import_id;
use crate::api::{ERRORS, csv_file, template_file};
use crate::console::failure::Failure;
use crate::console::visitor::Visitor;

/// `GET /console/imports/templates/{kind}`.
pub(crate) async fn template(
    visitor: Visitor,
    Path(kind): Path<String>,
) -> Result<Response, Failure> {
    let kind = ImportKind::parse(&kind).ok_or_else(|| Error::not_found("template"))?;
    actor::may(visitor.actor(), kind.permission())?;
    Ok(template_file(kind)?)
}

/// `GET /console/imports/{id}/errors`.
pub(crate) async fn errors(visitor: Visitor, Path(id): Path<String>) -> Result<Response, Failure> {
    let id = import_id(&id)?;
    let bytes = imports::errors_csv(visitor.core(), visitor.actor(), &id).await?;
    Ok(csv_file(ERRORS, bytes))
}
