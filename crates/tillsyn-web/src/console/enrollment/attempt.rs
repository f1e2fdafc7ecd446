//! `GET /console/enrollment/attempts/{id}`: the flight recorder.

use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use tillsyn_core::Error;
use tillsyn_core::ids::AttemptId;
use tillsyn_core::invitations::{self as core, AttemptStep as Step, AttemptView};
use tillsyn_core::managed::Line;

use super::attempts::{cause, device, platform};
use super::page::{AttemptConsent, AttemptFailure, AttemptPage, AttemptStep};
use crate::console::device::Hop;
use crate::console::failure::Failure;
use crate::console::frame::Place;
use crate::console::visitor::Visitor;
use crate::console::words;
use crate::docs::{Topic, help};
use crate::i18n::{Lang, Texts};
use crate::portal::enroll::Failure as Cause;
use crate::portal::{managed, paragraphs};
use crate::ui::{Link, page, status, urls};

/// Each step, and for a failure the cause and remedy as both sides see them.
pub(crate) async fn attempt(visitor: Visitor, Path(id): Path<String>) -> Result<Response, Failure> {
    let id = AttemptId::parse(&id).ok_or_else(|| Error::not_found("attempt"))?;
    let (core, actor) = (visitor.core(), visitor.actor());
    let found = core::attempt(core, actor, &id).await?;
    let invitation = core::invitation(core, actor, &found.invitation_id).await?;
    let (l, zone) = (visitor.texts, &visitor.zone);
    let person = Lang::negotiate(
        invitation.language.as_deref().and_then(Lang::from_tag),
        None,
        l.lang(),
    );
    let failed = found.failed_step.as_deref().unwrap_or_default();
    let shown = AttemptPage {
        id: found.id.to_string(),
        label: found.invitation_label.clone(),
        platform: platform(&visitor, &found),
        status: words::attempt_status(l, &found.status, failed),
        invitation: Link {
            href: urls::invitation(found.invitation_id.as_str()),
            text: found.invitation_label.clone(),
        },
        device: device(&visitor, &found),
        started: l.ago(found.created_at, zone),
        profile_until: profile_until(&visitor, &found),
        steps: found
            .steps
            .iter()
            .map(|found| step(&visitor, found, invitation.has_pin))
            .collect(),
        consent: consent(&visitor, &found),
        failure: cause(&found).map(|cause| failure(l, Texts::new(person), cause)),
        f: visitor
            .frame(Place::Attempts, &format!("attempt:{id}"))
            .await?,
    };
    Ok(page(StatusCode::OK, &shown))
}

fn consent(visitor: &Visitor, found: &AttemptView) -> AttemptConsent {
    let l = visitor.texts;
    let Some(given) = &found.consent else {
        return if found.asks_consent {
            AttemptConsent::Waits
        } else {
            AttemptConsent::NotAsked
        };
    };
    let lists = ["set_up", "required", "may", "seen", "never"];
    let lines = lists
        .into_iter()
        .filter_map(|list| given.ledger[list].as_array())
        .flatten()
        .filter_map(|line| line.as_str().and_then(Line::parse));
    let language = Lang::from_tag(&given.language).unwrap_or_default();
    AttemptConsent::Given {
        at: l.moment(given.at, &visitor.zone),
        language: language.own_name().to_owned(),
        address: given.address.clone().unwrap_or_default(),
        shown: lines.map(|line| managed::text(l, line)).collect(),
        terms: given
            .terms_text
            .as_deref()
            .map_or_else(Vec::new, paragraphs),
        sha256: given.terms_sha256.clone().unwrap_or_default(),
    }
}

/// While it can still be installed.
fn profile_until(visitor: &Visitor, found: &AttemptView) -> String {
    let waits = matches!(
        found.status.as_str(),
        "profile_fetched" | "certificate_issued"
    );
    found
        .profile_expires_at
        .filter(|_| waits)
        .map_or_else(String::new, |at| visitor.texts.deadline(at, &visitor.zone))
}

fn step(visitor: &Visitor, found: &Step, with_pin: bool) -> AttemptStep {
    let l = visitor.texts;
    let status = status(l, "attempt", &found.step);
    let cause = found.cause.as_deref().map(|code| {
        let cause = Cause::from_value(code).unwrap_or(Cause::Server);
        cause.cause(l)
    });
    AttemptStep {
        hop: Hop {
            tone: status.tone,
            when: l.moment(found.at, &visitor.zone),
            word: status.text,
            text: cause.unwrap_or_else(|| words::attempt_step(l, &found.step, with_pin)),
        },
        address: found.address.clone().unwrap_or_default(),
    }
}

fn failure(l: Texts, person: Texts, cause: Cause) -> AttemptFailure {
    AttemptFailure {
        cause: cause.cause(l),
        remedy: cause.remedy_for_administrator(l),
        help: help(Topic::Cause, cause.value()).unwrap_or_default(),
        person_lang: person.tag(),
        person_cause: cause.cause(person),
        person_remedy: cause.remedy(person),
    }
}
