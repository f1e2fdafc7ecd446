//! `/api/v1/units/{id}/branding`, and what people see of it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tillsyn_core::actor::Permission as P;
use tillsyn_core::branding;
use tillsyn_core::ids::OrgUnitId;
use tillsyn_testkit::{Api, TestApp, both_engines};

use super::access::other_unit;

/// A page as an iPhone gets it: status and text.
async fn page(app: &TestApp, path: &str) -> (u16, String) {
    let request = reqwest::Client::builder()
        .no_proxy()
        .build()
        .unwrap()
        .get(format!("{}{path}", app.url()))
        .header(
            "user-agent",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X)",
        );
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

/// A square picture of this many pixels, by its header's word.
fn png(side: u32) -> Vec<u8> {
    fn crc(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(u32::MAX, |sum, byte| {
            (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
                if sum & 1 == 1 {
                    (sum >> 1) ^ 0xedb8_8320
                } else {
                    sum >> 1
                }
            })
        })
    }
    let chunk = |name: &[u8], body: &[u8]| {
        let named = [name, body].concat();
        let length = u32::try_from(body.len()).unwrap().to_be_bytes();
        [&length[..], &named, &crc(&named).to_be_bytes()].concat()
    };
    let side = side.to_be_bytes();
    let header = [&side[..], &side, &[8, 6, 0, 0, 0]].concat();
    [
        &b"\x89PNG\r\n\x1a\n"[..],
        &chunk(b"IHDR", &header),
        &chunk(b"tEXt", b"Comment\0where it was taken"),
        &chunk(b"IDAT", b"pixels"),
        &chunk(b"IEND", b""),
    ]
    .concat()
}

async fn unit(api: &Api, name: &str, parent: Option<&str>) -> String {
    let body = json!({"name": name, "parent_id": parent});
    let made = api.post("/api/v1/units", &body).await.expect(201);
    made["id"].as_str().unwrap().to_owned()
}

async fn root(app: &TestApp) -> String {
    app.text("SELECT id FROM org_unit WHERE parent_id IS NULL")
        .await
        .unwrap()
}

fn at(unit: &str) -> String {
    format!("/api/v1/units/{unit}/branding")
}

async fn put_mark(api: &Api, unit: &str, bytes: &[u8], status: u16) -> Value {
    let body = json!({"image": STANDARD.encode(bytes)});
    let path = format!("{}/mark", at(unit));
    api.put(&path, &body).await.expect(status)
}

both_engines!(
    nearest_unit_that_says_something_wins_field_by_field_and_people_see_it,
    |app| async move {
        let api = app.owner_api().await;
        let top = root(&app).await;
        let faculty = unit(&api, "Faculty", None).await;
        let physics = unit(&api, "Physics", Some(&faculty)).await;
        let body = json!({
            "name": "Norrvik", "accent_light": "#6b2fa0", "accent_dark": "#d2a8f5",
            "contacts": {"mail": "Help@norrvik.example", "hours": "08–17"},
        });
        api.put(&at(&top), &body).await.expect(200);
        let body = json!({"contacts": {"phone": "+46 46-555 01 00", "hours": "09–16"}});
        api.put(&at(&faculty), &body).await.expect(200);
        let body = json!({"name": "Fysiken <b>", "help_url": "https://fysik.example/hjälp?a=b"});
        let set = api.put(&at(&physics), &body).await.expect(200);
        let holds = &set["effective"];
        assert_eq!(holds["name"], "Fysiken <b>");
        assert_eq!(holds["accent_light"]["colour"], "#6b2fa0");
        assert!(holds["accent_light"]["contrast"].as_f64().unwrap() >= 4.5);
        assert_eq!(holds["contacts"]["mail"], "help@norrvik.example");
        assert_eq!(holds["contacts"]["phone"], "+46 46-555 01 00");
        assert_eq!(holds["contacts"]["hours"], "09–16", "the faculty is nearer");
        assert_eq!(set["own"]["accent_light"], Value::Null);

        let unit_id = OrgUnitId::parse(&physics).unwrap();
        let invitation = app.invite_with(|new| new.unit = Some(unit_id)).await;
        let path = format!("/e/{}", invitation.code.as_str());
        let (status, html) = page(&app, &path).await;
        assert_eq!(status, 200);
        for part in [
            "Fysiken &#60;b&#62;",
            "/branding/accent/6b2fa0-d2a8f5.css",
            "mailto:help@norrvik.example",
            "tel:+46465550100",
            "09–16",
            "https://fysik.example/hj",
        ] {
            assert!(html.contains(part), "{part}: {html}");
        }
        let (status, style) = page(&app, "/branding/accent/6b2fa0-d2a8f5.css").await;
        assert_eq!(status, 200);
        assert!(
            style.contains("--accent:light-dark(#6b2fa0,#d2a8f5)"),
            "{style}"
        );
        let (status, _) = page(&app, "/branding/accent/ffee00-.css").await;
        assert_eq!(status, 404, "no colour that cannot be read is served");

        // Whatever a unit no longer says comes from above again.
        api.delete(&at(&physics)).await.expect(204);
        let (_, html) = page(&app, &path).await;
        assert!(
            html.contains("Norrvik") && !html.contains("Fysiken"),
            "{html}"
        );
        let found = api.get(&at(&physics)).await.expect(200);
        assert_eq!(found["own"]["name"], Value::Null);
        let changes = "SELECT count(*) FROM event WHERE action = 'unit.branding'";
        assert_eq!(app.count(changes).await, 4);
    }
);

