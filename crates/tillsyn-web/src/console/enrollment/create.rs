//! `POST /console/enrollment/new`: the answer shows link and PIN, this once.

use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::ids::OrgUnitId;
use tillsyn_core::invitations::{self as core, CreatedInvitation, NewInvitation};
use tillsyn_core::{Error, Kind};

use super::invitation::build;
use super::new_form::form;
use super::page::{InvitationSecret, NewInvitationPage};
use crate::console::failure::Failure;
use crate::console::form::Filled;
use crate::console::visitor::Visitor;
use crate::console::words::FieldError;
use crate::error::AppError;
use crate::ui::{Qr, page, urls};

const DAYS: i64 = 14;
const MAX_DAYS: i64 = 90;
const MAX_USES: i64 = 1_000;

#[derive(Deserialize)]
pub(crate) struct Fields {
    #[serde(default)]
    pub(super) person: String,
    #[serde(default)]
    pub(super) email: String,
    #[serde(default)]
    pub(super) label: String,
    #[serde(default)]
    pub(super) ownership: String,
    #[serde(default)]
    pub(super) language: String,
    #[serde(default)]
    pub(super) pin: bool,
    #[serde(default)]
    pub(super) replace: bool,
    #[serde(default)]
    pub(super) days: String,
    #[serde(default)]
    pub(super) uses: String,
    #[serde(default)]
    pub(super) unit: String,
}

impl Fields {
    /// What most invitations are.
    pub(super) fn usual() -> Self {
        Self {
            person: String::new(),
            email: String::new(),
            label: String::new(),
            ownership: "corporate".to_owned(),
            language: String::new(),
            pin: false,
            replace: false,
            days: DAYS.to_string(),
            uses: "1".to_owned(),
            unit: String::new(),
        }
    }

    fn invitation(&self) -> NewInvitation {
        let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        // What is no number is outside the range that the rule names.
        let number = |text: &str| text.trim().parse().unwrap_or(0);
        NewInvitation {
            unit: OrgUnitId::parse(&self.unit),
            person: None,
            person_name: given(&self.person),
            person_email: given(&self.email),
            label: given(&self.label),
            ownership: self.ownership.clone(),
            language: given(&self.language),
            with_pin: self.pin,
            uses_allowed: number(&self.uses),
            days: number(&self.days),
            may_replace: self.replace,
        }
    }
}

pub(crate) async fn create(filled: Filled<Fields>) -> Result<Response, Failure> {
    let (visitor, fields) = (filled.visitor, filled.fields);
    let new = fields.invitation();
    match core::create_invitation(visitor.core(), visitor.actor(), new).await {
        Ok(created) => {
            let id = created.id.as_str();
            let visitor = visitor.at(urls::invitation(id));
            let mut shown = build(&visitor, id).await?;
            shown.secret = Some(secret(&visitor, &created));
            Ok(page(StatusCode::OK, &shown))
        }
        Err(error) => {
            let mut shown = form(&visitor, &fields).await?;
            let error = name_field(&visitor, &mut shown, error)?;
            Ok(page(error.status(), &shown))
        }
    }
}

fn secret(visitor: &Visitor, created: &CreatedInvitation) -> InvitationSecret {
    let until = created.pin_expires_at;
    InvitationSecret {
        link: created.url.to_string(),
        typed: core::grouped(&created.typed_code),
        qr: Qr::new(&created.url),
        pin: created
            .pin
            .as_ref()
            .map_or_else(String::new, |pin| pin.to_string()),
        pin_until: until.map_or_else(String::new, |at| visitor.texts.deadline(at, &visitor.zone)),
    }
}

/// Puts what is wrong beside its field.
fn name_field(
    visitor: &Visitor,
    shown: &mut NewInvitationPage,
    error: Error,
) -> Result<AppError, Failure> {
    let l = visitor.texts;
    let range = |max| FieldError::Number { min: 1, max }.text(l);
    match (error.kind, error.code, error.field) {
        (Kind::Invalid, "label_missing", _) => shown.label_error = l.t("invitation-label-needed"),
        (Kind::Invalid, "person_name_missing", _) => {
            shown.person_error = l.t("invitation-name-needed");
        }
        (Kind::Conflict, "person_elsewhere", _) => {
            shown.email_error = l.t("invitation-person-elsewhere");
        }
        (Kind::Conflict, "person_inactive", _) => {
            shown.email_error = l.t("invitation-person-inactive");
        }
        (Kind::Invalid, "text_length", Some("person_name")) => {
            shown.person_error = FieldError::Length(100).text(l);
        }
        (Kind::Invalid, "text_length", Some("label")) => {
            shown.label_error = FieldError::Length(100).text(l);
        }
        (Kind::Invalid, _, Some("email" | "person_email")) => {
            shown.email_error = FieldError::MailAddress.text(l);
        }
        (Kind::Invalid, _, Some("uses_allowed")) => shown.uses_error = range(MAX_USES),
        (Kind::Invalid, _, Some("days")) => shown.days_error = range(MAX_DAYS),
        _ => return Err(error.into()),
    }
    Ok(error.into())
}
