//! Events as lines of a list.

use tillsyn_core::events::EventView;
use tillsyn_core::names::{self, Names};

use super::page::Activity;
use crate::console::commands::command_title;
use crate::console::failure::Failure;
use crate::console::visitor::Visitor;
use crate::console::words;
use crate::ui::{Link, urls};

/// Who did what to what, with names instead of ids.
pub(crate) async fn activity_of(
    visitor: &Visitor,
    events: &[EventView],
) -> Result<Vec<Activity>, Failure> {
    let names = names::of_events(visitor.core(), events).await?;
    let line = |event| line(visitor, &names, event);
    Ok(events.iter().map(line).collect())
}

fn line(visitor: &Visitor, names: &Names, event: &EventView) -> Activity {
    let l = visitor.texts;
    let detail = |name: &str| event.details[name].as_str().unwrap_or_default();
    let command = match detail("act") {
        "retire" => words::act(l, "Retire"),
        _ => command_title(l, detail("request_type"), ""),
    };
    let name = names.get(&event.actor_id).map(String::as_str);
    Activity {
        // The device and the person on an enrollment page are the object, or nobody we know.
        who: match event.actor_kind.as_str() {
            "device" | "person" => String::new(),
            kind => words::asked_by(l, kind, name),
        },
        text: words::activity(l, &event.action, event.result == "refused", &command),
        target: target(visitor, names, event),
        when: l.ago(event.at, &visitor.zone),
    }
}

fn target(visitor: &Visitor, names: &Names, event: &EventView) -> Link {
    let href = match event.object_kind.as_str() {
        "device" => urls::device(&event.object_id),
        "invitation" => urls::invitation(&event.object_id),
        "attempt" => urls::attempt(&event.object_id),
        "plan" => urls::plan(&event.object_id),
        // What is gone has no page.
        _ if !names.contains_key(&event.object_id) => return Link::default(),
        "group" => urls::group(&event.object_id),
        "org_unit" => urls::unit(&event.object_id),
        "person" => urls::person(&event.object_id),
        "profile" => urls::profile(&event.object_id),
        _ => return Link::default(),
    };
    let text =
        names
            .get(&event.object_id)
            .cloned()
            .unwrap_or_else(|| match event.object_kind.as_str() {
                "attempt" => visitor.texts.t("attempt"),
                "plan" => visitor.texts.t("problem-plan-look"),
                _ => visitor.texts.t("not-known"),
            });
    Link { href, text }
}
