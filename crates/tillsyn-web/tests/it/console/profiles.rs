//! Configuration profiles: made from an upload, a template and nothing, and edited in the form.

use tillsyn_testkit::{AppOptions, Engine, TestApp, both_engines};

use super::Browser;

const SECRET: &str = "correct-horse-battery";

fn wifi(identifier: &str, ssid: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><plist version=\"1.0\"><dict>\
         <key>PayloadContent</key><array><dict>\
         <key>PayloadType</key><string>com.apple.wifi.managed</string>\
         <key>PayloadVersion</key><integer>1</integer>\
         <key>PayloadIdentifier</key><string>{identifier}.wifi</string>\
         <key>PayloadUUID</key><string>0B7C3C1E-6B1A-4B7E-9C39-0A2D6C8E1F01</string>\
         <key>SSID_STR</key><string>{ssid}</string>\
         <key>EncryptionType</key><string>Wpa9</string>\
         <key>Password</key><string>{SECRET}</string>\
         </dict></array>\
         <key>PayloadDisplayName</key><string>Campus</string>\
         <key>PayloadIdentifier</key><string>{identifier}</string>\
         <key>PayloadType</key><string>Configuration</string>\
         <key>PayloadUUID</key><string>0B7C3C1E-6B1A-4B7E-9C39-0A2D6C8E1F02</string>\
         <key>PayloadVersion</key><integer>1</integer></dict></plist>"
    )
}

fn quiet() -> AppOptions {
    AppOptions {
        jobs: false,
        ..AppOptions::default()
    }
}

/// Uploads, keeps in spite of what was found, and gives the address of the profile.
async fn uploaded(owner: &mut Browser, identifier: &str) -> String {
    let fields = [("from", "upload"), ("keep", "1")];
    let file = wifi(identifier, "eduroam");
    let made = owner
        .upload("/console/profiles/new", &fields, &[("file", &file)])
        .await
        .expect(303);
    made.location().to_owned()
}

/// The fields of the form that stand for the draft, with the present revision.
async fn revision(owner: &mut Browser, at: &str) -> String {
    let page = owner.get(at).await.expect(200);
    page.between("name=\"revision\" value=\"", "\"")
}

both_engines!(
    an_upload_is_checked_kept_and_mended_in_the_form,
    quiet(),
    |app| async move {
        let mut owner = Browser::owner(&app).await;
        owner
            .get("/console/profiles")
            .await
            .expect(200)
            .says("No profiles yet");
        let file = wifi("org.example.campus", "eduroam");
        let found = owner
            .upload(
                "/console/profiles/new",
                &[("from", "upload"), ("name", "Wi-Fi everywhere")],
                &[("file", &file)],
            )
            .await
            .expect(200);
        found.says("Found in the upload");
        found.says("value=\"Wi-Fi everywhere\"");
        assert_eq!(
            app.count("SELECT count(*) FROM profile").await,
            0,
            "not kept yet"
        );
        let content = found.between("name=\"content\" value=\"", "\"");

        let fields = [
            ("from", "upload"),
            ("keep", "1"),
            ("name", "Wi-Fi everywhere"),
            ("content", content.as_str()),
        ];
        let made = owner
            .upload("/console/profiles/new", &fields, &[])
            .await
            .expect(303);
        let at = made.location().to_owned();
        let page = owner.get(&at).await.expect(200);
        page.says("Wi-Fi everywhere");
        page.says("Network name");
        page.says("value=\"eduroam\"");
        page.says("Set, not shown");
        page.says_not(SECRET);
        page.says("aria-invalid=\"true\"");

        let revision = revision(&mut owner, &at).await;
        let fields = [
            ("revision", revision.as_str()),
            ("payload", "0"),
            ("act", "save"),
            ("v/SSID_STR", "campus"),
            ("v/EncryptionType", "WPA2"),
        ];
        owner.upload(&at, &fields, &[]).await.expect(303);
        let page = owner.get(&at).await.expect(200);
        page.says("value=\"campus\"");
        page.says_not("aria-invalid=\"true\"");
        let raw = owner.get(&format!("{at}/raw")).await.expect(200);
        raw.says("campus");
        raw.says_not(SECRET);
        assert_eq!(
            app.count("SELECT count(*) FROM event WHERE action = 'profile.draft'")
                .await,
            1
        );
        let file = owner.get(&format!("{at}/mobileconfig")).await.expect(200);
        file.says("campus");
        file.says_not(SECRET);
    }
);

both_engines!(
    what_two_people_type_at_once_is_shown_and_nothing_is_lost,
    quiet(),
    |app| async move {
        let mut owner = Browser::owner(&app).await;
        let mut other = Browser::owner(&app).await;
        let at = uploaded(&mut owner, "org.example.two").await;
        let seen = revision(&mut owner, &at).await;
        let typed =
            |ssid: &'static str| vec![("payload", "0"), ("act", "save"), ("v/SSID_STR", ssid)];
        let mut theirs = typed("theirs");
        theirs.push(("revision", seen.as_str()));
        other.upload(&at, &theirs, &[]).await.expect(303);
        let mut mine = typed("mine");
        mine.push(("revision", seen.as_str()));
        let page = owner.upload(&at, &mine, &[]).await.expect(409);
        page.says("saved this draft");
        page.says("value=\"mine\"");
        page.says("The draft now says: theirs");
        // Saved again it counts.
        let now = page.between("name=\"revision\" value=\"", "\"");
        assert_ne!(now, seen);
        let mut again = typed("mine");
        again.push(("revision", now.as_str()));
        owner.upload(&at, &again, &[]).await.expect(303);
        owner.get(&at).await.expect(200).says("value=\"mine\"");
    }
);

