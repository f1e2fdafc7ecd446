//! The console's addresses: one list. `ui::urls` makes the links to them.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use axum::routing::{get, post};

use super::form::UPLOAD_LIMIT;
use super::{
    access, account, administrators, approvals, areas, audit, branding, campaigns, certificates,
    commands, device, devices, directories, directory_ldap, docs, enrollment, events, failure,
    first_steps, guide, help_desk, identity_providers, imports, invite, mail, needs, notifications,
    organisation, overview, profiles, reports, rollout, scope, search, secrets, settings,
    unknown_senders, webhooks,
};
use crate::error::AppError;
use crate::state::AppState;
use crate::ui::urls;

/// Room for the fields and borders of a form around its file.
const UPLOAD_BODY: usize = UPLOAD_LIMIT + 64 * 1024;

/// Every page and form. All but those of [`access`](super::access) need a session; each handler's
/// extractor says so.
pub(crate) fn routes(state: &AppState) -> Router<AppState> {
    Router::new()
        .route(
            urls::SIGN_IN,
            get(access::sign_in_form).post(access::sign_in),
        )
        .route(urls::SIGN_OUT, post(access::sign_out))
        .route(
            urls::FIRST_ADMINISTRATOR,
            get(access::first_form).post(access::create_first),
        )
        .route(
            urls::CONFIRM,
            get(access::ask_password).post(access::take_password),
        )
        .route(urls::PREFERENCES, post(access::change_preferences))
        .merge(of_access())
        .merge(of_account())
        .route(urls::CONSOLE, get(overview::overview))
        .route(urls::EVENTS, get(events::follow))
        .route(urls::SEARCH, get(search::find))
        .route(urls::SCOPE, get(scope::choose))
        .route(urls::DEVICES, get(devices::list))
        .route(
            urls::DEVICES_MANY,
            get(devices::many).post(devices::send_many),
        )
        .merge(of_lists())
        .merge(of_device())
        .merge(of_reports())
        .merge(of_organisation())
        .merge(of_administrators())
        .merge(of_audit())
        .merge(of_imports())
        .merge(of_invite())
        .route(urls::COMMANDS, get(commands::list))
        .route(urls::CERTIFICATES, get(certificates::list))
        .route("/console/certificates/{id}", get(certificates::show))
        .route(
            "/console/certificates/{id}/revoke",
            post(certificates::revoke),
        )
        .merge(of_profiles())
        .merge(of_guard())
        .merge(of_mail())
        .merge(of_webhooks())
        .merge(of_directories())
        .route(urls::PLANS, get(rollout::list_plans))
        .route("/console/plans/{id}", get(rollout::show_plan))
        .route("/console/plans/{id}/apply", post(rollout::apply))
        .route("/console/plans/{id}/cancel", post(rollout::cancel))
        .merge(of_enrollment())
        .merge(of_guides())
        .route(
            urls::PUSH,
            get(settings::push_page)
                .post(settings::upload_push)
                .layer(DefaultBodyLimit::max(UPLOAD_BODY)),
        )
        .merge(of_push())
        .route(
            urls::TOKENS,
            get(settings::tokens_page).post(settings::create_token),
        )
        .route(
            urls::INVENTORY,
            get(settings::inventory_page).post(settings::change_inventory),
        )
        .route(
            "/console/settings/tokens/{id}/revoke",
            post(settings::revoke_token),
        )
        .route("/console/{*rest}", get(nothing).post(nothing))
        .layer(from_fn(needs::refuse_undeclared))
        .layer(from_fn_with_state(state.clone(), count_anew))
        .layer(from_fn_with_state(state.clone(), failure::render))
}

/// After an act of a person the next page shows what it did, also where figures are kept for a moment.
async fn count_anew(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let acts = !request.method().is_safe();
    let response = next.run(request).await;
    if acts {
        state.core.forget_figures();
    }
    response
}

