//! `POST /console/enrollment/batches/{id}/pins`: the PINs that somebody hands over, on the one answer that tells them,
//! as a page or as a file.

use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::invitations::{self as core, BatchPin};

use super::batch::{batch_id, refused};
use super::batches::title;
use super::page::{PinLine, PinsPage};
use crate::api::csv_file;
use crate::console::failure::Failure;
use crate::console::form::Filled;
use crate::console::frame::Place;
use crate::ui::{page, urls};

/// The name under which they are saved.
const FILE: &str = "attachment; filename=\"pins.csv\"";

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct PinsFields {
    /// `csv`, or nothing for the page.
    form: String,
}

pub(crate) async fn pins(
    Path(id): Path<String>,
    filled: Filled<PinsFields>,
) -> Result<Response, Failure> {
    let (visitor, fields, id) = (filled.visitor, filled.fields, batch_id(&id)?);
    // Everything else first: what is taken is told here or never.
    let found = core::batch(visitor.core(), visitor.actor(), &id).await?;
    let visitor = visitor.at(urls::invitation_batch(id.as_str()));
    let frame = visitor.frame(Place::Invitations, "").await?;
    let taken = core::take_batch_pins(visitor.core(), visitor.actor(), &id).await;
    let pins = match taken {
        Ok(pins) => pins,
        Err(error) => return refused(visitor, &id, error).await,
    };
    if fields.form == "csv" {
        let bytes = core::batch_pins_csv(&pins)?;
        return Ok(csv_file(FILE, bytes.to_vec()));
    }
    let first = pins.iter().map(|pin| pin.until).min().unwrap_or(0);
    let line = |pin: BatchPin| PinLine {
        name: pin.name,
        email: pin.email,
        pin: pin.pin.to_string(),
    };
    let shown = PinsPage {
        title: title(&visitor, &found),
        back: urls::invitation_batch(id.as_str()),
        until: visitor.texts.deadline(first, &visitor.zone),
        rows: pins.into_iter().map(line).collect(),
        f: frame,
    };
    Ok(page(StatusCode::OK, &shown))
}
