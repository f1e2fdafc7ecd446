//! The one route list of the API. Each route says what it needs; the document is made from it.

use axum::middleware::from_fn_with_state;
use axum::routing::{any, get};
use axum::{Router, extract::DefaultBodyLimit};
use tillsyn_core::{Actor, Error, Permission as P};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::guarded::{Needs, guarded};
use super::json::LIMIT;
use super::{
    activation_lock, assignments, attempts, certificates, commands, device_authorities, devices,
    document, enrollments, escrow, events, held, inventory_settings, invitations, lost_mode, me,
    network_authority, organisation, overview, own_devices, payload_types, plans, portal,
    push_certificates, push_requests, push_vendor, tokens,
};
use super::{groups, people, units};
use crate::auth::authenticate;
use crate::error::AppError;
use crate::state::AppState;

/// Which of them a command needs is decided by its type and target.
const COMMANDS: Needs = Needs::AnyOf(&[
    P::DevicesQuery,
    P::ProfilesInstall,
    P::DevicesLock,
    P::DevicesErase,
    P::DevicesRetire,
    P::DevicesRestart,
    P::DevicesClearPasscode,
    P::DevicesLostMode,
    P::DevicesConfigure,
    P::DevicesUsers,
    P::SecretsRotate,
    P::CommandsRaw,
]);

/// Whether the actor may send any command at all.
pub(crate) fn may_command(actor: &Actor) -> Result<(), Error> {
    COMMANDS.check(actor)
}

/// Whoever may send a destructive command may also withdraw it.
const CANCEL: Needs = Needs::AnyOf(&[
    P::CommandsCancel,
    P::DevicesErase,
    P::DevicesRetire,
    P::DevicesClearPasscode,
    P::DevicesLostMode,
    P::DevicesUsers,
    P::CommandsRaw,
]);

/// Which of them a secret needs is decided by its kind.
const REVEAL: Needs = Needs::AnyOf(&[
    P::SecretsRevealPins,
    P::SecretsRevealKeys,
    P::SecretsRevealTokens,
]);

/// One's own, or those of all.
const TOKENS_READ: Needs = Needs::AnyOf(&[P::TokensOwn, P::AccountsRead]);
const TOKENS_REVOKE: Needs = Needs::AnyOf(&[P::TokensOwn, P::AccountsWrite]);

