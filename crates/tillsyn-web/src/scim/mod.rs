//! SCIM 2.0 (RFC 7643, RFC 7644) at `/scim/v2/{connector}` on the public listener: how identity providers keep
//! people and groups here. A token opens one connector. What the vendors really send is taken, what is not
//! understood is refused, and a request is done whole or not at all.

mod answer;
mod discovery;
mod filter;
mod groups;
mod limit;
mod patch;
mod resource;
mod users;

use axum::Router;
use axum::body::Body;
use axum::extract::{FromRequestParts, Path};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{any, get};
use http::request::Parts;
use http::{HeaderMap, StatusCode, header};
use serde_json::Value as Json;
use tillsyn_core::Core;
use tillsyn_core::directory::{SourceView, note_ignored, scim_connector};

use self::answer::ScimError;
use crate::state::AppState;

/// Bytes of a body.
const LIMIT: usize = 2 * 1024 * 1024;
/// Resources of one page.
const MOST_RESULTS: i64 = 200;

pub(crate) fn routes() -> Router<AppState> {
    let base = "/scim/v2/{connector}";
    let at = |rest: &str| format!("{base}{rest}");
    Router::new()
        .route(
            &at("/Users"),
            get(users::list).post(users::create).fallback(nowhere),
        )
        .route(
            &at("/Users/{id}"),
            get(users::show)
                .put(users::replace)
                .patch(users::patch)
                .delete(users::delete)
                .fallback(nowhere),
        )
        .route(
            &at("/Groups"),
            get(groups::list).post(groups::create).fallback(nowhere),
        )
        .route(
            &at("/Groups/{id}"),
            get(groups::show)
                .put(groups::replace)
                .patch(groups::patch)
                .delete(groups::delete)
                .fallback(nowhere),
        )
        .route(&at("/ServiceProviderConfig"), get(discovery::config))
        .route(&at("/ResourceTypes"), get(discovery::types))
        .route(&at("/ResourceTypes/{id}"), get(discovery::one_type))
        .route(&at("/Schemas"), get(discovery::schemas))
        .route(&at("/Schemas/{id}"), get(discovery::one_schema))
        .route(base, any(nowhere))
        .route(&at("/{*rest}"), any(nowhere))
}

/// What is not there, for whoever may ask.
async fn nowhere(_connector: Connector) -> Response {
    ScimError::not_found().into_response()
}

/// A connector that was opened with its token.
pub(super) struct Connector {
    core: Core,
    source: SourceView,
    /// The address of the connector.
    base: String,
    query: Query,
    headers: HeaderMap,
}

impl FromRequestParts<AppState> for Connector {
    type Rejection = ScimError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ScimError> {
        let path = parts
            .uri
            .path()
            .strip_prefix("/scim/v2/")
            .unwrap_or_default();
        let name = path.split('/').next().unwrap_or_default();
        let token = parts
            .headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim())
            .unwrap_or_default();
        let source = scim_connector(&state.core, name, token).await?;
        if !limit::allows(source.id.as_str()) {
            let detail = "Too many requests; wait a moment.";
            return Err(ScimError::new(StatusCode::TOO_MANY_REQUESTS, None, detail));
        }
        let query = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(&parts.uri);
        let query = query.map(|query| query.0).unwrap_or_default();
        let public = state.core.config().public_url.trim_end_matches('/');
        let base = format!("{public}/scim/v2/{}", source.id);
        Ok(Self {
            core: state.core.clone(),
            source,
            base,
            query: Query::read(query),
            headers: parts.headers.clone(),
        })
    }
}

