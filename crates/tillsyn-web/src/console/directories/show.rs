//! `GET /console/settings/directories/{id}`.

use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use tillsyn_core::directory::{
    LeaverView, LinkView, RunView, ScimTokenView, SourceKind, SourceStatus, SourceView,
    leaver_policy, leavers, links_of, runs_of, scim_tokens, source,
};
use tillsyn_core::ids::DirectoryId;
use tillsyn_core::{Error, Permission};

use super::page::{
    DirectoryFacts, DirectoryPage, HeldCard, LeaverRow, LeaversForm, RunRow, SuggestionRow,
    TokenRow,
};
use super::words::{counts, effect, kind, reasons, run_status, standing};
use crate::console::failure::Failure;
use crate::console::frame::Place;
use crate::console::organisation::Problem;
use crate::console::visitor::Visitor;
use crate::i18n::Texts;
use crate::ui::{Status, Tone, page, urls};

/// Rows of each list of the page.
const ROWS: i64 = 20;

pub(super) fn read(id: &str) -> Result<DirectoryId, Error> {
    DirectoryId::parse(id).ok_or_else(|| Error::not_found("directory"))
}

pub(crate) async fn show(visitor: Visitor, Path(id): Path<String>) -> Result<Response, Failure> {
    let shown = whole(&visitor, &read(&id)?, Problem::default(), String::new()).await?;
    Ok(page(StatusCode::OK, &shown))
}

/// The page; `made` is a new token, this once.
pub(super) async fn whole(
    visitor: &Visitor,
    id: &DirectoryId,
    problem: Problem,
    made: String,
) -> Result<DirectoryPage, Failure> {
    let l = visitor.texts;
    let (core, actor) = (visitor.core(), visitor.actor());
    let found = source(core, actor, id).await?;
    let waits = runs_of(core, actor, id, true, None, Some(ROWS)).await?;
    let runs = runs_of(core, actor, id, false, None, Some(ROWS)).await?;
    let scim = found.kind == SourceKind::Scim;
    let tokens = if scim {
        scim_tokens(core, actor, id).await?
    } else {
        Vec::new()
    };
    let suggested = links_of(core, actor, id, true, None, Some(ROWS)).await?;
    let leaving = leavers(core, actor, id).await?;
    let (policy, own) = leaver_policy(core, actor, &found.unit_id).await?;
    let leaving = leaving.iter().take(50).map(|one| leaver_row(visitor, one));
    Ok(DirectoryPage {
        id: id.to_string(),
        name: found.name.clone(),
        status: standing(l, &found),
        facts: facts(visitor, &found),
        problem,
        made,
        held: waits
            .items
            .iter()
            .map(|run| held_card(visitor, run))
            .collect(),
        runs: runs.items.iter().map(|run| run_row(visitor, run)).collect(),
        tokens: tokens
            .iter()
            .map(|token| token_row(visitor, id, token))
            .collect(),
        suggestions: suggested
            .items
            .iter()
            .filter_map(|link| suggestion(id, link))
            .collect(),
        leavers: leaving.collect(),
        form: LeaversForm {
            grace_days: policy.grace_days.to_string(),
            retire_personal: policy.retire_personal,
            lock_corporate: policy.lock_corporate,
            suspended_days: policy
                .suspended_days
                .map_or_else(String::new, |days| days.to_string()),
            own,
        },
        scim,
        ldap: found.kind == SourceKind::Ldap,
        paused: found.status == SourceStatus::Paused,
        may_write: visitor.may(Permission::SignInWrite),
        may_people: visitor.may(Permission::PeopleWrite),
        f: visitor.frame(Place::Directories, "").await?,
    })
}

fn number(l: Texts, count: i64) -> String {
    l.number(u64::try_from(count).unwrap_or(0))
}

fn facts(visitor: &Visitor, found: &SourceView) -> DirectoryFacts {
    let l = visitor.texts;
    let public = visitor.core().config().public_url.trim_end_matches('/');
    let ignored = found.diagnostics.as_object();
    let ignored = ignored.map_or_else(Vec::new, |names| names.keys().cloned().collect());
    DirectoryFacts {
        kind: kind(l, found.kind),
        unit: found.unit_name.clone(),
        priority: found.priority.to_string(),
        people: number(l, found.people),
        groups: number(l, found.groups),
        address: if found.kind == SourceKind::Scim {
            format!("{public}/scim/v2/{}", found.id)
        } else {
            String::new()
        },
        ill: found.ill_code.clone().unwrap_or_default(),
        last: found.last_run_at.map(|at| l.ago(at, &visitor.zone)),
        ignored: ignored.join(", "),
    }
}

fn held_card(visitor: &Visitor, run: &RunView) -> HeldCard {
    let l = visitor.texts;
    let held = run.held.clone().unwrap_or_default();
    let of = run.source_id.as_str();
    HeldCard {
        id: run.id.clone(),
        reasons: reasons(l, &held),
        effect: effect(l, run, &held),
        when: l.ago(run.created_at, &visitor.zone),
        plan: run.plan_id.as_deref().map(urls::plan).unwrap_or_default(),
        release: urls::directory_run(of, &run.id, "release"),
        decline: urls::directory_run(of, &run.id, "decline"),
    }
}

fn run_row(visitor: &Visitor, run: &RunView) -> RunRow {
    let l = visitor.texts;
    RunRow {
        when: l.ago(run.created_at, &visitor.zone),
        status: run_status(l, run.status),
        text: counts(l, run),
    }
}

fn token_row(visitor: &Visitor, id: &DirectoryId, token: &ScimTokenView) -> TokenRow {
    let l = visitor.texts;
    TokenRow {
        id: token.id.clone(),
        created: l.ago(token.created_at, &visitor.zone),
        expires: l.date(token.expires_at, &visitor.zone),
        expiring: token.expiring,
        used: token.last_used_at.map(|at| l.ago(at, &visitor.zone)),
        revoke: urls::directory_token(id.as_str(), &token.id),
    }
}

fn suggestion(id: &DirectoryId, link: &LinkView) -> Option<SuggestionRow> {
    let (person, name) = link.suggested.as_ref()?;
    Some(SuggestionRow {
        entry: link.person_name.clone(),
        person: name.clone(),
        href: urls::person(person.as_str()),
        person_id: person.to_string(),
        act: urls::directory_link(id.as_str(), &link.id),
    })
}

fn leaver_row(visitor: &Visitor, one: &LeaverView) -> LeaverRow {
    let l = visitor.texts;
    let leaving = one.state.as_str() == "leaving";
    let text = if leaving {
        l.t("directory-leaving")
    } else {
        l.t("directory-suspended")
    };
    let next = match one.due_at {
        _ if one.held => l.t("directory-waits"),
        Some(at) => l.ta("directory-due", l.date(at, &visitor.zone).as_str()),
        None if leaving => l.t("directory-dealt"),
        None => l.t("directory-stays"),
    };
    let args = [("ours", one.to_return.into()), ("own", one.personal.into())];
    LeaverRow {
        href: urls::person(one.person_id.as_str()),
        name: one.name.clone(),
        status: Status::new(Tone::Warn, "alert", text),
        since: l.ago(one.since, &visitor.zone),
        next,
        devices: l.t_args("directory-devices", &args),
    }
}
