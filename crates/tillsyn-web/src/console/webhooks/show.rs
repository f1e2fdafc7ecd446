//! `GET` and `POST /console/settings/webhooks/{id}`: one webhook, what it sent, and changing it.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use tillsyn_core::ids::WebhookId;
use tillsyn_core::webhooks::{
    DeliveryView, Format, WebhookChange, WebhookStatus, change_webhook, find_webhook,
    list_deliveries,
};
use tillsyn_core::{Error, Permission};

use super::list::Typed;
use super::{MadeKey, WebhookFields, place, reason, standing};
use crate::console::failure::Failure;
use crate::console::form::Filled;
use crate::console::frame::{Frame, Pager, Place};
use crate::console::lists::{self, Place as At};
use crate::console::notice::{Told, go};
use crate::console::visitor::Visitor;
use crate::console::words::activity;
use crate::i18n::When;
use crate::ui::{Status, page, status, urls};

/// One webhook.
#[derive(Template)]
#[template(path = "console/webhook.html")]
pub struct WebhookPage {
    pub f: Frame,
    pub id: String,
    pub name: String,
    pub url: String,
    pub unit: String,
    pub status: Status,
    pub paused: bool,
    /// It gets what devices send, with secrets in it.
    pub raw: bool,
    /// Why the last try failed; empty when it did not.
    pub error: String,
    pub last: Option<When>,
    pub rows: Vec<DeliveryRow>,
    pub pager: Pager,
    /// A new key, this once.
    pub made: Option<MadeKey>,
    /// `None` for whoever may not change it.
    pub fields: Option<WebhookFields>,
}

pub struct DeliveryRow {
    pub event: String,
    pub created: When,
    pub status: Status,
    /// Why the last try failed.
    pub error: String,
    pub tries: String,
    /// Address to send it again; empty where that cannot be.
    pub again: String,
}

pub(super) fn webhook_id(text: &str) -> Result<WebhookId, Error> {
    WebhookId::parse(text).ok_or_else(|| Error::not_found("webhook"))
}

pub(crate) async fn show(visitor: Visitor, Path(id): Path<String>) -> Result<Response, Failure> {
    let id = webhook_id(&id)?;
    let shown = whole(&visitor, &id, None, None).await?;
    Ok(page(StatusCode::OK, &shown))
}

pub(crate) async fn change(
    Path(id): Path<String>,
    form: Filled<Typed>,
) -> Result<Response, Failure> {
    let (mut visitor, typed) = (form.visitor, form.fields);
    let id = webhook_id(&id)?;
    let old = find_webhook(visitor.core(), visitor.actor(), &id).await?;
    let (url, events) = (typed.url.trim().to_owned(), typed.patterns());
    // What stays needs no confirmation.
    let change = WebhookChange {
        name: Some(typed.name.clone()),
        url: (url != old.url).then_some(url),
        events: (events != old.events).then_some(events),
        paused: None,
        proof: None,
    };
    let changed = match visitor.confirm(typed.password.clone()).await {
        Ok(()) => change_webhook(visitor.core(), visitor.actor(), &id, change).await,
        Err(error) => Err(error),
    };
    match changed {
        Ok(_) => Ok(go(
            visitor.state(),
            &urls::webhook(id.as_str()),
            Told::Saved,
        )),
        Err(error) => {
            let mut fields = typed.fields(&visitor);
            let status = place(visitor.texts, &mut fields, error)?;
            Ok(page(
                status,
                &whole(&visitor, &id, Some(fields), None).await?,
            ))
        }
    }
}

pub(super) async fn whole(
    visitor: &Visitor,
    id: &WebhookId,
    typed: Option<WebhookFields>,
    made: Option<MadeKey>,
) -> Result<WebhookPage, Failure> {
    let (l, zone) = (visitor.texts, &visitor.zone);
    let (core, actor) = (visitor.core(), visitor.actor());
    let one = find_webhook(core, actor, id).await?;
    let after = At::of(&visitor.query);
    let found = list_deliveries(core, actor, id, after.after(), None).await?;
    let may_change = visitor.may(Permission::WebhooksWrite) && visitor.may(Permission::AuditRead);
    let active = one.status == WebhookStatus::Active;
    let raw = one.format == Format::Nanomdm;
    let row = |delivery: &DeliveryView| DeliveryRow {
        event: match &delivery.action {
            Some(action) => activity(l, action, false, ""),
            None if raw => l.t("webhook-event-raw"),
            None => l.t("webhook-event-test"),
        },
        created: l.ago(delivery.created_at, zone),
        status: match delivery.status.as_str() {
            "delivered" => status(l, "job", "done"),
            other => status(l, "job", other),
        },
        error: delivery
            .last_error
            .as_deref()
            .map_or_else(String::new, |e| reason(l, e)),
        tries: delivery.tries.to_string(),
        again: if may_change && active && delivery.kept && delivery.status != "waiting" {
            urls::webhook_again(id.as_str(), &delivery.id)
        } else {
            String::new()
        },
    };
    let rows: Vec<DeliveryRow> = found.items.iter().map(row).collect();
    let path = urls::webhook(id.as_str());
    let fields = typed.unwrap_or_else(|| WebhookFields {
        name: one.name.clone(),
        url: one.url.clone(),
        events: one.events.join("\n"),
        password: visitor.needs_password(),
        ..WebhookFields::default()
    });
    Ok(WebhookPage {
        id: id.to_string(),
        status: standing(l, one.status, one.failures),
        paused: !active,
        raw,
        error: one
            .last_error
            .as_deref()
            .map_or_else(String::new, |e| reason(l, e)),
        last: one.last_success_at.map(|at| l.ago(at, zone)),
        pager: lists::pager(visitor, &path, rows.len(), found.next.as_deref()),
        rows,
        made,
        fields: may_change.then_some(fields),
        name: one.name,
        url: one.url,
        unit: one.unit_name,
        f: visitor.frame(Place::Webhooks, "").await?,
    })
}
