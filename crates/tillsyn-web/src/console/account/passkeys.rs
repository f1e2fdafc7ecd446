//! `/console/account/passkeys`: add, rename, remove.

use axum::Json;
use axum::extract::Path;
use axum::response::Response;
use serde::Deserialize;
use tillsyn_core::ids::PasskeyId;
use tillsyn_core::{Error, Kind, accounts};

use super::codes;
use super::show::build;
use crate::console::access::{Answer, Question};
use crate::console::failure::Failure;
use crate::console::form::Filled;
use crate::console::notice::{Told, go};
use crate::error::AppError;
use crate::ui::{page, urls};

/// What the script asks the browser to make.
pub(crate) async fn ask_passkey(filled: Filled<Answer>) -> Result<Json<Question>, Failure> {
    let visitor = filled.visitor;
    let asked = accounts::begin_passkey(visitor.core(), &visitor.session.session).await?;
    Ok(Json(asked.into()))
}

pub(crate) async fn add_passkey(filled: Filled<Answer>) -> Result<Response, Failure> {
    let (visitor, fields) = (filled.visitor, filled.fields);
    let (core, session) = (visitor.core(), &visitor.session.session);
    let (asked, answer) = (&fields.asked, &fields.answer);
    match accounts::add_passkey(core, session, asked, answer, &fields.name).await {
        Ok(added) => codes::added(&visitor, &added),
        // Without rights there is no page around it: the way back leads to the set-up.
        Err(error) if error.kind == Kind::Invalid && session.demand.is_none() => {
            let visitor = visitor.at(urls::ACCOUNT.to_owned());
            let mut shown = build(&visitor).await?;
            shown.passkey_error = visitor.texts.t("passkey-failed");
            Ok(page(AppError::from(error).status(), &shown))
        }
        Err(error) => Err(error.into()),
    }
}

fn passkey_id(text: &str) -> Result<PasskeyId, Error> {
    PasskeyId::parse(text).ok_or_else(|| Error::not_found("passkey"))
}

#[derive(Deserialize)]
pub(crate) struct Fields {
    #[serde(default)]
    name: String,
}

pub(crate) async fn rename_passkey(
    Path(id): Path<String>,
    filled: Filled<Fields>,
) -> Result<Response, Failure> {
    let (visitor, fields) = (filled.visitor, filled.fields);
    let (core, session) = (visitor.core(), &visitor.session.session);
    accounts::rename_passkey(core, session, &passkey_id(&id)?, &fields.name).await?;
    Ok(go(visitor.state(), urls::ACCOUNT, Told::Saved))
}

pub(crate) async fn remove_passkey(
    Path(id): Path<String>,
    filled: Filled<Fields>,
) -> Result<Response, Failure> {
    let visitor = filled.visitor;
    let (core, session) = (visitor.core(), &visitor.session.session);
    accounts::remove_passkey(core, session, &passkey_id(&id)?).await?;
    Ok(go(visitor.state(), urls::ACCOUNT, Told::FactorRemoved))
}
