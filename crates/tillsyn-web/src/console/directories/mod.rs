//! Settings → Directories: where people and groups come from.

mod acts;
mod list;
mod page;
mod show;
mod words;

pub use page::{
    DirectoriesPage, DirectoryFacts, DirectoryPage, DirectoryRow, HeldCard, LeaverRow, LeaversForm,
    RunRow, SuggestionRow, TokenRow,
};

pub(super) use acts::{act, change, decline, leavers, link, make_token, release, revoke_token};
pub(super) use list::{create, list};
pub(super) use show::show;
