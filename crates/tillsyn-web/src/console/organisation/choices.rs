//! The units of the person's scope as a list to choose from.

use tillsyn_core::units::{UnitView, list_units};

use crate::console::failure::Failure;
use crate::console::visitor::Visitor;
use crate::ui::Choice;

/// Every unit by its names from the top; `chosen` or else the top is chosen.
pub(crate) async fn unit_choices(visitor: &Visitor, chosen: &str) -> Result<Vec<Choice>, Failure> {
    let units = list_units(visitor.core(), visitor.actor()).await?;
    Ok(of_units(&units, chosen))
}

pub(super) fn of_units(units: &[UnitView], chosen: &str) -> Vec<Choice> {
    let choice = |unit: &UnitView| Choice {
        value: unit.id.to_string(),
        text: unit.names.join(" / "),
        chosen: unit.id.as_str() == chosen,
    };
    units.iter().map(choice).collect()
}
