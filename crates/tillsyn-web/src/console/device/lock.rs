//! `GET` and `POST /console/devices/{id}/lock`: at once, without typing or hold.

use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::Kind;
use tillsyn_core::commands::{self, Confirmation, NewCommand, Request};

use super::build::Build;
use super::dialog::with_pin;
use super::page::DeviceTab;
use crate::console::failure::Failure;
use crate::console::form::Filled;
use crate::console::guard::{Dialog, LockDialog};
use crate::console::notice::Told;
use crate::console::undo::{Undo, go_undo};
use crate::console::visitor::Visitor;
use crate::console::words;
use crate::ui::{page, urls};

fn dialog(visitor: &Visitor, build: &Build<'_>) -> LockDialog {
    let row = &build.device.row;
    LockDialog::new(visitor.texts, row.id.as_str(), &row.name, build.is_mac())
}

pub(crate) async fn lock_dialog(
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let build = Build::new(&visitor, &id).await?;
    let dialog = Dialog::Lock(dialog(&visitor, &build));
    let shown = build.page(DeviceTab::Summary, Some(dialog)).await?;
    Ok(page(StatusCode::OK, &shown))
}

#[derive(Deserialize)]
pub(crate) struct Fields {
    #[serde(default)]
    message: String,
    #[serde(default)]
    phone: String,
}

pub(crate) async fn lock(
    Path(id): Path<String>,
    form: Filled<Fields>,
) -> Result<Response, Failure> {
    let (visitor, fields) = (form.visitor, form.fields);
    let build = Build::new(&visitor, &id).await?;
    let device = build.device.row.id.clone();
    let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let new = NewCommand {
        devices: vec![device.clone()],
        request: Request::DeviceLock {
            message: given(&fields.message),
            phone_number: given(&fields.phone),
        },
        profile: None,
        reason: None,
        confirmation: Confirmation::default(),
    };
    match commands::enqueue(visitor.core(), visitor.actor(), new).await {
        Ok(made) => {
            let mut pins = made.commands.iter();
            match pins.find_map(|command| command.unlock_pin.clone()) {
                Some(pin) => with_pin(&build, pin).await,
                None => Ok(go_undo(
                    visitor.state(),
                    &urls::device(device.as_str()),
                    Told::Locked,
                    Undo::of(&made).as_ref(),
                )),
            }
        }
        Err(error)
            if matches!(
                error.kind,
                Kind::NotCapable | Kind::Invalid | Kind::Overloaded
            ) =>
        {
            let mut again = dialog(&visitor, &build);
            (again.message, again.phone) = (fields.message, fields.phone);
            again.error = words::refusal(visitor.texts, error.code);
            let shown = build
                .page(DeviceTab::Summary, Some(Dialog::Lock(again)))
                .await?;
            Ok(page(crate::error::AppError::from(error).status(), &shown))
        }
        Err(error) => Err(error.into()),
    }
}
