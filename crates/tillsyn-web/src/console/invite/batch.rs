//! `/console/enrollment/batches/{id}`: the preview, the progress, and who is where.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::ids::InvitationBatchId;
use tillsyn_core::invitations::{
    self as core, BatchPerson, BatchStatus, BatchStep, batch_people, batch_people_csv,
    batch_pins_waiting,
};
use tillsyn_core::{Error, Permission};

use super::batches::title;
use super::page::{BatchPage, PersonLine, StepLink};
use super::words;
use crate::api::{BATCH_PEOPLE, csv_file};
use crate::console::failure::Failure;
use crate::console::form::Filled;
use crate::console::frame::Place;
use crate::console::lists::{self, Place as At};
use crate::console::visitor::Visitor;
use crate::error::AppError;
use crate::ui::{page, urls};

pub(super) fn batch_id(text: &str) -> Result<InvitationBatchId, Error> {
    InvitationBatchId::parse(text).ok_or_else(|| Error::not_found("invitation batch"))
}

pub(crate) async fn batch_page(
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let shown = one(&visitor, &batch_id(&id)?, String::new()).await?;
    Ok(page(StatusCode::OK, &shown))
}

async fn one(
    visitor: &Visitor,
    id: &InvitationBatchId,
    problem: String,
) -> Result<BatchPage, Failure> {
    let (core, actor, l) = (visitor.core(), visitor.actor(), visitor.texts);
    let found = core::batch(core, actor, id).await?;
    let asked = visitor.query.get("step").and_then(BatchStep::parse);
    let at = At::of(&visitor.query);
    let (people, counts) = batch_people(core, actor, id, asked, at.after(), None).await?;
    let address = urls::invitation_batch(id.as_str());
    let link = |step: BatchStep, count: usize| StepLink {
        value: step.as_str(),
        href: urls::Query::default()
            .with("step", step.as_str())
            .url(&address),
        text: format!("{} {}", words::step(l, step).text, l.number(count)),
        current: asked == Some(step),
    };
    let mut steps = vec![StepLink {
        value: "",
        href: address.clone(),
        text: format!("{} {}", l.t("filter-all"), l.number(found.total)),
        current: asked.is_none(),
    }];
    steps.extend(counts.iter().map(|(step, count)| link(*step, *count)));
    let over = !found.status.runs() && found.status != BatchStatus::Open;
    let may_send = visitor.may(Permission::InvitationsWrite);
    let pins = if may_send {
        batch_pins_waiting(core, actor, id).await?
    } else {
        0
    };
    let stuck = counts
        .iter()
        .filter(|(step, _)| over && may_send && step.is_stuck());
    let line = |person: &BatchPerson| PersonLine {
        href: person
            .person_id
            .as_deref()
            .map(urls::person)
            .unwrap_or_default(),
        name: person.name.clone(),
        email: person.email.clone().unwrap_or_default(),
        unit: person.unit_name.clone().unwrap_or_default(),
        step: words::step(l, person.step),
        words: words::causes(l, person),
        invitation: person
            .invitation_id
            .as_deref()
            .map(urls::invitation)
            .unwrap_or_default(),
    };
    let progress = [
        ("done", l.number(found.done())),
        ("all", l.number(found.total)),
    ];
    let planned = counts.get(&BatchStep::Planned).copied().unwrap_or(0);
    Ok(BatchPage {
        problem,
        id: id.to_string(),
        title: title(visitor, &found),
        unit: found.unit_name.clone(),
        status: words::status(l, found.status),
        open: found.status == BatchStatus::Open,
        running: found.status.runs(),
        may_send,
        planned: match planned {
            0 => String::new(),
            count => l.tn("invite-will-send", count),
        },
        digest: found.digest.clone(),
        position: found.done(),
        total: found.total,
        progress: l.t_args(
            "import-progress",
            &progress.each_ref().map(|(name, text)| (*name, text.into())),
        ),
        failed: match &found.error {
            Some(_) => l.t("invite-failed"),
            None => String::new(),
        },
        pins: match pins {
            0 => String::new(),
            count => l.tn("invite-pins-wait", count),
        },
        stuck: stuck.map(|(step, count)| link(*step, *count)).collect(),
        steps,
        pager: lists::pager(
            visitor,
            &address,
            people.items.len(),
            people.next.as_deref(),
        ),
        rows: people.items.iter().map(line).collect(),
        f: visitor.frame(Place::Invitations, "").await?,
    })
}

/// `GET /console/enrollment/batches/{id}/people.csv`.
pub(crate) async fn batch_file(
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let id = batch_id(&id)?;
    let bytes = batch_people_csv(visitor.core(), visitor.actor(), &id).await?;
    Ok(csv_file(BATCH_PEOPLE, bytes))
}

async fn told(
    visitor: Visitor,
    id: &InvitationBatchId,
    done: Result<core::BatchView, Error>,
) -> Result<Response, Failure> {
    let Err(error) = done else {
        let to = urls::invitation_batch(id.as_str());
        return Ok(Redirect::to(&to).into_response());
    };
    refused(visitor, id, error).await
}

/// The page again, with what is in the way.
pub(super) async fn refused(
    visitor: Visitor,
    id: &InvitationBatchId,
    error: Error,
) -> Result<Response, Failure> {
    let Some(text) = words::problem(visitor.texts, &error) else {
        return Err(error.into());
    };
    let visitor = visitor.at(urls::invitation_batch(id.as_str()));
    let shown = one(&visitor, id, text).await?;
    Ok(page(AppError::from(error).status(), &shown))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct BeginFields {
    digest: String,
}

/// `POST /console/enrollment/batches/{id}/begin`.
pub(crate) async fn begin(
    Path(id): Path<String>,
    filled: Filled<BeginFields>,
) -> Result<Response, Failure> {
    let (visitor, fields, id) = (filled.visitor, filled.fields, batch_id(&id)?);
    let done = core::begin_batch(visitor.core(), visitor.actor(), &id, &fields.digest).await;
    told(visitor, &id, done).await
}

#[derive(Deserialize)]
pub(crate) struct NoFields {}

/// `POST /console/enrollment/batches/{id}/cancel`.
pub(crate) async fn cancel(
    Path(id): Path<String>,
    filled: Filled<NoFields>,
) -> Result<Response, Failure> {
    let (visitor, id) = (filled.visitor, batch_id(&id)?);
    let done = core::cancel_batch(visitor.core(), visitor.actor(), &id).await;
    told(visitor, &id, done).await
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct ResendFields {
    step: String,
}

/// `POST /console/enrollment/batches/{id}/resend`.
pub(crate) async fn resend(
    Path(id): Path<String>,
    filled: Filled<ResendFields>,
) -> Result<Response, Failure> {
    let (visitor, fields, id) = (filled.visitor, filled.fields, batch_id(&id)?);
    let steps: Vec<BatchStep> = BatchStep::parse(&fields.step).into_iter().collect();
    let done = core::resend_batch(visitor.core(), visitor.actor(), &id, &steps).await;
    told(visitor, &id, done).await
}
