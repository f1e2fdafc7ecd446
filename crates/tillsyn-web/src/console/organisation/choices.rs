//! The units of the person's scope as a list to choose from.

use tillsyn_core::ids::OrgUnitId;
use tillsyn_core::units::unit_names;

use crate::console::failure::Failure;
use crate::console::visitor::Visitor;
use crate::ui::Choice;

/// Every unit by its names from the top; `chosen` or else the top is chosen.
pub(crate) async fn unit_choices(visitor: &Visitor, chosen: &str) -> Result<Vec<Choice>, Failure> {
    let units = unit_names(visitor.core(), visitor.actor()).await?;
    Ok(of_units(units.iter().map(|u| (&u.id, &*u.names)), chosen))
}

/// Ids with names from the top.
pub(super) fn of_units<'a>(
    units: impl Iterator<Item = (&'a OrgUnitId, &'a [String])>,
    chosen: &str,
) -> Vec<Choice> {
    let choice = |(id, names): (&OrgUnitId, &[String])| Choice {
        value: id.to_string(),
        text: names.join(" / "),
        chosen: id.as_str() == chosen,
    };
    units.map(choice).collect()
}
