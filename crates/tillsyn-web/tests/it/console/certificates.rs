//! Certificates of devices: seen, renewed, revoked.

use tillsyn_testkit::{AppOptions, both_engines};

use super::Browser;
use crate::device::story::only_device;

both_engines!(
    a_certificate_is_seen_renewed_and_revoked,
    AppOptions {
        jobs: false,
        ..AppOptions::default()
    },
    |app| async move {
        let mut iphone = app.enrolled_iphone().await;
        iphone.sessions().await.unwrap();
        let device = only_device(&app).await;
        let mut owner = Browser::owner(&app).await;
        let of_device = format!("/console/devices/{device}/certificates");
        let page = owner
            .get(&format!("/console/devices/{device}/security"))
            .await;
        page.expect(200).says(&of_device);
        let page = owner.get(&of_device).await.expect(200);
        page.says("SCEP, key made by the device");
        page.says("In use");
        let renew = format!("{of_device}/renew");
        owner.post(&renew, &[]).await.expect(303);
        assert_eq!(
            app.count("SELECT count(*) FROM renewal_grant").await,
            1,
            "asked for"
        );
        // Late: on the overview and in the list.
        let late = "UPDATE certificate SET renewal_problem = 'refused'";
        app.db().execute(late, Vec::new()).await.unwrap();
        let page = owner.get("/console").await.expect(200);
        page.says("1 device does not renew its certificate");
        let page = owner.get("/console/certificates?status=late").await;
        page.expect(200).says("The device refused the new profile");
        let page = owner.get("/console/certificates?status=revoked").await;
        page.expect(200).says_not("The device refused");

        let id = app.text("SELECT id FROM certificate").await.unwrap();
        let one = format!("/console/certificates/{id}");
        let page = owner.get(&one).await.expect(200);
        page.says("somebody has to enroll it again");
        let revoke = format!("{one}/revoke");
        let wrong = owner
            .post(&revoke, &[("reason", "Lost"), ("typed", "not it")])
            .await;
        wrong.expect(422);
        let name = app
            .text("SELECT COALESCE(name, serial_number) FROM device_summary")
            .await
            .unwrap();
        let fields = [("reason", "Lost"), ("typed", name.as_str())];
        owner.post(&revoke, &fields).await.expect(303);
        let page = owner.get(&one).await.expect(200);
        page.says("Revoked by an administrator");
        page.says_not(&revoke);
        assert!(iphone.sessions().await.is_err());
    }
);
