//! The addresses of enrollment and of people's own pages. On the pages of enrollment nobody is signed in: the
//! code in the address is the key, and a form proves only that it comes from our own page (security S15).

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use super::{
    acts, begin, confirm, failure, go, home, manifest, me, my_act, my_device, own_password,
    passkeys, provider, second, set_up, sign_in, steps, welcome,
};
use crate::state::AppState;
use crate::ui::urls;

pub(crate) fn routes(state: &AppState) -> Router<AppState> {
    enrollment().merge(own_pages().layer(from_fn_with_state(state.clone(), failure::render)))
}

/// The pages of `/portal`. All but those of sign-in need a session; each handler's extractor says so.
fn own_pages() -> Router<AppState> {
    Router::new()
        .route(urls::PORTAL, get(home::show))
        .route("/portal/devices/{id}", get(my_device::show))
        .route("/portal/devices/{id}/name", post(my_device::rename))
        .route("/portal/devices/{id}/check-in", post(my_device::check_in))
        .route("/portal/devices/{id}/again", post(my_device::set_up_again))
        .route("/portal/devices/{id}/found", post(my_device::found))
        .route(
            "/portal/devices/{id}/asked/{command}/cancel",
            post(my_device::take_back),
        )
        .route(
            "/portal/devices/{id}/{act}",
            get(my_act::show).post(my_act::ask),
        )
        .route(urls::GO_BEGIN, post(go::begin).get(go::back))
        .route(
            urls::PORTAL_SIGN_IN,
            get(sign_in::form).post(sign_in::sign_in),
        )
        .route(urls::PORTAL_SIGN_OUT, post(sign_in::sign_out))
        .route(
            urls::PORTAL_SECOND_STEP,
            get(second::form).post(second::take),
        )
        .route(urls::PORTAL_SIGN_IN_PASSKEY, post(passkeys::sign_in))
        .route(
            &urls::ask(urls::PORTAL_SIGN_IN_PASSKEY),
            post(passkeys::ask),
        )
        .route("/portal/sign-in/provider/{id}", get(provider::sign_in))
        .route("/portal/sign-in/provider/{id}/back", get(provider::back))
        .route("/portal/confirm/provider/{id}", get(provider::confirm))
        .route(urls::PORTAL_SET_UP, get(set_up::form).post(set_up::take))
        .route(urls::PORTAL_CONFIRM, get(confirm::form).post(confirm::take))
        .route(urls::PORTAL_CONFIRM_PASSKEY, post(confirm::take_passkey))
        .route(
            &urls::ask(urls::PORTAL_CONFIRM_PASSKEY),
            post(confirm::ask_passkey),
        )
        .route(
            urls::PORTAL_FORGOTTEN,
            get(welcome::forgotten_form).post(welcome::forgotten),
        )
        .route(
            "/portal/welcome/{code}",
            get(welcome::form).post(welcome::take),
        )
        .route(
            "/e/{code}/password",
            get(own_password::form).post(own_password::take),
        )
        .merge(own_profile())
}

/// Who one is, and how one comes in.
fn own_profile() -> Router<AppState> {
    Router::new()
        .route(urls::PORTAL_ME, get(me::show))
        .route(urls::PORTAL_LANGUAGE, post(me::set_language))
        .route(urls::PORTAL_PASSWORD, post(me::change_password))
        .route(urls::PORTAL_PASSKEYS, post(me::add_passkey))
        .route(&urls::ask(urls::PORTAL_PASSKEYS), post(me::ask_passkey))
        .route(
            &format!("{}/{{id}}/remove", urls::PORTAL_PASSKEYS),
            post(me::remove_passkey),
        )
        .route(urls::PORTAL_APP, get(me::app_form).post(me::confirm_app))
        .route(&format!("{}/begin", urls::PORTAL_APP), post(me::begin_app))
        .route(
            &format!("{}/remove", urls::PORTAL_APP),
            post(me::remove_app),
        )
        .route(urls::PORTAL_CODES, post(me::new_codes))
        .route(
            &format!("{}/{{id}}/end", urls::PORTAL_SESSIONS),
            post(me::end_session),
        )
        .route(
            &format!("{}/end-others", urls::PORTAL_SESSIONS),
            post(me::end_others),
        )
}

fn enrollment() -> Router<AppState> {
    Router::new()
        .route("/e/{code}", get(begin::show))
        .route("/e/{code}/begin", post(begin::start).get(begin::back))
        .route(
            "/e/{code}/elsewhere",
            post(begin::elsewhere).get(begin::back),
        )
        .route("/e/{code}/pin", post(begin::new_pin).get(begin::back))
        .route("/e/{code}/steps/{attempt}", get(steps::show))
        .route("/e/{code}/steps/{attempt}/again", post(steps::again))
        .route(
            "/e/{code}/steps/{attempt}/{act}",
            post(acts::act).get(acts::back),
        )
        .route(urls::PORTAL_MANIFEST, get(manifest::show))
        .route(urls::GO, get(go::show))
        .route(urls::GO_CODE, post(go::take).get(go::back))
        .route("/go/{code}", get(go::show_with))
        .route("/go/to/{code}", get(begin::signed_in))
}
