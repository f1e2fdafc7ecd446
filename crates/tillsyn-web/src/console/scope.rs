//! One part of the organisation to look at: `?scope=UNIT` limits lists, counts and exports to a unit and what is below
//! it. It stands in every address, so that a link shows what its sender saw; a browser that goes on from such a page
//! is taken there again. What somebody does is not limited by it, since acts name their objects; the one that names a
//! cause instead carries the scope of the page that it was decided on.

use axum::extract::MatchedPath;
use axum::response::Response;
use http::request::Parts;
use http::{HeaderMap, Method, StatusCode, header};
use tillsyn_core::ids::OrgUnitId;
use tillsyn_core::units::unit_names;
use tillsyn_core::{Actor, Error, Kind, org};

use askama::Template;

use super::failure::{Failure, own_path};
use super::frame::{Frame, Place};
use super::visitor::Visitor;
use crate::state::AppState;
use crate::ui::urls::{self, SCOPE_NAME};
use crate::ui::{Link, page};

/// Lists and figures. Pages of one object, settings and forms show what they always show.
const LIMITED: &[&str] = &[
    urls::CONSOLE,
    urls::DEVICES,
    urls::DEVICES_FILTERS,
    urls::DEVICES_EXPORT,
    urls::COMMANDS,
    urls::COMMANDS_EXPORT,
    urls::COMMANDS_WITHDRAW,
    urls::PEOPLE,
    urls::PEOPLE_EXPORT,
    urls::GROUPS,
    urls::PROFILES,
    urls::PLANS,
    urls::INVITATIONS,
    urls::ATTEMPTS,
    urls::CERTIFICATES,
    urls::CAMPAIGNS,
    urls::AUDIT,
    urls::AUDIT_EXPORT,
    urls::SEARCH,
];

/// The unit that somebody looks at.
#[derive(Clone, Debug)]
pub(crate) struct Scope {
    pub(crate) id: OrgUnitId,
    pub(crate) name: String,
    path: String,
}

impl Scope {
    /// The reader, as one who reaches no more than this.
    pub(crate) fn of(&self, actor: &Actor) -> Actor {
        actor.within(&self.path)
    }
}

/// Whether this page is one that the scope limits.
pub(super) fn limits(parts: &Parts) -> bool {
    let path = parts.extensions.get::<MatchedPath>();
    path.is_some_and(|path| {
        let list = path.as_str().strip_suffix(".csv");
        LIMITED.contains(&list.unwrap_or(path.as_str()))
            || path.as_str().starts_with("/console/reports")
    })
}

/// The scope of the address, else that of the page which asks for a part of itself. One that is gone or out of reach
/// is none.
pub(super) async fn chosen(
    state: &AppState,
    actor: &Actor,
    parts: &Parts,
) -> Result<Option<Scope>, Failure> {
    if parts.method != Method::GET {
        return Ok(None);
    }
    let own = parameter(parts.uri.query().unwrap_or_default());
    let wanted = own.or_else(|| parameter(&referer_query(state, &parts.headers)?));
    let Some(id) = wanted.and_then(|id| OrgUnitId::parse(&id)) else {
        return Ok(None);
    };
    let unit = org::reached(&state.core, actor, &id).await?;
    Ok(unit.map(|unit| Scope {
        id: unit.id,
        name: unit.name,
        path: unit.path,
    }))
}

/// Who acts on what a page showed that was limited to a unit; an empty text means no limit.
///
/// # Errors
/// Not found for a unit that is gone or out of reach: nothing is done in a wider part than was shown.
pub(super) async fn limited(visitor: &Visitor, unit: &str) -> Result<Actor, Failure> {
    if unit.is_empty() {
        return Ok(visitor.actor().clone());
    }
    let found = match OrgUnitId::parse(unit) {
        Some(id) => org::reached(visitor.core(), visitor.actor(), &id).await?,
        None => None,
    };
    let unit = found.ok_or_else(|| Error::not_found("organisational unit"))?;
    Ok(visitor.actor().within(&unit.path))
}