/// What helps the reader on.
fn of_guides() -> Router<AppState> {
    Router::new()
        .route(urls::SETTINGS, get(areas::index))
        .route(urls::SERVER, get(areas::server_page))
        .route(urls::BACKUP, get(areas::backup_page))
        .route(urls::AUTHORITIES, get(areas::authorities_page))
        .route(urls::ENROLLMENT_GUIDE, get(guide::guide))
        .route(urls::FIRST_STEPS_BACKUP, post(first_steps::backup))
        .route(urls::FIRST_STEPS_HIDE, post(first_steps::hide))
        .route(urls::DOCS, get(docs::shelves))
        .route("/console/docs/{*page}", get(docs::document))
}

fn of_mail() -> Router<AppState> {
    Router::new()
        .route(
            urls::NOTIFICATIONS,
            get(notifications::show).post(notifications::choose),
        )
        .route(urls::MAIL, get(mail::show).post(mail::change))
        .route(urls::MAIL_TEST, post(mail::send_test))
        .route(urls::MAIL_REMOVE, post(mail::remove))
}

fn of_webhooks() -> Router<AppState> {
    let one = "/console/settings/webhooks/{id}";
    Router::new()
        .route(urls::WEBHOOKS, get(webhooks::list).post(webhooks::create))
        .route(one, get(webhooks::show).post(webhooks::change))
        .route(&format!("{one}/pause"), post(webhooks::pause))
        .route(&format!("{one}/resume"), post(webhooks::resume))
        .route(&format!("{one}/test"), post(webhooks::send_test))
        .route(&format!("{one}/key"), post(webhooks::renew_key))
        .route(&format!("{one}/remove"), post(webhooks::remove))
        .route(
            &format!("{one}/deliveries/{{delivery}}/retry"),
            post(webhooks::retry),
        )
}

fn of_directories() -> Router<AppState> {
    let one = "/console/settings/directories/{id}";
    let at = |rest: &str| format!("{one}{rest}");
    Router::new()
        .route(
            urls::DIRECTORIES,
            get(directories::list).post(directories::create),
        )
        .route(one, get(directories::show).post(directories::change))
        .route(&at("/act/{act}"), post(directories::act))
        .route(&at("/tokens"), post(directories::make_token))
        .route(
            &at("/tokens/{token}/revoke"),
            post(directories::revoke_token),
        )
        .route(&at("/leavers"), post(directories::leavers))
        .route(
            &at("/ldap"),
            get(directory_ldap::show).post(directory_ldap::save),
        )
        .route(&at("/ldap/trial"), post(directory_ldap::trial))
        .route(&at("/ldap/sync"), post(directory_ldap::sync))
        .route(&at("/links/{link}"), post(directories::link))
        .route(&at("/runs/{run}/release"), post(directories::release))
        .route(&at("/runs/{run}/decline"), post(directories::decline))
}

/// Further ways in, and what comes before the rest.
fn of_access() -> Router<AppState> {
    Router::new()
        .route(
            urls::SECOND_STEP,
            get(access::second_form).post(access::second_step),
        )
        .route(
            "/console/sign-in/provider/{id}",
            get(access::sign_in_at_provider),
        )
        .route(
            "/console/sign-in/provider/{id}/back",
            get(access::back_from_provider),
        )
        .route(
            "/console/confirm/provider/{id}",
            get(access::confirm_at_provider),
        )
        .route(urls::SIGN_IN_PASSKEY, post(access::sign_in_passkey))
        .route(&urls::ask(urls::SIGN_IN_PASSKEY), post(access::ask_passkey))
        .route(urls::CONFIRM_PASSKEY, post(access::take_confirm_passkey))
        .route(
            &urls::ask(urls::CONFIRM_PASSKEY),
            post(access::ask_confirm_passkey),
        )
        .route(urls::SET_UP, get(access::set_up_form).post(access::set_up))
        .route(
            "/console/rescue/{link}",
            get(access::rescue_form).post(access::rescue),
        )
}

