//! `GET /console/devices/{id}` and its tabs.

use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;

use super::build::Build;
use super::page::{DevicePage, DeviceTab};
use crate::console::failure::Failure;
use crate::console::visitor::Visitor;
use crate::ui::page;

async fn tab(visitor: &Visitor, id: &str, tab: DeviceTab) -> Result<Response, Failure> {
    let built = Build::new(visitor, id).await?.page(tab, None).await?;
    Ok(page(StatusCode::OK, &built))
}

/// The summary, for what another form adds to it.
pub(crate) async fn summary_with(visitor: &Visitor, id: &str) -> Result<DevicePage, Failure> {
    Build::new(visitor, id)
        .await?
        .page(DeviceTab::Summary, None)
        .await
}

pub(crate) async fn summary(visitor: Visitor, Path(id): Path<String>) -> Result<Response, Failure> {
    tab(&visitor, &id, DeviceTab::Summary).await
}

pub(crate) async fn commands(
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    tab(&visitor, &id, DeviceTab::Commands).await
}

pub(crate) async fn profiles(
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    tab(&visitor, &id, DeviceTab::Profiles).await
}

pub(crate) async fn security(
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    tab(&visitor, &id, DeviceTab::Security).await
}

pub(crate) async fn facts(visitor: Visitor, Path(id): Path<String>) -> Result<Response, Failure> {
    tab(&visitor, &id, DeviceTab::Facts).await
}

pub(crate) async fn inventory(
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    tab(&visitor, &id, DeviceTab::Inventory).await
}

pub(crate) async fn history(visitor: Visitor, Path(id): Path<String>) -> Result<Response, Failure> {
    tab(&visitor, &id, DeviceTab::History).await
}
