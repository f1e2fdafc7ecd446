//! `POST /console/first-steps/backup` and `/console/first-steps/hide`.

use axum::response::Response;
use serde::Deserialize;
use tillsyn_core::Error;
use tillsyn_core::first_steps::{self, Audience};

use crate::console::failure::Failure;
use crate::console::form::Filled;
use crate::console::notice::{Told, go};
use crate::ui::urls;

/// Pressing the button is what is said.
#[derive(Deserialize)]
pub(crate) struct Confirm {
    /// `backup` when it is pressed on the page of that name.
    #[serde(default)]
    next: String,
}

#[derive(Deserialize)]
pub(crate) struct Hide {
    /// `me`, `all`, or `no` to take it out again.
    #[serde(default)]
    audience: String,
}

pub(crate) async fn backup(filled: Filled<Confirm>) -> Result<Response, Failure> {
    let (visitor, fields) = (filled.visitor, filled.fields);
    first_steps::confirm_backup(visitor.core(), visitor.actor()).await?;
    let next = match fields.next.as_str() {
        "backup" => urls::BACKUP,
        _ => urls::CONSOLE,
    };
    Ok(go(visitor.state(), next, Told::Saved))
}

pub(crate) async fn hide(filled: Filled<Hide>) -> Result<Response, Failure> {
    let (visitor, fields) = (filled.visitor, filled.fields);
    let (core, actor) = (visitor.core(), visitor.actor());
    match fields.audience.as_str() {
        "me" => first_steps::hide_first_steps(core, actor, Audience::Me).await?,
        "all" => first_steps::hide_first_steps(core, actor, Audience::All).await?,
        "no" => first_steps::show_first_steps(core, actor).await?,
        _ => {
            let text = "The audience is me, all or no.";
            return Err(Error::invalid("audience", "audience", text).into());
        }
    }
    Ok(go(visitor.state(), urls::CONSOLE, Told::Saved))
}
