//! `GET` and `POST /console/settings/webhooks`.

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::Permission;
use tillsyn_core::ids::OrgUnitId;
use tillsyn_core::webhooks::{
    Format, NewWebhook, WebhookView, create_webhook, list_webhooks, may_have_raw,
};
use zeroize::Zeroizing;

use super::{formats, place, standing};
use crate::console::failure::Failure;
use crate::console::form::{Filled, secret};
use crate::console::frame::{Frame, Place};
use crate::console::organisation::unit_choices;
use crate::console::visitor::Visitor;
use crate::i18n::When;
use crate::ui::{Choice, Status, page, urls};

/// The webhooks of the reader's scope, and the form for another.
#[derive(Template)]
#[template(path = "console/webhooks.html")]
pub struct WebhooksPage {
    pub f: Frame,
    pub made: Option<MadeKey>,
    pub rows: Vec<WebhookRow>,
    /// `None` for whoever may not make one.
    pub fields: Option<WebhookFields>,
    pub units: Vec<Choice>,
    /// What it sends; empty for whoever may not see the secrets in raw messages.
    pub formats: Vec<Choice>,
}

/// Shown once.
pub struct MadeKey {
    pub name: String,
    pub key: String,
}

pub struct WebhookRow {
    pub href: String,
    pub name: String,
    pub url: String,
    pub unit: String,
    pub status: Status,
    pub last: Option<When>,
}

/// What is typed for a webhook, and what is wrong with it.
#[derive(Default)]
pub struct WebhookFields {
    pub name: String,
    pub name_error: String,
    pub url: String,
    pub url_error: String,
    /// One on each line.
    pub events: String,
    pub events_error: String,
    pub password: bool,
    pub password_error: String,
}

#[derive(Default, Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) url: String,
    #[serde(default)]
    pub(super) events: String,
    #[serde(default)]
    format: String,
    #[serde(default)]
    unit: String,
    #[serde(default = "Zeroizing::default", deserialize_with = "secret")]
    pub(super) password: Zeroizing<String>,
}

impl Typed {
    pub(super) fn patterns(&self) -> Vec<String> {
        let parts = self.events.split([',', ' ', '\n', '\r']);
        parts.filter(|p| !p.is_empty()).map(str::to_owned).collect()
    }

    pub(super) fn fields(&self, visitor: &Visitor) -> WebhookFields {
        WebhookFields {
            name: self.name.clone(),
            url: self.url.clone(),
            events: self.events.clone(),
            password: visitor.needs_password(),
            ..WebhookFields::default()
        }
    }
}

pub(crate) async fn list(visitor: Visitor) -> Result<Response, Failure> {
    let fields = WebhookFields {
        password: visitor.needs_password(),
        ..WebhookFields::default()
    };
    let shown = whole(&visitor, fields, &Typed::default(), None).await?;
    Ok(page(StatusCode::OK, &shown))
}

/// Makes a webhook and shows its key on the answer itself, this once.
pub(crate) async fn create(form: Filled<Typed>) -> Result<Response, Failure> {
    let (mut visitor, typed) = (form.visitor, form.fields);
    let new = NewWebhook {
        name: typed.name.clone(),
        url: typed.url.clone(),
        // Only whoever may see the secrets in raw messages has the choice.
        format: Format::parse(&typed.format).unwrap_or(Format::Tillsyn),
        events: typed.patterns(),
        unit: OrgUnitId::parse(&typed.unit),
        proof: None,
    };
    let made = match visitor.confirm(typed.password.clone()).await {
        Ok(()) => create_webhook(visitor.core(), visitor.actor(), new).await,
        Err(error) => Err(error),
    };
    match made {
        Ok((webhook, key)) => {
            let made = MadeKey {
                name: webhook.name,
                key: key.to_string(),
            };
            let fields = WebhookFields::default();
            let shown = whole(&visitor, fields, &Typed::default(), Some(made)).await?;
            Ok(page(StatusCode::OK, &shown))
        }
        Err(error) => {
            let mut fields = typed.fields(&visitor);
            let status = place(visitor.texts, &mut fields, error)?;
            let shown = whole(&visitor, fields, &typed, None).await?;
            Ok(page(status, &shown))
        }
    }
}

async fn whole(
    visitor: &Visitor,
    fields: WebhookFields,
    typed: &Typed,
    made: Option<MadeKey>,
) -> Result<WebhooksPage, Failure> {
    let (l, zone) = (visitor.texts, &visitor.zone);
    let row = |one: &WebhookView| WebhookRow {
        href: urls::webhook(one.id.as_str()),
        name: one.name.clone(),
        url: one.url.clone(),
        unit: one.unit_name.clone(),
        status: standing(l, one.status, one.failures),
        last: one.last_success_at.map(|at| l.ago(at, zone)),
    };
    let found = list_webhooks(visitor.core(), visitor.actor()).await?;
    let may_make = visitor.may(Permission::WebhooksWrite) && visitor.may(Permission::AuditRead);
    // Who cannot see the tree makes webhooks for their own unit.
    let sees_units = [
        Permission::DevicesRead,
        Permission::PeopleRead,
        Permission::GroupsRead,
        Permission::UnitsWrite,
    ];
    let units = if may_make && sees_units.into_iter().any(|p| visitor.may(p)) {
        unit_choices(visitor, &typed.unit).await?
    } else {
        Vec::new()
    };
    let formats = if may_make && may_have_raw(visitor.actor()) {
        formats(l, &typed.format)
    } else {
        Vec::new()
    };
    Ok(WebhooksPage {
        made,
        rows: found.iter().map(row).collect(),
        fields: may_make.then_some(fields),
        units,
        formats,
        f: visitor.frame(Place::Webhooks, "").await?,
    })
}
