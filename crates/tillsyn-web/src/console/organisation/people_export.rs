//! `GET /console/people/export`: the list as CSV, with its search.

use axum::response::Response;
use serde_json::json;
use tillsyn_core::lists::record_export;
use tillsyn_core::paging::MAX_PAGE;
use tillsyn_core::people::{PersonFilter, list_people};
use tillsyn_core::{Error, Permission};

use crate::console::csv;
use crate::console::failure::Failure;
use crate::console::visitor::Visitor;
use crate::ui::urls;

pub(crate) async fn export_people(visitor: Visitor) -> Result<Response, Failure> {
    let l = visitor.texts;
    let kept = visitor.scoped(&visitor.query.only(&["q"]));
    let details = json!({"query": kept.text(), "format": "csv"});
    let (core, actor) = (visitor.core().clone(), visitor.actor().clone());
    record_export(&core, &actor, Permission::PeopleRead, "people", details).await?;
    let head = vec![
        l.t("person"),
        l.t("person-email"),
        l.t("org-unit"),
        l.t("nav-devices"),
        l.t("status"),
    ];
    let begin = csv::begin(&visitor.query, &kept.url(urls::PEOPLE), head)?;
    let search = visitor.query.get("q").map(str::to_owned);
    let words = (l.t("person-active"), l.t("person-inactive"));
    Ok(csv::pages("people.csv", begin, move |after| {
        let (core, actor, words) = (core.clone(), actor.clone(), words.clone());
        let filter = PersonFilter {
            search: search.clone(),
            ..PersonFilter::default()
        };
        async move {
            let limit = Some(MAX_PAGE);
            let page = list_people(&core, &actor, &filter, after.as_deref(), limit).await?;
            let (active, inactive) = words;
            let lines = page.items.into_iter().map(|person| {
                let is_active = person.status == "active";
                vec![
                    person.name,
                    person.email.unwrap_or_default(),
                    person.unit_name,
                    person.devices.to_string(),
                    if is_active {
                        active.clone()
                    } else {
                        inactive.clone()
                    },
                ]
            });
            Ok::<csv::Lines, Error>((lines.collect(), page.next))
        }
    }))
}
