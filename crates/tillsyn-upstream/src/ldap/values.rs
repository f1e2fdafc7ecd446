//! Values that need reading: keys, times, numbers, names.

/// The text form of an `objectGUID`: the first three fields are stored with their bytes turned round.
pub fn guid(bytes: &[u8]) -> Option<String> {
    let b: &[u8; 16] = bytes.try_into().ok()?;
    Some(format!(
        "{:02x}{:02x}{:02x}{:02x}-{:02x}{:02x}-{:02x}{:02x}-{:02x}{:02x}-{:02x}{:02x}{:02x}{:02x}{:02x}{:02x}",
        b[3],
        b[2],
        b[1],
        b[0],
        b[5],
        b[4],
        b[7],
        b[6],
        b[8],
        b[9],
        b[10],
        b[11],
        b[12],
        b[13],
        b[14],
        b[15]
    ))
}

/// The stored form of the text form.
pub fn guid_bytes(text: &str) -> Option<[u8; 16]> {
    let text = text.trim().trim_start_matches('{').trim_end_matches('}');
    let mut out: [u8; 16] = hex_bytes(&text.replace('-', ""))?.try_into().ok()?;
    out[0..4].reverse();
    out[4..6].reverse();
    out[6..8].reverse();
    Some(out)
}

/// The bytes behind hexadecimal digits.
pub fn hex_bytes(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) {
        return None;
    }
    let digit = |b: u8| {
        char::from(b)
            .to_digit(16)
            .and_then(|d| u8::try_from(d).ok())
    };
    text.as_bytes()
        .chunks(2)
        .map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?))
        .collect()
}

/// The last number of a SID, by which a primary group is known. Stored: revision, count, six bytes of authority,
/// numbers of four bytes with the lowest first.
pub fn sid_last(bytes: &[u8]) -> Option<u32> {
    let (head, numbers) = bytes.split_at_checked(8)?;
    let count = usize::from(head[1]);
    if head[0] != 1 || count == 0 || count > 15 || numbers.len() != count * 4 {
        return None;
    }
    let last: [u8; 4] = numbers[numbers.len() - 4..].try_into().ok()?;
    Some(u32::from_le_bytes(last))
}

/// From 1601 to 1970, in steps of 100 ns.
const EPOCH: i64 = 116_444_736_000_000_000;

/// A time of Active Directory (100 ns since 1601) in milliseconds UTC; `None` for 0 and the largest, which both
/// mean never.
pub fn file_time(text: &str) -> Option<i64> {
    match text.trim().parse::<i64>().ok()? {
        0 | i64::MAX => None,
        steps => Some(steps.checked_sub(EPOCH)?.div_euclid(10_000)),
    }
}

/// A GeneralizedTime in UTC such as `20260102030405Z`, with or without a fraction, in milliseconds.
pub fn generalized_time(text: &str) -> Option<i64> {
    let (digits, zone) = text.split_at_checked(14)?;
    if !digits.bytes().all(|b| b.is_ascii_digit()) || !zone.ends_with('Z') {
        return None;
    }
    let number = |from: usize, to: usize| digits.get(from..to)?.parse::<i64>().ok();
    let small = |from, to| i8::try_from(number(from, to)?).ok();
    let date = jiff::civil::Date::new(
        i16::try_from(number(0, 4)?).ok()?,
        small(4, 6)?,
        small(6, 8)?,
    )
    .ok()?;
    let time =
        jiff::civil::Time::new(small(8, 10)?, small(10, 12)?, small(12, 14)?.min(59), 0).ok()?;
    let zoned = date
        .to_datetime(time)
        .to_zoned(jiff::tz::TimeZone::UTC)
        .ok()?;
    Some(zoned.timestamp().as_millisecond())
}

/// A time as GeneralizedTime, in whole seconds.
pub fn to_generalized_time(ms: i64) -> Option<String> {
    let time = jiff::Timestamp::from_millisecond(ms).ok()?;
    Some(time.strftime("%Y%m%d%H%M%SZ").to_string())
}

/// A name (RFC 4514) in a form in which equal names are equal texts: lower case, no spaces around, escapes of
/// plain letters undone. `None` when it is no name at all.
pub fn same_dn(dn: &str) -> Option<String> {
    let mut out = Vec::with_capacity(dn.len());
    let bytes = dn.as_bytes();
    let mut at = 0;
    // Trailing spaces go, unless they were written with a backslash.
    let mut kept = 0;
    let mut begins = true;
    let mut has_equals = false;
    while let Some(byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'\\' => {
                let next = *bytes.get(at)?;
                let pair = bytes.get(at..at + 2).and_then(hex_pair);
                let value = if let Some(value) = pair {
                    at += 2;
                    value
                } else {
                    at += 1;
                    next
                };
                push_escaped(&mut out, value);
                kept = out.len();
                begins = false;
            }
            b' ' if begins => {}
            b',' | b';' | b'+' => {
                out.truncate(kept);
                out.push(if *byte == b'+' { b'+' } else { b',' });
                kept = out.len();
                begins = true;
            }
            b'=' => {
                out.truncate(kept);
                out.push(b'=');
                kept = out.len();
                begins = true;
                has_equals = true;
            }
            b' ' => out.push(b' '),
            other => {
                out.push(*other);
                kept = out.len();
                begins = false;
            }
        }
    }
    out.truncate(kept);
    if !has_equals {
        return None;
    }
    String::from_utf8(out).ok().map(|text| text.to_lowercase())
}

fn hex_pair(pair: &[u8]) -> Option<u8> {
    let text = std::str::from_utf8(pair).ok()?;
    let hex = text.bytes().all(|b| b.is_ascii_hexdigit());
    hex.then(|| u8::from_str_radix(text, 16).ok()).flatten()
}

fn push_escaped(out: &mut Vec<u8>, value: u8) {
    if matches!(
        value,
        b',' | b';' | b'+' | b'=' | b'\\' | b' ' | b'"' | b'<' | b'>' | b'#'
    ) {
        out.extend_from_slice(&[b'\\', value]);
    } else {
        out.push(value);
    }
}
