//! Roles as data: built-in ones, whose permissions are in the code, and own ones of a unit.
//!
//! Nobody makes or changes a role with a permission that they do not hold themselves, nor outside of their own
//! subtree (security S04). A change of what a role in use may is for a second person.

mod change;
mod check;
mod submit;
mod view;

pub use change::{RoleChange, RoleEdit, change_role, create_role, remove_role};
pub use view::{RoleView, list_roles, reach, role};

pub(crate) use change::carry_in;
pub(crate) use check::may_give;
pub(crate) use submit::submit_in;
pub(crate) use view::find_in;

#[cfg(test)]
mod tests;
