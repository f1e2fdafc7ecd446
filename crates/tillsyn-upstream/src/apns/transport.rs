//! What a failed exchange means when no HTTP answer came back.
//!
//! The texts of the error chain are searched, never kept: they can hold the URL and with it the
//! device token. Below HTTP/2 the typed TLS error is lost and only its text remains.

use std::error::Error;

use super::outcome::{PushOutcome, known_reason};

/// Reads the failure of a request that got no complete answer.
pub(super) fn outcome_of(error: &reqwest::Error) -> PushOutcome {
    let mut texts = Vec::new();
    let mut next: Option<&(dyn Error + 'static)> = error.source();
    while let Some(cause) = next {
        texts.push(cause.to_string());
        next = cause.source();
    }
    from_texts(&texts, error.is_timeout(), error.is_connect())
}

pub(super) fn from_texts(texts: &[String], timeout: bool, connect: bool) -> PushOutcome {
    let has = |wanted: &str| texts.iter().any(|text| text.contains(wanted));

    // APNs says why it closes a connection in the debug data of GOAWAY: {"reason":"…"}.
    if let Some(reason) = texts.iter().find_map(|text| goaway_reason(text)) {
        match reason {
            "IdleTimeout" => return PushOutcome::RetryNow,
            "BadCertificate" | "BadCertificateEnvironment" | "Forbidden" => {
                return PushOutcome::CertificateRefused { reason };
            }
            _ => return later(reason),
        }
    }
    // With TLS 1.3 the refusal of our certificate arrives after the handshake, as an alert.
    if let Some((_, reason)) = CERTIFICATE_ALERTS
        .iter()
        .find(|(alert, _)| has(&format!("received fatal alert: {alert}")))
    {
        return PushOutcome::CertificateRefused { reason };
    }
    // RFC 9113 §8.7: the stream was not processed.
    if has("refused stream") {
        return later("refused_stream");
    }
    if timeout {
        later("timeout")
    } else if has("tunnel") || has("proxy authorization") {
        later("proxy")
    } else if has("invalid peer certificate") {
        later("server_certificate")
    } else if has("received fatal alert") {
        later("tls")
    } else if connect {
        later("connect")
    } else if has("connection error received") {
        later("goaway")
    } else {
        later("transport")
    }
}

fn later(reason: &'static str) -> PushOutcome {
    PushOutcome::RetryLater {
        reason,
        retry_after_s: None,
    }
}

/// The known reason inside an error text such as
/// `connection error received: not a result of an error (b"{\"reason\":\"IdleTimeout\"}")`.
fn goaway_reason(text: &str) -> Option<&'static str> {
    let (_, data) = text.split_once("connection error received")?;
    let (_, value) = data.split_once("reason")?;
    let word = value
        .trim_start_matches(|c: char| !c.is_ascii_alphabetic())
        .split(|c: char| !c.is_ascii_alphabetic())
        .next()?;
    match known_reason(Some(word)) {
        "other" => None,
        known => Some(known),
    }
}

/// TLS alerts by which a server refuses the client's certificate (RFC 8446 §6.2), as rustls
/// writes them.
const CERTIFICATE_ALERTS: [(&str, &str); 8] = [
    ("BadCertificate", "tls_bad_certificate"),
    ("UnsupportedCertificate", "tls_unsupported_certificate"),
    ("CertificateRevoked", "tls_certificate_revoked"),
    ("CertificateExpired", "tls_certificate_expired"),
    ("CertificateUnknown", "tls_certificate_unknown"),
    ("CertificateRequired", "tls_certificate_required"),
    ("UnknownCA", "tls_unknown_ca"),
    ("AccessDenied", "tls_access_denied"),
];
