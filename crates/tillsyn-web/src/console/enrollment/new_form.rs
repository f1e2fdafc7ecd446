//! `GET /console/enrollment/new`.

use axum::response::Response;
use http::StatusCode;
use tillsyn_core::{Permission, actor, push};

use super::create::Fields;
use super::page::NewInvitationPage;
use crate::console::failure::Failure;
use crate::console::frame::Place;
use crate::console::organisation::unit_choices;
use crate::console::visitor::Visitor;
use crate::console::words;
use crate::i18n::Lang;
use crate::ui::{Choice, page};

pub(crate) async fn new_invitation(visitor: Visitor) -> Result<Response, Failure> {
    actor::may(visitor.actor(), Permission::InvitationsWrite)?;
    let shown = form(&visitor, &Fields::usual()).await?;
    Ok(page(StatusCode::OK, &shown))
}

/// The form with what was typed.
pub(super) async fn form(visitor: &Visitor, fields: &Fields) -> Result<NewInvitationPage, Failure> {
    let l = visitor.texts;
    let choice = |value: &str, text: String, chosen: &str| Choice {
        value: value.to_owned(),
        text,
        chosen: value == chosen,
    };
    let ownership = ["corporate", "personal"].map(|value| {
        let text = words::ownership(l, value);
        choice(value, text, &fields.ownership)
    });
    let languages = Lang::ALL.map(|lang| {
        let name = lang.own_name().to_owned();
        choice(lang.tag(), name, &fields.language)
    });
    let any = choice("", l.t("invitation-language-any"), &fields.language);
    Ok(NewInvitationPage {
        person: fields.person.clone(),
        person_error: String::new(),
        email: fields.email.clone(),
        email_error: String::new(),
        label: fields.label.clone(),
        label_error: String::new(),
        ownership: ownership.into(),
        languages: [any].into_iter().chain(languages).collect(),
        pin: fields.pin,
        replace: fields.replace,
        days: fields.days.clone(),
        days_error: String::new(),
        uses: fields.uses.clone(),
        uses_error: String::new(),
        units: unit_choices(visitor, &fields.unit).await?,
        push_missing: push::topic_for_enrollment(visitor.core()).await?.is_none(),
        f: visitor.frame(Place::Invitations, "").await?,
    })
}