fn of_account() -> Router<AppState> {
    let (app, passkeys) = (urls::ACCOUNT_APP, urls::ACCOUNT_PASSKEYS);
    let sessions = urls::ACCOUNT_SESSIONS;
    Router::new()
        .route(urls::ACCOUNT, get(account::account_page))
        .route(urls::ACCOUNT_PASSWORD, post(account::change_password))
        .route(app, get(account::app_form).post(account::confirm_app))
        .route(&format!("{app}/begin"), post(account::begin_app))
        .route(&format!("{app}/remove"), post(account::remove_app))
        .route(passkeys, post(account::add_passkey))
        .route(&urls::ask(passkeys), post(account::ask_passkey))
        .route(&format!("{passkeys}/{{id}}"), post(account::rename_passkey))
        .route(
            &format!("{passkeys}/{{id}}/remove"),
            post(account::remove_passkey),
        )
        .route(urls::ACCOUNT_CODES, post(account::new_codes))
        .route(
            &format!("{sessions}/{{id}}/end"),
            post(account::end_session),
        )
        .route(&format!("{sessions}/end-others"), post(account::end_others))
}

fn of_guard() -> Router<AppState> {
    let (approval, campaign) = ("/console/approvals/{id}", "/console/campaigns/{id}");
    Router::new()
        .route(urls::APPROVALS, get(approvals::list))
        .route(approval, get(approvals::show))
        .route(&format!("{approval}/approve"), post(approvals::approve))
        .route(&format!("{approval}/decline"), post(approvals::decline))
        .route(&format!("{approval}/cancel"), post(approvals::cancel))
        .route(urls::CAMPAIGNS, get(campaigns::list))
        .route(
            urls::CAMPAIGN_NEW,
            get(campaigns::form).post(campaigns::ask),
        )
        .route(campaign, get(campaigns::show))
        .route(&format!("{campaign}/end"), post(campaigns::end))
        .route(
            urls::GUARD,
            get(settings::guard_page).post(settings::change_guard),
        )
        .route(urls::GUARD_UNITS, post(settings::change_unit))
        .route(
            urls::SELF_SERVICE,
            get(settings::self_service_page).post(settings::change_self_service),
        )
        .route(urls::OWN_DEVICES, post(settings::change_own_devices))
        .route(urls::GUARD_STOP, post(settings::stop_everything))
        .route(
            "/console/settings/guard/freezes/{id}/end",
            post(settings::unfreeze),
        )
}

fn of_push() -> Router<AppState> {
    let topic = "/console/settings/push/topics/{id}";
    let request = "/console/settings/push/requests/{id}";
    Router::new()
        .route(topic, get(settings::push_topic_page))
        .route(&format!("{topic}/edit"), post(settings::edit_push))
        .route(
            &format!("{topic}/rehearse"),
            post(settings::rehearse_push).layer(DefaultBodyLimit::max(UPLOAD_BODY)),
        )
        .route(&format!("{topic}/resume"), post(settings::resume_push))
        .route(
            urls::PUSH_NEW,
            get(settings::push_new_page).post(settings::create_push_request),
        )
        .route(request, get(settings::push_request_page))
        .route(&format!("{request}/csr"), get(settings::push_request_csr))
        .route(&format!("{request}/file"), get(settings::push_request_file))
        .route(
            &format!("{request}/sign"),
            post(settings::sign_push_request),
        )
        .route(
            &format!("{request}/signed"),
            post(settings::take_signed_push_request).layer(DefaultBodyLimit::max(UPLOAD_BODY)),
        )
        .route(
            &format!("{request}/delete"),
            post(settings::delete_push_request),
        )
        .route(
            urls::PUSH_VENDOR,
            get(settings::push_vendor_page)
                .post(settings::set_push_vendor)
                .layer(DefaultBodyLimit::max(UPLOAD_BODY)),
        )
        .route(
            &format!("{}/remove", urls::PUSH_VENDOR),
            post(settings::remove_push_vendor),
        )
}

fn of_audit() -> Router<AppState> {
    let person = "/console/people/{id}";
    Router::new()
        .route(urls::AUDIT, get(audit::list))
        .route(urls::AUDIT_EXPORT, get(audit::export))
        .route(
            urls::AUDIT_SETTINGS,
            get(audit::settings_page).post(audit::change_settings),
        )
        .route(urls::AUDIT_HOLDS, post(audit::place_hold))
        .route("/console/audit/holds/{id}/end", post(audit::end_hold))
        .route(&format!("{person}/data"), post(audit::export_person))
        .route(&format!("{person}/erase"), post(audit::erase_person))
}