both_engines!(
    colour_that_cannot_be_read_is_refused_with_its_contrast_and_the_nearest_that_would_do,
    |app| async move {
        let api = app.owner_api().await;
        let top = root(&app).await;
        for (field, colour) in [("accent_light", "#ffd400"), ("accent_dark", "#102030")] {
            let mut body = json!({});
            body[field] = json!(colour);
            let refused = api.put(&at(&top), &body).await.expect(422);
            assert_eq!(refused["code"], "colour_contrast", "{refused}");
            assert!(
                refused["data"]["contrast"].as_f64().unwrap() < 4.5,
                "{refused}"
            );
            let nearest = refused["data"]["nearest"].clone();
            body[field] = nearest.clone();
            let set = api.put(&at(&top), &body).await.expect(200);
            assert_eq!(set["effective"][field]["colour"], nearest);
            assert!(set["effective"][field]["contrast"].as_f64().unwrap() >= 4.5);
        }
        for (body, code) in [
            (json!({"accent_light": "red;}*{x"}), "colour"),
            (json!({"help_url": "javascript:alert(1)"}), "help_url"),
            (
                json!({"help_url": "https://user@evil.example/"}),
                "help_url",
            ),
            (json!({"contacts": {"phone": "call me"}}), "phone"),
            (json!({"contacts": {"mail": "nobody"}}), "email"),
            (json!({"terms": {"fr": "Oui"}}), "language"),
        ] {
            let refused = api.put(&at(&top), &body).await.expect(422);
            assert_eq!(refused["code"], code, "{refused}");
        }
    }
);

both_engines!(
    mark_is_a_picture_and_nothing_else_and_is_served_as_one,
    |app| async move {
        let api = app.owner_api().await;
        let top = root(&app).await;
        for (bytes, code) in [
            (
                b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(),
                "mark_type",
            ),
            (b"<html><script>x()</script>".to_vec(), "mark_type"),
            (png(4096), "mark_side"),
            (png(8), "mark_side"),
            (vec![0; 300_000], "mark_large"),
        ] {
            let refused = put_mark(&api, &top, &bytes, 422).await;
            assert_eq!(refused["code"], code, "{refused}");
        }
        let set = put_mark(&api, &top, &png(64), 200).await;
        let path = set["effective"]["mark"]["path"].as_str().unwrap();
        let served = reqwest::get(format!("{}{path}", app.url())).await.unwrap();
        let header = |name: &str| served.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(served.status(), 200);
        assert_eq!(header("content-type"), "image/png");
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert!(header("content-security-policy").contains("default-src 'none'"));
        let bytes = served.bytes().await.unwrap();
        assert!(bytes.starts_with(b"\x89PNG") && bytes.ends_with(b"IEND\xaeB`\x82"));
        assert!(
            !bytes.windows(5).any(|five| five == b"taken"),
            "no texts travel along"
        );

        // A mark that nobody shows is gone.
        api.delete(&format!("{}/mark", at(&top))).await.expect(204);
        let gone = reqwest::get(format!("{}{path}", app.url())).await.unwrap();
        assert_eq!(gone.status(), 404);
        assert_eq!(app.count("SELECT count(*) FROM branding_mark").await, 0);
    }
);

both_engines!(
    every_version_of_the_terms_stays_under_its_hash,
    |app| async move {
        let api = app.owner_api().await;
        let top = root(&app).await;
        let below = unit(&api, "Physics", None).await;
        let body = json!({"terms": {"en": "Keep it.\r\n\r\nSafe.", "sv": "Behåll den."}});
        api.put(&at(&top), &body).await.expect(200);
        let path = format!("{top}/{below}/");
        let terms = |lang| branding::terms_for(&app.core, &path, lang);
        let first = terms("sv").await.unwrap().unwrap();
        assert_eq!(
            (first.language.as_str(), first.text.as_str()),
            ("sv", "Behåll den.")
        );
        let other = terms("ja").await.unwrap().unwrap();
        assert_eq!(
            other.text, "Keep it.\n\nSafe.",
            "the organisation's language"
        );

        let body = json!({"terms": {"sv": "Behåll den väl."}});
        api.put(&at(&below), &body).await.expect(200);
        let second = terms("sv").await.unwrap().unwrap();
        assert_eq!(second.text, "Behåll den väl.");
        assert_ne!(second.hash, first.hash);
        let kept = branding::terms_by_hash(&app.core, &first.hash)
            .await
            .unwrap();
        assert_eq!(kept, first);
        // A unit's own terms hold as a whole: another language of above would be another contract.
        assert_eq!(terms("en").await.unwrap().unwrap().language, "sv");
        api.delete(&at(&below)).await.expect(204);
        api.delete(&at(&top)).await.expect(204);
        assert_eq!(terms("sv").await.unwrap(), None);
        assert_eq!(
            branding::terms_by_hash(&app.core, &second.hash)
                .await
                .unwrap(),
            second
        );
    }
);

both_engines!(
    branding_of_a_unit_out_of_reach_is_not_there,
    |app| async move {
        let api = app.owner_api().await;
        let top = root(&app).await;
        let reader = app.api(&[P::DevicesRead]).await;
        reader.get(&at(&top)).await.expect(200);
        reader
            .put(&at(&top), &json!({"name": "X"}))
            .await
            .expect(403);
        reader.delete(&at(&top)).await.expect(403);
        other_unit(&app).await;
        api.get(&at(&top)).await.expect(404);
        api.put(&at(&top), &json!({"name": "X"})).await.expect(404);
        api.delete(&at(&top)).await.expect(404);
        put_mark(&api, &top, &png(64), 404).await;
        api.delete(&format!("{}/mark", at(&top))).await.expect(404);
        assert_eq!(app.count("SELECT count(*) FROM branding").await, 0);
    }
);
