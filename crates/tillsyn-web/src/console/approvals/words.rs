//! Approvals in words.

use serde_json::Value as Json;
use tillsyn_core::approvals::{ApprovalView, Moved};
use tillsyn_core::ids::PlanId;
use tillsyn_core::plans;

use super::provider;
use super::show::FactLine;
use crate::console::commands::command_title;
use crate::console::rollout;
use crate::console::visitor::Visitor;
use crate::i18n::Texts;
use crate::ui::{Link, status, urls};

/// What it is about, in one sentence.
pub(super) async fn title(visitor: &Visitor, one: &ApprovalView) -> String {
    let l = visitor.texts;
    let text = |name: &str| one.facts[name].as_str().unwrap_or_default().to_owned();
    match one.kind {
        "commands" => {
            let act = act(l, one);
            let args = [("what", (&act).into()), ("n", one.targets.into())];
            l.t_args("approval-title-commands", &args)
        }
        "plan" => plan_title(visitor, one.change.subject()).await,
        "campaign" => {
            let (name, act) = (text("name"), act(l, one));
            let args = [
                ("name", (&name).into()),
                ("what", (&act).into()),
                ("n", one.targets.into()),
            ];
            l.t_args("approval-title-campaign", &args)
        }
        "guard" => l.t("approval-title-guard"),
        "unfreeze" => l.ta("approval-title-unfreeze", &text("unit")),
        "push_certificate" => l.ta("approval-title-push", &text("topic")),
        "identity_provider" => l.ta("approval-title-provider", &text("name")),
        "account" => {
            let what = match one.act.as_deref() {
                Some("create") => l.t("approval-account-create"),
                Some("enable") => l.t("approval-account-enable"),
                Some("disable") => l.t("approval-account-disable"),
                Some("reset") => l.t("approval-account-reset"),
                _ => l.t("approval-account-change"),
            };
            let name = text("name");
            let args = [("name", (&name).into()), ("what", (&what).into())];
            l.t_args("approval-title-account", &args)
        }
        _ => {
            let name = one.facts["after"]["name"].as_str().unwrap_or_default();
            l.ta("approval-title-role", name)
        }
    }
}

async fn plan_title(visitor: &Visitor, plan: &str) -> String {
    if let Some(id) = PlanId::parse(plan)
        && let Ok(plan) = plans::find(visitor.core(), visitor.actor(), &id).await
    {
        return rollout::change_title(visitor, &plan.change).await;
    }
    visitor.texts.t("approval-title-plan")
}

fn act(l: Texts, one: &ApprovalView) -> String {
    match (one.act.as_deref(), one.request_type.as_deref()) {
        (Some("retire"), _) => l.t("campaign-act-retire"),
        (Some("erase"), _) => l.t("campaign-act-erase"),
        (_, Some(request)) => command_title(l, request, ""),
        (act, None) => act.unwrap_or_default().to_owned(),
    }
}

/// Why one person is not enough.
pub(super) fn cause(l: Texts, cause: &str) -> String {
    match cause {
        "budget" => l.t("approval-cause-budget"),
        "new_account" => l.t("approval-cause-new"),
        "rule" => l.t("approval-cause-rule"),
        _ => l.t("approval-cause-many"),
    }
}

/// Who decided; of what lapsed nobody did.
pub(super) fn decider(l: Texts, one: &ApprovalView) -> String {
    match one.decided_by.as_deref() {
        Some("server") => l.t("approval-by-server"),
        Some("system") | None => String::new(),
        Some(id) => one.decided_by_name.clone().unwrap_or_else(|| id.to_owned()),
    }
}

/// Why the reader cannot decide.
pub(super) fn cannot(l: Texts, code: &str) -> String {
    match code {
        "second_person_needed" => l.t("approval-cannot-own"),
        "account_new" => l.t("approval-cannot-new"),
        "one_hand" => l.t("approval-cannot-hand"),
        "platform_scope" => l.t("approval-cannot-platform"),
        _ => l.t("approval-cannot-permission"),
    }
}

/// What changed about a device.
pub(super) fn moved(visitor: &Visitor, moved: &Moved) -> String {
    let l = visitor.texts;
    match moved {
        Moved::Gone => l.t("approval-moved-gone"),
        Moved::Added => l.t("approval-moved-added"),
        Moved::Enrollment => l.t("approval-moved-enrollment"),
        Moved::Person => l.t("approval-moved-person"),
        Moved::Ownership => l.t("approval-moved-ownership"),
        Moved::Status { to, .. } => l.ta("approval-moved-status", &status(l, "device", to).text),
        Moved::Seen(at) => l.ta("approval-moved-seen", &l.ago(*at, &visitor.zone).text),
    }
}

