use jiff::Timestamp;
use jiff::Zoned;
use jiff::tz::TimeZone;

use super::{Lang, Texts};
use crate::ui::Html;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// The present moment and the time zone a page is written for.
#[derive(Clone, Debug)]
pub struct Zone {
    pub now_ms: i64,
    pub zone: TimeZone,
}

/// A moment, ready to print: words, and the exact time for `title` and `datetime`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct When {
    pub iso: String,
    pub title: String,
    pub text: String,
}

impl When {
    /// The `<time>` element.
    pub fn html(&self) -> Html {
        Html::element(
            "time",
            &[("datetime", &self.iso), ("title", &self.title)],
            &self.text,
        )
    }
}

/// `4812` as `4,812` (English, Japanese) or `4 812` with a no-break space (Swedish).
pub(crate) fn group_digits(lang: Lang, number: i64) -> String {
    let separator = match lang {
        Lang::En | Lang::Ja => ',',
        Lang::Sv => '\u{a0}',
    };
    let digits = number.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() + 8);
    if number < 0 {
        out.push('\u{2212}');
    }
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(separator);
        }
        out.push(digit);
    }
    out
}

impl Texts {
    pub fn number(self, number: impl TryInto<i64>) -> String {
        group_digits(self.lang(), number.try_into().unwrap_or(i64::MAX))
    }

    /// `part` of `whole` in whole percent, by locale: `61 %`, in Japanese `61%`.
    pub fn percent(self, part: u64, whole: u64) -> String {
        let value = if whole == 0 {
            0
        } else {
            (u128::from(part) * 200 + u128::from(whole)) / (u128::from(whole) * 2)
        };
        match self.lang() {
            Lang::En | Lang::Sv => format!("{value}\u{a0}%"),
            Lang::Ja => format!("{value}%"),
        }
    }

    /// `17 Nov 2026` / `17 nov 2026` / `2026年11月17日`.
    pub fn date(self, at_ms: i64, zone: &Zone) -> String {
        date(self.lang(), &zoned(at_ms, zone))
    }

    /// `17 Nov 2026, 09:42` / `17 nov 2026 09:42` / `2026年11月17日 9:42`.
    pub fn date_time(self, at_ms: i64, zone: &Zone) -> String {
        let at = zoned(at_ms, zone);
        let between = match self.lang() {
            Lang::En => ", ",
            Lang::Sv | Lang::Ja => " ",
        };
        format!(
            "{}{between}{}",
            date(self.lang(), &at),
            clock(self.lang(), &at)
        )
    }

    /// A deadline: absolute, with the weekday. `Thu 19 Nov 2026, 18:00`.
    pub fn deadline(self, at_ms: i64, zone: &Zone) -> String {
        let at = zoned(at_ms, zone);
        let (day, date, clock) = (
            weekday(self.lang(), &at),
            date(self.lang(), &at),
            clock(self.lang(), &at),
        );
        match self.lang() {
            Lang::En => format!("{day} {date}, {clock}"),
            Lang::Sv => format!("{day} {date} {clock}"),
            Lang::Ja => format!("{date}（{day}） {clock}"),
        }
    }

    /// Hours, minutes and seconds of a transition; with the weekday or date when it was not today.
    pub fn moment(self, at_ms: i64, zone: &Zone) -> When {
        let at = zoned(at_ms, zone);
        let today = zoned(zone.now_ms, zone);
        let text = if at.date() == today.date() {
            format!("{:02}:{:02}:{:02}", at.hour(), at.minute(), at.second())
        } else if (zone.now_ms - at_ms).abs() < 6 * DAY * 1000 {
            format!("{} {}", weekday(self.lang(), &at), clock(self.lang(), &at))
        } else {
            date(self.lang(), &at)
        };
        when(at_ms, zone, text)
    }

    /// How long ago in words; after 7 days the date.
    pub fn ago(self, at_ms: i64, zone: &Zone) -> When {
        let seconds = (zone.now_ms - at_ms).max(0) / 1000;
        let text = if seconds < 45 {
            self.t("ago-now")
        } else if seconds < HOUR {
            self.tn("ago-minutes", (seconds / MINUTE).max(1))
        } else if seconds < DAY {
            self.tn("ago-hours", seconds / HOUR)
        } else if seconds < 7 * DAY {
            self.tn("ago-days", seconds / DAY)
        } else {
            date(self.lang(), &zoned(at_ms, zone))
        };
        when(at_ms, zone, text)
    }

    /// A length of time in words, rounded down to its largest unit.
    pub fn span(self, seconds: i64) -> String {
        if seconds < MINUTE {
            self.tn("span-seconds", seconds)
        } else if seconds < HOUR {
            self.tn("span-minutes", seconds / MINUTE)
        } else if seconds < DAY {
            self.tn("span-hours", seconds / HOUR)
        } else {
            self.tn("span-days", seconds / DAY)
        }
    }
}

fn zoned(at_ms: i64, zone: &Zone) -> Zoned {
    Timestamp::from_millisecond(at_ms)
        .unwrap_or(Timestamp::UNIX_EPOCH)
        .to_zoned(zone.zone.clone())
}

fn clock(lang: Lang, at: &Zoned) -> String {
    match lang {
        Lang::En | Lang::Sv => format!("{:02}:{:02}", at.hour(), at.minute()),
        Lang::Ja => format!("{}:{:02}", at.hour(), at.minute()),
    }
}

fn date(lang: Lang, at: &Zoned) -> String {
    const EN: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    const SV: [&str; 12] = [
        "jan", "feb", "mars", "apr", "maj", "juni", "juli", "aug", "sep", "okt", "nov", "dec",
    ];
    let month = usize::try_from(at.month() - 1).unwrap_or_default();
    let (year, day) = (at.year(), at.day());
    match lang {
        Lang::En => format!("{day} {} {year}", EN[month % 12]),
        Lang::Sv => format!("{day} {} {year}", SV[month % 12]),
        Lang::Ja => format!("{year}年{}月{day}日", at.month()),
    }
}

fn weekday(lang: Lang, at: &Zoned) -> &'static str {
    const EN: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    const SV: [&str; 7] = ["mån", "tis", "ons", "tors", "fre", "lör", "sön"];
    const JA: [&str; 7] = ["月", "火", "水", "木", "金", "土", "日"];
    let day = usize::try_from(at.weekday().to_monday_zero_offset()).unwrap_or_default() % 7;
    match lang {
        Lang::En => EN[day],
        Lang::Sv => SV[day],
        Lang::Ja => JA[day],
    }
}

fn when(at_ms: i64, zone: &Zone, text: String) -> When {
    let at = zoned(at_ms, zone);
    When {
        iso: at.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
        title: at.strftime("%Y-%m-%d %H:%M:%S %Z").to_string(),
        text,
    }
}
