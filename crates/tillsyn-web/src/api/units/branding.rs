//! `/api/v1/units/{id}/branding`: how a unit presents itself to people.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::Path;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use tillsyn_core::Error;
use tillsyn_core::branding::{
    self, BrandingEdit, BrandingView, Colour, Contacts, LEAST_CONTRAST, MarkRef, Theme,
};
use tillsyn_core::ids::OrgUnitId;
use tillsyn_core::units;
use utoipa::ToSchema;

use crate::api::json::{Body, id};
use crate::api::time::Time;
use crate::auth::RequestContext;
use crate::error::AppError;
use crate::ui::urls;

/// How a unit presents itself: what it says itself, and what holds there.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct UnitBranding {
    #[schema(format = "uuid")]
    unit_id: String,
    own: OwnBranding,
    effective: EffectiveBranding,
    updated_at: Option<Time>,
}

/// What the unit says itself; what is absent it has from the nearest unit above that says it.
#[derive(Serialize, ToSchema)]
struct OwnBranding {
    name: Option<String>,
    mark: Option<BrandingMark>,
    accent_light: Option<String>,
    accent_dark: Option<String>,
    contacts: BrandingContacts,
    help_url: Option<String>,
    /// Text by language: `en`, `sv`, `ja`.
    terms: BTreeMap<String, String>,
}

/// What holds at the unit.
#[derive(Serialize, ToSchema)]
struct EffectiveBranding {
    name: String,
    mark: Option<BrandingMark>,
    accent_light: Option<BrandingColour>,
    accent_dark: Option<BrandingColour>,
    contacts: BrandingContacts,
    help_url: Option<String>,
    /// Hash of the text by language: what a person's consent names.
    terms: BTreeMap<String, String>,
}

/// A colour with the least contrast that it has where it is used.
#[derive(Serialize, ToSchema)]
struct BrandingColour {
    colour: String,
    contrast: f64,
    /// What is asked for.
    least: f64,
}

/// A picture of the organisation.
#[derive(Serialize, ToSchema)]
struct BrandingMark {
    /// Where anybody gets it.
    path: String,
    /// SHA-256 of the file.
    hash: String,
    width: i64,
    height: i64,
}

/// Whom people ask.
#[derive(Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct BrandingContacts {
    mail: Option<String>,
    phone: Option<String>,
    /// In the organisation's words.
    text: Option<String>,
    /// When somebody answers, in the organisation's words.
    hours: Option<String>,
}

impl From<Contacts> for BrandingContacts {
    fn from(contacts: Contacts) -> Self {
        Self {
            mail: contacts.mail,
            phone: contacts.phone,
            text: contacts.text,
            hours: contacts.hours,
        }
    }
}

fn mark(mark: MarkRef) -> BrandingMark {
    BrandingMark {
        path: urls::brand_mark(&mark.hash),
        hash: mark.hash,
        width: mark.width,
        height: mark.height,
    }
}

fn colour(colour: Colour, theme: Theme) -> BrandingColour {
    BrandingColour {
        colour: colour.hex(),
        contrast: (colour.least_contrast(theme) * 100.0).floor() / 100.0,
        least: LEAST_CONTRAST,
    }
}

impl From<BrandingView> for UnitBranding {
    fn from(view: BrandingView) -> Self {
        let (own, holds) = (view.own, view.effective);
        Self {
            unit_id: view.unit_id.to_string(),
            own: OwnBranding {
                name: own.name,
                mark: own.mark.map(mark),
                accent_light: own.accent_light,
                accent_dark: own.accent_dark,
                contacts: own.contacts.into(),
                help_url: own.help_url,
                terms: view.terms,
            },
            effective: EffectiveBranding {
                name: holds.name,
                mark: holds.mark.map(mark),
                accent_light: holds.accent_light.map(|found| colour(found, Theme::Light)),
                accent_dark: holds.accent_dark.map(|found| colour(found, Theme::Dark)),
                contacts: holds.contacts.into(),
                help_url: holds.help_url,
                terms: holds.terms,
            },
            updated_at: view.updated_at.map(Time),
        }
    }
}

