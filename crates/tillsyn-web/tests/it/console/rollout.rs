//! A profile's way through the console: planned, applied, assigned to a device, seen on the device's page with
//! why it is there, and an older version taken back.

use serde_json::{Value, json};
use tillsyn_testkit::{OWNER_PASSWORD, both_engines};

use super::Browser;
use crate::api::plans::{apply, assign, delivered, device_id, group_of, planned, published, still};
use crate::device::story::only_device;

fn clip(address: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><plist version=\"1.0\"><dict>\
         <key>PayloadContent</key><array><dict>\
         <key>PayloadType</key><string>com.apple.webClip.managed</string>\
         <key>PayloadVersion</key><integer>1</integer>\
         <key>PayloadIdentifier</key><string>org.example.handbook.clip</string>\
         <key>PayloadUUID</key><string>0B7C3C1E-6B1A-4B7E-9C39-0A2D6C8E1F11</string>\
         <key>Label</key><string>Handbook</string>\
         <key>URL</key><string>{address}</string></dict></array>\
         <key>PayloadDisplayName</key><string>Handbook</string>\
         <key>PayloadIdentifier</key><string>org.example.handbook</string>\
         <key>PayloadType</key><string>Configuration</string>\
         <key>PayloadUUID</key><string>0B7C3C1E-6B1A-4B7E-9C39-0A2D6C8E1F12</string>\
         <key>PayloadVersion</key><integer>1</integer></dict></plist>"
    )
}

/// Plans the draft's rollout and applies it; gives the plan's page.
async fn publish(owner: &mut Browser, profile: &str) -> String {
    let page = owner.get(&format!("{profile}/raw")).await.expect(200);
    let revision = page.between("name=\"revision\" value=\"", "\"");
    let fields = [("revision", revision.as_str())];
    let planned = owner.post(&format!("{profile}/plan"), &fields).await;
    let plan = planned.expect(303).location().to_owned();
    let page = owner.get(&plan).await.expect(200);
    page.says("Publish the draft of Handbook");
    page.says("Planned");
    owner.post(&format!("{plan}/apply"), &[]).await.expect(303);
    owner.get(&plan).await.expect(200).says("Applied");
    plan
}

