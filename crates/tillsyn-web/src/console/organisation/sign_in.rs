//! `/console/people/{id}/sign-in/…`: how a person comes in to the portal, and what an administrator does about it.

use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::Error;
use tillsyn_core::accounts::portal::{self, OwnAccount};
use tillsyn_core::ids::PersonId;
use tillsyn_core::people;

use super::page::{PersonSignIn, TemporaryPasswordPage};
use super::people::settle_person;
use crate::console::failure::Failure;
use crate::console::form::Filled;
use crate::console::help_desk::BackToDesk;
use crate::console::notice::{Told, go};
use crate::console::visitor::Visitor;
use crate::ui::{page, urls};

#[derive(Deserialize)]
pub(crate) struct Nothing {}

fn person_id(text: &str) -> Result<PersonId, Error> {
    PersonId::parse(text).ok_or_else(|| Error::not_found("person"))
}

/// What the page of a person says of it.
pub(super) async fn sign_in_of(visitor: &Visitor, id: &PersonId) -> Result<PersonSignIn, Failure> {
    let found = portal::own_account(visitor.core(), visitor.actor(), id).await?;
    let l = visitor.texts;
    let last = found.last_sign_in_at.map(|at| {
        l.ta(
            "person-sign-in-last",
            l.ago(at, &visitor.zone).text.as_str(),
        )
    });
    let second = found.second_factor.then(|| l.t("person-sign-in-second"));
    Ok(PersonSignIn {
        way: way(visitor, &found),
        notes: [second, last].into_iter().flatten().collect(),
        may_have_password: found.may_have_password,
    })
}

fn way(visitor: &Visitor, found: &OwnAccount) -> String {
    let l = visitor.texts;
    match found.way {
        "password" => l.t("person-sign-in-password"),
        "temporary" => l.t("person-sign-in-temporary"),
        "passkey" => l.t("person-sign-in-passkey"),
        "provider" => l.t("person-sign-in-provider"),
        "directory" => l.t("person-sign-in-directory"),
        _ => l.t("person-sign-in-none"),
    }
}

/// Mails the person a link with which they choose a password.
pub(crate) async fn send_link(
    Path(id): Path<String>,
    filled: Filled<BackToDesk>,
) -> Result<Response, Failure> {
    let (visitor, fields, id) = (filled.visitor, filled.fields, person_id(&id)?);
    match portal::send_link(visitor.core(), visitor.actor(), &id, None).await {
        Ok(()) => {
            let to = fields.or(urls::person(id.as_str()));
            Ok(go(visitor.state(), &to, Told::Saved))
        }
        Err(error) => settle_person(visitor, &id, error).await,
    }
}

/// Makes a temporary password and shows it on the answer itself, this once.
pub(crate) async fn temporary_password(
    Path(id): Path<String>,
    filled: Filled<Nothing>,
) -> Result<Response, Failure> {
    let (visitor, id) = (filled.visitor, person_id(&id)?);
    let (core, actor) = (visitor.core(), visitor.actor());
    let name = people::person(core, actor, &id).await?.name;
    match portal::set_temporary_password(core, actor, &id, None).await {
        Ok(made) => {
            let mut f = visitor.bare();
            f.here = String::new();
            let shown = TemporaryPasswordPage {
                until: visitor.texts.date_time(made.until, &visitor.zone),
                f,
                name,
                password: made.password.to_string(),
                back: urls::person(id.as_str()),
            };
            Ok(page(StatusCode::OK, &shown))
        }
        Err(error) => settle_person(visitor, &id, error).await,
    }
}

/// Takes every way in away.
pub(crate) async fn reset_sign_in(
    Path(id): Path<String>,
    filled: Filled<Nothing>,
) -> Result<Response, Failure> {
    let (visitor, id) = (filled.visitor, person_id(&id)?);
    match portal::reset_own_account(visitor.core(), visitor.actor(), &id, None).await {
        Ok(()) => Ok(go(visitor.state(), &urls::person(id.as_str()), Told::Saved)),
        Err(error) => settle_person(visitor, &id, error).await,
    }
}
