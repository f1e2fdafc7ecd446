//! `GET /console/settings/authorities`: our own certificate authorities.

use axum::response::Response;
use http::StatusCode;
use tillsyn_core::certificates::{AuthorityUse, OwnAuthority, own_authorities};
use tillsyn_core::clock::DAY_MS;

use super::page::{AuthoritiesPage, AuthorityRow};
use crate::console::failure::Failure;
use crate::console::frame::Place;
use crate::console::visitor::Visitor;
use crate::i18n::{Texts, Zone};
use crate::ui::{Tone, page};

/// From here on an end is near: whoever has to replace an authority needs time.
pub(super) const NEAR_DAYS: i64 = 365;

pub(crate) async fn authorities_page(visitor: Visitor) -> Result<Response, Failure> {
    let found = own_authorities(visitor.core(), visitor.actor()).await?;
    let shown = AuthoritiesPage {
        rows: found
            .iter()
            .map(|one| AuthorityRow::of(visitor.texts, &visitor.zone, one))
            .collect(),
        f: visitor.frame(Place::Settings, "").await?,
    };
    Ok(page(StatusCode::OK, &shown))
}

impl AuthorityRow {
    pub(in crate::console) fn of(l: Texts, zone: &Zone, one: &OwnAuthority) -> Self {
        let days = (one.not_after - zone.now_ms).div_euclid(DAY_MS);
        let (tone, icon) = match days {
            ..0 => (Tone::Bad, "alert"),
            days if days < NEAR_DAYS => (Tone::Warn, "clock"),
            _ => (Tone::Ok, "check"),
        };
        Self {
            used_for: used_for(l, one.used_for),
            subject: one.subject.clone(),
            algorithm: one.algorithm.clone(),
            until: l.date(one.not_after, zone),
            tone,
            icon,
            issued: one.issued.map_or_else(String::new, |count| l.number(count)),
            sha256: one.sha256.clone(),
        }
    }
}

fn used_for(l: Texts, used_for: AuthorityUse) -> String {
    match used_for {
        AuthorityUse::Devices => l.t("authority-devices"),
        AuthorityUse::Networks => l.t("authority-networks"),
        AuthorityUse::SigningRoot => l.t("authority-signing-root"),
        AuthorityUse::Profiles => l.t("authority-profiles"),
        AuthorityUse::Scep => l.t("authority-scep"),
        AuthorityUse::Audit => l.t("authority-audit"),
    }
}
