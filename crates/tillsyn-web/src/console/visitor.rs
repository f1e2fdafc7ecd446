//! Who looks at a page, and how they want it: session, language, theme, time zone.

use std::borrow::Cow;
use std::convert::Infallible;

use axum::extract::{FromRequestParts, MatchedPath, Query};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use jiff::tz::TimeZone;
use tillsyn_core::accounts::{self, Session};
use tillsyn_core::actor::FRESH_MS;
use tillsyn_core::approvals;
use tillsyn_core::clock::MINUTE_MS;
use tillsyn_core::devices;
use tillsyn_core::groups::count_groups;
use tillsyn_core::guard;
use tillsyn_core::ids::OrgUnitId;
use tillsyn_core::notifications;
use tillsyn_core::people::count_people;
use tillsyn_core::settings::{self, Organisation};
use tillsyn_core::{Actor, Core, Error, Permission};
use zeroize::Zeroizing;

use super::failure::{Failure, short};
use super::frame::{Bare, Frame, Place, Theme};
use super::notice;
use super::scope::{self, Scope};
use super::{undo, words};
use crate::auth::{MaybeSession, SessionActor};
use crate::i18n::{Lang, Texts, Zone};
use crate::state::AppState;
use crate::ui::{Message, UndoForm, page, urls};

const LANGUAGE_COOKIE: &str = "tillsyn-lang";
const THEME_COOKIE: &str = "tillsyn-theme";
const KEYS_COOKIE: &str = "tillsyn-keys";
const YEAR_SECS: u32 = 365 * 24 * 60 * 60;

/// What the sidebar leaves out for whoever lacks the permission.
const PLACES: &[(Permission, &[Place])] = &[
    (
        Permission::DevicesRead,
        &[
            Place::Overview,
            Place::Devices,
            Place::Commands,
            Place::SelfService,
            Place::Reports,
        ],
    ),
    (
        Permission::PeopleRead,
        &[Place::People, Place::Directories, Place::HelpDesk],
    ),
    (Permission::GroupsRead, &[Place::Groups]),
    (Permission::ProfilesRead, &[Place::Profiles, Place::Plans]),
    (
        Permission::InvitationsRead,
        &[Place::Invitations, Place::Attempts],
    ),
    (Permission::PushRead, &[Place::Push]),
    (Permission::AuditRead, &[Place::Audit]),
    (Permission::WebhooksRead, &[Place::Webhooks]),
    (Permission::SettingsWrite, &[Place::Mail]),
    (Permission::TokensOwn, &[Place::Tokens]),
    (Permission::SignInWrite, &[Place::SignOn]),
    (
        Permission::AccountsRead,
        &[Place::Administrators, Place::Roles],
    ),
];

/// A signed-in person on a page of the console.
pub(crate) struct Visitor {
    pub(crate) session: SessionActor,
    pub(crate) texts: Texts,
    pub(crate) zone: Zone,
    /// Parameters of the address.
    pub(crate) query: urls::Query,
    organisation: Organisation,
    theme: Theme,
    here: String,
    message: Option<Message>,
    scope: Option<Scope>,
    /// Who they are on a page that the scope limits; `None` where the actor is the whole of them.
    unlimited: Option<Actor>,
    keys_off: bool,
}

impl FromRequestParts<AppState> for Visitor {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Failure> {
        let mut session = SessionActor::from_request_parts(parts, state).await?;
        let path = parts.extensions.get::<MatchedPath>();
        super::needs::check(session.actor(), path, &parts.method)?;
        let scope = scope::chosen(state, session.actor(), parts).await?;
        let mut unlimited = None;
        if let Some(scope) = scope.as_ref().filter(|_| scope::limits(parts)) {
            let within = scope.of(session.actor());
            unlimited = Some(std::mem::replace(&mut session.session.actor, within));
        }
        let organisation = settings::organisation(&state.core).await?;
        let account = &session.session.account;
        let choice = account.language.as_deref().and_then(Lang::from_tag);
        let texts = texts(choice, &parts.headers, &organisation);
        let zone = zone(&state.core, &organisation);
        Ok(Self {
            texts,
            keys_off: notice::cookie(&parts.headers, KEYS_COOKIE) == Some("off"),
            scope,
            unlimited,
            theme: Theme::from_value(account.theme.as_deref().unwrap_or_default()),
            query: query(&parts.uri),
            here: short(&address(&parts.uri)).into_owned(),
            message: notice::of(&parts.headers).map(|found| {
                let message = found.message(texts, &zone);
                let args = [("what", (&message.title).into())];
                let undo = undo::form_of(&parts.headers).map(|form| UndoForm {
                    label: texts.t_args("undo-of", &args),
                    ..form
                });
                Message { undo, ..message }
            }),
            zone,
            organisation,
            session,
        })
    }
}

