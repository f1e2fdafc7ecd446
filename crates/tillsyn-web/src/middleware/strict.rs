//! Requests that are refused before anybody looks at them: paths that two readers could read in two ways
//! (S08), ambiguous framing (S20), encoded bodies (S21), methods that are never served.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderValue, Method, Version, header};

use crate::error::AppError;

pub(super) async fn refuse_malformed(request: Request, next: Next) -> Response {
    match check(&request) {
        Ok(()) => next.run(request).await,
        Err(refusal) => {
            let mut response = refusal.into_response();
            if is_ambiguous(&request) {
                // Whatever stands behind this request on the connection is not served.
                let close = HeaderValue::from_static("close");
                response.headers_mut().insert(header::CONNECTION, close);
            }
            response
        }
    }
}

fn check(request: &Request) -> Result<(), AppError> {
    if matches!(*request.method(), Method::TRACE | Method::CONNECT) {
        return Err(AppError::method_not_allowed());
    }
    if is_ambiguous(request) {
        return Err(AppError::bad_request(
            "framing",
            "The request needs exactly one Host, and one way to tell where its body ends.",
        ));
    }
    if !is_plain(request.uri().path()) {
        return Err(AppError::bad_request(
            "path",
            "The path has encoded slashes, dot segments, empty segments or parameters.",
        ));
    }
    let mut encodings = request.headers().get_all(header::CONTENT_ENCODING).iter();
    if !encodings.all(|value| value.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Err(AppError::media_type(
            "Send the body without Content-Encoding.",
        ));
    }
    Ok(())
}

fn is_ambiguous(request: &Request) -> bool {
    let headers = request.headers();
    let hosts = headers.get_all(header::HOST).iter().count();
    let host_wrong = match request.version() {
        Version::HTTP_11 => hosts != 1,
        _ => hosts > 1,
    };
    host_wrong
        || (headers.contains_key(header::TRANSFER_ENCODING)
            && headers.contains_key(header::CONTENT_LENGTH))
        || headers.get_all(header::CONTENT_LENGTH).iter().count() > 1
}

/// Whether every reader understands this path alike: no empty, dot or parameter segment, and no escape
/// that hides one.
pub(super) fn is_plain(path: &str) -> bool {
    let Some(rest) = path.strip_prefix('/') else {
        return false;
    };
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    (rest.is_empty() && path == "/") || rest.split('/').all(is_plain_segment)
}

fn is_plain_segment(segment: &str) -> bool {
    let Some(decoded) = decode(segment) else {
        return false;
    };
    !decoded.is_empty()
        && decoded != "."
        && decoded != ".."
        && !decoded.contains(|c: char| matches!(c, '/' | '\\' | ';' | '%') || c.is_control())
}

/// Percent-decoding that refuses broken escapes and what is not UTF-8.
fn decode(segment: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let high = char::from(rest.next()?).to_digit(16)?;
        let low = char::from(rest.next()?).to_digit(16)?;
        bytes.push(u8::try_from(high * 16 + low).ok()?);
    }
    String::from_utf8(bytes).ok()
}
