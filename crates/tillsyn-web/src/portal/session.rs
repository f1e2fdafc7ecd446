//! Who looks at a page of `/portal`: a person with an account of their own, or somebody who is not signed in.

use std::convert::Infallible;

use axum::RequestExt as _;
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::response::Response;
use http::request::Parts;
use http::{HeaderMap, StatusCode, Uri, header};
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tillsyn_core::accounts::Session;
use tillsyn_core::accounts::portal::{self, SignedPerson};
use tillsyn_core::branding::{self, Branding};
use tillsyn_core::ids::PersonId;
use tillsyn_core::settings::{self, Organisation};
use tillsyn_core::{Actor, Core, Error, Kind};
use tillsyn_pki::hash;

use super::brand::Brand;
use super::failure::PortalFailure;
use super::frame::{AppFrame, PortalPlace};
use super::visit::header_text;
use super::{PortalFrame, cookie};
use crate::auth::{Cookie, SET_UP_NEEDED, body_of, check_same_origin, client_address, fields};
use crate::i18n::{Lang, Texts, Zone};
use crate::middleware::scope;
use crate::state::AppState;
use crate::ui::{page, urls};

/// A person who is signed in with an account of their own and active. For unsafe methods the same-origin proof
/// is checked with it; the form's token is checked by [`PortalForm`].
pub(crate) struct PortalUser {
    pub(crate) state: AppState,
    pub(crate) person_id: PersonId,
    pub(crate) person: SignedPerson,
    /// Holds no rights: what is theirs is found by `person_id` alone.
    pub(crate) actor: Actor,
    pub(crate) csrf_token: String,
    /// Of the account: what it can prove itself with, and what it owes.
    pub(crate) session: Session,
    pub(crate) texts: Texts,
    pub(crate) zone: Zone,
    /// Parameters of the address.
    pub(crate) query: urls::Query,
    branding: Branding,
    here: String,
    chosen: Option<Lang>,
    notice: String,
}

impl FromRequestParts<AppState> for PortalUser {
    type Rejection = PortalFailure;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &AppState,
    ) -> Result<Self, PortalFailure> {
        let not_signed_in = || Error::new(Kind::NotSignedIn, "session", "Sign in first.");
        let token = Cookie::Portal
            .read(&state.config, &parts.headers)
            .ok_or_else(not_signed_in)?;
        let address = client_address(&state.config, &parts.headers, &parts.extensions);
        let address = address.map(|ip| ip.to_string());
        let signed = portal::resume(&state.core, token, address).await?;
        let mut signed = signed.ok_or_else(not_signed_in)?;
        check_same_origin(state, &parts.method, &parts.headers)?;
        let session = &mut signed.session;
        session.actor.request_id = Some(scope::request_id()).filter(|id| !id.is_empty());
        scope::note_actor(&session.actor);
        if session.demand.is_some() && !urls::portal_serves(parts.uri.path()) {
            return Err(Error::forbidden(
                SET_UP_NEEDED,
                "This account has to be set up before anything else.",
            )
            .into());
        }
        let organisation = settings::organisation(&state.core).await?;
        let query = query(&parts.uri);
        let chosen = query.get("lang").and_then(Lang::from_tag);
        let own = signed.person.language.as_deref().and_then(Lang::from_tag);
        let wanted = chosen.or_else(|| cookie::language(&parts.headers)).or(own);
        let texts = texts(wanted, &parts.headers, &organisation);
        let branding = branding::of_unit(&state.core, &signed.person.unit_path).await?;
        Ok(Self {
            state: state.clone(),
            person_id: signed.person.id.clone(),
            actor: signed.session.actor.clone(),
            csrf_token: signed.session.csrf_token.clone(),
            session: signed.session,
            person: signed.person,
            texts,
            zone: zone(&state.core, &organisation),
            here: query.without("lang").url(parts.uri.path()),
            query,
            branding,
            chosen,
            notice: String::new(),
        })
    }
}

impl PortalUser {
    pub(crate) fn core(&self) -> &Core {
        &self.state.core
    }

    /// The person over the devices that are theirs.
    pub(crate) fn own_actor(&self) -> Actor {
        let own = self.actor.clone();
        own.over_own_devices(self.person_id.clone())
    }

    /// The frame of a page of enrollment for whoever is signed in.
    pub(crate) fn enrollment_frame(&self, here: &str) -> PortalFrame {
        PortalFrame {
            texts: self.texts,
            organisation: self.branding.name.clone(),
            here: here.to_owned(),
            brand: Brand::of(&self.branding),
            help: self.branding.contacts.line().unwrap_or_default(),
            refresh_secs: 0,
        }
    }

    /// The page is asked for again at another address than this request's.
    pub(crate) fn at(mut self, address: String) -> Self {
        self.here = address;
        self
    }

    /// The page says this above everything else.
    pub(crate) fn saying(mut self, notice: String) -> Self {
        self.notice = notice;
        self
    }

    /// The frame around a page.
    pub(crate) fn frame(&self, place: PortalPlace) -> AppFrame {
        AppFrame {
            texts: self.texts,
            organisation: self.branding.name.clone(),
            here: self.here.clone(),
            brand: Brand::of(&self.branding),
            help: String::new(),
            person: self.person.name.clone(),
            csrf: self.csrf_token.clone(),
            place,
            notice: self.notice.clone(),
        }
    }

