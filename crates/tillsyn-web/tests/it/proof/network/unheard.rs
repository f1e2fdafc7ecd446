//! What a device did and nobody heard: its own list tells.

use tillsyn_core::ids::DeviceId;
use tillsyn_core::reconcile::reconcile_device;
use tillsyn_sim::Offered;

use super::life::version;
use super::*;

const USED: &str = "SELECT certificate_sha256 FROM credential";
const REMOVALS: &str = "SELECT count(*) FROM command WHERE request_type = 'RemoveProfile'";
const REVOKED: &str = "SELECT count(*) FROM credential_certificate WHERE revoked_at IS NOT NULL";

async fn offered_install(device: &mut Device) -> Offered {
    let mut offer = device.idle().await.unwrap().unwrap();
    while offer.request_type != "InstallProfile" {
        offer = device.respond(&offer).await.unwrap().unwrap();
    }
    offer
}

/// The device installs what waits for it; its answer comes when the command is over.
async fn unheard(app: &TestApp, device: &mut Device) {
    let offer = offered_install(device).await;
    device.perform_offline(&offer).await.unwrap();
    sql(
        app,
        "UPDATE command SET finished = 1, status = 'expired' \
         WHERE request_type = 'InstallProfile' AND finished = 0",
    )
    .await;
}

/// The device tells what it has.
async fn list(app: &TestApp, device: &mut Device) {
    let id = app.text("SELECT id FROM device").await.unwrap();
    let id = DeviceId::parse(&id).unwrap();
    reconcile_device(&app.core, &app.owner, &id).await.unwrap();
    device.sessions().await.unwrap();
}

both_engines!(
    what_came_without_a_word_is_removed_when_a_list_names_it,
    by_hand(),
    |app| async move {
        let mut iphone = of_person(&app).await;
        let id = make(&app).await;
        assign(&app, &id).await;
        unheard(&app, &mut iphone).await;
        assert_eq!(iphone.installed_profiles().count(), 1);
        // Another version takes its place in what is wanted, and never goes.
        version(&app, &id, profile("2")).await;
        look(&app).await;
        assert_eq!(app.count(INSTALLS).await, 2);
        sql(&app, "DELETE FROM assignment_target").await;
        look(&app).await;
        assert_eq!(app.text(STATE).await.as_deref(), Some("to_remove"));
        // It may as well be somebody's own: the device is asked.
        assert_eq!(app.count(REMOVALS).await, 0);
        iphone.sessions().await.unwrap();
        assert_eq!(iphone.installed_profiles().count(), 1);
        assert_eq!(app.count(REVOKED).await, 0, "it is in use");
        app.run_job("reconcile").await;
        assert_eq!(app.count(REMOVALS).await, 1);
        iphone.sessions().await.unwrap();
        assert_eq!(iphone.installed_profiles().count(), 0);
        assert_eq!(app.count(REVOKED).await, 1);
        assert_eq!(app.count("SELECT count(*) FROM item_state").await, 0);
        assert_eq!(app.count(INSTALLS).await, 2);
    }
);

both_engines!(
    what_came_without_a_word_and_was_put_off_then_is_removed,
    by_hand(),
    |app| async move {
        let mut iphone = of_person(&app).await;
        let id = make(&app).await;
        assign(&app, &id).await;
        let offer = offered_install(&mut iphone).await;
        iphone.perform_offline(&offer).await.unwrap();
        // The answer is lost, the same comes again, and now it does not suit.
        let again = offered_install(&mut iphone).await;
        assert_eq!(again.uuid, offer.uuid);
        iphone.defer(&again).await.unwrap();
        sql(&app, "DELETE FROM assignment_target").await;
        look(&app).await;
        assert_eq!(app.text(STATE).await.as_deref(), Some("to_remove"));
        assert_eq!(
            (app.count(REMOVALS).await, app.count(REVOKED).await),
            (0, 0)
        );
        iphone.sessions().await.unwrap();
        app.run_job("reconcile").await;
        assert_eq!(app.count(REMOVALS).await, 1);
        iphone.sessions().await.unwrap();
        assert_eq!(iphone.installed_profiles().count(), 0);
        assert_eq!(app.count("SELECT count(*) FROM item_state").await, 0);
    }
);

both_engines!(
    a_list_that_proves_an_install_puts_its_certificate_in_use,
    by_hand(),
    |app| async move {
        const ENDS: &str = "SELECT sha256 FROM credential_certificate WHERE revoke_at IS NOT NULL";
        let (mut iphone, _) = installed(&app).await;
        let old = certificates(&iphone)[0].sha256_hex();
        sql(&app, "UPDATE credential SET renew_at = 1").await;
        app.run_job("minute").await;
        app.run_job("reconcile").await;
        unheard(&app, &mut iphone).await;
        let new = certificates(&iphone)[0].sha256_hex();
        assert_ne!(new, old);
        assert_eq!(app.text(USED).await.as_deref(), Some(old.as_str()));
        list(&app, &mut iphone).await;
        assert_eq!(app.text(USED).await, Some(new));
        // Which delivery the list names nobody knows: nothing ends before the next word of the device.
        assert_eq!(app.text(ENDS).await, None);
        let valid = "SELECT generation FROM credential WHERE status = 'valid' \
            AND renew_at IS NOT NULL AND warn_at IS NOT NULL";
        assert_eq!(app.count(valid).await, 2);
        app.run_job("reconcile").await;
        assert_eq!(app.text(STATE).await.as_deref(), Some("as_desired"));
        assert_eq!(app.count(INSTALLS).await, 2);
    }
);

both_engines!(
    a_value_that_is_back_before_anybody_looked_lets_its_profile_go,
    by_hand(),
    |app| async move {
        let mut iphone = of_person(&app).await;
        let id = make(&app).await;
        assign(&app, &id).await;
        let person = app.text("SELECT person_id FROM device_summary").await;
        sql(&app, "UPDATE device_summary SET person_id = NULL").await;
        iphone.sessions().await.unwrap();
        assert_eq!(app.text(STATE).await.as_deref(), Some("refused"));
        let back = "UPDATE device_summary SET person_id = $1";
        app.db().execute(back, args![person]).await.unwrap();
        app.run_job("reconcile").await;
        iphone.sessions().await.unwrap();
        assert_eq!(app.text(STATE).await.as_deref(), Some("as_desired"));
        assert_eq!(certificates(&iphone).len(), 1);
    }
);
