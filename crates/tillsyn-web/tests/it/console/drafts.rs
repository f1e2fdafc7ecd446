//! Drafts that two people edit: whole forms as browsers send them, secrets that were not saved, and what is
//! refused, told where it was asked for.

use tillsyn_testkit::{AppOptions, both_engines};

use super::Browser;

fn quiet() -> AppOptions {
    AppOptions {
        jobs: false,
        ..AppOptions::default()
    }
}

/// A Wi-Fi payload, without a password unless one is given.
fn wifi(identifier: &str, password: &str) -> String {
    let password = match password {
        "" => String::new(),
        text => format!("<key>Password</key><string>{text}</string>"),
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><plist version=\"1.0\"><dict>\
         <key>PayloadContent</key><array><dict>\
         <key>PayloadType</key><string>com.apple.wifi.managed</string>\
         <key>PayloadVersion</key><integer>1</integer>\
         <key>PayloadIdentifier</key><string>{identifier}.wifi</string>\
         <key>PayloadUUID</key><string>0B7C3C1E-6B1A-4B7E-9C39-0A2D6C8E1F21</string>\
         <key>SSID_STR</key><string>eduroam</string>\
         <key>EncryptionType</key><string>WPA2</string>{password}\
         </dict></array>\
         <key>PayloadDisplayName</key><string>Campus</string>\
         <key>PayloadIdentifier</key><string>{identifier}</string>\
         <key>PayloadType</key><string>Configuration</string>\
         <key>PayloadUUID</key><string>0B7C3C1E-6B1A-4B7E-9C39-0A2D6C8E1F22</string>\
         <key>PayloadVersion</key><integer>1</integer></dict></plist>"
    )
}

async fn uploaded(owner: &mut Browser, file: &str) -> String {
    let fields = [("from", "upload"), ("keep", "1")];
    let made = owner
        .upload("/console/profiles/new", &fields, &[("file", file)])
        .await
        .expect(303);
    made.location().to_owned()
}

type Form = Vec<(String, String)>;

/// The whole form of the draft, with some of it changed.
fn filled(form: &Form, changes: &[(&str, &str)]) -> Form {
    let mut form = form.clone();
    for (name, value) in changes {
        match form.iter_mut().find(|(found, _)| found == name) {
            Some(field) => (*value).clone_into(&mut field.1),
            None => form.push(((*name).to_owned(), (*value).to_owned())),
        }
    }
    form
}

async fn send(browser: &mut Browser, at: &str, form: &Form) -> super::browser::Answer {
    let fields: Vec<(&str, &str)> = form
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    browser.upload(at, &fields, &[]).await
}

const FORM: &str = "id=\"draft\"";

both_engines!(
    a_conflict_keeps_what_the_reader_never_touched,
    quiet(),
    |app| async move {
        let mut owner = Browser::owner(&app).await;
        let mut other = Browser::owner(&app).await;
        let at = uploaded(&mut owner, &wifi("org.example.whole", "")).await;
        let seen = owner.get(&at).await.expect(200).fields(FORM);
        assert!(seen.iter().any(|(name, _)| name == "v/SSID_STR"));
        let theirs = filled(&seen, &[("act", "save"), ("v/SSID_STR", "theirs")]);
        send(&mut other, &at, &theirs).await.expect(303);

        let mine = filled(&seen, &[("act", "save"), ("v/EncryptionType", "WPA3")]);
        let page = send(&mut owner, &at, &mine).await.expect(409);
        page.says("saved this draft");
        page.says("value=\"theirs\"");
        page.says_not("value=\"eduroam\"");
        page.says("The draft now says: WPA2");
        let again = filled(&page.fields(FORM), &[("act", "save")]);
        send(&mut owner, &at, &again).await.expect(303);
        let raw = owner.get(&format!("{at}/raw")).await.expect(200);
        raw.says("theirs");
        raw.says("WPA3");
    }
);

