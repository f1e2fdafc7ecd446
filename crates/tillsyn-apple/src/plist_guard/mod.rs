//! The one door for plists from outside.
//!
//! [`parse`] checks size, nesting, element count, document type and (binary) every offset before
//! a tree is built: a few kilobytes of nested arrays would otherwise overflow the stack, and a
//! few shared binary objects would fill the memory. [`scan_result`] finds the status of a command
//! result that is beyond those limits, without a tree.

mod binary;
mod limits;
mod parse;
mod scan;
mod stream;
mod xml;

pub use limits::Limits;
pub use parse::parse;
pub use scan::{ScannedResult, scan_result};
pub use stream::ResultScanner;

#[cfg(test)]
mod tests;
