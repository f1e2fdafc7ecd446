use super::{Element, GENERALIZED_TIME, UTC_TIME, writer};
use crate::error::{Error, Result};

const MS_PER_DAY: i64 = 86_400_000;

/// Unix milliseconds of a UTCTime or GeneralizedTime in the form RFC 5280 §4.1.2.5 demands.
pub(crate) fn decode(element: &Element<'_>, what: &'static str) -> Result<i64> {
    let malformed = Error::malformed(what);
    let (year, rest) = match element.tag {
        UTC_TIME => {
            let (year, rest) = digits(element.content, 2).ok_or(malformed)?;
            (
                if year < 50 {
                    year.saturating_add(2000)
                } else {
                    year.saturating_add(1900)
                },
                rest,
            )
        }
        GENERALIZED_TIME => digits(element.content, 4).ok_or(malformed)?,
        _ => return Err(malformed),
    };
    let (month, rest) = digits(rest, 2).ok_or(malformed)?;
    let (day, rest) = digits(rest, 2).ok_or(malformed)?;
    let (hour, rest) = digits(rest, 2).ok_or(malformed)?;
    let (minute, rest) = digits(rest, 2).ok_or(malformed)?;
    let (second, rest) = digits(rest, 2).ok_or(malformed)?;
    let in_range = (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && hour < 24
        && minute < 60
        && second <= 60;
    if !in_range || rest != b"Z" {
        return Err(malformed);
    }
    let days = days_from_civil(year, month, day);
    let seconds = hour * 3600 + minute * 60 + second;
    Ok(days * MS_PER_DAY + seconds * 1000)
}

/// Time in the form of a certificate: UTCTime until 2049, GeneralizedTime after.
pub(crate) fn encode(unix_ms: i64) -> Vec<u8> {
    let days = unix_ms.div_euclid(MS_PER_DAY);
    let seconds = unix_ms.rem_euclid(MS_PER_DAY) / 1000;
    let (year, month, day) = civil_from_days(days);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let rest = format!("{month:02}{day:02}{hour:02}{minute:02}{second:02}Z");
    if (1950..2050).contains(&year) {
        writer::tlv(UTC_TIME, format!("{:02}{rest}", year % 100).as_bytes())
    } else {
        writer::tlv(
            GENERALIZED_TIME,
            format!("{:04}{rest}", year.clamp(0, 9999)).as_bytes(),
        )
    }
}

fn digits(bytes: &[u8], count: usize) -> Option<(i64, &[u8])> {
    let (head, rest) = bytes.split_at_checked(count)?;
    if !head.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let value = head.iter().fold(0i64, |n, d| n * 10 + i64::from(d - b'0'));
    Some((value, rest))
}

/// Days since 1970-01-01 of a proleptic Gregorian date; years start in March so that the leap
/// day comes last.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted.div_euclid(400);
    let year_of_era = shifted.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let shifted = days.saturating_add(719_468);
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 {
        month_index + 3
    } else {
        month_index - 9
    };
    let year = year_of_era + era.saturating_mul(400) + i64::from(month <= 2);
    (year, month, day)
}
