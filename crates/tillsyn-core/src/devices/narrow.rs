//! What narrows the list further: how long ago something was, and one unit without those below it.

use tillsyn_db::Value;

use super::list::Query;
use crate::clock::DAY_MS;
use crate::ids::OrgUnitId;

/// As long as anybody looks back.
const LONGEST_DAYS: i64 = 36_500;

/// Further conditions on devices.
#[derive(Clone, Debug, Default)]
pub struct Narrow {
    /// How long ago they were enrolled.
    pub enrolled: Option<Ago>,
    /// How long ago they were heard of.
    pub heard: Option<Ago>,
    /// In this unit itself, not below.
    pub unit_itself: Option<OrgUnitId>,
}

impl Narrow {
    /// The same with other times.
    pub(super) fn each(&self, time: impl Fn(Option<i64>) -> Option<i64>) -> Self {
        let other = |ago: Ago| match ago {
            Ago::Never => Ago::Never,
            Ago::Between(since, before) => Ago::Between(time(since), time(before)),
        };
        Self {
            enrolled: self.enrolled.map(other),
            heard: self.heard.map(other),
            unit_itself: self.unit_itself.clone(),
        }
    }
}

/// How long ago something was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ago {
    /// Never, or not known.
    Never,
    /// After the first and not after the second, in milliseconds UTC.
    Between(Option<i64>, Option<i64>),
}

impl Ago {
    /// Reads `30-90`, `365-` (days ago, from and up to) or `never`.
    pub fn parse(text: &str, now_ms: i64) -> Option<Self> {
        if text == "never" {
            return Some(Self::Never);
        }
        let (from, to) = text.split_once('-')?;
        let days = |text: &str| {
            let days = text.parse::<i64>().ok();
            days.filter(|days| (0..=LONGEST_DAYS).contains(days))
        };
        let at = |days: i64| now_ms - days * DAY_MS;
        let from = days(from)?;
        let since = match to {
            "" => None,
            to => Some(at(days(to).filter(|to| *to > from)?)),
        };
        // What is said to lie ahead is of today.
        Some(Self::Between(since, (from > 0).then(|| at(from))))
    }
}

impl Query {
    pub(super) fn narrow(&mut self, narrow: &Narrow) {
        self.ago("COALESCE(d.enrolled_at, 0)", narrow.enrolled);
        self.ago("COALESCE(d.last_seen, 0)", narrow.heard);
        if let Some(unit) = &narrow.unit_itself {
            self.push(" AND d.org_unit_id = ?", unit.clone().into());
        }
    }

    fn ago(&mut self, column: &str, ago: Option<Ago>) {
        match ago {
            None => {}
            Some(Ago::Never) => self.push(&format!(" AND {column} = ?"), Value::from(0)),
            Some(Ago::Between(since, until)) => {
                let since = since.unwrap_or(0);
                self.push(&format!(" AND {column} > ?"), Value::from(since));
                if let Some(until) = until {
                    self.push(&format!(" AND {column} <= ?"), Value::from(until));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Ago;
    use crate::clock::DAY_MS;

    #[test]
    fn days_are_read_from_the_nearer_to_the_farther() {
        let now = 1_000 * DAY_MS;
        let at = |days: i64| now - days * DAY_MS;
        for (text, expected) in [
            ("0-30", Some(Ago::Between(Some(at(30)), None))),
            ("30-90", Some(Ago::Between(Some(at(90)), Some(at(30))))),
            ("365-", Some(Ago::Between(None, Some(at(365))))),
            ("never", Some(Ago::Never)),
            ("90-30", None),
            ("-30", None),
            ("30", None),
            ("a-b", None),
            ("0-99999999999", None),
        ] {
            assert_eq!(Ago::parse(text, now), expected, "{text}");
        }
    }
}
