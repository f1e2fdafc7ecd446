//! `POST /console/devices/look`: how high the rows of lists are.

use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use tillsyn_core::lists::{self, Density};

use crate::console::failure::{Failure, own_path, short};
use crate::console::form::Filled;

#[derive(Deserialize)]
pub(crate) struct Fields {
    #[serde(default)]
    density: String,
    #[serde(default)]
    next: String,
}

pub(crate) async fn look(form: Filled<Fields>) -> Result<Response, Failure> {
    let (visitor, fields) = (form.visitor, form.fields);
    let density = Density::parse(&fields.density).unwrap_or_default();
    lists::set_density(visitor.core(), visitor.actor(), density).await?;
    Ok(Redirect::to(own_path(&short(&fields.next))).into_response())
}
