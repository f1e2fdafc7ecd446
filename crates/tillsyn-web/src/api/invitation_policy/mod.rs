//! `/api/v1/settings/invitations`, of the organisation and of units.

use axum::Json;
use axum::extract::Path;
use serde::{Deserialize, Serialize};
use tillsyn_core::Error;
use tillsyn_core::Permission as P;
use tillsyn_core::guard::unit_there;
use tillsyn_core::ids::OrgUnitId;
use tillsyn_core::invitations::{
    AccountRule, InvitationPolicy, PinMode, PolicyPart, PolicyView, invitation_policy,
    set_invitation_policy,
};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::guarded::{Needs, guarded};
use super::json::{Body, id};
use crate::auth::RequestContext;
use crate::error::AppError;
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    let (read, write) = (Needs::One(P::InvitationsRead), Needs::One(P::SettingsWrite));
    OpenApiRouter::new()
        .routes(guarded(read, routes!(show)))
        .routes(guarded(write, routes!(change)))
        .routes(guarded(read, routes!(show_unit)))
        .routes(guarded(write, routes!(change_unit)))
}

/// What one level sets; what is absent is as above it, or the usual.
#[derive(Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(in crate::api) struct InvitationPolicyPart {
    /// `none`; `mail`, in the mail with the link; or `shown` to the administrator, who hands it over another way.
    pin: Option<String>,
    /// Life in days, 1 to 90.
    days: Option<i64>,
    /// Days after the mail at which whoever is not done is reminded.
    remind_after_days: Option<Vec<i64>>,
    /// The same, in days before the end.
    remind_before_days: Option<Vec<i64>>,
    /// Devices that a person may have enrolled at a time; 0 is no limit.
    device_limit: Option<i64>,
    /// `corporate` or `personal`.
    ownership: Option<String>,
    /// `none`; `required`, the person signs in first; or `password`, whoever has none sets one on the way.
    account: Option<String>,
}

/// What is in force.
#[derive(Serialize, ToSchema)]
struct InvitationPolicyInForce {
    pin: &'static str,
    days: i64,
    remind_after_days: Vec<i64>,
    remind_before_days: Vec<i64>,
    device_limit: i64,
    ownership: String,
    account: &'static str,
    /// How a device is enrolled: `profile`.
    enrollment_type: &'static str,
}

/// What a unit sets, and what is in force there.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct InvitationSettings {
    #[schema(format = "uuid")]
    unit_id: String,
    unit_name: String,
    own: InvitationPolicyPart,
    effective: InvitationPolicyInForce,
}

impl From<PolicyView> for InvitationSettings {
    fn from(view: PolicyView) -> Self {
        let InvitationPolicy {
            pin,
            days,
            remind_after_days,
            remind_before_days,
            device_limit,
            ownership,
            account,
        } = view.effective;
        let own = view.own;
        Self {
            unit_id: view.unit_id.to_string(),
            unit_name: view.unit_name,
            own: InvitationPolicyPart {
                pin: own.pin.map(|pin| pin.as_str().to_owned()),
                days: own.days,
                remind_after_days: own.remind_after_days,
                remind_before_days: own.remind_before_days,
                device_limit: own.device_limit,
                ownership: own.ownership,
                account: own.account.map(|account| account.as_str().to_owned()),
            },
            effective: InvitationPolicyInForce {
                pin: pin.as_str(),
                days,
                remind_after_days,
                remind_before_days,
                device_limit,
                ownership,
                account: account.as_str(),
                enrollment_type: "profile",
            },
        }
    }
}

impl InvitationPolicyPart {
    fn part(self) -> Result<PolicyPart, Error> {
        let pin = self.pin.map(|text| {
            PinMode::parse(&text).ok_or_else(|| {
                let text = "The PIN is `none`, goes by `mail`, or is `shown` to the administrator.";
                Error::invalid("pin", "pin_mode", text)
            })
        });
        let account = self.account.map(|text| {
            AccountRule::parse(&text).ok_or_else(|| {
                let text = "The person's account is `none`, `required`, or gets a `password`.";
                Error::invalid("account", "account_rule", text)
            })
        });
        Ok(PolicyPart {
            pin: pin.transpose()?,
            days: self.days,
            remind_after_days: self.remind_after_days,
            remind_before_days: self.remind_before_days,
            device_limit: self.device_limit,
            ownership: self.ownership,
            account: account.transpose()?,
        })
    }
}

/// How the top of what the token reaches invites: the organisation, or a unit.
#[utoipa::path(get, path = "/api/v1/settings/invitations", operation_id = "invitation_settings_show",
    tag = "invitations", responses((status = 200, body = InvitationSettings)))]
pub(in crate::api) async fn show(
    ctx: RequestContext,
) -> Result<Json<InvitationSettings>, AppError> {
    let view = invitation_policy(ctx.core(), &ctx.actor, None).await?;
    Ok(Json(view.into()))
}

/// Sets how the top of what the token reaches invites. What is absent is as above it, or the usual. Invitations that are out keep what they have.
#[utoipa::path(put, path = "/api/v1/settings/invitations", operation_id = "invitation_settings_change",
    tag = "invitations", request_body = InvitationPolicyPart,
    responses((status = 200, body = InvitationSettings)))]
pub(in crate::api) async fn change(
    ctx: RequestContext,
    body: Body,
) -> Result<Json<InvitationSettings>, AppError> {
    let (core, actor) = (ctx.core(), &ctx.actor);
    let body: InvitationPolicyPart = body.read().await?;
    let view = set_invitation_policy(core, actor, None, body.part()?).await?;
    Ok(Json(view.into()))
}

/// How a unit invites.
#[utoipa::path(get, path = "/api/v1/units/{id}/settings/invitations",
    operation_id = "unit_invitation_settings_show", tag = "invitations",
    params(("id" = String, Path, description = "The unit")),
    responses((status = 200, body = InvitationSettings)))]
pub(in crate::api) async fn show_unit(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Json<InvitationSettings>, AppError> {
    let id = id(path, OrgUnitId::parse, "organisational unit")?;
    let view = invitation_policy(ctx.core(), &ctx.actor, Some(&id)).await?;
    Ok(Json(view.into()))
}

/// Sets how a unit and everything below it invites. What is absent is as above it.
#[utoipa::path(put, path = "/api/v1/units/{id}/settings/invitations",
    operation_id = "unit_invitation_settings_change", tag = "invitations",
    params(("id" = String, Path, description = "The unit")), request_body = InvitationPolicyPart,
    responses((status = 200, body = InvitationSettings)))]
pub(in crate::api) async fn change_unit(
    ctx: RequestContext,
    path: Path<String>,
    body: Body,
) -> Result<Json<InvitationSettings>, AppError> {
    let (core, actor) = (ctx.core(), &ctx.actor);
    let id = id(path, OrgUnitId::parse, "organisational unit")?;
    unit_there(core, actor, &id).await?;
    let body: InvitationPolicyPart = body.read().await?;
    let view = set_invitation_policy(core, actor, Some(&id), body.part()?).await?;
    Ok(Json(view.into()))
}
