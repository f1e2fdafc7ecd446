//! `POST /api/v1/invitations`.

use serde::{Deserialize, Serialize};
use tillsyn_core::ids::{OrgUnitId, PersonId};
use tillsyn_core::invitations::{NewInvitation, create_invitation, grouped};
use utoipa::ToSchema;

use crate::api::json::{Body, Created, option};
use crate::api::time::Time;
use crate::auth::RequestContext;
use crate::error::AppError;

/// Whom to invite, and for what.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct InvitationBody {
    /// The unit that its devices come to; the top of what the token reaches when absent.
    #[schema(format = "uuid")]
    unit_id: Option<String>,
    /// Somebody who is known already, instead of name and mail address.
    #[schema(format = "uuid")]
    person_id: Option<String>,
    /// Whom it is for; without a person it needs a label.
    person_name: Option<String>,
    person_email: Option<String>,
    /// What lists show.
    label: Option<String>,
    /// `corporate` (default) or `personal`.
    #[serde(default = "corporate")]
    ownership: String,
    /// `en`, `sv` or `ja`.
    language: Option<String>,
    #[serde(default)]
    with_pin: bool,
    /// How many devices may enroll with it, 1 to 1000.
    #[serde(default = "one")]
    uses_allowed: i64,
    /// Life in days, 1 to 90.
    #[serde(default = "two_weeks")]
    days: i64,
    /// May end the enrollment of a device that was enrolled for somebody else.
    #[serde(default)]
    may_replace: bool,
}

fn corporate() -> String {
    "corporate".to_owned()
}

fn one() -> i64 {
    1
}

fn two_weeks() -> i64 {
    14
}

/// A new invitation; link and PIN are shown this once.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct NewlyInvited {
    #[schema(format = "uuid")]
    id: String,
    label: String,
    /// The link to give to the person.
    url: String,
    /// Typed at `/go` in the place of the link.
    typed_code: String,
    pin: Option<String>,
    pin_expires_at: Option<Time>,
    expires_at: Time,
}

/// Makes an invitation.
#[utoipa::path(post, path = "/api/v1/invitations", operation_id = "invitations_create", tag = "invitations",
    request_body = InvitationBody, responses((status = 201, body = NewlyInvited)))]
pub(in crate::api) async fn create(
    ctx: RequestContext,
    body: Body,
) -> Result<Created<NewlyInvited>, AppError> {
    let body: InvitationBody = body.read().await?;
    let new = NewInvitation {
        unit: option(body.unit_id, OrgUnitId::parse, "organisational unit")?,
        person: option(body.person_id, PersonId::parse, "person")?,
        person_name: body.person_name,
        person_email: body.person_email,
        label: body.label,
        ownership: body.ownership,
        language: body.language,
        with_pin: body.with_pin,
        uses_allowed: body.uses_allowed,
        days: body.days,
        may_replace: body.may_replace,
    };
    let made = create_invitation(ctx.core(), &ctx.actor, new).await?;
    Ok(Created(NewlyInvited {
        id: made.id.to_string(),
        label: made.label,
        url: made.url.to_string(),
        typed_code: grouped(&made.typed_code),
        pin: made.pin.map(|pin| pin.to_string()),
        pin_expires_at: Time::option(made.pin_expires_at),
        expires_at: Time(made.expires_at),
    }))
}
