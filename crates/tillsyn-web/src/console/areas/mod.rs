//! Settings by area: one line of present state each, and what has no page elsewhere.

mod authorities;
mod backup;
mod index;
mod page;
mod server;

pub(crate) use authorities::authorities_page;
pub(crate) use backup::backup_page;
pub(crate) use index::index;
pub use page::{
    Area, AreasPage, AuthoritiesPage, AuthorityRow, BackupPage, ListenerRow, ServerPage,
};
pub(crate) use server::server_page;
