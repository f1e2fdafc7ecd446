//! Devices under management over the last weeks: a line, and the table behind it.

use jiff::{Span, Timestamp};
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
        let starts = starts(zone, days.len());
        let dated = |at: usize| {
            let start = starts.get(at).copied();
            l.date(start.unwrap_or(zone.now_ms), zone)
        };
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
        let starts = starts(zone, days);
        let found = devices::trend(visitor.core(), visitor.actor(), &starts).await?;
        Ok(Self::new(visitor.texts, zone, &found, now))
    }
}

/// The beginnings of so many days where the organisation is, today's last. They are as many hours apart as its clocks
/// say.
fn starts(zone: &Zone, days: usize) -> Vec<i64> {
    let now = Timestamp::from_millisecond(zone.now_ms).unwrap_or_default();
    let today = now.to_zoned(zone.zone.clone()).date();
    let start = |back: usize| {
        let back = i64::try_from(back).unwrap_or(0);
        let day = today.checked_sub(Span::new().try_days(back).ok()?).ok()?;
        // Where midnight is left out, the day begins later.
        let day = day.to_zoned(zone.zone.clone()).ok()?;
        let start = day.start_of_day().ok()?;
        Some(start.timestamp().as_millisecond())
    };
    (0..days).rev().filter_map(start).collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::expect_used, reason = "tests")]

    use jiff::tz::TimeZone;
    use tillsyn_core::clock::HOUR_MS;

    use super::*;

    fn at(zone: &str, now: &str) -> Zone {
        Zone {
            now_ms: now.parse::<Timestamp>().expect("a time").as_millisecond(),
            zone: TimeZone::get(zone).expect("a zone"),
        }
    }

    fn hours(starts: &[i64]) -> Vec<i64> {
        let pairs = starts.windows(2);
        pairs.map(|pair| (pair[1] - pair[0]) / HOUR_MS).collect()
    }

    #[test]
    fn a_day_has_the_hours_that_its_clocks_say() {
        // Clocks go back on the 25th of October 2026 and on on the 29th of March.
        let autumn = at("Europe/Stockholm", "2026-10-27T10:00:00Z");
        assert_eq!(hours(&starts(&autumn, 4)), [24, 25, 24]);
        let spring = at("Europe/Stockholm", "2026-03-30T22:30:00Z");
        assert_eq!(hours(&starts(&spring, 4)), [24, 23, 24]);
        let tokyo = at("Asia/Tokyo", "2026-10-27T10:00:00Z");
        assert_eq!(hours(&starts(&tokyo, 4)), [24, 24, 24]);
        let newest = starts(&tokyo, 1);
        let midnight: Timestamp = "2026-10-26T15:00:00Z".parse().expect("a time");
        assert_eq!(newest, [midnight.as_millisecond()]);
    }

    #[test]
    fn every_day_is_named_once_when_clocks_change() {
        // 24 hours before half past eleven in the evening it is the same day.
        let zone = at("Europe/Stockholm", "2026-10-25T22:30:00Z");
        let l = Texts::new(crate::i18n::Lang::En);
        let trend = Trend::new(l, &zone, &[TrendDay::default(); 5], 3);
        let mut days: Vec<&str> = trend.rows.iter().map(|row| row.day.as_str()).collect();
        assert_eq!(days.len(), 5);
        days.dedup();
        assert_eq!(days.len(), 5, "{days:?}");
        assert_eq!(trend.last, days[0]);
    }
}
