use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use tillsyn_apple::media;
use tillsyn_apple::plist_guard::Limits;

use crate::plists::{dictionary, text};

/// A request as it came from the device.
pub(super) struct Received {
    pub(super) method: Method,
    pub(super) uri: Uri,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// What a request is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Topic {
    Attempt,
    Scep(String),
    CheckIn(String),
    /// A declarative exchange and its endpoint.
    Declarative(String),
    Acme,
    /// `Idle`.
    Poll,
    /// A result and the UUID in it.
    Result(String),
    Other,
}

impl Received {
    pub(super) fn topic(&self) -> Topic {
        let operation = self.uri.query().and_then(|query| {
            query.split('&').find_map(|pair| {
                let (name, value) = pair.split_once('=')?;
                name.eq_ignore_ascii_case("operation").then_some(value)
            })
        });
        if let Some(operation) = operation {
            return Topic::Scep(operation.to_ascii_lowercase());
        }
        let jose = self.headers.get(header::CONTENT_TYPE);
        if jose.is_some_and(|kind| kind == "application/jose+json") {
            return Topic::Acme;
        }
        if self.method == Method::POST && self.uri.path().ends_with("/attempts") {
            return Topic::Attempt;
        }
        if self.method != Method::PUT {
            return Topic::Other;
        }
        let Ok(dict) = dictionary(&self.body, Limits::RESULT) else {
            return Topic::Other;
        };
        if let Some(endpoint) = text(&dict, "Endpoint") {
            return Topic::Declarative(endpoint.to_owned());
        }
        if let Some(message) = text(&dict, "MessageType") {
            return Topic::CheckIn(message.to_owned());
        }
        match text(&dict, "CommandUUID") {
            Some(uuid) => Topic::Result(uuid.to_owned()),
            None => Topic::Poll,
        }
    }

    /// Whether a person's channel speaks.
    pub(super) fn is_of_user(&self) -> bool {
        dictionary(&self.body, Limits::RESULT).is_ok_and(|dict| dict.contains_key("UserID"))
    }

    pub(super) fn status_is(&self, status: &str) -> bool {
        dictionary(&self.body, Limits::RESULT)
            .is_ok_and(|dict| text(&dict, "Status") == Some(status))
    }
}

/// An answer on its way to the device.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Answer {
    pub(super) fn new(status: StatusCode) -> Self {
        Self {
            status,
            headers: HeaderMap::new(),
            body: Bytes::new(),
        }
    }

    pub(super) fn with(mut self, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        self.set(header::CONTENT_TYPE, content_type);
        self.body = body.into();
        self
    }

    pub(super) fn set(&mut self, name: header::HeaderName, value: &'static str) {
        self.headers.insert(name, HeaderValue::from_static(value));
    }

    pub(super) fn is_json(&self) -> bool {
        let value = self.headers.get(header::CONTENT_TYPE);
        value
            .and_then(|v| v.to_str().ok())
            .is_some_and(|kind| media::is(kind, "application/json"))
    }

    pub(super) fn is_profile(&self) -> bool {
        let value = self.headers.get(header::CONTENT_TYPE);
        value
            .and_then(|v| v.to_str().ok())
            .is_some_and(|kind| media::is(kind, media::PROFILE))
    }
}
