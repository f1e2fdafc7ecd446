//! `/console/settings/units/{id}/branding`: how a unit presents itself to people.

mod page;

use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use tillsyn_core::actor::may;
use tillsyn_core::branding::{self, BrandingEdit, BrandingView, Contacts, Theme};
use tillsyn_core::ids::OrgUnitId;
use tillsyn_core::{Error, Kind, Permission};

use super::failure::Failure;
use super::form::Uploaded;
use super::frame::Place;
use super::notice::{Told, go};
use super::visitor::Visitor;
use super::words::FieldError;
use crate::error::AppError;
use crate::i18n::Texts;
use crate::portal::Brand;
use crate::ui::{page as answer, urls};

pub use page::{BrandField, BrandingPage, Fields, Wrong};

const LANGUAGES: [(&str, &str); 3] = [("en", "English"), ("sv", "Svenska"), ("ja", "日本語")];

fn unit_id(text: &str) -> Result<OrgUnitId, Error> {
    OrgUnitId::parse(text).ok_or_else(|| Error::not_found("organisational unit"))
}

pub(super) async fn show(Path(id): Path<String>, visitor: Visitor) -> Result<Response, Failure> {
    let view = branding::view(visitor.core(), visitor.actor(), &unit_id(&id)?).await?;
    let shown = filled(&visitor, &view, fields_of(&view), Wrong::default()).await?;
    Ok(answer(StatusCode::OK, &shown))
}

/// One form for everything: the texts, and the mark when one was chosen or is to go.
pub(super) async fn change(Path(id): Path<String>, form: Uploaded) -> Result<Response, Failure> {
    let id = unit_id(&id)?;
    let (core, actor) = (form.visitor.core(), form.visitor.actor());
    may(actor, Permission::UnitsWrite)?;
    // Whoever does not reach the unit hears nothing of the form.
    let view = branding::view(core, actor, &id).await?;
    let fields = typed(&form);
    let mark = form.bytes("mark");
    let done = async {
        // When anything is refused, nothing is changed.
        let edit = edit(&fields);
        branding::check_edit(&edit)?;
        if !mark.is_empty() {
            branding::set_mark(core, actor, &id, mark).await?;
        } else if form.ticked("mark_remove") {
            branding::remove_mark(core, actor, &id).await?;
        }
        branding::set(core, actor, &id, edit).await
    };
    match done.await {
        Ok(_) => {
            let to = urls::unit_branding(id.as_str());
            Ok(go(form.visitor.state(), &to, Told::Saved))
        }
        Err(error) => {
            let status = AppError::from(Error::new(error.kind, error.code, "")).status();
            let wrong = wrong(form.visitor.texts, error)?;
            let shown = filled(&form.visitor, &view, fields, wrong).await?;
            Ok(answer(status, &shown))
        }
    }
}

fn typed(form: &Uploaded) -> Fields {
    Fields {
        name: form.text("name"),
        accent_light: form.text("accent_light"),
        accent_dark: form.text("accent_dark"),
        mail: form.text("support_mail"),
        phone: form.text("support_phone"),
        text: form.text("support_text"),
        hours: form.text("support_hours"),
        help_url: form.text("help_url"),
        terms: LANGUAGES.map(|(tag, _)| form.text(&format!("terms_{tag}"))),
    }
}

fn fields_of(view: &BrandingView) -> Fields {
    let own = view.own.clone();
    let terms = |tag: &str| view.terms.get(tag).cloned().unwrap_or_default();
    Fields {
        name: own.name.unwrap_or_default(),
        accent_light: own.accent_light.unwrap_or_default(),
        accent_dark: own.accent_dark.unwrap_or_default(),
        mail: own.contacts.mail.unwrap_or_default(),
        phone: own.contacts.phone.unwrap_or_default(),
        text: own.contacts.text.unwrap_or_default(),
        hours: own.contacts.hours.unwrap_or_default(),
        help_url: own.help_url.unwrap_or_default(),
        terms: LANGUAGES.map(|(tag, _)| terms(tag)),
    }
}

fn edit(fields: &Fields) -> BrandingEdit {
    let given = |text: &String| Some(text.clone());
    BrandingEdit {
        name: given(&fields.name),
        accent_light: given(&fields.accent_light),
        accent_dark: given(&fields.accent_dark),
        contacts: Contacts {
            mail: given(&fields.mail),
            phone: given(&fields.phone),
            text: given(&fields.text),
            hours: given(&fields.hours),
        },
        help_url: given(&fields.help_url),
        terms: LANGUAGES
            .iter()
            .zip(&fields.terms)
            .map(|((tag, _), text)| ((*tag).to_owned(), text.clone()))
            .collect(),
    }
}

/// The words for what cannot be used; every other error has a page of its own.
fn wrong(l: Texts, error: Error) -> Result<Wrong, Failure> {
    let text = match (error.kind, error.code) {
        (Kind::Invalid, "colour") => l.t("branding-colour-odd"),
        (Kind::Invalid, "colour_contrast") => {
            let data = error.data.clone().unwrap_or_default();
            let contrast = data["contrast"].as_f64().unwrap_or_default();
            let (contrast, nearest) = (format!("{contrast:.2}"), &data["nearest"]);
            let args = [
                ("contrast", contrast.as_str().into()),
                ("nearest", nearest.as_str().unwrap_or_default().into()),
            ];
            l.t_args("branding-colour-contrast", &args)
        }
        (Kind::Invalid, "phone") => l.t("branding-phone-odd"),
        (Kind::Invalid, "help_url") => l.t("branding-help-odd"),
        (Kind::Invalid, "terms_length") => l.t("branding-terms-long"),
        (Kind::Invalid, "mark_large") => l.t("branding-mark-large"),
        (Kind::Invalid, "mark_type") => l.t("branding-mark-type"),
        (Kind::Invalid, "mark_side") => l.t("branding-mark-side"),
        (Kind::Invalid, "text_length") => l.t("problem-text"),
        (Kind::Invalid, "email") => FieldError::MailAddress.text(l),
        _ => return Err(error.into()),
    };
    Ok(Wrong {
        field: error.field.unwrap_or_default(),
        text,
    })
}

async fn filled(
    visitor: &Visitor,
    view: &BrandingView,
    fields: Fields,
    wrong: Wrong,
) -> Result<BrandingPage, Failure> {
    let l = visitor.texts;
    let holds = &view.effective;
    let contrast = |colour: Option<branding::Colour>, theme: Theme| {
        colour.map_or_else(
            || l.t("branding-accent-ours"),
            |colour| {
                let ratio = (colour.least_contrast(theme) * 100.0).floor() / 100.0;
                let (hex, ratio) = (colour.hex(), format!("{ratio:.2}"));
                let args = [
                    ("colour", hex.as_str().into()),
                    ("contrast", ratio.as_str().into()),
                ];
                l.t_args("branding-accent-holds", &args)
            },
        )
    };
    Ok(BrandingPage {
        id: view.unit_id.to_string(),
        unit: view.unit_name.clone(),
        may_write: visitor.may(Permission::UnitsWrite),
        name: holds.name.clone(),
        brand: Brand::of(holds),
        own_mark: view.own.mark.is_some(),
        light: contrast(holds.accent_light, Theme::Light),
        dark: contrast(holds.accent_dark, Theme::Dark),
        terms: holds.terms.len(),
        own_terms: !view.own.terms.is_empty(),
        fields,
        wrong,
        f: visitor.frame(Place::Units, "").await?,
    })
}
