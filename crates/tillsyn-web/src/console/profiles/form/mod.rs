//! The form of one payload, made from the catalogue: which fields there are, what stands in them, and what
//! was changed in them. It knows JSON as drafts show it and edits as drafts take them, and no request.

mod build;
mod control;
mod field;
mod overlay;
mod path;
mod read;
mod shown;
mod support;
#[cfg(test)]
mod tests;

pub(in crate::console) use build::{Form, Subject, build, payload_name};
pub use field::{Control, Field, Item, Section, Told};
pub(super) use overlay::{find, overlay};
pub(super) use path::{steps_of, text_of};
pub(super) use read::{Reading, Typed, read};
pub(super) use shown::{Shown, Stranded, Touched};
pub use support::Tag;
pub(in crate::console) use support::tags;