    /// A page as the answer; a language chosen by its address is kept for the next ones.
    pub(crate) fn page(&self, status: StatusCode, template: &impl askama::Template) -> Response {
        remembering(&self.state, self.chosen, page(status, template))
    }
}

/// A form of a page of `/portal` with its fields; checked in this order: session, origin, token, fields.
pub(crate) struct PortalForm<T> {
    pub(crate) user: PortalUser,
    pub(crate) fields: T,
}

#[derive(Deserialize)]
struct Token {
    #[serde(default)]
    csrf: String,
}

impl<T: DeserializeOwned + Send> FromRequest<AppState> for PortalForm<T> {
    type Rejection = PortalFailure;

    async fn from_request(mut request: Request, state: &AppState) -> Result<Self, PortalFailure> {
        let user = request
            .extract_parts_with_state::<PortalUser, _>(state)
            .await?;
        let body = body_of(request).await?;
        let token = fields::<Token>(body.clone()).await?.csrf;
        if !hash::constant_time_eq(user.csrf_token.as_bytes(), token.as_bytes()) {
            return Err(Error::forbidden(
                "csrf_token",
                "This form belongs to an earlier session. Open the page again and repeat it.",
            )
            .into());
        }
        Ok(Self {
            user,
            fields: fields(body).await?,
        })
    }
}

/// Somebody on a page of `/portal` that needs no session. The origin of forms is checked by
/// [`CsrfForm`](crate::auth::CsrfForm).
pub(crate) struct PortalGuest {
    pub(crate) state: AppState,
    pub(crate) signed_in: bool,
    pub(crate) texts: Texts,
    pub(crate) query: urls::Query,
    /// As the organisation itself presents itself: whose unit it is, nobody knows yet.
    branding: Branding,
    here: String,
    chosen: Option<Lang>,
}

impl FromRequestParts<AppState> for PortalGuest {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        // An error page must be possible when the database is away.
        let organisation = settings::organisation(&state.core)
            .await
            .unwrap_or_default();
        let query = query(&parts.uri);
        let chosen = query.get("lang").and_then(Lang::from_tag);
        let wanted = chosen.or_else(|| cookie::language(&parts.headers));
        let token = Cookie::Portal.read(&state.config, &parts.headers);
        let signed_in = match token {
            Some(token) => portal::resume(&state.core, token, None)
                .await
                .is_ok_and(|signed| signed.is_some()),
            None => false,
        };
        Ok(Self {
            state: state.clone(),
            signed_in,
            texts: texts(wanted, &parts.headers, &organisation),
            here: query.without("lang").url(parts.uri.path()),
            query,
            branding: branding::of_organisation(&state.core)
                .await
                .unwrap_or_else(|_| Branding {
                    name: organisation.name,
                    ..Branding::default()
                }),
            chosen,
        })
    }
}

impl PortalGuest {
    pub(crate) fn core(&self) -> &Core {
        &self.state.core
    }

    /// The page is asked for again at another address than this request's.
    pub(crate) fn at(mut self, address: String) -> Self {
        self.here = address;
        self
    }

    pub(crate) fn here(&self) -> &str {
        &self.here
    }

    pub(crate) fn frame(&self) -> AppFrame {
        AppFrame {
            texts: self.texts,
            organisation: self.branding.name.clone(),
            here: self.here.clone(),
            brand: Brand::of(&self.branding),
            ..AppFrame::default()
        }
    }

    /// A page as the answer; a language chosen by its address is kept for the next ones.
    pub(crate) fn page(&self, status: StatusCode, template: &impl askama::Template) -> Response {
        remembering(&self.state, self.chosen, page(status, template))
    }
}

fn remembering(state: &AppState, chosen: Option<Lang>, mut answer: Response) -> Response {
    if let Some(lang) = chosen {
        let value = cookie::set_language(&state.config, lang);
        answer.headers_mut().append(header::SET_COOKIE, value);
    }
    answer
}

fn texts(wanted: Option<Lang>, headers: &HeaderMap, organisation: &Organisation) -> Texts {
    let asked = header_text(headers, &header::ACCEPT_LANGUAGE);
    let fallback = Lang::from_tag(&organisation.language).unwrap_or_default();
    Texts::new(Lang::negotiate(wanted, Some(asked), fallback))
}

fn zone(core: &Core, organisation: &Organisation) -> Zone {
    Zone {
        now_ms: core.now_ms(),
        zone: TimeZone::get(&organisation.time_zone).unwrap_or(TimeZone::UTC),
    }
}

fn query(uri: &Uri) -> urls::Query {
    let pairs = Query::<Vec<(String, String)>>::try_from_uri(uri);
    urls::Query::from_pairs(pairs.map(|Query(pairs)| pairs).unwrap_or_default())
}

/// The longest address to go on at.
const NEXT: usize = 2_000;

/// A path below `/portal` or `/go`, or the first page: redirects never leave this server.
pub(crate) fn portal_path(path: &str) -> &str {
    let below = |base: &str| {
        path.strip_prefix(base).is_some_and(|rest| {
            (rest.is_empty() || rest.starts_with(['/', '?']))
                && !rest.contains("//")
                && !rest.contains("/.")
                && !rest.contains(|c: char| c == '\\' || c.is_control() || c.is_whitespace())
        })
    };
    if path.len() <= NEXT && (below(urls::PORTAL) || below(urls::GO)) {
        path
    } else {
        urls::PORTAL
    }
}
