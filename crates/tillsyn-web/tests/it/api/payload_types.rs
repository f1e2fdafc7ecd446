//! The catalogue of payloads.

use tillsyn_core::actor::Permission as P;
use tillsyn_testkit::both_engines;

both_engines!(
    payload_types_are_filtered_and_described_in_the_order_of_the_schema,
    |app| async move {
        let api = app.api(&[P::ProfilesRead]).await;
        let all = api.get("/api/v1/payload-types").await.expect(200);
        let types = |page: &serde_json::Value| -> Vec<String> {
            let items = page["items"].as_array().unwrap();
            let name = |item: &serde_json::Value| item["type"].as_str().unwrap().to_owned();
            items.iter().map(name).collect()
        };
        assert!(types(&all).len() > 110);
        let tv = api.get("/api/v1/payload-types?system=tvOS&search=wifi");
        let tv = types(&tv.await.expect(200));
        assert!(tv.contains(&"com.apple.wifi.managed".to_owned()), "{tv:?}");
        assert!(
            !tv.iter().any(|name| name.starts_with("com.apple.MCX")),
            "{tv:?}"
        );
        let bad = api
            .get("/api/v1/payload-types?system=BeOS")
            .await
            .expect(422);
        assert_eq!(bad["field"], "system");

        let wifi = api.get("/api/v1/payload-types/com.apple.wifi.managed");
        let wifi = wifi.await.expect(200);
        let keys = wifi["variants"][0]["keys"].as_array().unwrap();
        assert_eq!(keys[0]["name"], "AutoJoin");
        assert_eq!(keys[0]["default"], true);
        let password = keys.iter().find(|key| key["name"] == "Password").unwrap();
        assert_eq!(password["secret"], true);
        assert!(
            keys.iter()
                .any(|key| key["name"] == "EAPClientConfiguration"
                    && key["keys"].as_array().is_some_and(|keys| keys.len() > 10))
        );
        api.get("/api/v1/payload-types/com.example.none")
            .await
            .expect(404);
        let other = app.api(&[P::DevicesRead]).await;
        other.get("/api/v1/payload-types").await.expect(403);
    }
);
