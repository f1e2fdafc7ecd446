#![expect(clippy::unwrap_used, reason = "tests")]

use super::colour::accent;
use super::mark::check;
use super::{Colour, MarkType, SURFACES, Theme};

fn colour(text: &str) -> Colour {
    Colour::parse(text).unwrap()
}

#[test]
fn contrast_is_that_of_the_standard() {
    let ratio = |a, b| (colour(a).contrast(colour(b)) * 100.0).round() / 100.0;
    assert_eq!(ratio("#000000", "#ffffff").to_string(), "21");
    assert_eq!(ratio("#777777", "#ffffff").to_string(), "4.48");
    assert_eq!(ratio("#767676", "#ffffff").to_string(), "4.54");
}

#[test]
fn surfaces_are_made_of_their_oklch() {
    let white = &SURFACES[1];
    assert_eq!(Colour::of_surface(white, Theme::Light).hex(), "#ffffff");
    // CSS Color 4, sample conversions.
    assert_eq!(
        Colour::from_oklch((0.627_955, 0.257_683, 29.233_9)).hex(),
        "#ff0000"
    );
    assert_eq!(
        Colour::from_oklch((0.519_75, 0.176_86, 142.495)).hex(),
        "#008000"
    );
}

#[test]
fn unreadable_accent_is_refused_with_its_contrast_and_one_that_would_do() {
    for (text, theme) in [
        ("#f7c600", Theme::Light),
        ("#00a0ff", Theme::Light),
        ("#ffffff", Theme::Light),
        ("#003366", Theme::Dark),
        ("#000000", Theme::Dark),
        ("#b00020", Theme::Dark),
    ] {
        let refused = accent("accent_light", Some(text), theme).unwrap_err();
        assert_eq!(refused.code, "colour_contrast", "{text}");
        let data = refused.data.unwrap();
        assert!(data["contrast"].as_f64().unwrap() < 4.5, "{data}");
        let nearest = data["nearest"].as_str().unwrap();
        assert_ne!(nearest, text);
        let taken = accent("accent_light", Some(nearest), theme).unwrap();
        assert_eq!(taken.unwrap().hex(), nearest);
    }
    assert!(accent("accent_light", Some("#0a5c8f"), Theme::Light).is_ok());
    assert!(accent("accent_dark", Some("7fc4e8"), Theme::Dark).is_ok());
    for odd in ["red", "#fff", "#12345g", "url(x)", "#0a5c8f;x:y", "é1234"] {
        let refused = accent("accent_light", Some(odd), Theme::Light).unwrap_err();
        assert_eq!(refused.code, "colour", "{odd}");
    }
}

#[test]
fn nearest_colour_keeps_the_hue() {
    let yellow = colour("#f7c600").nearest_readable(Theme::Light);
    assert!(yellow.is_readable(Theme::Light));
    let parts = yellow.digits();
    let part = |at: usize| u8::from_str_radix(&parts[at..at + 2], 16).unwrap();
    assert!(
        part(0) > part(4) && part(2) > part(4),
        "{parts} is still a yellow"
    );
}

fn crc(bytes: &[u8]) -> u32 {
    let mut sum = u32::MAX;
    for byte in bytes {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 {
                (sum >> 1) ^ 0xedb8_8320
            } else {
                sum >> 1
            };
        }
    }
    !sum
}

fn chunk(name: [u8; 4], body: &[u8]) -> Vec<u8> {
    let mut made = u32::try_from(body.len()).unwrap().to_be_bytes().to_vec();
    let mut named = name.to_vec();
    named.extend_from_slice(body);
    made.extend_from_slice(&named);
    made.extend_from_slice(&crc(&named).to_be_bytes());
    made
}

fn png(width: u32, height: u32, extra: &[u8]) -> Vec<u8> {
    let mut header = Vec::new();
    header.extend_from_slice(&width.to_be_bytes());
    header.extend_from_slice(&height.to_be_bytes());
    header.extend_from_slice(&[8, 6, 0, 0, 0]);
    let mut made = b"\x89PNG\r\n\x1a\n".to_vec();
    made.extend(chunk(*b"IHDR", &header));
    made.extend_from_slice(extra);
    made.extend(chunk(*b"IDAT", b"pixels"));
    made.extend(chunk(*b"IEND", b""));
    made
}

#[test]
fn mark_keeps_the_picture_and_nothing_else() {
    let mut given = png(64, 48, &chunk(*b"tEXt", b"Comment\0secret place"));
    given.extend_from_slice(b"<script>alert(1)</script>");
    let kept = check(&given).unwrap();
    assert_eq!(
        (kept.kind, kept.width, kept.height),
        (MarkType::Png, 64, 48)
    );
    assert_eq!(kept.bytes, png(64, 48, b""));

    let frame = [0xff, 0xc0, 0, 11, 8, 0, 48, 0, 64, 1, 1, 0x11, 0];
    let scan = [
        0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 1, 2, 0xff, 0, 3, 0xff, 0xd9,
    ];
    let exif = [0xff, 0xe1, 0, 6, b'E', b'x', b'i', b'f'];
    let plain = [&[0xff, 0xd8][..], &frame, &scan].concat();
    let kept = check(&[&[0xff, 0xd8][..], &exif, &frame, &scan, b"PK\x03\x04"].concat()).unwrap();
    assert_eq!(
        (kept.kind, kept.width, kept.height),
        (MarkType::Jpeg, 64, 48)
    );
    assert_eq!(kept.bytes, plain);
}

#[test]
fn mark_that_is_no_whole_picture_of_a_fit_size_is_refused() {
    let good = png(64, 64, b"");
    let mut torn = good.clone();
    torn.truncate(40);
    let mut bent = good.clone();
    bent[20] ^= 1;
    let cases: [(&[u8], &str); 8] = [
        (
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>",
            "mark_type",
        ),
        (b"<html><script>x()</script></html>", "mark_type"),
        (b"GIF89a", "mark_type"),
        (b"", "mark_type"),
        (&torn, "mark_type"),
        (&bent, "mark_type"),
        (&png(8, 64, b""), "mark_side"),
        (&png(64, 4096, b""), "mark_side"),
    ];
    for (bytes, code) in cases {
        assert_eq!(check(bytes).unwrap_err().code, code);
    }
    assert_eq!(check(&vec![0; 300_000]).unwrap_err().code, "mark_large");
    for length in 0..good.len() {
        assert!(check(&good[..length]).is_err(), "{length}");
    }
}
