//! `GET` and `POST /console/enrollment/send`.

use axum::response::{IntoResponse as _, Redirect, Response};
use tillsyn_core::ids::GroupId;
use tillsyn_core::invitations::{Invitees, NewBatch, create_batch, invitation_policy};
use tillsyn_core::{Error, Permission, groups, mail, push};

use super::page::{SendFields, SendPage};
use super::words;
use crate::console::failure::Failure;
use crate::console::form::ImportUpload;
use crate::console::frame::Place;
use crate::console::visitor::Visitor;
use crate::error::AppError;
use crate::ui::{Choice, page, urls};

/// Groups that the form offers.
const GROUPS: i64 = 500;

pub(crate) async fn send_form(visitor: Visitor) -> Result<Response, Failure> {
    let fields = SendFields {
        to: visitor.query.get("to").unwrap_or("people").to_owned(),
        emails: visitor.query.get("email").unwrap_or_default().to_owned(),
        label: String::new(),
        skip_open: true,
        skip_enrolled: true,
    };
    let group = visitor.query.get("group").unwrap_or_default().to_owned();
    let shown = form(&visitor, fields, &group, String::new()).await?;
    Ok(page(http::StatusCode::OK, &shown))
}

async fn form(
    visitor: &Visitor,
    fields: SendFields,
    group: &str,
    problem: String,
) -> Result<SendPage, Failure> {
    let (core, actor, l) = (visitor.core(), visitor.actor(), visitor.texts);
    let found = if visitor.may(Permission::GroupsRead) {
        let filter = groups::GroupFilter::default();
        groups::list_groups(core, actor, &filter, None, Some(GROUPS))
            .await?
            .items
    } else {
        Vec::new()
    };
    let groups = found.into_iter().map(|found| Choice {
        chosen: found.id.as_str() == group,
        value: found.id.to_string(),
        text: format!("{} · {}", found.name, found.unit_name),
    });
    let policy = invitation_policy(core, actor, None).await?.effective;
    Ok(SendPage {
        problem,
        fields,
        groups: groups.collect(),
        mail_missing: !mail::has_server(core).await?,
        push_missing: push::topic_for_enrollment(core).await?.is_none(),
        policy: words::policy(l, &policy),
        f: visitor.frame(Place::Invitations, "").await?,
    })
}

pub(crate) async fn send(ImportUpload(form_data): ImportUpload) -> Result<Response, Failure> {
    let visitor = &form_data.visitor;
    let fields = SendFields {
        to: form_data.text("to"),
        emails: form_data.text("emails"),
        label: form_data.text("label"),
        skip_open: form_data.ticked("skip_open"),
        skip_enrolled: form_data.ticked("skip_enrolled"),
    };
    let group = form_data.text("group");
    let invitees = match fields.to.as_str() {
        "group" => GroupId::parse(&group)
            .map(Invitees::Group)
            .ok_or_else(|| Error::invalid("group", "batch_empty", "Choose a group.")),
        "file" => Ok(Invitees::File(form_data.bytes("file").to_vec())),
        _ => {
            let addresses = fields
                .emails
                .split(|c: char| c.is_whitespace() || matches!(c, ',' | ';'));
            let addresses = addresses.filter(|address| !address.is_empty());
            Ok(Invitees::Addresses(addresses.map(str::to_owned).collect()))
        }
    };
    let made = match invitees {
        Ok(invitees) => {
            let new = NewBatch {
                label: Some(fields.label.clone()).filter(|label| !label.trim().is_empty()),
                invitees,
                skip_open: fields.skip_open,
                skip_enrolled: fields.skip_enrolled,
            };
            create_batch(visitor.core(), visitor.actor(), new).await
        }
        Err(error) => Err(error),
    };
    match made {
        Ok(made) => {
            let to = urls::invitation_batch(made.id.as_str());
            Ok(Redirect::to(&to).into_response())
        }
        Err(error) => match words::problem(visitor.texts, &error) {
            None => Err(error.into()),
            Some(text) => {
                let status = AppError::from(error).status();
                let shown = form(visitor, fields, &group, text).await?;
                Ok(page(status, &shown))
            }
        },
    }
}
