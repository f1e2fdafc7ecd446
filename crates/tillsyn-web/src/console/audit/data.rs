//! What is held on a person: as a file for them, and forgetting it.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Response};
use http::header;
use serde::Deserialize;
use tillsyn_core::audit::{self, Erase};
use tillsyn_core::ids::PersonId;
use tillsyn_core::{Error, people};

use crate::console::failure::Failure;
use crate::console::form::Filled;
use crate::console::notice::{Told, go};
use crate::console::organisation::settle_person;
use crate::ui::urls;

#[derive(Deserialize)]
pub(crate) struct Fields {
    /// The person's name, typed to confirm.
    #[serde(default)]
    typed: String,
}

fn person_id(text: &str) -> Result<PersonId, Error> {
    PersonId::parse(text).ok_or_else(|| Error::not_found("person"))
}

pub(crate) async fn export_person(
    Path(id): Path<String>,
    filled: Filled<Fields>,
) -> Result<Response, Failure> {
    let (visitor, id) = (filled.visitor, person_id(&id)?);
    people::person(visitor.core(), visitor.actor(), &id).await?;
    let document = audit::export_person(visitor.core(), visitor.actor(), &id, None).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-store"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"person.json\"",
        ),
    ];
    let text = serde_json::to_string_pretty(&document)
        .map_err(|error| Error::internal("The document cannot be written.").caused_by(error))?;
    Ok((headers, text).into_response())
}

pub(crate) async fn erase_person(
    Path(id): Path<String>,
    filled: Filled<Fields>,
) -> Result<Response, Failure> {
    let (visitor, id) = (filled.visitor, person_id(&id)?);
    people::person(visitor.core(), visitor.actor(), &id).await?;
    let erase = Erase {
        typed: filled.fields.typed,
        proof: None,
    };
    match audit::erase_person(visitor.core(), visitor.actor(), &id, erase).await {
        Ok(()) => Ok(go(visitor.state(), urls::PEOPLE, Told::Saved)),
        Err(error) => settle_person(visitor, &id, error).await,
    }
}
