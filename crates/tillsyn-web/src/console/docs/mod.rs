//! The documentation: its shelves, one document, search.

mod page;
mod show;

pub use page::{DocPage, DocRow, DocShelf, DocsPage, HeadingRow, HitRow};
pub(crate) use show::{document, shelves};
