//! The guard's rows for one device, two to five, and more.

use tillsyn_core::approvals::{self, ApprovalStatus};
use tillsyn_core::commands::{self, Confirmation, NewCommand, Request};
use tillsyn_core::ids::{ApprovalId, DeviceId};
use tillsyn_core::{Actor, devices};
use tillsyn_testkit::{TestApp, both_engines};

const ERASE: Request = Request::EraseDevice {
    preserve_data_plan: false,
    disallow_proximity_setup: false,
};

async fn fleet(app: &TestApp, count: usize) -> Vec<DeviceId> {
    for _ in 0..count {
        app.enrolled_iphone().await;
    }
    let page = devices::list_devices(
        &app.core,
        &app.owner,
        &devices::DeviceFilter::default(),
        (devices::DeviceSort::Serial, false),
        None,
        None,
    )
    .await
    .unwrap();
    assert_eq!(page.items.len(), count);
    page.items.into_iter().map(|row| row.id).collect()
}

async fn confirmed(app: &TestApp, devices: &[DeviceId], request: Request) -> NewCommand {
    let seen = commands::preview(&app.core, &app.owner, devices.to_vec(), request.clone())
        .await
        .unwrap();
    NewCommand {
        devices: devices.to_vec(),
        request,
        profile: None,
        reason: Some("Test".to_owned()),
        confirmation: Confirmation {
            typed: seen.confirm_with,
            targets_digest: Some(seen.targets_digest),
        },
    }
}

both_engines!(two_to_five_need_count_and_the_same_set, |app| async move {
    let ids = fleet(&app, 3).await;
    let mut wrong = confirmed(&app, &ids[..2], ERASE).await;
    wrong.devices = ids.clone();
    let refused = commands::enqueue(&app.core, &app.owner, wrong)
        .await
        .unwrap_err();
    assert_eq!(refused.code, "confirmation", "the count no longer fits");
    let mut changed = confirmed(&app, &ids[..2], ERASE).await;
    changed.devices = ids[1..].to_vec();
    let refused = commands::enqueue(&app.core, &app.owner, changed)
        .await
        .unwrap_err();
    assert_eq!(refused.code, "targets_changed");
    assert_eq!(
        app.count("SELECT count(*) FROM command WHERE request_type = 'EraseDevice'")
            .await,
        0
    );
    let both = confirmed(&app, &ids[..2], ERASE).await;
    let done = commands::enqueue(&app.core, &app.owner, both)
        .await
        .unwrap();
    assert!(done.commands.iter().all(|c| c.held_reason == Some("hold")));
    // Anyone with the right may cancel during the hold.
    commands::cancel_command(&app.core, &app.owner, &done.commands[0].id)
        .await
        .unwrap();
    let twice = commands::cancel_command(&app.core, &app.owner, &done.commands[0].id).await;
    assert_eq!(twice.unwrap_err().code, "already_over");
    assert_eq!(app.story("EraseDevice").await.first().unwrap(), "held");
});

both_engines!(
    more_than_five_wait_for_a_release_on_the_server,
    |app| async move {
        let ids = fleet(&app, 6).await;
        let six = confirmed(&app, &ids, ERASE).await;
        let done = commands::enqueue(&app.core, &app.owner, six).await.unwrap();
        assert!(
            done.commands
                .iter()
                .all(|c| c.held_reason == Some("second_person"))
        );
        app.run_job("holds").await;
        assert_eq!(
            app.count("SELECT count(*) FROM command WHERE status = 'held'")
                .await,
            6
        );
        let held = commands::held_batches(&app.core).await.unwrap();
        assert_eq!((held.len(), held[0].commands), (1, 6));
        // The owner is the only administrator: nobody else can, so the server's own shell may.
        let id = ApprovalId::parse(held[0].id.as_str()).unwrap();
        let refused = approvals::approve(&app.core, &app.owner, &id, None).await;
        assert_eq!(refused.unwrap_err().code, "second_person_needed");
        let released = approvals::approve(&app.core, &Actor::server(), &id, None).await;
        assert_eq!(released.unwrap().status, ApprovalStatus::Approved);
        let on_hold = "SELECT count(*) FROM command WHERE status = 'held' \
            AND status_reason = 'hold' AND held_until IS NOT NULL";
        assert_eq!(
            app.count(on_hold).await,
            6,
            "what cannot be undone takes the hold"
        );
        assert!(app.actions().await.contains(&"guard.release".to_owned()));
    }
);

both_engines!(the_budget_holds_what_is_too_much, |app| async move {
    let ids = fleet(&app, 6).await;
    // Half of ten in 20 minutes is one person's share.
    for id in &ids[..5] {
        let one = confirmed(&app, std::slice::from_ref(id), ERASE).await;
        let done = commands::enqueue(&app.core, &app.owner, one).await.unwrap();
        assert_eq!(done.commands[0].held_reason, Some("hold"));
    }
    let sixth = confirmed(&app, &ids[5..], ERASE).await;
    let done = commands::enqueue(&app.core, &app.owner, sixth)
        .await
        .unwrap();
    assert_eq!(done.commands[0].held_reason, Some("budget"));
    // A lock is not slowed by it.
    let lock = Request::DeviceLock {
        message: None,
        phone_number: None,
    };
    let lock = confirmed(&app, &ids[5..], lock).await;
    let done = commands::enqueue(&app.core, &app.owner, lock)
        .await
        .unwrap();
    assert_eq!(done.commands[0].status, "queued");
});

both_engines!(
    ten_at_once_cannot_pass_the_budget_together,
    |app| async move {
        let ids = fleet(&app, 8).await;
        let mut all = Vec::new();
        for id in &ids {
            let one = confirmed(&app, std::slice::from_ref(id), ERASE).await;
            let (core, owner) = (app.core.clone(), app.owner.clone());
            all.push(tokio::spawn(async move {
                commands::enqueue(&core, &owner, one).await.unwrap()
            }));
        }
        let mut on_hold = 0;
        for task in all {
            on_hold += usize::from(task.await.unwrap().commands[0].held_reason == Some("hold"));
        }
        assert_eq!(on_hold, 5);
    }
);

both_engines!(a_personal_device_is_never_erased, |app| async move {
    let invitation = app
        .invite_with(|new| "personal".clone_into(&mut new.ownership))
        .await;
    let mut phone = app.device(tillsyn_sim::DeviceConfig::iphone(app.next()));
    phone.enroll(&app.by(&invitation)).await.unwrap();
    phone.session().await.unwrap();
    let id = crate::device::story::only_device(&app).await;
    let erase = confirmed(&app, std::slice::from_ref(&id), ERASE).await;
    let refused = commands::enqueue(&app.core, &app.owner, erase)
        .await
        .unwrap_err();
    assert_eq!(refused.code, "not_capable");
    assert_eq!(
        app.count("SELECT count(*) FROM command WHERE request_type = 'EraseDevice'")
            .await,
        0
    );
    // What may not be known of it is not stored.
    assert_eq!(
        app.count("SELECT count(*) FROM fact WHERE name = 'phone_number'")
            .await,
        0
    );
    assert_eq!(
        app.count("SELECT count(*) FROM command_result WHERE body IS NOT NULL")
            .await,
        0
    );
});