both_engines!(
    a_page_that_somebody_elses_save_overtook_never_takes_over_its_revision,
    quiet(),
    |app| async move {
        let mut owner = Browser::owner(&app).await;
        let mut other = Browser::owner(&app).await;
        let at = uploaded(&mut owner, &wifi("org.example.stale", "")).await;
        let seen = owner.get(&at).await.expect(200).fields(FORM);
        let field = |form: &Form, name: &str| {
            let found = form.iter().find(|(found, _)| found == name);
            found.unwrap().1.clone()
        };

        // Saved by itself: the answer is the page of what was saved.
        let own = filled(&seen, &[("act", "autosave"), ("v/SSID_STR", "own")]);
        let own = send(&mut owner, &at, &own).await.expect(200).fields(FORM);
        assert_ne!(field(&own, "revision"), field(&seen, "revision"));
        assert_eq!(field(&own, "v/SSID_STR"), "own");
        let same = filled(&own, &[("act", "autosave")]);
        let same = send(&mut owner, &at, &same).await.expect(200).fields(FORM);
        assert_eq!(field(&same, "revision"), field(&own, "revision"));

        // Overtaken: even what changes nothing, or nothing any more, is told.
        let theirs = filled(&own, &[("act", "save"), ("v/SSID_STR", "theirs")]);
        send(&mut other, &at, &theirs).await.expect(303);
        for act in ["autosave", "save"] {
            let page = send(&mut owner, &at, &filled(&own, &[("act", act)])).await;
            page.expect(409).says("saved this draft");
        }
        // Another page is made of the draft as it is now.
        for act in ["go.top", "all.1"] {
            let page = send(&mut owner, &at, &filled(&own, &[("act", act)])).await;
            page.expect(303);
        }
        let raw = owner.get(&format!("{at}/raw")).await.expect(200);
        raw.says("theirs");
    }
);

both_engines!(
    a_field_that_was_emptied_is_still_empty_after_a_conflict,
    quiet(),
    |app| async move {
        const RARE: &str = "v/DisplayedOperatorName";
        let mut owner = Browser::owner(&app).await;
        let mut other = Browser::owner(&app).await;
        let more = "<key>DisplayedOperatorName</key><string>Old operator</string></dict></array>";
        let file = wifi("org.example.emptied", "").replace("</dict></array>", more);
        let at = uploaded(&mut owner, &file).await;
        let seen = owner.get(&at).await.expect(200).fields(FORM);
        assert!(seen.iter().any(|(name, _)| name == RARE));
        let theirs = filled(&seen, &[("act", "save"), ("v/SSID_STR", "theirs")]);
        send(&mut other, &at, &theirs).await.expect(303);

        let mine = filled(&seen, &[("act", "save"), (RARE, "")]);
        let page = send(&mut owner, &at, &mine).await.expect(409);
        let page = filled(&page.fields(FORM), &[("act", "save")]);
        let emptied = page.iter().find(|(name, _)| name == RARE);
        assert_eq!(emptied.map(|(_, value)| value.as_str()), Some(""));
        send(&mut owner, &at, &page).await.expect(303);
        let raw = owner.get(&format!("{at}/raw")).await.expect(200);
        raw.says("theirs");
        raw.says_not("Old operator");
    }
);

both_engines!(
    what_is_typed_follows_its_payload_and_never_goes_into_another,
    quiet(),
    |app| async move {
        let mut owner = Browser::owner(&app).await;
        let mut other = Browser::owner(&app).await;
        let at = uploaded(&mut owner, &wifi("org.example.place", "")).await;
        let add = format!("{at}/add");
        let revision = owner.get(&add).await.expect(200);
        let revision = revision.between("name=\"revision\" value=\"", "\"");
        let clip = [
            ("revision", revision.as_str()),
            ("type", "com.apple.webClip.managed"),
        ];
        owner.post(&add, &clip).await.expect(303);
        let first = format!("{at}?payload=0");
        let seen = owner.get(&first).await.expect(200).fields(FORM);
        let moved = filled(&seen, &[("act", "move.down")]);
        send(&mut other, &at, &moved).await.expect(303);

        let mine = filled(&seen, &[("act", "save"), ("v/SSID_STR", "mine")]);
        let page = send(&mut owner, &at, &mine).await.expect(409);
        page.says("name=\"payload\" value=\"1\"");
        page.says("value=\"mine\"");
        let again = filled(&page.fields(FORM), &[("act", "save")]);
        send(&mut owner, &at, &again).await.expect(303);
        let second = format!("{at}?payload=1");
        let seen = owner.get(&second).await.expect(200).fields(FORM);
        let removed = filled(&seen, &[("act", "remove")]);
        send(&mut other, &at, &removed).await.expect(303);

        // Another payload stands there now, or none: what was typed is told and goes nowhere.
        let lost = [("act", "save"), ("payload", "0"), ("v/SSID_STR", "nowhere")];
        let page = send(&mut owner, &at, &filled(&seen, &lost)).await;
        let page = page.expect(409);
        page.says("was removed meanwhile");
        page.says("nowhere");
        let raw = owner.get(&format!("{at}/raw")).await.expect(200);
        raw.says_not("nowhere");
        raw.says("com.apple.webClip.managed");
    }
);

