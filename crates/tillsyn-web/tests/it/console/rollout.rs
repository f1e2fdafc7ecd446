//! A profile's way through the console: planned, applied, assigned to a device, seen on the device's page with
//! why it is there, and an older version taken back.

use tillsyn_testkit::both_engines;

use super::Browser;
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
    let versions = format!("{profile}/versions");
    let comment = format!("{versions}/comment");
    owner
        .post(&comment, &[("comment", "The second address")])
        .await
        .expect(303);
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
    owner
        .post(&format!("{versions}/1/back"), &[])
        .await
        .expect(303);
    owner
        .get(&format!("{profile}/raw"))
        .await
        .expect(200)
        .says("https://example.org/first");
});