/// Where a browser is taken that went on from a page with a scope by a link without one.
pub(super) fn carried_on(state: &AppState, parts: &Parts) -> Option<String> {
    let goes = parts
        .headers
        .get("sec-fetch-mode")
        .is_some_and(|mode| mode == "navigate");
    let path = parts.uri.path();
    let within = path == urls::CONSOLE || path.strip_prefix(urls::CONSOLE)?.starts_with('/');
    if parts.method != Method::GET || !goes || !within || path == urls::SCOPE {
        return None;
    }
    let query = parts.uri.query().unwrap_or_default();
    if query
        .split('&')
        .any(|pair| pair.split('=').next() == Some(SCOPE_NAME))
    {
        return None;
    }
    let scope = parameter(&referer_query(state, &parts.headers)?)?;
    let scope = OrgUnitId::parse(&scope)?;
    let join = if query.is_empty() { "" } else { "&" };
    Some(format!("{path}?{query}{join}{SCOPE_NAME}={scope}"))
}

/// An id needs no decoding.
fn parameter(query: &str) -> Option<String> {
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(name, _)| *name == SCOPE_NAME)?;
    Some(value.to_owned()).filter(|value| !value.is_empty())
}

fn referer_query(state: &AppState, headers: &HeaderMap) -> Option<String> {
    let page = headers.get(header::REFERER)?.to_str().ok()?;
    let path = page.strip_prefix(state.core.config().console_url.as_str())?;
    let (path, query) = path.split_once('?')?;
    path.starts_with(urls::CONSOLE).then(|| query.to_owned())
}

/// `GET /console/scope`: all that the reader can look at.
#[derive(Template)]
#[template(path = "console/scope.html")]
pub struct ScopePage {
    pub f: Frame,
    /// The whole of it.
    pub all: Link,
    pub units: Vec<Link>,
}

pub(super) async fn choose(visitor: Visitor) -> Result<Response, Failure> {
    let l = visitor.texts;
    let next = own_path(visitor.query.get("next").unwrap_or_default()).to_owned();
    let units = match unit_names(visitor.core(), visitor.actor()).await {
        Err(Error {
            kind: Kind::Forbidden,
            ..
        }) => Vec::new(),
        units => units?,
    };
    let link = |id: &str, text: String| Link {
        href: with_scope(&next, id),
        text,
    };
    let shown = ScopePage {
        f: visitor.frame(Place::Scope, "").await?,
        all: link("", l.t("scope-all")),
        // The first is all that is reached.
        units: units
            .iter()
            .skip(1)
            .map(|unit| link(unit.id.as_str(), unit.names.join(" / ")))
            .collect(),
    };
    Ok(page(StatusCode::OK, &shown))
}

/// A place in a list belongs to the list as it was limited before.
fn with_scope(next: &str, id: &str) -> String {
    let (path, query) = next.split_once('?').unwrap_or((next, ""));
    let mut pairs: Vec<String> = query
        .split('&')
        .filter(|pair| {
            let name = pair.split('=').next().unwrap_or_default();
            !matches!(name, "" | SCOPE_NAME | "after" | "before")
        })
        .map(str::to_owned)
        .collect();
    pairs.push(format!("{SCOPE_NAME}={id}"));
    format!("{path}?{}", pairs.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_scope_begins_the_list_anew_and_keeps_its_filters() {
        let to = with_scope(
            "/console/devices?platform=ios&scope=a&after=x&before=y",
            "b",
        );
        assert_eq!(to, "/console/devices?platform=ios&scope=b");
        assert_eq!(with_scope("/console", ""), "/console?scope=");
    }

    #[test]
    fn a_scope_is_read_from_the_query_and_an_empty_one_is_none() {
        assert_eq!(parameter("q=x&scope=a"), Some("a".to_owned()));
        assert_eq!(parameter("q=x&scope="), None);
        assert_eq!(parameter("scoped=a"), None);
    }
}
