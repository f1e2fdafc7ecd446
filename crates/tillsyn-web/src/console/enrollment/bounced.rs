//! `POST /console/enrollment/invitations/{id}/bounced`: its mail came back.

use axum::extract::Path;
use axum::response::Response;
use serde::Deserialize;
use tillsyn_core::invitations as core;

use super::invitation::invitation_id;
use crate::console::failure::Failure;
use crate::console::form::Filled;
use crate::console::notice::{Told, go};
use crate::ui::urls;

#[derive(Deserialize)]
pub(crate) struct Fields {}

pub(crate) async fn bounced(
    Path(id): Path<String>,
    form: Filled<Fields>,
) -> Result<Response, Failure> {
    let (visitor, id) = (form.visitor, invitation_id(&id)?);
    core::mark_bounced(visitor.core(), visitor.actor(), &id).await?;
    let to = urls::invitation(id.as_str());
    Ok(go(visitor.state(), &to, Told::Saved))
}