impl Visitor {
    pub(crate) fn core(&self) -> &Core {
        &self.session.state.core
    }

    pub(crate) fn state(&self) -> &AppState {
        &self.session.state
    }

    pub(crate) fn actor(&self) -> &Actor {
        self.session.actor()
    }

    /// Who somebody is when they do something: acts are never limited by the scope of a page.
    pub(crate) fn whole(&self) -> &Actor {
        self.unlimited.as_ref().unwrap_or_else(|| self.actor())
    }

    /// The session of [`Self::whole`].
    pub(crate) fn whole_session(&self) -> Session {
        Session {
            actor: self.whole().clone(),
            ..self.session.session.clone()
        }
    }

    /// The reader as their scope limits them, on a page that it does not limit, too.
    pub(crate) fn within(&self) -> Cow<'_, Actor> {
        match &self.scope {
            Some(scope) => Cow::Owned(scope.of(self.actor())),
            None => Cow::Borrowed(self.actor()),
        }
    }

    /// A list with the scope in its address, for whoever opens it from elsewhere.
    pub(crate) fn scoped(&self, query: &urls::Query) -> urls::Query {
        match self.scope() {
            Some(unit) => query.with(urls::SCOPE_NAME, unit.as_str()),
            None => query.clone(),
        }
    }

    /// The unit that this page is limited to, where its reader chose one.
    pub(crate) fn scope(&self) -> Option<&OrgUnitId> {
        self.scope.as_ref().map(|scope| &scope.id)
    }

    pub(crate) fn may(&self, permission: Permission) -> bool {
        self.actor().holds(permission)
    }

    /// The page is asked for again at another address than this request's.
    pub(crate) fn at(mut self, address: String) -> Self {
        self.here = address;
        self
    }

    /// The frame around a page. `topics` names what its live stream follows.
    pub(crate) async fn frame(&self, place: Place, topics: &str) -> Result<Frame, Failure> {
        let within = self.within();
        let seen: &Actor = &within;
        let counts = if self.may(Permission::DevicesRead) {
            devices::sidebar(self.core(), seen).await?
        } else {
            devices::Sidebar::default()
        };
        let count = |value: i64| u64::try_from(value).unwrap_or(0);
        let waiting = approvals::waiting_count(self.core(), self.actor()).await?;
        let freezes = guard::freezes(self.core(), self.actor()).await?;
        let (mut people, mut groups) = (0, 0);
        if self.may(Permission::PeopleRead) {
            people = count_people(self.core(), seen).await?;
        }
        if self.may(Permission::GroupsRead) {
            groups = count_groups(self.core(), seen).await?;
        }
        Ok(Frame {
            place,
            person: self.actor().name.clone(),
            role: {
                let account = &self.session.session.account;
                words::role(self.texts, &account.role, &account.role_name)
            },
            csrf: self.session.session.csrf_token.clone(),
            here: self.here.clone(),
            devices: count(counts.devices),
            people: count(people),
            groups: count(groups),
            commands_waiting: count(counts.commands_waiting),
            notices: notifications::unseen(self.core(), self.actor()).await? as u64,
            approvals_waiting: count(waiting),
            frozen: freezes.iter().map(|freeze| self.frozen(freeze)).collect(),
            attempts_failed: count(counts.attempts_failed_today),
            confirm_elsewhere: !self.password_confirms(),
            topics: topics.to_owned(),
            messages: self.message.clone().into_iter().collect(),
            ..self.frame_without_counts()
        })
    }

    /// What a frame is without asking the database anything: the menu of this person's role, in their language.
    pub(crate) fn frame_without_counts(&self) -> Frame {
        let denied = PLACES.iter().filter(|(needed, _)| !self.may(*needed));
        Frame {
            texts: self.texts,
            theme: self.theme,
            hidden: denied
                .flat_map(|(_, places)| places.iter().copied())
                .collect(),
            organisation: self.organisation.name.clone(),
            scope: self
                .scope
                .as_ref()
                .map_or_else(String::new, |scope| scope.name.clone()),
            keys_off: self.keys_off,
            ..Frame::default()
        }
    }

    /// Who froze what, and since when; of a freeze above the visitor's scope only since when.
    fn frozen(&self, freeze: &guard::FreezeView) -> String {
        let when = self.texts.ago(freeze.frozen_at, &self.zone).text;
        let Some(freeze) = &freeze.known else {
            let args = [("when", (&when).into())];
            return self.texts.t_args("freeze-banner-above", &args);
        };
        let args = [
            ("unit", (&freeze.unit_name).into()),
            ("who", (&freeze.frozen_by_name).into()),
            ("when", (&when).into()),
        ];
        self.texts.t_args("freeze-banner", &args)
    }

    pub(crate) fn bare(&self) -> Bare {
        Bare {
            texts: self.texts,
            theme: self.theme,
            organisation: self.organisation.name.clone(),
            here: self.here.clone(),
            csrf: self.session.session.csrf_token.clone(),
        }
    }

    /// Whether the password alone makes the session fresh; else the page that asks for more does.
    pub(crate) fn password_confirms(&self) -> bool {
        self.session.session.factors.password_confirms()
    }

    /// Whether a form in front of a guarded act asks for the password. A minute early, so that it does
    /// not lapse while the form is filled in.
    pub(crate) fn needs_password(&self) -> bool {
        let age = |at: i64| self.core().now_ms().saturating_sub(at);
        self.actor()
            .fresh_at
            .is_none_or(|at| age(at) > FRESH_MS - MINUTE_MS)
    }

    /// Takes the password of a form. An empty one leaves the session as fresh as it was; the rule that
    /// is asked next decides whether that is enough.
    pub(crate) async fn confirm(&mut self, password: Zeroizing<String>) -> Result<(), Error> {
        if password.is_empty() || !self.password_confirms() {
            return Ok(());
        }
        accounts::confirm(self.core(), &self.session.session, password, "").await?;
        self.session.session.actor.fresh_at = Some(self.core().now_ms());
        Ok(())
    }
}

