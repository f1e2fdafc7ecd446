//! What every enrollment page needs first: the invitation behind the code, the person's language, and the
//! page that says why nobody gets on.

use axum::response::Response;
use http::{HeaderMap, HeaderValue, header};
use jiff::tz::TimeZone;
use tillsyn_core::invitations::{self, InvitationState, OpenInvitation};
use tillsyn_core::settings;

use super::enroll::{Closed, ClosedPage};
use super::{Brand, PortalFrame, cookie};
use crate::error::AppError;
use crate::i18n::{Lang, Texts, Zone};
use crate::state::AppState;
use crate::ui::{page, urls};

/// One request of a person who holds a link.
pub(super) struct Visit<'a> {
    pub(super) state: &'a AppState,
    pub(super) code: &'a str,
    pub(super) texts: Texts,
    pub(super) zone: Zone,
    pub(super) invitation: OpenInvitation,
    /// A language chosen just now, to be remembered.
    chosen: Option<Lang>,
}

impl<'a> Visit<'a> {
    /// Looks the invitation up. An unknown code gets the page for it.
    pub(super) async fn of(
        state: &'a AppState,
        code: &'a str,
        headers: &HeaderMap,
        chosen: Option<Lang>,
    ) -> Result<Self, Response> {
        let organisation = settings::organisation(&state.core)
            .await
            .unwrap_or_default();
        let fallback = Lang::from_tag(&organisation.language).unwrap_or_default();
        let asked = header_text(headers, &header::ACCEPT_LANGUAGE);
        let wanted = chosen.or_else(|| cookie::language(headers));
        match invitations::look_up(&state.core, code).await {
            Ok(invitation) => {
                let fallback = Lang::from_tag(&invitation.language).unwrap_or(fallback);
                let lang = Lang::negotiate(wanted, Some(asked), fallback);
                let zone = TimeZone::get(&organisation.time_zone).unwrap_or(TimeZone::UTC);
                let now_ms = state.core.now_ms();
                Ok(Self {
                    state,
                    code,
                    texts: Texts::new(lang),
                    zone: Zone { now_ms, zone },
                    invitation,
                    chosen,
                })
            }
            Err(error) => {
                let f = PortalFrame {
                    texts: Texts::new(Lang::negotiate(wanted, Some(asked), fallback)),
                    organisation: organisation.name,
                    here: urls::enroll(code),
                    help: organisation.support.unwrap_or_default(),
                    brand: Brand::of_organisation(&state.core).await,
                    refresh_secs: 0,
                };
                Err(closed(f, &AppError::from(error)))
            }
        }
    }

    /// The frame of a page at `here`.
    pub(super) fn frame(&self, here: String) -> PortalFrame {
        PortalFrame {
            texts: self.texts,
            organisation: self.invitation.organisation.clone(),
            here,
            help: self.invitation.support.clone().unwrap_or_default(),
            brand: Brand::of(&self.invitation.branding),
            refresh_secs: 0,
        }
    }

    pub(super) fn personal(&self) -> bool {
        self.invitation.ownership == "personal"
    }

    pub(super) fn is_open(&self) -> bool {
        self.invitation.state == InvitationState::Open
    }

    /// Why this invitation takes nobody at present.
    pub(super) fn closed_now(&self) -> Option<Closed> {
        let pin = self.invitation.needs_pin;
        match self.invitation.state {
            InvitationState::Used => Some(Closed::Used),
            InvitationState::Expired => Some(Closed::Expired),
            InvitationState::Revoked => Some(Closed::Revoked),
            InvitationState::Open if pin && self.invitation.pin_tries_left == 0 => {
                Some(Closed::PinsSpent)
            }
            InvitationState::Open if pin && self.invitation.pin_expired => Some(Closed::PinExpired),
            InvitationState::Open => None,
        }
    }

    pub(super) fn closed_page(&self, closed: Closed) -> Response {
        let mut shown = ClosedPage::new(self.frame(urls::enroll(self.code)), closed);
        let about_pin = matches!(closed, Closed::PinsSpent | Closed::PinExpired);
        if about_pin && self.invitation.pin_by_mail {
            shown.new_pin = Some(self.code.to_owned());
        }
        page(closed.status(), &shown)
    }

    pub(super) fn refused(&self, error: &AppError) -> Response {
        closed(self.frame(urls::enroll(self.code)), error)
    }

    /// The answer, with the chosen language kept for the next page.
    pub(super) fn remembering(&self, mut response: Response) -> Response {
        if let Some(lang) = self.chosen {
            let value = cookie::set_language(&self.state.config, lang);
            response.headers_mut().append(header::SET_COOKIE, value);
        }
        response
    }
}

fn closed(f: PortalFrame, error: &AppError) -> Response {
    error.log();
    let closed = Closed::of(error);
    let mut response = page(closed.status(), &ClosedPage::new(f, closed));
    if let Some(secs) = error.retry_after_secs() {
        let value = HeaderValue::from(secs);
        response.headers_mut().insert(header::RETRY_AFTER, value);
    }
    response
}

/// A header as text; empty when it is missing or odd.
pub(super) fn header_text<'h>(headers: &'h HeaderMap, name: &header::HeaderName) -> &'h str {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}
