//! Campaigns: many erases or retires that two people agree on beforehand.

mod list;
mod new;
mod show;

pub use list::{CampaignRow, CampaignsPage};
pub use new::NewCampaignPage;
pub use show::{CampaignDeviceRow, CampaignPage};

pub(super) use list::list;
pub(super) use new::{ask, form};
pub(super) use show::{end, show};

use tillsyn_core::campaigns::CampaignStatus;
use tillsyn_core::commands::Act;

use crate::i18n::Texts;
use crate::ui::{Status, Tone, status};

/// What it does, in words.
pub(super) fn act(l: Texts, act: Act) -> String {
    match act {
        Act::Retire => l.t("campaign-act-retire"),
        _ => l.t("campaign-act-erase"),
    }
}

/// A request's words, and those of what two people agreed on.
pub(super) fn standing(l: Texts, value: CampaignStatus) -> Status {
    match value {
        CampaignStatus::Active => Status::new(Tone::Ok, "check", l.t("campaign-active")),
        CampaignStatus::Ended => Status::new(Tone::Idle, "dash", l.t("campaign-ended")),
        CampaignStatus::Stopped => Status::new(Tone::Bad, "fail", l.t("campaign-stopped")),
        other => status(l, "approval", other.as_str()),
    }
}