fn of_organisation() -> Router<AppState> {
    let (person, group) = ("/console/people/{id}", "/console/groups/{id}");
    let unit = "/console/settings/units/{id}";
    Router::new()
        .route(
            urls::PEOPLE,
            get(organisation::people_page).post(organisation::create_person),
        )
        .route(
            person,
            get(organisation::person_page).post(organisation::change_person),
        )
        .route(
            &format!("{person}/status"),
            post(organisation::change_status),
        )
        .route(
            &format!("{person}/devices"),
            post(organisation::give_device),
        )
        .route(urls::HELP_DESK, get(help_desk::find))
        .route(&format!("{person}/desk"), get(help_desk::show))
        .route(&format!("{person}/unlock"), post(help_desk::unlock))
        .route(
            &format!("{person}/sign-in/link"),
            post(organisation::send_link),
        )
        .route(
            &format!("{person}/sign-in/password"),
            post(organisation::temporary_password),
        )
        .route(
            &format!("{person}/sign-in/reset"),
            post(organisation::reset_sign_in),
        )
        .route(
            urls::GROUPS,
            get(organisation::groups_page).post(organisation::create_group),
        )
        .route(
            group,
            get(organisation::group_page).post(organisation::change_group),
        )
        .route(
            &format!("{group}/members"),
            post(organisation::change_members),
        )
        .route(&format!("{group}/remove"), post(organisation::remove_group))
        .route(
            urls::UNITS,
            get(organisation::units_page).post(organisation::create_unit),
        )
        .route(
            &format!("{unit}/branding"),
            get(branding::show).post(branding::change),
        )
        .route(&format!("{unit}/rename"), post(organisation::rename_unit))
        .route(&format!("{unit}/move"), post(organisation::move_unit))
        .route(&format!("{unit}/remove"), post(organisation::remove_unit))
        .route(
            urls::DEVICES_MOVE,
            get(organisation::move_devices_page).post(organisation::plan_devices),
        )
        .route(
            urls::PEOPLE_MOVE,
            get(organisation::move_people_page).post(organisation::move_people),
        )
        .route(
            "/console/devices/{id}/unit",
            post(organisation::move_device),
        )
        .route(
            "/console/devices/{id}/person",
            post(organisation::set_person),
        )
}

fn of_administrators() -> Router<AppState> {
    let account = "/console/settings/administrators/{id}";
    let role = "/console/settings/roles/{id}";
    let at = |tail: &str| format!("{account}{tail}");
    Router::new()
        .route(
            urls::ADMINISTRATORS,
            get(administrators::accounts_page).post(administrators::create_account),
        )
        .route(
            account,
            get(administrators::account_page).post(administrators::change_account),
        )
        .route(&at("/disable"), post(administrators::disable))
        .route(&at("/enable"), post(administrators::enable))
        .route(&at("/reset"), post(administrators::reset))
        .route(&at("/link"), post(administrators::make_link))
        .route(&at("/tokens"), post(administrators::create_token))
        .route(
            urls::IDENTITY_PROVIDERS,
            get(identity_providers::providers_page),
        )
        .route(
            urls::IDENTITY_PROVIDER_NEW,
            get(identity_providers::new_provider).post(identity_providers::add_provider),
        )
        .route(
            "/console/settings/sign-in/{id}",
            get(identity_providers::provider_page).post(identity_providers::change_provider),
        )
        .route(
            "/console/settings/sign-in/{id}/check",
            post(identity_providers::check_provider),
        )
        .route(
            "/console/settings/sign-in/{id}/remove",
            post(identity_providers::remove_provider),
        )
        .route(
            urls::ROLES,
            get(administrators::roles_page).post(administrators::create_role),
        )
        .route(
            role,
            get(administrators::role_page).post(administrators::change_role),
        )
        .route(&format!("{role}/remove"), post(administrators::remove_role))
        .route(
            "/console/welcome/{secret}",
            get(administrators::welcome_page).post(administrators::take_welcome),
        )
}

