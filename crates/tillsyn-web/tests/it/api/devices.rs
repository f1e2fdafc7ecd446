//! `/api/v1/devices`.

use serde_json::json;
use tillsyn_testkit::both_engines;

both_engines!(
    devices_are_listed_filtered_sorted_and_paged,
    |app| async move {
        for _ in 0..2 {
            app.enrolled_iphone().await.session().await.unwrap();
        }
        app.enrolled_mac().await.session().await.unwrap();
        let api = app.owner_api().await;
        let all = api
            .get("/api/v1/devices?sort=serial_number")
            .await
            .expect(200);
        let serials: Vec<&str> = all["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|device| device["serial_number"].as_str().unwrap())
            .collect();
        assert_eq!(serials.len(), 3);
        assert!(serials.is_sorted());
        assert_eq!(all["next"], json!(null));

        let mut paged = Vec::new();
        let mut after = String::new();
        loop {
            let path = format!("/api/v1/devices?sort=serial_number&limit=1{after}");
            let page = api.get(&path).await.expect(200);
            assert_eq!(page["items"].as_array().unwrap().len(), 1);
            paged.push(
                page["items"][0]["serial_number"]
                    .as_str()
                    .unwrap()
                    .to_owned(),
            );
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => break,
            }
        }
        assert_eq!(paged, serials);

        let macs = api.get("/api/v1/devices?platform=macos").await.expect(200);
        assert_eq!(macs["items"].as_array().unwrap().len(), 1);
        let both = api
            .get("/api/v1/devices?platform=macos,ios&status=active")
            .await
            .expect(200);
        assert_eq!(both["items"].as_array().unwrap().len(), 3);
        let found = api
            .get(&format!("/api/v1/devices?search={}", serials[1]))
            .await
            .expect(200);
        assert_eq!(found["items"][0]["serial_number"], serials[1]);
        let later = api
            .get("/api/v1/devices?seen_since=2099-01-01T00:00:00Z")
            .await
            .expect(200);
        assert_eq!(later["items"], json!([]));
    }
);

both_engines!(
    a_device_shows_facts_enrollments_and_profiles,
    |app| async move {
        let mut iphone = app.enrolled_iphone().await;
        iphone.session().await.unwrap();
        let api = app.owner_api().await;
        let list = api.get("/api/v1/devices").await.expect(200);
        let id = list["items"][0]["id"].as_str().unwrap();
        let device = api.get(&format!("/api/v1/devices/{id}")).await.expect(200);
        assert_eq!(device["serial_number"], iphone.serial());
        assert_eq!(device["status"], "active");
        assert_eq!(device["enrollments"][0]["status"], "active");
        assert!(device["enrolled_at"].as_str().unwrap().ends_with('Z'));
        assert!(
            device["facts"]
                .as_array()
                .unwrap()
                .iter()
                .any(|fact| fact["source"] == "SecurityInfo")
        );
        assert!(
            device["profiles"]
                .as_array()
                .unwrap()
                .iter()
                .any(|p| p["enrolls"] == true)
        );
        let overview = api.get("/api/v1/overview").await.expect(200);
        assert_eq!(
            (&overview["devices"], &overview["platforms"]["ios"]),
            (&json!(1), &json!(1))
        );
    }
);

both_engines!(bad_parameters_are_named, |app| async move {
    let api = app.owner_api().await;
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("limit=x", "query"),
        ("sort=colour", "sort"),
        ("after=nonsense", "after"),
        ("colour=red", "query"),
        ("seen_since=yesterday", "seen_since"),
    ] {
        let body = api
            .get(&format!("/api/v1/devices?{query}"))
            .await
            .expect(422);
        assert_eq!(body["field"], field, "{query}: {body}");
    }
    for (path, field) in [
        ("commands?status=lost", "status"),
        ("commands?device_id=x", "device_id"),
        ("attempts?status=lost", "status"),
        ("attempts?invitation_id=x", "invitation_id"),
        ("events?object_kind=device", "object_id"),
    ] {
        let body = api.get(&format!("/api/v1/{path}")).await.expect(422);
        assert_eq!(body["field"], field, "{path}: {body}");
    }
});