/// What a unit is to say itself. What is absent it has from above; the mark stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct BrandingBody {
    name: Option<String>,
    /// `#rrggbb`; refused below a contrast of 4.5:1 on any surface, with the nearest colour that would do.
    accent_light: Option<String>,
    accent_dark: Option<String>,
    #[serde(default)]
    contacts: BrandingContacts,
    /// An `https` address of the organisation's own pages.
    help_url: Option<String>,
    /// Text by language: `en`, `sv`, `ja`. Plain text; an empty line parts paragraphs.
    #[serde(default)]
    terms: BTreeMap<String, String>,
}

/// A picture.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct MarkBody {
    /// PNG or JPEG in Base64: at most 256 KiB, 16 to 1024 pixels a side.
    image: String,
}

/// How an organisational unit presents itself.
#[utoipa::path(get, path = "/api/v1/units/{id}/branding", operation_id = "units_branding_show",
    tag = "units", params(("id" = String, Path, description = "The unit")),
    responses((status = 200, body = UnitBranding)))]
pub(in crate::api) async fn show(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Json<UnitBranding>, AppError> {
    let id = id(path, OrgUnitId::parse, "organisational unit")?;
    let view = branding::view(ctx.core(), &ctx.actor, &id).await?;
    Ok(Json(view.into()))
}

/// Sets what an organisational unit says itself.
#[utoipa::path(put, path = "/api/v1/units/{id}/branding", operation_id = "units_branding_set",
    tag = "units", params(("id" = String, Path, description = "The unit")),
    request_body = BrandingBody, responses((status = 200, body = UnitBranding)))]
pub(in crate::api) async fn set(
    ctx: RequestContext,
    path: Path<String>,
    body: Body,
) -> Result<Json<UnitBranding>, AppError> {
    let id = id(path, OrgUnitId::parse, "organisational unit")?;
    units::unit(ctx.core(), &ctx.actor, &id).await?;
    let body: BrandingBody = body.read().await?;
    let edit = BrandingEdit {
        name: body.name,
        accent_light: body.accent_light,
        accent_dark: body.accent_dark,
        contacts: Contacts {
            mail: body.contacts.mail,
            phone: body.contacts.phone,
            text: body.contacts.text,
            hours: body.contacts.hours,
        },
        help_url: body.help_url,
        terms: body.terms,
    };
    let view = branding::set(ctx.core(), &ctx.actor, &id, edit).await?;
    Ok(Json(view.into()))
}

/// Takes away everything that an organisational unit says itself, its mark included.
#[utoipa::path(delete, path = "/api/v1/units/{id}/branding", operation_id = "units_branding_remove",
    tag = "units", params(("id" = String, Path, description = "The unit")),
    responses((status = 204)))]
pub(in crate::api) async fn remove(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<StatusCode, AppError> {
    let id = id(path, OrgUnitId::parse, "organisational unit")?;
    branding::remove(ctx.core(), &ctx.actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sets the mark of an organisational unit.
#[utoipa::path(put, path = "/api/v1/units/{id}/branding/mark", operation_id = "units_branding_mark_set",
    tag = "units", params(("id" = String, Path, description = "The unit")),
    request_body = MarkBody, responses((status = 200, body = UnitBranding)))]
pub(in crate::api) async fn set_mark(
    ctx: RequestContext,
    path: Path<String>,
    body: Body,
) -> Result<Json<UnitBranding>, AppError> {
    let id = id(path, OrgUnitId::parse, "organisational unit")?;
    units::unit(ctx.core(), &ctx.actor, &id).await?;
    let body: MarkBody = body.read().await?;
    let bytes = STANDARD.decode(body.image.trim()).map_err(|_| {
        let text = "Send the picture in standard Base64, with padding.";
        Error::invalid("image", "base64", text)
    })?;
    let view = branding::set_mark(ctx.core(), &ctx.actor, &id, &bytes).await?;
    Ok(Json(view.into()))
}

/// Takes the own mark of an organisational unit away.
#[utoipa::path(delete, path = "/api/v1/units/{id}/branding/mark",
    operation_id = "units_branding_mark_remove", tag = "units",
    params(("id" = String, Path, description = "The unit")), responses((status = 204)))]
pub(in crate::api) async fn remove_mark(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<StatusCode, AppError> {
    let id = id(path, OrgUnitId::parse, "organisational unit")?;
    branding::remove_mark(ctx.core(), &ctx.actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
