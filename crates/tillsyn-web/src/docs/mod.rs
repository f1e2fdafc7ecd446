//! The documents of `docs/`, in the binary: rendered, searched, and named by what explains an error.

mod files;
mod help;
mod library;
mod markdown;
mod search;
#[cfg(test)]
mod tests;

pub(crate) use files::picture;
pub(crate) use help::{Topic, help, of_error};
pub(crate) use library::{Document, Shelf, by_slug, documents, url};
pub(crate) use search::{Hit, search};
