//! Who may choose it, for whom, and where it may go.

use serde_json::json;
use tillsyn_core::Permission as P;
use tillsyn_core::ids::DeviceId;
use tillsyn_core::nanomdm::{NewForward, clear_forward, set_forward};
use tillsyn_core::tokens::{self, NewToken};
use tillsyn_core::{Kind, ids};
use tillsyn_db::args;
use tillsyn_testkit::{Api, Engine, OWNER_PASSWORD, TestApp};

use super::{asks, dm, setting, still, to};
use crate::console::browser::Browser;

const MOVE: &str = "UPDATE dm_forward SET url = $1";
const SET: &str = "SELECT count(*) FROM dm_forward";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_goes_only_where_webhooks_may_go() {
    let app = TestApp::with(Engine::Sqlite, still()).await;
    let dm = dm(&app).await;
    let mut iphone = app.enrolled_iphone().await;
    let api = app.owner_api().await;
    let path = setting(&app, &iphone).await;
    for (url, code) in [
        ("http://dm.example.org/", "forward_url"),
        ("https://user@dm.example.org/", "forward_url"),
        ("https://dm.example.org/ddm", "forward_url"),
        ("https://dm.example.org/?a=/", "forward_url"),
        ("https://dm.example.org\\x/", "forward_url"),
        ("https://dm.example.org/a b/", "forward_url"),
        ("https://10.0.0.1/", "forward_url_private"),
        ("https://127.0.0.2/", "forward_url_private"),
        ("https://[::1]/", "forward_url_private"),
        ("https://169.254.169.254/latest/", "forward_url_private"),
    ] {
        let refused = api.put(&path, &json!({ "url": url })).await.expect(422);
        assert_eq!(refused["code"], code, "{url}");
    }
    let short = api.put(&path, &to(&dm, Some("short"))).await.expect(422);
    assert_eq!(short["code"], "forward_key");
    assert_eq!(app.count(SET).await, 0);
    api.put(&path, &to(&dm, None)).await.expect(200);
    // Whoever cannot change it sees only whose it is: an address may hold a secret.
    let seen = app
        .api(&[P::WebhooksRead])
        .await
        .get(&path)
        .await
        .expect(200);
    let url = seen["url"].as_str().unwrap();
    assert!(url.starts_with("https://") && url.ends_with("/…"), "{url}");
    assert_eq!(asks(&mut iphone, "tokens").await.status, 200);
    // An address that was open when it was chosen and is not any more.
    let closed = dm.url().replace("127.0.0.1", "127.0.0.2");
    app.db().execute(MOVE, args![closed]).await.unwrap();
    assert_eq!(asks(&mut iphone, "tokens").await.status, 503);
    assert_eq!(dm.received().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_takes_both_permissions_in_the_unit_and_a_fresh_sign_in() {
    let app = TestApp::with(Engine::Sqlite, still()).await;
    let dm = dm(&app).await;
    let mut iphone = app.enrolled_iphone().await;
    let path = setting(&app, &iphone).await;
    let body = to(&dm, None);
    for held in [
        vec![P::WebhooksRead, P::WebhooksWrite],
        vec![P::DevicesConfigure, P::DevicesRead],
    ] {
        let weak = app.api(&held).await;
        assert_eq!(weak.put(&path, &body).await.status, 403, "{held:?}");
        assert_eq!(weak.delete(&path).await.status, 403, "{held:?}");
    }
    let blind = app.api(&[P::WebhooksWrite, P::DevicesConfigure]).await;
    assert_eq!(blind.get(&path).await.status, 403);
    // Out of reach is as what does not exist.
    let api = app.owner_api().await;
    let unit = api.post("/api/v1/units", &json!({ "name": "North" })).await;
    let unit = ids::OrgUnitId::parse(unit.expect(201)["id"].as_str().unwrap());
    let new = NewToken {
        name: "north".to_owned(),
        permissions: vec![P::WebhooksRead, P::WebhooksWrite, P::DevicesConfigure],
        days: 1,
        unit,
        ..NewToken::default()
    };
    let mut owner = app.owner.clone();
    owner.fresh_at = Some(app.core.now_ms());
    let (_, token) = tokens::create_token(&app.core, &owner, new).await.unwrap();
    let north = Api::new(app.url(), Some(token.to_string()));
    for answer in [
        north.get(&path).await,
        north.put(&path, &body).await,
        north.delete(&path).await,
    ] {
        assert_eq!(answer.status, 404);
    }
    // A person has to have shown lately who they are, for either way.
    let id = path.split('/').nth(4).and_then(DeviceId::parse).unwrap();
    owner.fresh_at = None;
    let new = || NewForward {
        url: dm.url(),
        key: None,
    };
    let stale = set_forward(&app.core, &owner, &id, new())
        .await
        .unwrap_err();
    assert_eq!(stale.kind, Kind::FreshSignInNeeded);
    owner.fresh_at = Some(app.core.now_ms());
    set_forward(&app.core, &owner, &id, new()).await.unwrap();
    owner.fresh_at = None;
    let stale = clear_forward(&app.core, &owner, &id).await.unwrap_err();
    assert_eq!(stale.kind, Kind::FreshSignInNeeded);
    let by = "SELECT count(*) FROM dm_forward f JOIN account a ON a.id = f.set_by \
        WHERE f.set_kind = 'account'";
    assert_eq!(app.count(by).await, 1);
    // The choice was the enrollment's: the next one begins without it.
    iphone.person_removes_profile().await.unwrap();
    assert_eq!(api.get(&path).await.status, 404);
    let gone = api.put(&path, &body).await.expect(409);
    assert_eq!(gone["code"], "not_enrolled");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_devices_page_shows_and_changes_it() {
    let app = TestApp::with(Engine::Sqlite, still()).await;
    let dm = dm(&app).await;
    let iphone = app.enrolled_iphone().await;
    let path = setting(&app, &iphone).await;
    let id = path.split('/').nth(4).unwrap();
    let profiles = format!("/console/devices/{id}/profiles");
    let forward = format!("/console/devices/{id}/declarative");
    let mut owner = Browser::owner(&app).await;
    owner
        .get(&profiles)
        .await
        .expect(200)
        .says("This server answers the device");
    let wrong = [("url", "http://x/"), ("password", OWNER_PASSWORD)];
    owner
        .post(&forward, &wrong)
        .await
        .expect(422)
        .says("This is not an address that begins with https:// and ends with /");
    let url = dm.url();
    let right = [("url", url.as_str()), ("key", ""), ("password", "")];
    let to = owner.post(&forward, &right).await.expect(303);
    assert_eq!(to.location(), profiles);
    let page = owner.get(&profiles).await.expect(200);
    page.says(&url);
    page.says("Answer here again");
    let history = format!("/console/devices/{id}/history");
    let history = owner.get(&history).await.expect(200);
    history.says("gave declarative management to another server");
    let here = format!("{forward}/here");
    owner.post(&here, &[]).await.expect(303);
    assert_eq!(app.count(SET).await, 0);
    owner
        .get(&profiles)
        .await
        .expect(200)
        .says("This server answers the device");
}
