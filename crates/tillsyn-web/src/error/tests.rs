#![expect(clippy::unwrap_used, reason = "tests")]

use axum::response::IntoResponse as _;
use http::{StatusCode, header};
use tillsyn_core::{Error, Kind};

use super::{AppError, ErrorKind};

/// The map as the documents have it; a change here is a change of the API.
#[test]
fn every_kind_has_its_status() {
    let rules = [
        (Kind::NotSignedIn, 401),
        (Kind::Forbidden, 403),
        (Kind::FreshSignInNeeded, 403),
        (Kind::NotFound, 404),
        (Kind::Invalid, 422),
        (Kind::Conflict, 409),
        (Kind::NotCapable, 409),
        (
            Kind::TooMany {
                retry_after_secs: 7,
            },
            429,
        ),
        (Kind::Overloaded, 429),
        (Kind::Unavailable, 503),
        (Kind::Internal, 500),
    ];
    for (kind, status) in rules {
        let error = AppError::from(Error::new(kind, "code", "Detail."));
        assert_eq!(error.status().as_u16(), status, "{kind:?}");
    }
    let of_http = [
        (AppError::bad_request("path", "x"), 400),
        (AppError::no_route(), 404),
        (AppError::method_not_allowed(), 405),
        (AppError::too_large(1), 413),
        (AppError::media_type("x"), 415),
        (AppError::timeout(), 503),
    ];
    assert_eq!(AppError::timeout().retry_after_secs(), Some(30));
    for (error, status) in of_http {
        assert_eq!(error.status().as_u16(), status, "{:?}", error.kind());
    }
}

#[tokio::test]
async fn cause_stays_inside_and_the_wait_is_named() {
    let error = Error::new(
        Kind::Unavailable,
        "store_unavailable",
        "The database does not answer.",
    )
    .caused_by(std::io::Error::other("password=hunter2 at /var/lib"));
    let response = AppError::from(error).into_response();
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(response.headers()[header::RETRY_AFTER], "30");
    assert_eq!(
        response.headers()[header::CONTENT_TYPE],
        "application/problem+json"
    );
    assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
    let body = axum::body::to_bytes(response.into_body(), 10_000)
        .await
        .unwrap();
    let text = String::from_utf8(body.to_vec()).unwrap();
    assert!(
        !text.contains("hunter2") && !text.contains("/var/lib"),
        "{text}"
    );
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["code"], "store_unavailable");
    assert_eq!(json["type"], "urn:tillsyn:problem:store_unavailable");
    assert_eq!(json["status"], 503);
}

#[test]
fn too_many_tries_name_their_wait_and_refusals_ask_for_a_token() {
    let wait = AppError::from(Error::new(
        Kind::TooMany {
            retry_after_secs: 7,
        },
        "slow",
        "Wait.",
    ));
    assert_eq!(wait.into_response().headers()[header::RETRY_AFTER], "7");
    let response = AppError::not_signed_in().into_response();
    assert_eq!(response.headers()[header::WWW_AUTHENTICATE], "Bearer");
    assert_eq!(
        AppError::not_signed_in().kind(),
        ErrorKind::Rule(Kind::NotSignedIn)
    );
}
