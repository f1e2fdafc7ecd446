//! `POST /api/v1/invitation-batches`.

use serde::Deserialize;
use tillsyn_core::Error;
use tillsyn_core::ids::{GroupId, PersonId};
use tillsyn_core::invitations::{Invitees, NewBatch, create_batch};
use utoipa::ToSchema;

use super::views::InvitationBatch;
use crate::api::json::{Body, Created};
use crate::auth::RequestContext;
use crate::error::AppError;

/// Who is to be invited: exactly one of `people`, `emails`, `group_id` and `csv`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct BatchBody {
    /// What lists show.
    label: Option<String>,
    /// Ids of people.
    people: Option<Vec<String>>,
    /// Mail addresses of people who are known already.
    emails: Option<Vec<String>>,
    #[schema(format = "uuid")]
    group_id: Option<String>,
    /// A file with the columns of an import of people; whoever is missing is made. At most 5,000 rows.
    csv: Option<String>,
    /// Passes over whoever has an open invitation.
    #[serde(default = "yes")]
    skip_open: bool,
    /// Passes over whoever has an enrolled device.
    #[serde(default = "yes")]
    skip_enrolled: bool,
}

fn yes() -> bool {
    true
}

impl BatchBody {
    fn invitees(&mut self) -> Result<Invitees, Error> {
        let given = (
            self.people.take(),
            self.emails.take(),
            self.group_id.take(),
            self.csv.take(),
        );
        Ok(match given {
            (Some(people), None, None, None) => {
                let ids = people.iter().map(|id| PersonId::parse(id));
                let ids: Option<Vec<PersonId>> = ids.collect();
                Invitees::People(ids.ok_or_else(|| Error::not_found("person"))?)
            }
            (None, Some(emails), None, None) => Invitees::Addresses(emails),
            (None, None, Some(group), None) => {
                Invitees::Group(GroupId::parse(&group).ok_or_else(|| Error::not_found("group"))?)
            }
            (None, None, None, Some(csv)) => Invitees::File(csv.into_bytes()),
            _ => {
                let text = "Give exactly one of people, emails, group_id and csv.";
                return Err(Error::invalid("people", "batch_source", text));
            }
        })
    }
}

/// Takes in who is to be invited and says what becomes of each; nothing is sent before it is begun.
#[utoipa::path(post, path = "/api/v1/invitation-batches", operation_id = "invitation_batches_create",
    tag = "invitations", request_body = BatchBody, responses((status = 201, body = InvitationBatch)))]
pub(in crate::api) async fn create(
    ctx: RequestContext,
    body: Body,
) -> Result<Created<InvitationBatch>, AppError> {
    let mut body: BatchBody = body.read().await?;
    let new = NewBatch {
        invitees: body.invitees()?,
        label: body.label,
        skip_open: body.skip_open,
        skip_enrolled: body.skip_enrolled,
    };
    let made = create_batch(ctx.core(), &ctx.actor, new).await?;
    Ok(Created(made.into()))
}
