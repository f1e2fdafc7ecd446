//! Searches and their pages.

use super::ber::{BOOLEAN, ENUMERATED, INTEGER, OCTETS, SEQUENCE, Writer};
use super::error::ResultCode;
use super::filter::Filter;
use super::message::Entry;

/// How far below the base.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    Base,
    One,
    Subtree,
}

/// What is looked for.
#[derive(Clone, Debug)]
pub struct Search<'a> {
    pub base: &'a str,
    pub scope: Scope,
    pub filter: &'a Filter,
    /// A fixed list: `*` brings photos and misses what the server keeps for itself.
    pub attributes: &'a [&'a str],
    /// 0 means what the server allows.
    pub size_limit: u32,
    /// Entries of a page; `None` asks without pages, for the few that a base or a login can be.
    pub page_size: Option<u32>,
}

/// One page of what was found.
#[derive(Clone, Debug)]
pub struct Page {
    pub entries: Vec<Entry>,
    /// References to other servers, which are not followed.
    pub references: u32,
    /// Anything but success: the page is not all that there is.
    pub code: ResultCode,
    pub diagnostic: String,
    /// Where the next page begins; empty at the end.
    pub cookie: Vec<u8>,
}

impl Search<'_> {
    pub(super) fn write(&self, out: &mut Writer, seconds: u32) {
        let scope = match self.scope {
            Scope::Base => 0,
            Scope::One => 1,
            Scope::Subtree => 2,
        };
        out.nested(0x63, |out| {
            out.bytes(OCTETS, self.base.as_bytes());
            out.integer(ENUMERATED, scope);
            // Aliases are never dereferenced: they lead to the same person a second time.
            out.integer(ENUMERATED, 0);
            out.integer(INTEGER, i64::from(self.size_limit));
            out.integer(INTEGER, i64::from(seconds));
            out.boolean(BOOLEAN, false);
            self.filter.write(out);
            out.nested(SEQUENCE, |out| {
                for name in self.attributes {
                    out.bytes(OCTETS, name.as_bytes());
                }
            });
        });
    }
}
