//! Files of people, groups and units: upload, preview, progress.

mod act;
mod files;
mod list;
mod page;
mod show;
pub(super) mod words;

pub use page::{ImportLine, ImportPage, ImportRowLine, ImportsPage, KindCard, OutcomeLink};

pub(super) use act::{apply, cancel, upload};
pub(super) use files::{errors, template};
pub(super) use list::imports_page;
pub(super) use show::import_page;

use tillsyn_core::imports::ImportKind;

use super::frame::Place;
use super::visitor::Visitor;

/// The page of the sidebar that an import belongs to.
fn place(kind: ImportKind) -> Place {
    match kind {
        ImportKind::People => Place::People,
        ImportKind::Groups => Place::Groups,
        ImportKind::Units => Place::Units,
    }
}

/// Kinds that this person may import.
fn kinds(visitor: &Visitor) -> Vec<ImportKind> {
    let all = ImportKind::ALL.into_iter();
    all.filter(|kind| visitor.may(kind.permission())).collect()
}