async fn shown(owner: &mut Browser, path: &str, text: &str) {
    for _ in 0..100 {
        if owner.get(path).await.expect(200).html.contains(text) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("{path} never says {text:?}");
}

both_engines!(
    a_profile_is_planned_assigned_and_told_why_it_is_there,
    |app| async move {
        let mut iphone = app.enrolled_iphone().await;
        iphone.sessions().await.unwrap();
        let device = only_device(&app).await;
        let mut owner = Browser::owner(&app).await;
        let fields = [("from", "upload"), ("keep", "1")];
        let file = clip("https://example.org/");
        let made = owner
            .upload("/console/profiles/new", &fields, &[("file", &file)])
            .await
            .expect(303);
        let profile = made.location().to_owned();
        publish(&mut owner, &profile).await;

        let assignments = format!("{profile}/assignments");
        owner
            .get(&assignments)
            .await
            .expect(200)
            .says("Nobody has this profile yet");
        let nothing = [("to", ""), ("mode", "include"), ("channel", "device")];
        let refused = owner.upload(&assignments, &nothing, &[]).await;
        refused.says("Choose at least one");
        let target = format!("device:{device}");
        let fields = [
            ("to", ""),
            ("mode", "include"),
            ("channel", "device"),
            ("version", ""),
            ("pick", target.as_str()),
        ];
        let plan = owner.upload(&assignments, &fields, &[]).await.expect(303);
        let plan = plan.location().to_owned();
        let page = owner.get(&plan).await.expect(200);
        page.says("Assign Handbook");
        page.says(&format!("/console/devices/{device}\""));
        page.says("Install");
        assert_eq!(app.count("SELECT count(*) FROM assignment").await, 0);
        owner.post(&format!("{plan}/apply"), &[]).await.expect(303);
        assert_eq!(app.count("SELECT count(*) FROM assignment").await, 1);
        owner
            .get("/console/plans")
            .await
            .expect(200)
            .says("Assign Handbook");

        let on_device = format!("/console/devices/{device}/profiles");
        shown(&mut owner, &on_device, "Assigned to it directly").await;
        let page = owner.get(&on_device).await.expect(200);
        page.says("Profiles it is to have");
        page.says("Version 1");
        shown(&mut owner, &format!("{profile}/devices"), "Version 1").await;
        owner
            .post(&format!("{on_device}/check"), &[])
            .await
            .expect(303);

        let listed = owner.get(&assignments).await.expect(200);
        let one = listed.between(&format!("{assignments}/"), "\"");
        let change = format!("{assignments}/{one}");
        let plan = owner.post(&change, &[("remove", "1")]).await.expect(303);
        let plan = plan.location().to_owned();
        owner
            .get(&plan)
            .await
            .expect(200)
            .says("Take away an assignment");
        owner.post(&format!("{plan}/cancel"), &[]).await.expect(303);
        owner.get(&plan).await.expect(200).says("Withdrawn");
        assert_eq!(app.count("SELECT count(*) FROM assignment").await, 1);
    }
);

both_engines!(an_older_version_comes_back_as_the_draft, |app| async move {
    let mut owner = Browser::owner(&app).await;
    let fields = [("from", "upload"), ("keep", "1")];
    let file = clip("https://example.org/first");
    let made = owner
        .upload("/console/profiles/new", &fields, &[("file", &file)])
        .await
        .expect(303);
    let profile = made.location().to_owned();
    publish(&mut owner, &profile).await;
    let page = owner.get(&format!("{profile}/raw")).await.expect(200);
    let revision = page.between("name=\"revision\" value=\"", "\"");
    let second = clip("https://example.org/second");
    let fields = [("revision", revision.as_str()), ("plist", second.as_str())];
    let saved = owner.upload(&format!("{profile}/raw"), &fields, &[]).await;
    saved.expect(303);
    let raw = owner.get(&format!("{profile}/raw")).await.expect(200);
    raw.says("Download the file: Draft");
    let versions = format!("{profile}/versions");
    let comment = format!("{versions}/comment");
    let typed = [("revision", "-1"), ("comment", "The second address")];
    let stale = owner.post(&comment, &typed).await.expect(409);
    stale.says("value=\"The second address\"");
    let revision = stale.between("name=\"revision\" value=\"", "\"");
    let typed = [
        ("revision", revision.as_str()),
        ("comment", "The second address"),
    ];
    owner.post(&comment, &typed).await.expect(303);
    publish(&mut owner, &profile).await;
    owner
        .get(&format!("{versions}?from=1&to=2"))
        .await
        .expect(200)
        .says("https://example.org/second");
    owner
        .get(&format!("{versions}/2"))
        .await
        .expect(200)
        .says("The second address");
    let raw = owner.get(&format!("{profile}/raw")).await.expect(200);
    raw.says("Download the file: Version 2");
    let refused = owner.post(&format!("{profile}/delete"), &[]).await;
    refused.expect(409).says("Archive it instead");
    let seen = raw.between("name=\"revision\" value=\"", "\"");
    let now = [("revision", seen.as_str())];
    let refused = owner.post(&format!("{profile}/plan"), &now).await;
    refused.expect(409).says("There is no draft to roll out");
    // Somebody begins a draft meanwhile: it is not thrown away unseen.
    let third = clip("https://example.org/third");
    let fields = [("revision", seen.as_str()), ("plist", third.as_str())];
    let saved = owner.upload(&format!("{profile}/raw"), &fields, &[]).await;
    saved.expect(303);
    let back = format!("{versions}/1/back");
    let refused = owner.post(&back, &now).await.expect(409);
    refused.says("saved this draft");
    refused.says("throws away the draft that");
    let raw = owner.get(&format!("{profile}/raw")).await.expect(200);
    raw.says("https://example.org/third");
    let one = owner.get(&format!("{versions}/1")).await.expect(200);
    one.says("throws away the draft that");
    let revision = one.between("name=\"revision\" value=\"", "\"");
    let now = [("revision", revision.as_str())];
    owner.post(&back, &now).await.expect(303);
    owner
        .get(&format!("{profile}/raw"))
        .await
        .expect(200)
        .says("https://example.org/first");
});

both_engines!(
    targets_outside_the_unit_are_not_offered_and_told,
    |app| async move {
        app.enrolled_iphone().await;
        let device = only_device(&app).await;
        let mut owner = Browser::owner(&app).await;
        let api = app.owner_api().await;
        let law = api.post("/api/v1/units", &json!({"name": "Law"})).await;
        let law = law.expect(201)["id"].as_str().unwrap().to_owned();
        let group = json!({"name": "Law iPads", "unit_id": law});
        let group = api.post("/api/v1/groups", &group).await.expect(201)["id"].clone();
        let group = format!("group:{}", group.as_str().unwrap());
        let other = json!({"name": "Other iPads"});
        api.post("/api/v1/groups", &other).await.expect(201);
        let profile = published(&app, "portal").await;
        let sql = "UPDATE profile SET org_unit_id = (SELECT id FROM org_unit WHERE name = 'Law')";
        app.db().execute(sql, Vec::new()).await.unwrap();

        let at = format!("/console/profiles/{profile}/assignments");
        let found = owner.get(&format!("{at}?q=ipads")).await.expect(200);
        found.says("Law iPads");
        found.says_not("Other iPads");
        let serial = app.text("SELECT serial_number FROM device").await.unwrap();
        let none = owner.get(&format!("{at}?q={serial}")).await.expect(200);
        none.says_not(&format!("device:{device}"));

        let outside = format!("device:{device}");
        let fields = [
            ("to", ""),
            ("q", "ipads"),
            ("mode", "include"),
            ("channel", "device"),
            ("version", ""),
            ("pick", group.as_str()),
            ("pick", outside.as_str()),
        ];
        let page = owner.upload(&at, &fields, &[]).await.expect(422);
        page.says("outside the unit of this profile");
        page.says("name=\"q\" type=\"search\" value=\"ipads\"");
        page.says(&format!("value=\"{group}\" checked"));
        let mut odd = fields;
        odd[4] = ("version", "newest?");
        let page = owner.upload(&at, &odd[..6], &[]).await.expect(422);
        page.says("There is no such version.");
        page.says(&format!("value=\"{group}\" checked"));
    }
);

both_engines!(
    a_second_person_confirms_in_a_session_of_their_own,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        let mut devices = Vec::new();
        for _ in 0..6 {
            app.enrolled_iphone().await;
        }
        for index in 0..6 {
            devices.push(device_id(&app, index).await);
        }
        let profile = published(&app, "portal").await;
        let group = group_of(&api, "Loan", &devices).await;
        let plan = planned(&api, &assign(&profile, &group)).await;
        apply(&api, &plan, 200).await;
        delivered(&app, &profile, &devices).await;
        let second = "INSERT INTO account (id, org_unit_id, email, name, password_hash, role, status, \
            created_at, role_changed_at, password_changed_at) SELECT 'b', org_unit_id, \
            'second@example.org', 'Second', password_hash, 'administrator', 'active', 1, 1, 1 FROM account";
        app.db().execute(second, Vec::new()).await.unwrap();

        // Of two: the exact number.
        let mut owner = Browser::owner(&app).await;
        let two: Vec<Value> = devices[..2]
            .iter()
            .map(|id| json!({"kind": "device", "id": id}))
            .collect();
        let change = json!({"change": {"kind": "group_members", "group_id": group, "remove": two}});
        let few = planned(&api, &change).await;
        let few = format!("/console/plans/{}", few["id"].as_str().unwrap());
        let wrong = [("reason", "returned"), ("confirm", "3")];
        let page = owner.post(&format!("{few}/apply"), &wrong).await;
        let page = page.expect(422);
        page.says("This is not the number");
        page.says("value=\"returned\"");
        owner.post(&format!("{few}/cancel"), &[]).await.expect(303);

        // Of six: whoever asks cannot confirm, somebody else can.
        let archive = format!("/console/profiles/{profile}/archive");
        let plan = owner.post(&archive, &[]).await.expect(303);
        let plan = plan.location().to_owned();
        owner
            .get(&plan)
            .await
            .expect(200)
            .says("a second person confirms it");
        let act = format!("{plan}/apply");
        let why = [("reason", "out of use")];
        owner.post(&act, &why).await.expect(303);
        let status = "SELECT status FROM profile";
        assert_eq!(app.text(status).await.as_deref(), Some("active"));
        let own = owner.post(&act, &[]).await.expect(403);
        own.says("Nobody confirms what they asked for themselves");
        let mut second = Browser::new(&app);
        let signed = second.sign_in("second@example.org", OWNER_PASSWORD).await;
        signed.expect(303);
        second
            .get(&plan)
            .await
            .expect(200)
            .says("Waits for a second person");
        second.post(&act, &[]).await.expect(303);
        second.get(&plan).await.expect(200).says("Applied");
        assert_eq!(app.text(status).await.as_deref(), Some("archived"));
    }
);