impl Connector {
    /// Reads a body as JSON.
    async fn body(&self, body: Body) -> Result<Json, ScimError> {
        let kind = self.headers.get(header::CONTENT_TYPE);
        let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        let known = ["", answer::MEDIA_TYPE, "application/json"];
        if !known.iter().any(|known| kind.eq_ignore_ascii_case(known)) {
            let detail = "Send application/scim+json.";
            return Err(ScimError::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                None,
                detail,
            ));
        }
        let bytes = axum::body::to_bytes(body, LIMIT).await.map_err(|_| {
            let detail = "The body is larger than 2 MiB.";
            ScimError::new(StatusCode::PAYLOAD_TOO_LARGE, None, detail)
        })?;
        serde_json::from_slice(&bytes)
            .map_err(|_| ScimError::bad("invalidSyntax", "The body is not JSON."))
    }

    /// The version that `If-Match` names; `None` when any will do.
    fn if_match(&self) -> Result<Option<i64>, ScimError> {
        let Some(value) = self.headers.get(header::IF_MATCH) else {
            return Ok(None);
        };
        let value = value.to_str().unwrap_or_default().trim();
        if value == "*" {
            return Ok(None);
        }
        let version = value.trim_start_matches("W/").trim_matches('"').parse();
        version.map(Some).map_err(|_| ScimError::version())
    }

    /// Whether the client has this version already.
    fn has(&self, version: i64) -> bool {
        let value = self.headers.get(header::IF_NONE_MATCH);
        let value = value
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let own = version.to_string();
        value
            .split(',')
            .map(|tag| tag.trim().trim_start_matches("W/").trim_matches('"'))
            .any(|tag| tag == own || tag == "*")
    }

    /// Notes what came and is not read: names only.
    async fn note(&self, ignored: Vec<String>) {
        let known = self.source.diagnostics.as_object();
        let new: Vec<String> = ignored
            .into_iter()
            .filter(|name| known.is_none_or(|known| !known.contains_key(name)))
            .collect();
        if let Err(error) = note_ignored(&self.core, &self.source.id, new).await {
            tracing::warn!(error = %error, "what a connector ignores was not noted");
        }
    }
}

/// What the query says; parameters that we do not know say nothing.
#[derive(Clone, Debug, Default)]
struct Query {
    filter: Option<String>,
    start: i64,
    count: i64,
    attributes: Vec<String>,
    excluded: Vec<String>,
}

impl Query {
    fn read(query: Vec<(String, String)>) -> Self {
        let mut read = Self {
            start: 1,
            count: 100,
            ..Self::default()
        };
        for (name, value) in query {
            match name.to_ascii_lowercase().as_str() {
                "filter" => read.filter = Some(value),
                "startindex" => read.start = value.trim().parse().unwrap_or(1).max(1),
                "count" => read.count = value.trim().parse().unwrap_or(100).clamp(0, MOST_RESULTS),
                "attributes" => read.attributes = names(&value),
                "excludedattributes" => read.excluded = names(&value),
                _ => {}
            }
        }
        read
    }

    /// Whether an attribute is to be in the answer.
    fn wants(&self, name: &str) -> bool {
        let name = name.to_lowercase();
        let same = |asked: &String| *asked == name || asked.starts_with(&format!("{name}."));
        if !self.attributes.is_empty() {
            return self.attributes.iter().any(same);
        }
        !self.excluded.contains(&name)
    }

    /// The resource with the attributes that are asked for; id and schemas are always there.
    fn trim(&self, resource: Json) -> Json {
        if self.attributes.is_empty() && self.excluded.is_empty() {
            return resource;
        }
        let Json::Object(fields) = resource else {
            return resource;
        };
        // Names may come with the URN of their schema in front.
        let short = |name: &str| name.rsplit(':').next().unwrap_or_default().to_owned();
        let whole = Self {
            attributes: self.attributes.iter().map(|name| short(name)).collect(),
            excluded: self.excluded.iter().map(|name| short(name)).collect(),
            ..Self::default()
        };
        let of_extension = |name: &str| {
            name.starts_with("urn:")
                && self
                    .attributes
                    .iter()
                    .any(|asked| asked.starts_with(&name.to_lowercase()))
        };
        let kept = fields.into_iter().filter(|(name, _)| {
            matches!(name.as_str(), "id" | "schemas") || whole.wants(name) || of_extension(name)
        });
        Json::Object(kept.collect())
    }

    fn offset(&self) -> i64 {
        self.start - 1
    }
}

fn names(list: &str) -> Vec<String> {
    let names = list.split(',').map(|name| name.trim().to_lowercase());
    names.filter(|name| !name.is_empty()).collect()
}

/// A page of resources.
fn page(total: i64, start: i64, resources: &[Json]) -> Response {
    let body = serde_json::json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": total, "startIndex": start, "itemsPerPage": resources.len(),
        "Resources": resources,
    });
    answer::answer(StatusCode::OK, &body)
}

/// The id of a resource in the address.
pub(super) type Id = Path<(String, String)>;
