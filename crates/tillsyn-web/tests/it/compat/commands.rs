//! `PUT /v1/enqueue` and `GET /v1/push`.

use serde_json::json;
use tillsyn_apple::plist_guard::{Limits, parse};
use tillsyn_apple::result::CommandResult;
use tillsyn_core::devices::move_devices;
use tillsyn_core::ids::OrgUnitId;
use tillsyn_core::tokens::{self, NewToken};
use tillsyn_core::{Clock, Permission};
use tillsyn_db::args;
use tillsyn_sim::{Device, DeviceConfig};
use tillsyn_testkit::{AppOptions, TestApp, both_engines};

use super::{Tool, of_type, plist, uuid};
use crate::device::story::only_device;
use crate::wire::shapes::{check_in, device_ids, token_update, user_ids};

const SHARED: &str = "ffffffff-FFFF-FFFF-FFFF-FFFFFFFFFFFF";
const GIVEN: &str = "SELECT count(*) FROM command WHERE given_id IS NOT NULL";

/// What the device is offered: the command's id and type.
async fn offered(device: &mut Device, body: Vec<u8>) -> Option<(String, String)> {
    let answer = device.put_raw(false, body).await.unwrap();
    if answer.body.is_empty() {
        return None;
    }
    let value = parse(&answer.body, Limits::RESULT).unwrap();
    let dict = value.as_dictionary().unwrap();
    let kind = dict["Command"].as_dictionary().unwrap()["RequestType"].as_string();
    let uuid = dict["CommandUUID"].as_string();
    Some((uuid.unwrap().to_owned(), kind.unwrap().to_owned()))
}

fn acknowledged(device: &Device, uuid: &str) -> Vec<u8> {
    format!(
        "<?xml version=\"1.0\"?><plist version=\"1.0\"><dict><key>UDID</key><string>{}</string>\
         <key>CommandUUID</key><string>{uuid}</string><key>Status</key><string>Acknowledged</string>\
         </dict></plist>",
        device.udid()
    )
    .into_bytes()
}

both_engines!(
    a_command_keeps_the_uuid_of_its_caller_and_the_push_is_told,
    |app| async move {
        let mut iphone = app.enrolled_iphone().await;
        iphone.sessions().await.unwrap();
        let tool = Tool::new(&app).await;
        let (uuid, udid) = (uuid(1), iphone.udid().to_owned());
        let command = plist(&uuid, &of_type("CertificateList"));
        let path = format!("/v1/enqueue/{udid}");
        let queued = tool.put(&path, command.clone()).await;
        assert_eq!(queued.status, 200, "{}", queued.body);
        let apns_id = queued.body["status"][&udid]["push_result"].clone();
        assert!(
            apns_id.as_str().is_some_and(|id| !id.is_empty()),
            "{}",
            queued.body
        );
        // Nothing else stands in the object.
        assert_eq!(
            queued.body,
            json!({
                "command_uuid": uuid, "request_type": "CertificateList",
                "status": { udid.clone(): { "push_result": apns_id } },
            })
        );

        let idle = CommandResult::idle(device_ids(&iphone)).to_plist();
        let seen = offered(&mut iphone, idle.clone()).await.unwrap();
        assert_eq!(seen, (uuid.clone(), "CertificateList".to_owned()));
        // A second of the same name would get the first one's answer.
        let again = tool.put(&path, command).await;
        assert_eq!(again.status, 500);
        let why = again.body["command_error"].as_str().unwrap();
        assert!(why.starts_with("command_uuid_used"), "{why}");
        let done = acknowledged(&iphone, &uuid);
        assert_eq!(offered(&mut iphone, done).await, None);
        let finished = "SELECT count(*) FROM command WHERE given_id IS NOT NULL \
            AND status = 'acknowledged'";
        assert_eq!(app.count(finished).await, 1);
        assert_eq!(app.count("SELECT count(*) FROM orphan_result").await, 0);
        let by_token = "SELECT count(*) FROM event WHERE action = 'command.enqueue' \
            AND actor_kind = 'token'";
        assert_eq!(app.count(by_token).await, 1);
    }
);

/// Nothing is pushed but what the test asks for.
fn quiet() -> AppOptions {
    AppOptions {
        jobs: false,
        clock: Clock::fixed(Clock::system().now_ms()),
        ..AppOptions::default()
    }
}

