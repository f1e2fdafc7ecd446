//! What Apple's schema says about commands, as tables that `cargo xtask codegen` writes.

mod commands;
mod names;
mod parameters;
mod queries;
mod row;
mod settings;

pub use names::{CHECK_IN_MESSAGES, FILES};
pub use row::{Row, SharedIpad, System};

/// The rules of a command.
pub fn command(request_type: &str) -> &'static [Row] {
    find(commands::COMMANDS, request_type)
}

/// The rules of a key of a command, such as `EraseDevice.PIN`; empty when it follows its command.
pub fn parameter(path: &str) -> &'static [Row] {
    find(parameters::PARAMETERS, path)
}

/// Whether any key of this command has rules of its own.
pub(crate) fn has_parameters(request_type: &str) -> bool {
    let prefix = format!("{request_type}.");
    let from = parameters::PARAMETERS.partition_point(|row| *row.name < *prefix);
    let next = parameters::PARAMETERS.get(from);
    next.is_some_and(|row| row.name.starts_with(&prefix))
}

/// The rules of an item of `Settings`.
pub fn setting(item: &str) -> &'static [Row] {
    find(settings::SETTINGS, item)
}

/// The rules of a query of `DeviceInformation`.
pub fn query(name: &str) -> &'static [Row] {
    find(queries::QUERY_RULES, name)
}

/// Every query of `DeviceInformation`, each once.
pub fn query_names() -> Vec<&'static str> {
    let mut names: Vec<_> = queries::QUERY_RULES.iter().map(|row| row.name).collect();
    names.dedup();
    names
}

/// The tables are sorted by name.
fn find(table: &'static [Row], name: &str) -> &'static [Row] {
    let from = table.partition_point(|row| row.name < name);
    let rest = table.get(from..).unwrap_or_default();
    let len = rest.partition_point(|row| row.name == name);
    rest.get(..len).unwrap_or_default()
}

#[cfg(test)]
mod tests;
