//! `GET /console/profiles/{id}/effect`: what publishing the draft would do. Counting many devices takes its
//! time, so the editor asks for it by a second request.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use tillsyn_core::plans::{self, Summary};

use super::head::{ProfileHead, ProfileTab, profile_id};
use crate::console::failure::Failure;
use crate::console::frame::{Frame, Place};
use crate::console::visitor::Visitor;
use crate::console::words;
use crate::i18n::Texts;
use crate::ui::page;

#[derive(Template)]
#[template(path = "console/profile_effect.html")]
pub struct EffectPage {
    pub f: Frame,
    pub head: ProfileHead,
    /// `None`: there is no draft.
    pub card: Option<EffectCard>,
}

pub struct EffectCard {
    /// Nothing changes on any device.
    pub nothing: bool,
    /// Words and numbers.
    pub changes: Vec<EffectLine>,
    pub warnings: Vec<String>,
}

pub struct EffectLine {
    pub title: String,
    /// Of devices.
    pub count: String,
}

pub(crate) async fn effect(visitor: Visitor, Path(id): Path<String>) -> Result<Response, Failure> {
    let id = profile_id(&id)?;
    let (head, view) = ProfileHead::load(&visitor, &id, ProfileTab::Settings).await?;
    let card = match view.draft {
        Some(_) => {
            let summary = plans::preview(visitor.core(), visitor.actor(), &id).await?;
            Some(EffectCard::of(visitor.texts, &summary))
        }
        None => None,
    };
    let shown = EffectPage {
        head,
        card,
        f: visitor.frame(Place::Profiles, "").await?,
    };
    Ok(page(StatusCode::OK, &shown))
}

impl EffectCard {
    pub(in crate::console) fn of(l: Texts, summary: &Summary) -> Self {
        let effects = &summary.effects;
        let changes = [
            ("install", effects.install),
            ("replace", effects.replace),
            ("remove", effects.remove),
            ("withdraw", effects.withdraw),
        ];
        let mut warnings = Vec::new();
        if summary.partial {
            warnings.push(l.tn("profile-effect-partial", summary.looked_at));
        }
        if summary.replaced_as_a_whole > 0 {
            warnings.push(l.tn("profile-effect-whole", summary.replaced_as_a_whole));
        }
        if summary.not_seen > 0 {
            warnings.push(l.tn("profile-effect-unseen", summary.not_seen));
        }
        Self {
            nothing: effects.total() == 0,
            changes: changes
                .into_iter()
                .filter(|(_, number)| *number > 0)
                .map(|(kind, number)| EffectLine {
                    title: words::effect(l, kind),
                    count: l.number(number),
                })
                .collect(),
            warnings,
        }
    }
}