async fn in_unit(app: &TestApp) -> (OrgUnitId, Tool) {
    let api = app.owner_api().await;
    let unit = api.post("/api/v1/units", &json!({"name": "North"})).await;
    let unit = OrgUnitId::parse(unit.expect(201)["id"].as_str().unwrap()).unwrap();
    let new = NewToken {
        name: "north".to_owned(),
        permissions: vec![Permission::DevicesQuery, Permission::DevicesRestart],
        days: 1,
        unit: Some(unit.clone()),
        ..NewToken::default()
    };
    let (_, token) = tokens::create_token(&app.core, &app.owner, new)
        .await
        .unwrap();
    (unit, Tool::of(app, token.to_string()))
}

both_engines!(
    each_id_is_answered_for_itself_within_the_scope_of_the_token,
    quiet(),
    |app| async move {
        let near = app.enrolled_iphone().await;
        let (unit, tool) = in_unit(&app).await;
        let id = only_device(&app).await;
        move_devices(&app.core, &app.owner, vec![id], &unit)
            .await
            .unwrap();
        let far = app.enrolled_iphone().await;
        let (near, far) = (near.udid(), far.udid());

        let path = format!("/v1/enqueue/{near},{far},NOBODY?nopush=1");
        let some = tool
            .put(&path, plist(&uuid(1), &of_type("SecurityInfo")))
            .await;
        assert_eq!((some.status, &some.body["no_push"]), (207, &json!(true)));
        assert_eq!(some.body["status"][near], json!({}));
        // What is out of reach is as what does not exist.
        let unknown = json!({ "command_error": "not_found: There is no such enrollment." });
        assert_eq!(some.body["status"][far], unknown);
        assert_eq!(some.body["status"]["NOBODY"], unknown);
        assert_eq!(app.count(GIVEN).await, 1);

        // A permission that the token lacks; then nothing is queued at all.
        let lock = tool
            .put(&path, plist(&uuid(2), &of_type("DeviceLock")))
            .await;
        assert_eq!(lock.status, 500);
        let why = lock.body["status"][near]["command_error"].as_str().unwrap();
        assert!(why.starts_with("permission_missing"), "{why}");
        assert_eq!(app.count(GIVEN).await, 1);

        let path = format!("/v1/enqueue/{far}");
        let none = tool
            .put(&path, plist(&uuid(3), &of_type("SecurityInfo")))
            .await;
        assert_eq!(none.status, 500);
        let woken = tool.get(&format!("/v1/push/{far}")).await;
        assert_eq!(woken.status, 500);
        let unknown = json!({ "push_error": "not_found: There is no such enrollment." });
        assert_eq!(woken.body, json!({ "status": { far: unknown } }));
        let wakes = "SELECT count(*) FROM event WHERE action = 'device.wake'";
        assert_eq!(app.count(wakes).await, 0);
    }
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn users_channels_are_named_by_their_parent_and_queries_are_never_merged() {
    let app = TestApp::with(tillsyn_testkit::Engine::Sqlite, quiet()).await;
    let mut mac = app.enrolled_mac().await;
    let mut ipad = app.enrolled(DeviceConfig::ipad(app.next())).await;
    let topic = app.topic.clone();
    for (device, user, short) in [(&mut mac, "0A1B", "elin"), (&mut ipad, SHARED, "guest-1")] {
        let ids = user_ids(device, user, short);
        let joins = token_update(ids, &topic, b"user-token", "USER").to_plist();
        assert_eq!(check_in(device, joins).await.status, 200);
    }
    let tool = Tool::new(&app).await;
    let user = format!("{}:0A1B", mac.udid());
    let path = format!("/v1/enqueue/{user},{}:nobody?nopush=1", mac.udid());
    let queued = tool
        .put(&path, plist(&uuid(1), &of_type("ProfileList")))
        .await;
    assert_eq!(queued.status, 207, "{}", queued.body);
    assert_eq!(queued.body["status"][&user], json!({}));
    let of_user = "SELECT count(*) FROM command c JOIN channel ch ON ch.id = c.channel_id \
        WHERE c.given_id IS NOT NULL AND ch.name = 'user:0A1B'";
    assert_eq!(app.count(of_user).await, 1);
    // The same question again, under another name: both are answered.
    let again = tool
        .put(&path, plist(&uuid(2), &of_type("ProfileList")))
        .await;
    assert_eq!(again.status, 207);
    assert_eq!(app.count(of_user).await, 2);
    // Of a Shared iPad's user the short name is the id.
    let guest = format!("{}:guest-1", ipad.udid());
    let woken = tool.get(&format!("/v1/push/{guest}")).await;
    assert_eq!(
        (woken.status, &woken.body["status"][&guest]),
        (200, &json!({}))
    );
    let asked = "SELECT count(*) FROM push_request r JOIN channel ch ON ch.id = r.channel_id \
        WHERE ch.name = 'user:guest-1'";
    assert_eq!(app.count(asked).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_command_is_400_in_their_shape() {
    let app = TestApp::with(tillsyn_testkit::Engine::Sqlite, quiet()).await;
    let iphone = app.enrolled_iphone().await;
    let tool = Tool::new(&app).await;
    let path = format!("/v1/enqueue/{}", iphone.udid());
    let no_command = "<plist version=\"1.0\"><dict><key>CommandUUID</key>\
        <string>0A1B2C3D-0000-4000-8000-000000000009</string></dict></plist>";
    for (body, code) in [
        ("not a property list".to_owned(), "plist"),
        (no_command.to_owned(), "plist"),
        (plist(&uuid(1), ""), "plist"),
        (plist("", &of_type("SecurityInfo")), "command_uuid"),
        (plist("command-1", &of_type("SecurityInfo")), "command_uuid"),
        ("x".repeat(1024 * 1024 + 1), "too_large"),
    ] {
        let refused = tool.put(&path, body).await;
        let why = refused.body["command_error"].as_str().unwrap_or_default();
        assert_eq!(refused.status, 400, "{code}: {why}");
        assert!(why.starts_with(&format!("{code}:")), "{code}: {why}");
    }
    assert_eq!(app.count(GIVEN).await, 0);

    // 401 is an API's here, for who has no token or says another name.
    let nobody = Tool::of(&app, "tillsyn_wrong".to_owned());
    let answer = nobody.get("/version").await;
    assert_eq!(answer.status, 401);
    let challenge = answer.headers["www-authenticate"].to_str().unwrap();
    assert!(challenge.starts_with("Basic "), "{challenge}");
    for path in ["/version", "/v1/pushcert?topic=x", "/v1/push/A"] {
        assert_eq!(nobody.get(path).await.status, 401, "{path}");
        assert_eq!(tool.get_as("admin", path).await.status, 401, "{path}");
    }
    assert_eq!(nobody.form("/v1/escrowkeyunlock", "").await.status, 401);
    assert_eq!(nobody.put("/v1/pushcert", "").await.status, 401);
    let version = tool.get("/version").await;
    assert_eq!(version.status, 200);
    assert!(version.body["version"].is_string());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_push_tells_the_id_that_apns_gave_it() {
    let app = TestApp::new(tillsyn_testkit::Engine::Sqlite).await;
    let mut iphone = app.enrolled_iphone().await;
    iphone.sessions().await.unwrap();
    let udid = iphone.udid();
    let tool = Tool::with(&app, &[Permission::DevicesQuery]).await;
    let woken = tool.get(&format!("/v1/push/{udid}")).await;
    assert_eq!(woken.status, 200, "{}", woken.body);
    let told = woken.body["status"][udid]["push_result"].as_str().unwrap();
    let stored = app.text("SELECT last_push_apns_id FROM channel").await;
    assert_eq!(Some(told), stored.as_deref());
    let wakes =
        "SELECT count(*) FROM event WHERE action = 'device.wake' AND object_kind = 'device'";
    assert_eq!(app.count(wakes).await, 1);
    // Another phone that claims this one's UDID as its EnrollmentID is not in its way.
    let other = app.enrolled_iphone().await;
    let claim = "UPDATE enrollment SET udid = NULL, apple_enrollment_id = $1 WHERE udid = $2";
    let claimed = app.db().execute(claim, args![udid, other.udid()]).await;
    assert_eq!(claimed.unwrap(), 1);
    let woken = tool.get(&format!("/v1/push/{udid}")).await;
    assert_eq!(woken.status, 200, "{}", woken.body);
    // To a dead token nothing goes, and whoever asks hears it.
    app.db()
        .execute("UPDATE channel SET contact = 'unreachable'", Vec::new())
        .await
        .unwrap();
    let dead = tool.get(&format!("/v1/push/{udid},NOBODY")).await;
    assert_eq!(dead.status, 500, "{}", dead.body);
    let why = dead.body["status"][udid]["push_error"].as_str().unwrap();
    assert!(why.starts_with("no_push_token"), "{why}");
}
