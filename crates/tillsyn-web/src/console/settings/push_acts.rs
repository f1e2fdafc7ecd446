//! Acts on a push certificate: what is on record, a rehearsal, another try.

use axum::extract::Path;
use axum::response::Response;
use serde::Deserialize;
use tillsyn_core::Error;
use tillsyn_core::ids::PushTopicId;
use tillsyn_core::push::{self, Rehearsal, TopicEdit};
use zeroize::Zeroizing;

use crate::console::failure::Failure;
use crate::console::form::{Filled, Uploaded};
use crate::console::notice::{Told, go};
use crate::ui::urls;

fn topic_id(text: &str) -> Result<PushTopicId, Error> {
    PushTopicId::parse(text).ok_or_else(|| Error::not_found("push certificate"))
}

#[derive(Deserialize)]
pub(crate) struct EditFields {
    account: String,
    owner: String,
    note: String,
    purpose: String,
    #[serde(default)]
    for_new: Option<String>,
}

/// `POST /console/settings/push/topics/{id}/edit`.
pub(crate) async fn edit_push(
    Path(id): Path<String>,
    form: Filled<EditFields>,
) -> Result<Response, Failure> {
    let (visitor, fields) = (form.visitor, form.fields);
    let id = topic_id(&id)?;
    let edit = TopicEdit {
        vendor_account: Some(fields.account),
        owner_contact: Some(fields.owner),
        note: Some(fields.note),
        purpose: Some(fields.purpose),
        for_new: Some(fields.for_new.is_some()),
        unit: None,
    };
    push::edit_topic(visitor.core(), visitor.actor(), &id, edit).await?;
    Ok(go(
        visitor.state(),
        &urls::push_topic(id.as_str()),
        Told::PushNoted,
    ))
}

/// `POST /console/settings/push/topics/{id}/rehearse`: the report is shown on the page itself.
pub(crate) async fn rehearse_push(
    Path(id): Path<String>,
    form: Uploaded,
) -> Result<Response, Failure> {
    let id = topic_id(&id)?;
    let given = |name: &str| Some(form.text(name)).filter(|text| !text.trim().is_empty());
    let rehearsal = Rehearsal {
        certificate_pem: given("candidate"),
        key_pem: given("candidate_key").map(Zeroizing::new),
        responsible: given("responsible"),
    };
    let visitor = &form.visitor;
    push::rehearse(visitor.core(), visitor.actor(), &id, rehearsal).await?;
    Ok(go(
        visitor.state(),
        &urls::push_topic(id.as_str()),
        Told::PushRehearsed,
    ))
}

#[derive(Deserialize)]
pub(crate) struct NoFields {}

/// `POST /console/settings/push/topics/{id}/resume`.
pub(crate) async fn resume_push(
    Path(id): Path<String>,
    form: Filled<NoFields>,
) -> Result<Response, Failure> {
    let visitor = form.visitor;
    let id = topic_id(&id)?;
    push::resume_topic(visitor.core(), visitor.actor(), &id).await?;
    Ok(go(
        visitor.state(),
        &urls::push_topic(id.as_str()),
        Told::PushResumed,
    ))
}
