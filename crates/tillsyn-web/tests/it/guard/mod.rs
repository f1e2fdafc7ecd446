//! The guard's table (security §6), whole.

mod approvals;
mod campaigns;
mod people;
mod race;
mod settings;
mod steps;
mod stop;
mod table;

use tillsyn_core::Actor;
use tillsyn_core::Clock;
use tillsyn_core::approvals::{ApprovalFilter, ApprovalView, list_approvals};
use tillsyn_core::commands::{self, Confirmation, Enqueued, NewCommand, Request};
use tillsyn_core::devices::{DeviceFilter, DeviceSort, list_devices};
use tillsyn_core::ids::DeviceId;
use tillsyn_testkit::{AppOptions, TestApp};

pub(super) const ERASE: Request = Request::EraseDevice {
    preserve_data_plan: false,
    disallow_proximity_setup: false,
};

/// Nothing happens but what the test does, and time stands.
pub(super) fn still() -> AppOptions {
    AppOptions {
        jobs: false,
        clock: Clock::fixed(Clock::system().now_ms()),
        ..AppOptions::default()
    }
}

/// So many enrolled iPhones.
pub(super) async fn fleet(app: &TestApp, count: usize) -> Vec<DeviceId> {
    for _ in 0..count {
        app.enrolled_iphone().await;
    }
    let sort = (DeviceSort::Serial, false);
    let filter = DeviceFilter::default();
    let page = list_devices(&app.core, &app.owner, &filter, sort, None, None);
    let rows = page.await.unwrap().items;
    assert_eq!(rows.len(), count);
    rows.into_iter().map(|row| row.id).collect()
}

/// The request with everything that a person types.
pub(super) async fn confirmed(app: &TestApp, devices: &[DeviceId], request: Request) -> NewCommand {
    let seen = commands::preview(&app.core, &app.owner, devices.to_vec(), request.clone());
    let seen = seen.await.unwrap();
    NewCommand {
        devices: devices.to_vec(),
        request,
        profile: None,
        reason: Some("Sold".to_owned()),
        confirmation: Confirmation {
            typed: seen.confirm_with,
            targets_digest: Some(seen.targets_digest),
        },
    }
}

pub(super) async fn ask(
    app: &TestApp,
    by: &Actor,
    devices: &[DeviceId],
    request: Request,
) -> Enqueued {
    let new = confirmed(app, devices, request).await;
    commands::enqueue(&app.core, by, new).await.unwrap()
}

/// What waits, newest first.
pub(super) async fn waiting(app: &TestApp) -> Vec<ApprovalView> {
    let filter = ApprovalFilter {
        waiting: Some(true),
    };
    let page = list_approvals(&app.core, &app.owner, filter, None, Some(1_000));
    page.await.unwrap().items
}
