//! A certificate and its key, one after the other in PEM, with nothing around them.

use zeroize::Zeroizing;

/// Splits such a text; in either order. `None` for anything else.
pub(super) fn split(text: &str) -> Option<(String, Zeroizing<String>)> {
    let mut certificate = None;
    let mut key = None;
    let mut rest = text.trim();
    while !rest.is_empty() {
        let label = rest.strip_prefix("-----BEGIN ")?.split_once("-----")?.0;
        let end = format!("-----END {label}-----");
        let length = rest.find(&end)? + end.len();
        let (block, after) = rest.split_at(length);
        rest = after.trim_start();
        if label == "CERTIFICATE" && certificate.is_none() {
            certificate = Some(format!("{block}\n"));
        } else if label.ends_with("PRIVATE KEY") && key.is_none() {
            key = Some(Zeroizing::new(format!("{block}\n")));
        } else {
            return None;
        }
    }
    certificate.zip(key)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::expect_used, reason = "tests")]

    use super::split;

    const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----";
    const KEY: &str = "-----BEGIN RSA PRIVATE KEY-----\nBBBB\n-----END RSA PRIVATE KEY-----";

    #[test]
    fn one_certificate_and_one_key_and_nothing_around() {
        for text in [
            format!("{CERTIFICATE}\n{KEY}\n"),
            format!("{KEY}\r\n\r\n{CERTIFICATE}"),
        ] {
            let (certificate, key) = split(&text).expect("a pair");
            assert_eq!(certificate.trim(), CERTIFICATE);
            assert_eq!(key.trim(), KEY);
        }
        for text in [
            String::new(),
            CERTIFICATE.to_owned(),
            KEY.to_owned(),
            format!("{CERTIFICATE}{CERTIFICATE}{KEY}"),
            format!("{{\"pem\": \"{CERTIFICATE}{KEY}\"}}"),
            format!("{CERTIFICATE}\nand\n{KEY}"),
            format!("{CERTIFICATE}\n{KEY}\n-----BEGIN"),
        ] {
            assert!(split(&text).is_none(), "{text}");
        }
    }
}
