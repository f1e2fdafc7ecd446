//! Settings → Directories → one of LDAP: how it is reached and read, and a trial.

mod acts;
mod form;
mod page;
mod words;

pub use page::{DirectoryLdapPage, LdapForm, LdapStateCard, LdapTrialCard, PreviewRow};

pub(super) use acts::{save, show, sync, trial};
