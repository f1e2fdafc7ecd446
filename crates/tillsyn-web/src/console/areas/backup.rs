//! `GET /console/settings/backup`: what to copy, and who says that it was tried.

use axum::response::Response;
use http::StatusCode;
use tillsyn_core::first_steps::first_steps;
use tillsyn_core::{Permission, org};

use super::page::BackupPage;
use crate::console::failure::Failure;
use crate::console::frame::Place;
use crate::console::visitor::Visitor;
use crate::docs;
use crate::ui::page;

pub(crate) async fn backup_page(visitor: Visitor) -> Result<Response, Failure> {
    let (core, actor, l) = (visitor.core(), visitor.actor(), visitor.texts);
    let steps = first_steps(core, actor, false).await?;
    let confirmed = steps.and_then(|steps| steps.backup);
    let root = org::root(core).await?;
    let shown = BackupPage {
        confirmed: confirmed.map(|backup| (backup.by, l.ago(backup.at, &visitor.zone))),
        help: docs::url("backup"),
        may_confirm: visitor.may(Permission::SettingsWrite) && actor.reaches(&root.path),
        f: visitor.frame(Place::Settings, "").await?,
    };
    Ok(page(StatusCode::OK, &shown))
}
