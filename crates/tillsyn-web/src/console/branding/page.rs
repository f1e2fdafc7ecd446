//! The page.

use askama::Template;

use super::LANGUAGES;
use crate::console::frame::Frame;
use crate::i18n::key;
use crate::portal::Brand;

/// `GET` and `POST /console/settings/units/{id}/branding`.
#[derive(Template)]
#[template(path = "console/branding.html")]
pub struct BrandingPage {
    pub f: Frame,
    pub id: String,
    pub unit: String,
    pub may_write: bool,
    /// What holds, for the preview.
    pub name: String,
    pub brand: Brand,
    pub own_mark: bool,
    /// What holds of the accent, in words.
    pub light: String,
    pub dark: String,
    /// Languages that the terms are in which hold here.
    pub terms: usize,
    pub own_terms: bool,
    pub fields: Fields,
    pub wrong: Wrong,
}

/// What the unit says itself, or what was typed.
#[derive(Clone, Debug, Default)]
pub struct Fields {
    pub name: String,
    pub accent_light: String,
    pub accent_dark: String,
    pub mail: String,
    pub phone: String,
    pub text: String,
    pub hours: String,
    pub help_url: String,
    /// In English, Swedish, Japanese.
    pub terms: [String; 3],
}

/// Which field cannot be used, and why.
#[derive(Clone, Debug, Default)]
pub struct Wrong {
    pub field: &'static str,
    pub text: String,
}

/// One line of the form.
pub struct BrandField<'a> {
    pub id: &'static str,
    pub label: String,
    pub value: &'a str,
    pub most: usize,
    pub kind: &'static str,
    pub hint: String,
    pub error: &'a str,
}

impl BrandingPage {
    fn error_of(&self, field: &str) -> &str {
        if self.wrong.field == field {
            &self.wrong.text
        } else {
            ""
        }
    }

    fn field<'a>(
        &'a self,
        (id, label): (&'static str, &'static str),
        value: &'a str,
        most: usize,
        (kind, hint): (&'static str, String),
    ) -> BrandField<'a> {
        BrandField {
            id,
            label: self.f.t(label),
            value,
            most,
            kind,
            hint,
            error: self.error_of(id),
        }
    }

    pub(crate) fn looks(&self) -> Vec<BrandField<'_>> {
        let fields = &self.fields;
        let name = self.f.ta("branding-holds", self.name.as_str());
        vec![
            self.field(
                ("name", key("branding-name")),
                &fields.name,
                100,
                ("text", name),
            ),
            self.field(
                ("accent_light", key("branding-accent-light")),
                &fields.accent_light,
                7,
                ("text", self.light.clone()),
            ),
            self.field(
                ("accent_dark", key("branding-accent-dark")),
                &fields.accent_dark,
                7,
                ("text", self.dark.clone()),
            ),
        ]
    }

    pub(crate) fn contacts(&self) -> Vec<BrandField<'_>> {
        let fields = &self.fields;
        let none = String::new;
        vec![
            self.field(
                ("support_text", key("branding-text")),
                &fields.text,
                200,
                ("text", self.f.t("branding-text-hint")),
            ),
            self.field(
                ("support_mail", key("brand-mail")),
                &fields.mail,
                254,
                ("email", none()),
            ),
            self.field(
                ("support_phone", key("brand-phone")),
                &fields.phone,
                40,
                ("tel", none()),
            ),
            self.field(
                ("support_hours", key("brand-hours")),
                &fields.hours,
                100,
                ("text", self.f.t("branding-hours-hint")),
            ),
            self.field(
                ("help_url", key("branding-help-url")),
                &fields.help_url,
                500,
                ("url", self.f.t("branding-help-hint")),
            ),
        ]
    }

    /// Tag, name and text of each language.
    pub(crate) fn languages(&self) -> Vec<(&'static str, &'static str, &str)> {
        LANGUAGES
            .iter()
            .zip(&self.fields.terms)
            .map(|((tag, name), text)| (*tag, *name, text.as_str()))
            .collect()
    }
}
