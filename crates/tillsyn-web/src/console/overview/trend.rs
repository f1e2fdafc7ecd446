//! Devices under management over the last weeks: a line, and the table behind it.

use jiff::Timestamp;
use tillsyn_core::clock::DAY_MS;
use tillsyn_core::devices::{self, TrendDay};

use crate::console::failure::Failure;
use crate::console::visitor::Visitor;
use crate::i18n::{Texts, Zone};
use crate::ui::{Link, urls};

/// Spans that can be chosen.
const SPANS: [usize; 2] = [30, 90];
/// The drawing.
const WIDTH: i64 = 700;
const TOP: i64 = 16;
const BOTTOM: i64 = 176;

/// The trend of one span.
pub struct Trend {
    /// How it went, in a sentence.
    pub note: String,
    /// The line and the surface below it, as paths.
    pub line: String,
    pub area: String,
    /// The most and the least devices.
    pub most: String,
    pub least: String,
    pub first: String,
    pub last: String,
    /// The chart in words.
    pub text: String,
    /// The newest day first.
    pub rows: Vec<TrendRow>,
    /// The spans, and whether each is shown.
    pub spans: Vec<(Link, bool)>,
}

/// One day.
pub struct TrendRow {
    pub day: String,
    pub enrolled: String,
    pub ended: String,
    pub devices: String,
}

impl Trend {
    /// `days` oldest first, the last of them today; `now` is how many devices there are.
    pub fn new(l: Texts, zone: &Zone, days: &[TrendDay], now: i64) -> Self {
        let mut count = now;
        let mut counts = Vec::with_capacity(days.len());
        for day in days.iter().rev() {
            counts.push(count.max(0));
            count -= day.enrolled - day.ended;
        }
        counts.reverse();
        let most = counts.iter().copied().max().unwrap_or(0);
        let least = counts.iter().copied().min().unwrap_or(0);
        let steps = i64::try_from(counts.len()).unwrap_or(1).max(2) - 1;
        let place = |(at, count): (i64, &i64)| {
            let x = at * WIDTH / steps;
            let y = BOTTOM - (count - least) * (BOTTOM - TOP) / (most - least).max(1);
            format!("{x} {y}")
        };
        let places: Vec<String> = (0_i64..).zip(&counts).map(place).collect();
        let line = format!("M{}", places.join("L"));
        let back = |days: usize| zone.now_ms - i64::try_from(days).unwrap_or(0) * DAY_MS;
        let dated = |at: usize| l.date(back(days.len() - 1 - at), zone);
        let sum = |of: fn(&TrendDay) -> i64| days.iter().map(of).sum::<i64>();
        let span = i64::try_from(days.len()).unwrap_or(0);
        let words = [
            ("n", span.into()),
            ("enrolled", sum(|day| day.enrolled).into()),
            ("ended", sum(|day| day.ended).into()),
        ];
        let range = [
            ("least", least.into()),
            ("most", most.into()),
            ("n", span.into()),
        ];
        let row = |at: usize| {
            let (day, count) = (days.get(at)?, counts.get(at)?);
            Some(TrendRow {
                day: dated(at),
                enrolled: l.number(day.enrolled),
                ended: l.number(day.ended),
                devices: l.number(*count),
            })
        };
        let spans = SPANS.map(|other| {
            let address = urls::Query::default().with("days", &other.to_string());
            let link = Link {
                href: address.url(urls::CONSOLE),
                text: l.tn("trend-span", i64::try_from(other).unwrap_or(0)),
            };
            (link, other == days.len())
        });
        Self {
            note: l.t_args("trend-note", &words),
            area: format!("{line}L{WIDTH} {BOTTOM}L0 {BOTTOM}Z"),
            line,
            most: l.number(most),
            least: l.number(least),
            first: if days.is_empty() {
                String::new()
            } else {
                dated(0)
            },
            last: l.date(zone.now_ms, zone),
            text: l.t_args("trend-text", &range),
            rows: (0..days.len()).rev().filter_map(row).collect(),
            spans: spans.into(),
        }
    }

    /// As the address asks for it.
    pub(super) async fn of(visitor: &Visitor, now: i64) -> Result<Self, Failure> {
        let asked = visitor.query.get("days").and_then(|days| days.parse().ok());
        let days = asked
            .filter(|days| SPANS.contains(days))
            .unwrap_or(SPANS[0]);
        let zone = &visitor.zone;
        let before = i64::try_from(days).unwrap_or(1) - 1;
        let since = midnight(zone) - before * DAY_MS;
        let found = devices::trend(visitor.core(), visitor.actor(), since, days).await?;
        Ok(Self::new(visitor.texts, zone, &found, now))
    }
}

/// The beginning of today where the organisation is.
fn midnight(zone: &Zone) -> i64 {
    Timestamp::from_millisecond(zone.now_ms)
        .ok()
        .and_then(|now| now.to_zoned(zone.zone.clone()).start_of_day().ok())
        .map_or(zone.now_ms, |day| day.timestamp().as_millisecond())
}
