//! What lists share: place, pager, status filter. Everything is in the address.

use super::frame::{Filter, Pager};
use super::visitor::Visitor;
use super::words;
use crate::i18n::Texts;
use crate::ui::{Choice, urls};

/// Places of earlier pages that an address remembers; further back leads to the first page.
const REMEMBERED: usize = 20;

/// Where in a list the reader is: `after` is the place before this page, `back` those of the pages
/// before it, oldest first.
pub(crate) struct Place<'a> {
    after: Option<&'a str>,
    back: Vec<&'a str>,
}

impl<'a> Place<'a> {
    pub(crate) fn of(query: &'a urls::Query) -> Self {
        Self {
            after: query.get("after"),
            back: query.list("before"),
        }
    }

    pub(crate) fn after(&self) -> Option<&'a str> {
        self.after
    }
}

/// Previous and next page of a list of unknown length.
pub(crate) fn pager(visitor: &Visitor, path: &str, shown: usize, next: Option<&str>) -> Pager {
    Pager {
        summary: visitor.texts.tn("pager-shown", shown),
        ..links(&visitor.query, path, next)
    }
}

/// The same where the number of all is known.
pub(crate) fn pager_of(
    visitor: &Visitor,
    path: &str,
    shown: usize,
    total: i64,
    next: Option<&str>,
) -> Pager {
    let count = |value: usize| u64::try_from(value).unwrap_or(0);
    let total = u64::try_from(total).unwrap_or(0);
    Pager {
        summary: words::pager_summary(visitor.texts, count(shown), total),
        ..links(&visitor.query, path, next)
    }
}

fn links(query: &urls::Query, path: &str, next: Option<&str>) -> Pager {
    let place = Place::of(query);
    let first = query.without("after").without("before");
    let at = |after: Option<&str>, back: &[&str]| {
        let from = back.len().saturating_sub(REMEMBERED);
        let back = back.get(from..).unwrap_or_default().join(",");
        first
            .with("after", after.unwrap_or_default())
            .with("before", &back)
            .url(path)
    };
    let previous = place.after.map_or_else(String::new, |_| {
        let (last, rest) = match place.back.split_last() {
            Some((last, rest)) => (Some(*last), rest),
            None => (None, place.back.as_slice()),
        };
        at(last, rest)
    });
    let next = next.map_or_else(String::new, |next| {
        let mut back = place.back.clone();
        back.extend(place.after);
        at(Some(next), &back)
    });
    Pager {
        summary: String::new(),
        previous,
        next,
    }
}

/// One status to choose, or all.
pub(crate) fn status_filter(l: Texts, kind: &str, asked: &str) -> Filter {
    let mut choices = words::status_choices(l, kind, &[asked]);
    let all = Choice {
        value: String::new(),
        text: l.t("filter-all"),
        chosen: !choices.iter().any(|choice| choice.chosen),
    };
    choices.insert(0, all);
    Filter {
        name: "status",
        label: l.t("status"),
        choices,
    }
}
