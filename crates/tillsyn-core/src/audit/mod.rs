//! The sealed audit trail (security S70 to S72): events are chained by hash as they are committed, heads of
//! the chain are signed, and anybody can check both without this server. The format is in `docs/audit.md`.

mod cef;
pub mod chain;
mod dossier;
mod erasure;
mod export;
mod file;
mod hold;
pub(crate) mod identity;
pub(crate) mod memory;
mod refusal;
mod retention;
mod seal;
mod search;
mod sign;
mod state;
mod syslog;
mod verify;

pub use dossier::export_person;
pub(crate) use erasure::prove;
pub use erasure::{Erase, erase_person};
pub use export::{Asked, Export, Format, export};
pub use file::FileChecker;
pub(crate) use hold::not_held;
pub use hold::{LegalHold, end_hold, list_holds, place_hold};
pub(crate) use refusal::Refusals;
pub use refusal::{flush_refusals, note_refusal};
pub use retention::{AuditSettings, audit_settings, retain, set_audit_settings};
pub(crate) use seal::run_worker;
pub use seal::{Sealer, run_due};
pub use search::{EventFilter, FoundEvent, search};
pub use state::{TrailState, certificates_pem, state, verify_daily};
pub(crate) use syslog::run_worker as send_by_syslog;
pub use syslog::{SyslogSender, SyslogTarget, Transport};
pub use verify::{Body, Checker, Entry, Finding, Start, Verdict, verify, verify_with};
