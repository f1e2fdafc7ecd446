//! The sealed audit trail (security S70 to S72): events are chained by hash as they are committed, heads of
//! the chain are signed, and anybody can check both without this server. The format is in `docs/audit.md`.

mod cef;
pub mod chain;
mod export;
mod file;
pub(crate) mod identity;
mod seal;
mod verify;

pub use export::{Asked, Export, Format, export};
pub use file::FileChecker;
pub use seal::run_due;
pub(crate) use seal::run_worker;
pub use verify::{Body, Checker, Entry, Finding, Start, Verdict, verify};
