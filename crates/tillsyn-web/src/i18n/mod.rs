//! The message catalogues in English, Swedish and Japanese, and how numbers and times look in each.
//!
//! Every text a person reads comes from `locales/`; `build.rs` refuses a key that is missing,
//! unused or different in shape between the languages.

mod format;
mod lang;
#[cfg(test)]
mod tests;
mod texts;

pub use format::{When, Zone};
pub use lang::Lang;
pub use texts::{Arg, Texts, key};
