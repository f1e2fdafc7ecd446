//! Bars of a report. What they say stands in the table below them, too.

use crate::i18n::Texts;

/// Bars that are drawn; the table has all.
const BARS: usize = 12;
/// Width of the drawing, and height of one bar with its label.
const WIDTH: u64 = 700;
const STEP: usize = 40;
/// A longer label is cut.
const LABEL: usize = 40;

/// Bars below each other, each with a label above it.
#[derive(Default)]
pub struct Chart {
    pub title: String,
    /// The chart in words.
    pub text: String,
    pub height: usize,
    pub bars: Vec<Bar>,
}

pub struct Bar {
    pub label: String,
    pub label_y: usize,
    pub y: usize,
    pub width: u64,
}

impl Chart {
    /// `rows` in the order of the table.
    pub fn new<'a>(
        l: Texts,
        title: String,
        rows: &(impl Iterator<Item = (&'a str, u64)> + Clone),
    ) -> Self {
        let most = rows
            .clone()
            .map(|(_, count)| count)
            .max()
            .unwrap_or(0)
            .max(1);
        let drawn = || rows.clone().filter(|(_, count)| *count > 0).take(BARS);
        let words: Vec<String> = drawn()
            .map(|(label, count)| format!("{label}: {}", l.number(count)))
            .collect();
        let bar = |(at, (label, count)): (usize, (&str, u64))| Bar {
            label: format!("{}  {}", cut(label), l.number(count)),
            label_y: at * STEP + 14,
            y: at * STEP + 20,
            width: (count * WIDTH / most).max(2),
        };
        Self {
            title,
            text: words.join(", "),
            height: words.len() * STEP,
            bars: drawn().enumerate().map(bar).collect(),
        }
    }
}

fn cut(label: &str) -> String {
    if label.chars().count() <= LABEL {
        return label.to_owned();
    }
    let kept: String = label.chars().take(LABEL - 1).collect();
    format!("{kept}…")
}