fn of_imports() -> Router<AppState> {
    let one = "/console/imports/{id}";
    let room = tillsyn_core::imports::MOST_BYTES + 128 * 1024;
    Router::new()
        .route(
            urls::IMPORTS,
            get(imports::imports_page)
                .post(imports::upload)
                .layer(DefaultBodyLimit::max(room)),
        )
        .route("/console/imports/templates/{kind}", get(imports::template))
        .route(one, get(imports::import_page))
        .route(&format!("{one}/errors"), get(imports::errors))
        .route(&format!("{one}/apply"), post(imports::apply))
        .route(&format!("{one}/cancel"), post(imports::cancel))
}

fn of_invite() -> Router<AppState> {
    let one = "/console/enrollment/batches/{id}";
    let room = tillsyn_core::imports::MOST_BYTES + 512 * 1024;
    Router::new()
        .route(
            urls::INVITATION_SEND,
            get(invite::send_form)
                .post(invite::send)
                .layer(DefaultBodyLimit::max(room)),
        )
        .route(urls::INVITATION_BATCHES, get(invite::batches))
        .route(one, get(invite::batch_page))
        .route(&format!("{one}/people.csv"), get(invite::batch_file))
        .route(&format!("{one}/begin"), post(invite::begin))
        .route(&format!("{one}/cancel"), post(invite::cancel))
        .route(&format!("{one}/resend"), post(invite::resend))
        .route(&format!("{one}/pins"), post(invite::pins))
        .route(
            "/console/enrollment/invitations/{id}/bounced",
            post(enrollment::bounced),
        )
        .route(
            "/console/enrollment/invitations/{id}/resend",
            post(enrollment::resend),
        )
        .route(
            urls::INVITATION_POLICY,
            get(invite::policy_page).post(invite::change_policy),
        )
}

fn of_reports() -> Router<AppState> {
    let one = "/console/reports/{name}";
    let schedule = "/console/reports/schedules/{id}";
    Router::new()
        .route(urls::REPORTS, get(reports::list))
        .route(one, get(reports::show))
        .route(&format!("{one}/csv"), get(reports::file))
        .route(&format!("{one}/schedule"), post(reports::schedule))
        .route(&format!("{schedule}/pause"), post(reports::pause))
        .route(&format!("{schedule}/resume"), post(reports::resume))
        .route(&format!("{schedule}/send"), post(reports::send_now))
        .route(&format!("{schedule}/remove"), post(reports::remove))
}

/// What people do with lists.
fn of_lists() -> Router<AppState> {
    Router::new()
        .route(urls::DEVICES_FILTERS, get(devices::menu))
        .route(urls::DEVICES_EXPORT, get(devices::export))
        .route(urls::DEVICES_LOOK, post(devices::look))
        .route(
            urls::DEVICE_VIEWS,
            get(devices::views).post(devices::save_view),
        )
        .route("/console/devices/views/{view}", post(devices::change_view))
        .route(urls::DEVICES_SELECTION, post(devices::choose))
        .route(urls::PEOPLE_EXPORT, get(organisation::export_people))
        .route(urls::COMMANDS_EXPORT, get(commands::export))
        .route(
            urls::COMMANDS_WITHDRAW,
            get(commands::withdraw_page).post(commands::withdraw_several),
        )
}

