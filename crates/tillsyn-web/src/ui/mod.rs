//! What console and portal share: markup helpers, status words, links, the answer around a page.

mod html;
mod page;
mod qr;
mod status;
#[cfg(test)]
mod tests;
pub mod urls;

pub(crate) use crate::console::form::secret as page_secret;
pub use html::{Choice, Html, Link, Message, UndoForm};
#[cfg(any(test, feature = "testing"))]
pub use page::Sample;
pub use page::{CSP, LangLink, lang_links, page};
pub use qr::Qr;
pub(crate) use qr::png;
pub use status::{Status, Tone, status, words};