/// Somebody on a page outside the console proper: sign-in, errors.
pub(crate) struct Guest {
    pub(crate) state: AppState,
    pub(crate) session: Option<SessionActor>,
    pub(crate) texts: Texts,
    pub(crate) query: urls::Query,
    theme: Theme,
    organisation: String,
    here: String,
    chosen: Option<Lang>,
}

impl FromRequestParts<AppState> for Guest {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        let MaybeSession(session) = MaybeSession::from_request_parts(parts, state).await?;
        // An error page must be possible when the database is away.
        let organisation = settings::organisation(&state.core)
            .await
            .unwrap_or_default();
        let query = query(&parts.uri);
        let chosen = query.get("lang").and_then(Lang::from_tag);
        let account = session.as_ref().map(|found| &found.session.account);
        let choice = chosen
            .or_else(|| account.and_then(|found| Lang::from_tag(found.language.as_deref()?)))
            .or_else(|| Lang::from_tag(notice::cookie(&parts.headers, LANGUAGE_COOKIE)?));
        let theme = account
            .and_then(|found| found.theme.as_deref())
            .or_else(|| notice::cookie(&parts.headers, THEME_COOKIE))
            .unwrap_or_default();
        Ok(Self {
            state: state.clone(),
            texts: texts(choice, &parts.headers, &organisation),
            theme: Theme::from_value(theme),
            organisation: organisation.name,
            here: short(&query.without("lang").url(parts.uri.path())).into_owned(),
            query,
            session,
            chosen,
        })
    }
}

impl Guest {
    pub(crate) fn bare(&self) -> Bare {
        Bare {
            texts: self.texts,
            theme: self.theme,
            organisation: self.organisation.clone(),
            here: self.here.clone(),
            csrf: self
                .session
                .as_ref()
                .map_or_else(String::new, |found| found.session.csrf_token.clone()),
        }
    }

    /// A page as the answer; a language chosen by its address is kept for the next ones.
    pub(crate) fn page(
        &self,
        status: StatusCode,
        template: &impl askama::Template,
    ) -> axum::response::Response {
        let mut answer = page(status, template);
        if let Some(lang) = self.chosen {
            let value = look_cookie(&self.state, LANGUAGE_COOKIE, lang.tag());
            answer.headers_mut().append(header::SET_COOKIE, value);
        }
        answer
    }
}

/// Whether single keys act in this browser: somebody who speaks to it must be able to turn them off (WCAG 2.1.4).
pub(super) fn keys_cookie(state: &AppState, keys: &str) -> HeaderValue {
    let value = if keys == "off" { "off" } else { "on" };
    look_cookie(state, KEYS_COOKIE, value)
}

/// Cookies that keep language and theme for pages before sign-in.
pub(super) fn look_cookies(state: &AppState, lang: &str, theme: &str) -> [HeaderValue; 2] {
    [
        look_cookie(state, LANGUAGE_COOKIE, lang),
        look_cookie(state, THEME_COOKIE, theme),
    ]
}

fn look_cookie(state: &AppState, name: &str, value: &str) -> HeaderValue {
    notice::set_cookie(state, name, value, YEAR_SECS)
}

fn texts(choice: Option<Lang>, headers: &HeaderMap, organisation: &Organisation) -> Texts {
    let asked = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok());
    let fallback = Lang::from_tag(&organisation.language).unwrap_or_default();
    Texts::new(Lang::negotiate(choice, asked, fallback))
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

fn address(uri: &Uri) -> String {
    uri.path_and_query()
        .map_or_else(|| uri.path().to_owned(), ToString::to_string)
}
