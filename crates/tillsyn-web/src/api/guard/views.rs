//! The guard as the API shows it.

use serde::Serialize;
use tillsyn_core::approvals::Outcome;
use tillsyn_core::commands::Budget;
use tillsyn_core::guard::{self, GuardState, UnitLine};
use tillsyn_core::settings::GuardSettings;
use utoipa::ToSchema;

use crate::api::time::Time;

/// How the guard stands.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Guard {
    settings: GuardFigures,
    /// What units of the token's scope want stricter.
    units: Vec<GuardUnit>,
    budget: GuardBudget,
    /// Nothing destructive begins in these units.
    freezes: Vec<Freeze>,
}

/// The figures that an organisation sets.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct GuardFigures {
    /// Minutes that an erase, a retire and the like wait, 0 to 10.
    hold_minutes: i64,
    /// Least number of erases and retires in 24 hours.
    day_floor: i64,
    /// Share of the fleet, in percent, in 24 hours.
    day_percent: i64,
    /// Erases and retires in 20 minutes.
    short_limit: i64,
    /// From how many devices an erase, a retire and the like needs a second person, 1 to 6.
    second_person_from: i64,
}

/// What one unit wants stricter, for its subtree.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct GuardUnit {
    #[schema(format = "uuid")]
    unit_id: String,
    unit: String,
    hold_minutes: Option<i64>,
    second_person_from: Option<i64>,
}

impl From<UnitLine> for GuardUnit {
    fn from(line: UnitLine) -> Self {
        Self {
            unit_id: line.id,
            unit: line.name,
            hold_minutes: line.figures.hold_minutes,
            second_person_from: line.figures.second_person_from,
        }
    }
}

/// Erases and retires outside campaigns, used and allowed; one account has half of it.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct GuardBudget {
    organisation_day_used: i64,
    organisation_day_limit: i64,
    organisation_short_used: i64,
    organisation_short_limit: i64,
    own_day_used: i64,
    own_day_limit: i64,
    own_short_used: i64,
    own_short_limit: i64,
}

/// After a panic stop.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Freeze {
    #[schema(format = "uuid")]
    id: String,
    /// This, the unit's name, who stopped it and why: only of a unit that the token reaches; a freeze may
    /// lie above it.
    #[schema(format = "uuid")]
    unit_id: Option<String>,
    unit: Option<String>,
    reason: Option<String>,
    frozen_by: Option<String>,
    frozen_at: Time,
}

impl From<guard::FreezeView> for Freeze {
    fn from(freeze: guard::FreezeView) -> Self {
        let bare = Self {
            id: freeze.id,
            unit_id: None,
            unit: None,
            reason: None,
            frozen_by: None,
            frozen_at: Time(freeze.frozen_at),
        };
        match freeze.known {
            None => bare,
            Some(known) => Self {
                unit_id: Some(known.unit_id),
                unit: Some(known.unit_name),
                reason: known.reason,
                frozen_by: Some(known.frozen_by_name),
                ..bare
            },
        }
    }
}

impl From<Budget> for GuardBudget {
    fn from(budget: Budget) -> Self {
        Self {
            organisation_day_used: budget.organisation_day_used,
            organisation_day_limit: budget.organisation_day_limit,
            organisation_short_used: budget.organisation_short_used,
            organisation_short_limit: budget.organisation_short_limit,
            own_day_used: budget.actor_day_used,
            own_day_limit: budget.actor_day_limit,
            own_short_used: budget.actor_short_used,
            own_short_limit: budget.actor_short_limit,
        }
    }
}

impl From<GuardSettings> for GuardFigures {
    fn from(settings: GuardSettings) -> Self {
        Self {
            hold_minutes: settings.hold_minutes,
            day_floor: settings.day_floor,
            day_percent: settings.day_percent,
            short_limit: settings.short_limit,
            second_person_from: settings.second_person_from,
        }
    }
}

impl From<GuardState> for Guard {
    fn from(state: GuardState) -> Self {
        Self {
            settings: state.settings.into(),
            units: state.units.into_iter().map(Into::into).collect(),
            budget: state.budget.into(),
            freezes: state.freezes.into_iter().map(Into::into).collect(),
        }
    }
}

/// What came of a change that may need a second person.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Submitted {
    /// `done`, or `waiting` for a second person.
    status: &'static str,
    #[schema(format = "uuid")]
    approval_id: Option<String>,
}

impl From<Outcome> for Submitted {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Done => Self {
                status: "done",
                approval_id: None,
            },
            Outcome::Waiting(id) => Self {
                status: "waiting",
                approval_id: Some(id.to_string()),
            },
        }
    }
}