fn of_device() -> Router<AppState> {
    Router::new()
        .route("/console/devices/{id}", get(device::summary))
        .route("/console/devices/{id}/commands", get(device::commands))
        .route(
            "/console/devices/{id}/profiles",
            get(device::profiles)
                .post(device::install_profile)
                .layer(DefaultBodyLimit::max(UPLOAD_BODY)),
        )
        .route(
            "/console/devices/{id}/profiles/remove",
            post(device::remove_profile),
        )
        .route(
            "/console/devices/{id}/profiles/check",
            post(device::check_profiles),
        )
        .route("/console/devices/{id}/declarative", post(device::forward))
        .route(
            "/console/devices/{id}/declarative/here",
            post(device::forward_no_more),
        )
        .route("/console/devices/{id}/security", get(device::security))
        .route("/console/devices/{id}/secrets", get(secrets::show))
        .route(
            "/console/devices/{id}/secrets/{secret}",
            get(secrets::ask).post(secrets::reveal),
        )
        .route(
            "/console/devices/{id}/secrets/{secret}/rotate",
            post(secrets::rotate),
        )
        .route(
            "/console/devices/{id}/activation-unlock",
            post(secrets::unlock),
        )
        .route("/console/devices/{id}/facts", get(device::facts))
        .route(
            "/console/devices/{id}/certificates",
            get(certificates::of_device),
        )
        .route(
            "/console/devices/{id}/certificates/renew",
            post(certificates::renew),
        )
        .route("/console/devices/{id}/inventory", get(device::inventory))
        .route("/console/devices/{id}/history", get(device::history))
        .route("/console/devices/{id}/refresh", post(device::refresh))
        .route(
            "/console/devices/{id}/lock",
            get(device::lock_dialog).post(device::lock),
        )
        .route(
            "/console/devices/{id}/erase",
            get(device::erase_dialog).post(device::erase),
        )
        .route(
            "/console/devices/{id}/retire",
            get(device::retire_dialog).post(device::retire),
        )
        .route("/console/devices/{id}/send", get(device::send_list))
        .route(
            "/console/devices/{id}/send/{kind}",
            get(device::send_form).post(device::send),
        )
        .route("/console/devices/{id}/commands/{uuid}", get(commands::show))
        .route(
            "/console/devices/{id}/commands/{uuid}/withdraw",
            post(commands::withdraw),
        )
        .route(
            "/console/devices/{id}/commands/{uuid}/again",
            post(commands::again),
        )
}

fn of_profiles() -> Router<AppState> {
    let one = "/console/profiles/{id}";
    let at = |tail: &str| format!("{one}{tail}");
    let upload = || DefaultBodyLimit::max(UPLOAD_BODY);
    Router::new()
        .route(urls::PROFILES, get(profiles::list))
        .route(
            urls::PROFILE_NEW,
            get(profiles::new_form)
                .post(profiles::create)
                .layer(upload()),
        )
        .route(
            one,
            get(profiles::show).post(profiles::save).layer(upload()),
        )
        .route(&at("/add"), get(profiles::add_form).post(profiles::add))
        .route(
            &at("/raw"),
            get(profiles::raw).post(profiles::save_raw).layer(upload()),
        )
        .route(
            &at("/mobileconfig"),
            get(profiles::file).post(profiles::whole),
        )
        .route(&at("/effect"), get(profiles::effect))
        .route(&at("/plan"), post(profiles::plan))
        .route(&at("/archive"), post(profiles::archive))
        .route(&at("/describe"), post(profiles::describe))
        .route(&at("/discard"), post(profiles::discard))
        .route(&at("/delete"), post(profiles::delete))
        .route(
            &at("/assignments"),
            get(rollout::assignments).post(rollout::assign),
        )
        .route(
            &at("/assignments/{assignment}"),
            post(rollout::change_assignment),
        )
        .route(&at("/devices"), get(rollout::devices))
        .route(&at("/again"), post(rollout::again))
        .route(&at("/versions"), get(rollout::versions))
        .route(&at("/versions/comment"), post(rollout::comment))
        .route(&at("/versions/{number}"), get(rollout::version))
        .route(&at("/versions/{number}/back"), post(rollout::back))
}

fn of_enrollment() -> Router<AppState> {
    Router::new()
        .route(urls::ENROLLMENT, get(enrollment::enrollment))
        .route(urls::INVITATIONS, get(enrollment::invitations))
        .route(
            urls::INVITATION_NEW,
            get(enrollment::new_invitation).post(enrollment::create),
        )
        .route(
            "/console/enrollment/invitations/{id}",
            get(enrollment::invitation),
        )
        .route(
            "/console/enrollment/invitations/{id}/revoke",
            post(enrollment::revoke),
        )
        .route(
            "/console/enrollment/invitations/{id}/renew-pin",
            post(enrollment::renew_pin),
        )
        .route(urls::ATTEMPTS, get(enrollment::attempts))
        .route(urls::UNKNOWN_SENDERS, get(unknown_senders::list))
        .route(
            urls::READOPT,
            get(unknown_senders::look).post(unknown_senders::take_in),
        )
        .route(
            "/console/enrollment/attempts/{id}",
            get(enrollment::attempt),
        )
}

/// No page lives here; those who are not signed in are not told.
async fn nothing(_visitor: super::visitor::Visitor) -> failure::Failure {
    AppError::no_route().into()
}
