//! How a unit presents itself to people: name, mark, accent colour, whom to ask, terms. What a unit leaves
//! open it has from the nearest unit above that says it, at last from the organisation's settings.

mod change;
mod colour;
mod mark;
mod read;
mod terms;
#[cfg(test)]
mod tests;

pub(crate) use change::remove_in;
pub(crate) use read::of_unit_in;
pub(crate) use terms::terms_for_in;

pub use change::{BrandingEdit, check_edit, remove, remove_mark, set, set_mark};
pub use colour::{Colour, LEAST_CONTRAST, SURFACES, Surface, Theme};
pub use mark::{MARK_BYTES, MARK_SIDE, MarkType};
pub use read::{
    Branding, BrandingView, Contacts, MarkFile, MarkRef, Own, mark_file, of_organisation, of_unit,
    view,
};
pub use terms::{TERMS_LETTERS, Terms, terms_by_hash, terms_for};
