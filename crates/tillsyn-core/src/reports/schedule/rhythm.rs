//! When a report is sent.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use crate::error::Error;

/// How often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rhythm {
    Daily,
    Weekly,
    Monthly,
}

impl Rhythm {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Daily, Self::Weekly, Self::Monthly];

    /// The stored value.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Daily => "daily",
            Self::Weekly => "weekly",
            Self::Monthly => "monthly",
        }
    }

    /// Reads what [`Self::as_str`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rhythm| rhythm.as_str() == text)
    }
}

/// How often, on which day, at which hour of the organisation's time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct When {
    pub rhythm: Rhythm,
    /// 1 is Monday; counts for what is weekly.
    pub weekday: i8,
    /// 1 to 28; counts for what is monthly.
    pub month_day: i8,
    pub hour: i8,
}

/// More days than any month has.
const LOOKED_AT: i64 = 40;

impl When {
    pub(super) fn check(self) -> Result<Self, Error> {
        let odd = |field: &'static str, detail: &str| Error::invalid(field, "schedule", detail);
        if !(1..=7).contains(&self.weekday) {
            return Err(odd("weekday", "The weekday is 1, Monday, to 7, Sunday."));
        }
        if !(1..=28).contains(&self.month_day) {
            return Err(odd("month_day", "The day of the month is 1 to 28."));
        }
        if !(0..=23).contains(&self.hour) {
            return Err(odd("hour", "The hour is 0 to 23."));
        }
        Ok(self)
    }

    /// The next time after this one.
    pub(super) fn next(self, after_ms: i64, zone: &TimeZone) -> Result<i64, Error> {
        let never = || Error::internal("There is no such time.");
        let after = Timestamp::from_millisecond(after_ms).map_err(|_| never())?;
        let today = after.to_zoned(zone.clone()).date();
        for days in 0..LOOKED_AT {
            let day = today.checked_add(days.days()).map_err(|_| never())?;
            let is_one = match self.rhythm {
                Rhythm::Daily => true,
                Rhythm::Weekly => day.weekday().to_monday_one_offset() == self.weekday,
                Rhythm::Monthly => day.day() == self.month_day,
            };
            if !is_one {
                continue;
            }
            // An hour that the clock leaps over is the one after it.
            let at = day.at(self.hour, 0, 0, 0).to_zoned(zone.clone());
            let at = at.map_err(|_| never())?.timestamp().as_millisecond();
            if at > after_ms {
                return Ok(at);
            }
        }
        Err(never())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use jiff::Timestamp;
    use jiff::tz::TimeZone;

    use super::{Rhythm, When};

    fn next(rhythm: Rhythm, after: &str) -> String {
        let when = When {
            rhythm,
            weekday: 1,
            month_day: 28,
            hour: 2,
        };
        let zone = TimeZone::get("Europe/Stockholm").unwrap();
        let after: Timestamp = after.parse().unwrap();
        let next = when.next(after.as_millisecond(), &zone).unwrap();
        Timestamp::from_millisecond(next).unwrap().to_string()
    }

    #[test]
    fn a_report_comes_at_the_hour_of_the_organisation() {
        // Summer: two hours before Greenwich's.
        assert_eq!(
            next(Rhythm::Daily, "2026-07-01T00:00:00Z"),
            "2026-07-02T00:00:00Z"
        );
        assert_eq!(
            next(Rhythm::Daily, "2026-06-30T23:59:59Z"),
            "2026-07-01T00:00:00Z"
        );
        // Monday the 23rd of November 2026 in winter.
        assert_eq!(
            next(Rhythm::Weekly, "2026-11-17T08:42:00Z"),
            "2026-11-23T01:00:00Z"
        );
        assert_eq!(
            next(Rhythm::Weekly, "2026-11-23T01:00:00Z"),
            "2026-11-30T01:00:00Z"
        );
        assert_eq!(
            next(Rhythm::Monthly, "2027-02-28T01:00:00Z"),
            "2027-03-28T01:00:00Z"
        );
    }

    #[test]
    fn an_hour_that_the_clock_leaps_over_is_the_one_after_it() {
        assert_eq!(
            next(Rhythm::Daily, "2027-03-28T00:30:00Z"),
            "2027-03-28T01:00:00Z"
        );
    }

    #[test]
    fn days_and_hours_that_no_clock_knows_are_refused() {
        let good = When {
            rhythm: Rhythm::Weekly,
            weekday: 7,
            month_day: 1,
            hour: 0,
        };
        assert!(good.check().is_ok());
        for odd in [
            When { weekday: 0, ..good },
            When { weekday: 8, ..good },
            When {
                month_day: 29,
                ..good
            },
            When { hour: 24, ..good },
        ] {
            assert!(odd.check().is_err(), "{odd:?}");
        }
    }
}