/// The routes with their description.
pub(super) fn described() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .merge(device_authorities::routes())
        .merge(enrollments::routes())
        .merge(network_authority::routes())
        .merge(super::items::routes())
        .merge(super::audit::routes())
        .merge(assignments::routes())
        .merge(plans::routes())
        .merge(super::approvals::routes())
        .merge(super::campaigns::routes())
        .merge(super::directory_ldap::routes())
        .merge(super::identity_providers::routes())
        .merge(super::guard::routes())
        .merge(super::accounts::routes())
        .merge(super::reports::routes())
        .merge(super::roles::routes())
        .merge(groups::routes())
        .merge(people::routes())
        .merge(super::self_service::routes())
        .merge(portal::routes())
        .merge(units::routes())
        .merge(super::saved_views::routes())
        .merge(super::help_desk::routes())
        .merge(super::search::routes())
        .merge(super::mail::routes())
        .merge(super::notifications::routes())
        .merge(super::webhooks::routes())
        .merge(super::declarative_forwarding::routes())
        .merge(super::directories::routes())
        .merge(super::imports::routes())
        .merge(super::invitation_batches::routes())
        .merge(super::invitation_policy::routes())
        .routes(guarded(
            Needs::One(P::UnitsWrite),
            routes!(devices::move_to::move_to),
        ))
        .routes(guarded(
            Needs::One(P::PeopleWrite),
            routes!(devices::person::set),
        ))
        .routes(guarded(Needs::Token, routes!(me::show)))
        .routes(guarded(
            Needs::One(P::DevicesRead),
            routes!(overview::show::show),
        ))
        .routes(guarded(
            Needs::One(P::ProfilesRead),
            routes!(payload_types::list::list),
        ))
        .routes(guarded(
            Needs::One(P::ProfilesRead),
            routes!(payload_types::show::show),
        ))
        .routes(guarded(Needs::Token, routes!(organisation::show::show)))
        .routes(guarded(
            Needs::One(P::SettingsWrite),
            routes!(organisation::change::change),
        ))
        .routes(guarded(
            Needs::One(P::DevicesRead),
            routes!(devices::list::list),
        ))
        .routes(guarded(
            Needs::One(P::DevicesRead),
            routes!(devices::show::show),
        ))
        .routes(guarded(
            Needs::One(P::DevicesRead),
            routes!(devices::enrollments::list),
        ))
        .routes(guarded(
            Needs::One(P::DevicesLock),
            routes!(devices::lock::lock),
        ))
        .routes(guarded(
            Needs::One(P::DevicesErase),
            routes!(devices::erase::erase),
        ))
        .routes(guarded(
            Needs::One(P::DevicesRetire),
            routes!(devices::retire::retire),
        ))
        .routes(guarded(
            Needs::One(P::DevicesQuery),
            routes!(devices::refresh::refresh),
        ))
        .routes(guarded(
            Needs::One(P::DevicesRead),
            routes!(escrow::list::list),
        ))
        .routes(guarded(REVEAL, routes!(escrow::reveal::reveal)))
        .routes(guarded(
            Needs::One(P::SecretsRotate),
            routes!(escrow::rotate::rotate),
        ))
        .routes(guarded(
            Needs::One(P::DevicesRead),
            routes!(lost_mode::show::show),
        ))
        .routes(guarded(
            Needs::One(P::DevicesLocate),
            routes!(lost_mode::locations::list),
        ))
        .routes(guarded(
            Needs::One(P::DevicesRead),
            routes!(activation_lock::list::list),
        ))
        .routes(guarded(
            Needs::One(P::DevicesActivationLock),
            routes!(activation_lock::clear::clear),
        ))
        .routes(guarded(
            Needs::One(P::DevicesRead),
            routes!(escrow::policy::show),
        ))
        .routes(guarded(
            Needs::One(P::SettingsWrite),
            routes!(escrow::policy::change),
        ))
        .routes(guarded(
            Needs::One(P::DevicesRead),
            routes!(devices::inventory::show),
        ))
        .routes(guarded(
            Needs::One(P::DevicesRead),
            routes!(devices::fact_changes::list),
        ))
        .routes(guarded(
            Needs::Token,
            routes!(inventory_settings::show::show),
        ))
        .routes(guarded(
            Needs::One(P::SettingsWrite),
            routes!(inventory_settings::change::change),
        ))
        .routes(guarded(Needs::Token, routes!(own_devices::show::show)))
        .routes(guarded(
            Needs::One(P::SettingsWrite),
            routes!(own_devices::change::change),
        ))
        .routes(guarded(
            Needs::One(P::DevicesRead),
            routes!(own_devices::unit::show),
        ))
        .routes(guarded(
            Needs::One(P::SettingsWrite),
            routes!(own_devices::unit::change, own_devices::unit::clear),
        ))
        .routes(guarded(
            Needs::One(P::DevicesRead),
            routes!(commands::of_device::list),
        ))
        .routes(guarded(COMMANDS, routes!(commands::enqueue::create)))
        .routes(guarded(
            Needs::One(P::DevicesRead),
            routes!(commands::list::list),
        ))
        .routes(guarded(COMMANDS, routes!(commands::enqueue_many::create)))
        .routes(guarded(COMMANDS, routes!(commands::preview::preview)))
        .routes(guarded(
            Needs::One(P::DevicesRead),
            routes!(commands::types::list),
        ))
        .routes(guarded(
            Needs::One(P::DevicesRead),
            routes!(commands::show::show),
        ))
        .routes(guarded(CANCEL, routes!(commands::cancel::cancel)))
        .routes(guarded(
            Needs::One(P::DevicesRead),
            routes!(held::list::list),
        ))
        .routes(guarded(
            Needs::One(P::DevicesRead),
            routes!(certificates::list::list),
        ))
        .routes(guarded(
            Needs::One(P::DevicesRead),
            routes!(certificates::show::show),
        ))
        .routes(guarded(
            Needs::One(P::DevicesRead),
            routes!(certificates::of_device::list),
        ))
        .routes(guarded(
            Needs::One(P::DevicesRead),
            routes!(certificates::setting::show),
        ))
        .routes(guarded(
            Needs::One(P::SettingsWrite),
            routes!(certificates::setting::change),
        ))
        .routes(guarded(
            Needs::One(P::CertificatesRenew),
            routes!(certificates::renew::renew),
        ))
        .routes(guarded(
            Needs::One(P::CertificatesRevoke),
            routes!(certificates::revoke::revoke),
        ))
        .merge(super::profile_for_device::routes())
        .routes(guarded(
            Needs::One(P::InvitationsRead),
            routes!(invitations::list::list),
        ))
        .routes(guarded(
            Needs::One(P::InvitationsWrite),
            routes!(invitations::create::create),
        ))
        .routes(guarded(
            Needs::One(P::InvitationsRead),
            routes!(invitations::show::show),
        ))
        .routes(guarded(
            Needs::One(P::InvitationsWrite),
            routes!(invitations::revoke::revoke),
        ))
        .routes(guarded(
            Needs::One(P::InvitationsWrite),
            routes!(invitations::renew_pin::renew),
        ))
        .routes(guarded(
            Needs::One(P::InvitationsWrite),
            routes!(invitations::bounced::bounced),
        ))
        .routes(guarded(
            Needs::One(P::InvitationsWrite),
            routes!(invitations::send::send),
        ))
        .routes(guarded(
            Needs::One(P::InvitationsWrite),
            routes!(invitations::send::resend),
        ))
        .routes(guarded(
            Needs::One(P::InvitationsRead),
            routes!(attempts::list::list),
        ))
        .routes(guarded(
            Needs::One(P::InvitationsRead),
            routes!(attempts::show::show),
        ))
        .routes(guarded(
            Needs::One(P::PushRead),
            routes!(push_certificates::list::list),
        ))
        .routes(guarded(
            Needs::One(P::PushWrite),
            routes!(push_certificates::upload::upload),
        ))
        .routes(guarded(
            Needs::One(P::PushWrite),
            routes!(push_certificates::remove::remove),
        ))
        .routes(guarded(
            Needs::One(P::PushWrite),
            routes!(push_certificates::edit::edit),
        ))
        .routes(guarded(
            Needs::One(P::PushRead),
            routes!(push_certificates::history::history),
        ))
        .routes(guarded(
            Needs::One(P::PushWrite),
            routes!(push_certificates::resume::resume),
        ))
        .routes(guarded(
            Needs::One(P::PushRead),
            routes!(push_certificates::rehearsals::rehearsals),
        ))
        .routes(guarded(
            Needs::One(P::PushWrite),
            routes!(push_certificates::rehearse::rehearse),
        ))
        .routes(guarded(
            Needs::One(P::PushRead),
            routes!(push_requests::list::list),
        ))
        .routes(guarded(
            Needs::One(P::PushWrite),
            routes!(push_requests::create::create),
        ))
        .routes(guarded(
            Needs::One(P::PushRead),
            routes!(push_requests::show::show),
        ))
        .routes(guarded(
            Needs::One(P::PushWrite),
            routes!(push_requests::sign::sign),
        ))
        .routes(guarded(
            Needs::One(P::PushWrite),
            routes!(push_requests::take_signed::take_signed),
        ))
        .routes(guarded(
            Needs::One(P::PushWrite),
            routes!(push_requests::remove::remove),
        ))
        .routes(guarded(
            Needs::One(P::PushRead),
            routes!(push_vendor::show::show),
        ))
        .routes(guarded(
            Needs::One(P::PushWrite),
            routes!(push_vendor::set::set),
        ))
        .routes(guarded(
            Needs::One(P::PushWrite),
            routes!(push_vendor::remove::remove),
        ))
        .routes(guarded(TOKENS_READ, routes!(tokens::list::list)))
        .routes(guarded(TOKENS_REVOKE, routes!(tokens::revoke::revoke)))
        .routes(guarded(
            Needs::One(P::AuditRead),
            routes!(events::list::list),
        ))
        .merge(super::profiles::routes())
}

/// The API, its document included. Below `/api/v1` everything needs a token, also what does not exist.
pub(crate) fn routes(state: &AppState) -> Router<AppState> {
    let (router, _) = described().split_for_parts();
    router
        .route("/api/v1", any(async || AppError::no_route()))
        .route("/api/v1/{*rest}", any(async || AppError::no_route()))
        .method_not_allowed_fallback(async || AppError::method_not_allowed())
        .layer(DefaultBodyLimit::max(LIMIT))
        .layer(from_fn_with_state(state.clone(), authenticate))
        .route("/api/openapi.json", get(document::serve))
}