both_engines!(
    a_secret_that_was_not_saved_is_asked_for_again,
    quiet(),
    |app| async move {
        let mut owner = Browser::owner(&app).await;
        let mut other = Browser::owner(&app).await;
        let at = uploaded(&mut owner, &wifi("org.example.secret", "")).await;
        let all = format!("{at}?payload=0&all=1");
        let page = owner.get(&all).await.expect(200);
        page.says_not("Set, not shown");
        let seen = page.fields(FORM);
        let typed = [("act", "save"), ("v/Password", "not-kept-anywhere")];
        let odd = filled(&filled(&seen, &typed), &[("v/ProxyServerPort", "many")]);
        let page = send(&mut owner, &at, &odd).await.expect(422);
        page.says("value=\"many\"");
        page.says("What you entered was not saved. Enter it again.");
        page.says_not("Set, not shown");
        page.says_not("not-kept-anywhere");

        let theirs = filled(&seen, &[("act", "save"), ("v/SSID_STR", "theirs")]);
        send(&mut other, &at, &theirs).await.expect(303);
        let page = send(&mut owner, &at, &filled(&seen, &typed)).await;
        let page = page.expect(409);
        page.says("What you entered was not saved. Enter it again.");
        page.says_not("Set, not shown");
        page.says_not("not-kept-anywhere");
        let again = filled(&page.fields(FORM), &typed);
        send(&mut owner, &at, &again).await.expect(303);
        owner.get(&at).await.expect(200).says("Set, not shown");
    }
);

both_engines!(
    what_is_refused_is_told_on_the_page_of_the_profile,
    quiet(),
    |app| async move {
        let mut owner = Browser::owner(&app).await;
        let file = wifi("org.example.acts", "").replace("WPA2", "Wpa9");
        let at = uploaded(&mut owner, &file).await;
        let words = [("name", " "), ("description", "For visitors")];
        let page = owner.post(&format!("{at}/describe"), &words).await;
        let page = page.expect(422);
        page.says("1 to 200 characters");
        page.says("For visitors");
        page.says("Campus");
        let stale = [("revision", "-1")];
        for act in ["plan", "discard"] {
            let page = owner.post(&format!("{at}/{act}"), &stale).await;
            let page = page.expect(409);
            page.says("saved this draft");
            page.says("Nothing was done.");
        }
        let seen = owner.get(&at).await.expect(200);
        let seen = seen.between("name=\"revision\" value=\"", "\"");
        let now = [("revision", seen.as_str())];
        let errors = owner.post(&format!("{at}/plan"), &now).await;
        errors.says("The draft has errors. Mend them first.");
        let only = owner.post(&format!("{at}/discard"), &now).await.expect(409);
        only.says("there is nothing but its draft");
        let add = [("revision", "-1"), ("type", "com.apple.webClip.managed")];
        let page = owner.post(&format!("{at}/add"), &add).await.expect(409);
        page.says("Nothing was done.");
        page.says("com.apple.webClip.managed");

        // In the reader's language only.
        owner.language = "sv";
        let other = wifi("org.example.elsewhere", "");
        let fields = [("revision", seen.as_str()), ("plist", other.as_str())];
        let page = owner.upload(&format!("{at}/raw"), &fields, &[]).await;
        let page = page.expect(409);
        page.says("<html lang=\"sv\"");
        page.says_not("Devices would take it");
    }
);