both_engines!(
    payloads_are_added_from_the_catalogue_moved_and_removed,
    quiet(),
    |app| async move {
        let mut owner = Browser::owner(&app).await;
        let fields = [("from", "empty"), ("name", "Passcode")];
        let made = owner
            .upload("/console/profiles/new", &fields, &[])
            .await
            .expect(303);
        let add = made.location().to_owned();
        let page = owner.get(&format!("{add}?find=passcode")).await.expect(200);
        page.says("com.apple.mobiledevice.passwordpolicy");
        page.says_not("com.apple.webClip.managed");
        let at = add.strip_suffix("/add").unwrap().to_owned();
        for kind in [
            "com.apple.mobiledevice.passwordpolicy",
            "com.apple.webClip.managed",
        ] {
            let revision = revision(&mut owner, &add).await;
            let fields = [("revision", revision.as_str()), ("type", kind)];
            owner.post(&add, &fields).await.expect(303);
        }
        let last = format!("{at}?payload=1");
        owner
            .get(&last)
            .await
            .expect(200)
            .says("com.apple.webClip.managed");
        for (payload, act) in [("1", "move.up"), ("0", "remove")] {
            let revision = revision(&mut owner, &at).await;
            let fields = [
                ("revision", revision.as_str()),
                ("payload", payload),
                ("act", act),
            ];
            owner.upload(&at, &fields, &[]).await.expect(303);
        }
        let page = owner.get(&at).await.expect(200);
        page.says("com.apple.mobiledevice.passwordpolicy");
        page.says_not("com.apple.webClip.managed");
    }
);

both_engines!(
    what_cannot_be_used_stays_as_typed_with_the_reason,
    quiet(),
    |app| async move {
        let mut owner = Browser::owner(&app).await;
        let fields = [("from", "template"), ("template", "baseline_ios")];
        let made = owner
            .upload("/console/profiles/new", &fields, &[])
            .await
            .expect(303);
        let at = made.location().to_owned();
        let page = owner.get(&at).await.expect(200);
        let revision = page.between("name=\"revision\" value=\"", "\"");
        let fields = [
            ("revision", revision.as_str()),
            ("payload", "0"),
            ("all", "1"),
            ("act", "save"),
            ("v/minLength", "six"),
        ];
        let page = owner.upload(&at, &fields, &[]).await.expect(422);
        page.says("value=\"six\"");
        page.says("This must be a whole number.");
        let bad = owner
            .upload(
                "/console/profiles/new",
                &[("from", "upload")],
                &[("file", "no profile")],
            )
            .await
            .expect(422);
        bad.says("This is not a configuration profile.");
        let unnamed = [("from", "empty"), ("name", " ")];
        owner
            .upload("/console/profiles/new", &unnamed, &[])
            .await
            .expect(422)
            .says("1 to 200 characters");
    }
);

both_engines!(
    the_raw_view_takes_a_property_list_and_keeps_masked_secrets,
    quiet(),
    |app| async move {
        let mut owner = Browser::owner(&app).await;
        let at = uploaded(&mut owner, "org.example.raw").await;
        let raw = format!("{at}/raw");
        let seen = revision(&mut owner, &raw).await;
        let masked = wifi("org.example.raw", "typed by hand").replace(SECRET, "••••••••");
        let fields = [("revision", seen.as_str()), ("plist", masked.as_str())];
        owner.upload(&raw, &fields, &[]).await.expect(303);
        owner
            .get(&at)
            .await
            .expect(200)
            .says("value=\"typed by hand\"");
        let stale = owner.upload(&raw, &fields, &[]).await.expect(409);
        stale.says("typed by hand");
        let now = revision(&mut owner, &raw).await;
        let fields = [("revision", now.as_str()), ("plist", "<plist>")];
        owner
            .upload(&raw, &fields, &[])
            .await
            .expect(422)
            .says("This is not a configuration profile.");
    }
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_of_a_taken_identifier_names_the_profile_that_has_it() {
    let app = TestApp::new(Engine::Sqlite).await;
    let mut owner = Browser::owner(&app).await;
    let at = uploaded(&mut owner, "org.example.taken").await;
    let file = wifi("org.example.taken", "eduroam");
    let fields = [("from", "upload"), ("keep", "1"), ("name", "Second")];
    let page = owner
        .upload("/console/profiles/new", &fields, &[("file", &file)])
        .await
        .expect(409);
    page.says(&format!("{at}/raw"));
    page.says("value=\"Second\"");
    // Nobody else learns of a profile by its address.
    let mut nobody = Browser::new(&app);
    nobody.get(&at).await.expect(303);
    owner
        .get("/console/profiles/0198c0de-0000-7000-8000-0000000000e7")
        .await
        .expect(404);
}
