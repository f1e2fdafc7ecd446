//! `GET /console/commands/export`: the list as CSV, with its filter.

use axum::response::Response;
use serde_json::json;
use tillsyn_core::commands::{CommandView, list_commands};
use tillsyn_core::lists::record_export;
use tillsyn_core::paging::MAX_PAGE;
use tillsyn_core::{Error, Permission};

use super::list::{KEPT, filter};
use super::story::{cause_in, title_of};
use crate::console::csv;
use crate::console::devices::exact;
use crate::console::failure::Failure;
use crate::console::visitor::Visitor;
use crate::console::words;
use crate::i18n::{Texts, Zone};
use crate::ui::{status, urls};

pub(crate) async fn export(visitor: Visitor) -> Result<Response, Failure> {
    let l = visitor.texts;
    let kept = visitor.scoped(&visitor.query.only(&KEPT));
    let details = json!({"query": kept.text(), "format": "csv"});
    let (core, actor) = (visitor.core().clone(), visitor.actor().clone());
    record_export(&core, &actor, Permission::DevicesRead, "commands", details).await?;
    let head = vec![
        l.t("command"),
        l.t("request-type"),
        l.t("device"),
        l.t("status"),
        l.t("cause"),
        l.t("asked-by"),
        l.t("asked-at"),
        l.t("changed"),
    ];
    let begin = csv::begin(&visitor.query, &kept.url(urls::COMMANDS), head)?;
    let (filter, zone) = (filter(&visitor.query)?, visitor.zone.clone());
    Ok(csv::pages("commands.csv", begin, move |after| {
        let (core, actor) = (core.clone(), actor.clone());
        let (filter, zone) = (filter.clone(), zone.clone());
        async move {
            let limit = Some(MAX_PAGE);
            let page = list_commands(&core, &actor, filter, after.as_deref(), limit).await?;
            let lines = page.items.iter().map(|row| line((l, &zone), row));
            Ok::<csv::Lines, Error>((lines.collect(), page.next))
        }
    }))
}

fn line((l, zone): (Texts, &Zone), command: &CommandView) -> Vec<String> {
    vec![
        title_of(l, command),
        command.request_type.clone(),
        command.device_name.clone(),
        status(l, "command", &command.status).text,
        cause_in((l, zone), command),
        words::asked_by(l, &command.actor_kind, command.actor_name.as_deref()),
        exact(Some(command.created_at)),
        exact(Some(command.updated_at)),
    ]
}
