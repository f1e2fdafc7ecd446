use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html as HtmlBody, IntoResponse, Response};

use crate::i18n::Lang;

/// Security S23. No inline script or style exists, so none is allowed; every fetch stays at home.
/// `form-action`: a form cannot be made to post elsewhere. `frame-ancestors`: no foreign frame.
pub const CSP: &str = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self'; \
     connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; \
     frame-ancestors 'none'";

/// A page as an answer: HTML with its policy, never stored (pages carry personal data and tokens).
pub fn page(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => {
            let mut answer = (status, HtmlBody(html)).into_response();
            let headers = answer.headers_mut();
            headers.insert(
                header::CONTENT_SECURITY_POLICY,
                HeaderValue::from_static(CSP),
            );
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            headers.insert(
                header::REFERRER_POLICY,
                HeaderValue::from_static("same-origin"),
            );
            headers.insert(
                header::X_CONTENT_TYPE_OPTIONS,
                HeaderValue::from_static("nosniff"),
            );
            answer
        }
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// One language of the switch, named in itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LangLink {
    pub tag: &'static str,
    pub name: &'static str,
    pub current: bool,
}

pub fn lang_links(current: Lang) -> Vec<LangLink> {
    Lang::ALL
        .into_iter()
        .map(|lang| LangLink {
            tag: lang.tag(),
            name: lang.own_name(),
            current: lang == current,
        })
        .collect()
}

/// A page with invented data for each of its states.
#[cfg(any(test, feature = "testing"))]
pub trait Sample: Template + Sized {
    /// Name of the page in file names.
    const NAME: &'static str;

    fn samples(texts: crate::i18n::Texts) -> Vec<(&'static str, Self)>;
}