/// The figures and names that the asker saw.
pub(super) fn facts(visitor: &Visitor, one: &ApprovalView) -> Vec<FactLine> {
    let (l, zone) = (visitor.texts, &visitor.zone);
    let line = |label: String, value: String| FactLine { label, value };
    let facts = &one.facts;
    let text = |name: &str| facts[name].as_str().unwrap_or_default().to_owned();
    let day = |name: &str| {
        let at = facts[name].as_i64().unwrap_or_default();
        l.moment(at, zone).text
    };
    let mut lines = match one.kind {
        "commands" => {
            let budget = &facts["budget"];
            let used = budget["organisation_day_used"].as_i64().unwrap_or_default();
            let limit = budget["organisation_day_limit"]
                .as_i64()
                .unwrap_or_default();
            let args = [("used", used.into()), ("limit", limit.into())];
            vec![line(l.t("guard-budget-day"), l.t_args("guard-of", &args))]
        }
        "campaign" => vec![
            line(l.t("campaign-starts"), day("starts_at")),
            line(l.t("campaign-ends"), day("ends_at")),
        ],
        "plan" => {
            let removes = facts["removes_from"].as_i64().unwrap_or_default();
            vec![line(l.t("approval-removes-from"), l.number(removes))]
        }
        "push_certificate" => vec![
            line(l.t("approval-push-topic"), text("topic")),
            line(l.t("approval-push-on-record"), text("topic_on_record")),
            line(l.t("approval-push-serial"), text("serial_number")),
            line(l.t("approval-push-until"), day("not_after")),
        ],
        "identity_provider" => provider::facts(l, facts),
        "guard" if facts["unit_id"].is_string() => {
            let of = |when: &str| &facts[when]["units"][text("unit_id").as_str()];
            let mut lines = vec![line(l.t("approval-unit"), text("unit"))];
            lines.extend(figures(l, of("before"), of("after")));
            lines
        }
        "guard" => figures(l, &facts["before"], &facts["after"]),
        "unfreeze" => vec![
            line(l.t("freeze-by"), text("frozen_by")),
            line(l.t("freeze-at"), day("frozen_at")),
            line(l.t("guard-reason"), text("reason")),
        ],
        _ => people(l, facts),
    };
    lines.retain(|line| !line.value.is_empty());
    lines
}

/// Of an account or a role: what it was and what it would be.
fn people(l: Texts, facts: &Json) -> Vec<FactLine> {
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    let step = |name: &str| {
        let (was, is) = (text(&facts["before"][name]), text(&facts["after"][name]));
        match (was.as_str(), is.as_str()) {
            ("", _) => is,
            (was, is) if was == is => is.to_owned(),
            (was, is) => format!("{was} → {is}"),
        }
    };
    let count = |value: &Json| value.as_array().map(|all| l.number(all.len()));
    let rights = &facts["after"]["permissions"];
    let rights = match (count(&facts["before"]["permissions"]), count(rights)) {
        (Some(was), Some(is)) => format!("{was} → {is}"),
        (_, is) => is.unwrap_or_default(),
    };
    let line = |label: String, value: String| FactLine { label, value };
    vec![
        line(l.t("approval-account-mail"), text(&facts["email"])),
        line(l.t("approval-account-role"), step("role_name")),
        line(l.t("approval-unit"), step("unit_name")),
        line(l.t("approval-role-rights"), rights),
    ]
}

fn figures(l: Texts, before: &Json, after: &Json) -> Vec<FactLine> {
    let names = [
        ("hold_minutes", l.t("guard-hold-minutes")),
        ("day_floor", l.t("guard-day-floor")),
        ("day_percent", l.t("guard-day-percent")),
        ("short_limit", l.t("guard-short-limit")),
        ("second_person_from", l.t("guard-second-from")),
    ];
    let mut lines = Vec::new();
    for (name, label) in names {
        let (was, is) = (before[name].as_i64(), after[name].as_i64());
        if was != is {
            let number = |value: Option<i64>| value.map_or_else(|| "–".to_owned(), |n| l.number(n));
            lines.push(FactLine {
                label,
                value: format!("{} → {}", number(was), number(is)),
            });
        }
    }
    lines
}

/// The page that shows more of it; empty when there is none.
pub(super) fn more(l: Texts, one: &ApprovalView) -> Link {
    let subject = one.change.subject();
    let (href, text) = match one.kind {
        "plan" => (urls::plan(subject), l.t("approval-more-plan")),
        "campaign" => (urls::campaign(subject), l.t("approval-more-campaign")),
        "guard" | "unfreeze" => (urls::GUARD.to_owned(), l.t("approval-more-guard")),
        "push_certificate" => (urls::push_topic(subject), l.t("approval-more-push")),
        "identity_provider" => (
            urls::IDENTITY_PROVIDERS.to_owned(),
            l.t("approval-more-provider"),
        ),
        _ => (String::new(), String::new()),
    };
    Link { href, text }
}
