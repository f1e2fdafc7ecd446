//! What is managed and seen of a device, beside the device of its person.

use tillsyn_core::branding::{self, BrandingEdit};
use tillsyn_core::org;
use tillsyn_db::args;
use tillsyn_sim::DeviceConfig;
use tillsyn_testkit::{TestApp, both_engines};

use super::browser::{Browser, IPHONE};
use super::my_device::{Me, still};
use super::steps;

/// The card, from its heading to the end of its section.
fn card(html: &str) -> &str {
    let at = html.find("id=\"mg-h\"").unwrap();
    html[at..].split("</section>").next().unwrap()
}

both_engines!(
    the_page_of_a_device_says_what_its_own_enrollment_lets_administrators_do,
    still(),
    |app| async move {
        let mut elin = Me::with(&app, "Elin", "corporate").await;
        let page = elin.page().await;
        page.is(200, "What is managed and what can be seen");
        let theirs = card(&page.html);
        for line in [
            "Erase everything on the device when it is stolen or handed back",
            "Put a lost device into lost mode, and only then see where it is.",
            "Names and versions of all installed apps",
            "This follows from how this iPhone was set up",
        ] {
            assert!(theirs.contains(line), "{line}: {theirs}");
        }
        assert!(!theirs.contains("Where the device is"), "{theirs}");

        // What the enrollment has no right to, nobody is told that it is done.
        let weaker = "UPDATE enrollment SET access_rights = 1 WHERE status = 'active'";
        app.db().execute(weaker, args![]).await.unwrap();
        let page = elin.page().await;
        let weak = card(&page.html);
        assert!(!weak.contains("Erase everything"), "{weak}");
        assert!(weak.contains("Erase the device"), "{weak}");
        assert!(weak.contains("Take away its passcode"), "{weak}");

        let mut bo = Me::with(&app, "Bo", "personal").await;
        let page = bo.page().await;
        let own = card(&page.html);
        for line in ["Erase the device", "Your own apps", "Where the device is"] {
            assert!(own.contains(line), "{line}: {own}");
        }
        for line in ["Erase everything", "lost mode", "all installed apps"] {
            assert!(!own.contains(line), "{line}: {own}");
        }
    }
);

both_engines!(
    what_is_managed_is_told_in_the_language_of_the_person,
    still(),
    |app| async move {
        let mut elin = Me::with(&app, "Elin", "corporate").await;
        for (lang, title, line) in [
            (
                "sv",
                "Det som hanteras och det som syns",
                "Radera allt på enheten",
            ),
            ("ja", "管理される内容と見える内容", "この{iPhone}の登録方法"),
        ] {
            let mut browser = Browser::new(&app, IPHONE, lang);
            browser.keep("tillsyn-portal", &elin.session);
            let page = browser.get(&elin.path("")).await;
            page.is(200, title);
            let line = line.replace(['{', '}'], "");
            assert!(card(&page.html).contains(&line), "{}", page.html);
        }
        // A device that is managed no more has nothing to tell.
        elin.device.person_removes_profile().await.unwrap();
        let page = elin.page().await;
        page.is(200, "is not managed any more");
        assert!(!page.html.contains("mg-h"), "{}", page.html);
    }
);

async fn set_terms(app: &TestApp, text: &str) {
    let root = org::root(&app.core).await.unwrap();
    let edit = BrandingEdit {
        terms: [("en".to_owned(), text.to_owned())].into(),
        ..BrandingEdit::default()
    };
    let set = branding::set(&app.core, &app.owner, &root.id, edit).await;
    set.unwrap();
}

both_engines!(
    the_terms_somebody_agreed_to_stay_readable_beside_their_device,
    still(),
    |app| async move {
        set_terms(&app, "Agreed <b>then</b>.").await;
        let mut elin = Me::with(&app, "Elin", "corporate").await;
        // Their first device came by a program, which is not asked.
        let page = elin.page().await;
        assert!(!page.html.contains("The terms you agreed to"));

        app.clock.advance_ms(60_000);
        let invitation = app
            .invite_with(|new| new.person = Some(elin.person.clone()))
            .await;
        let mut browser = Browser::new(&app, IPHONE, "en");
        let step = steps::begin(&mut browser, &invitation, "iphone").await;
        let profile = browser.get(&step).await.profile().unwrap().to_owned();
        let mut second = app.device(DeviceConfig::iphone(app.next()));
        let url = format!("{}{profile}", app.url());
        let bytes = second.download_profile(&url).await.unwrap();
        second.accept_profile(&bytes).await.unwrap();
        second.authenticate().await.unwrap();
        second.token_update().await.unwrap();
        set_terms(&app, "Something else.").await;
        let id = "SELECT device_id FROM enrollment ORDER BY created_at DESC, id DESC LIMIT 1";
        let id = app.text(id).await.unwrap();
        let path = format!("/portal/devices/{id}");
        let page = elin.browser.get(&path).await;
        page.is(200, "The terms you agreed to: ");
        page.says("Agreed &#60;b&#62;then&#60;/b&#62;.");
        assert!(!page.html.contains("Something else."), "{}", page.html);

        // Whoever has the device next did not agree, and does not read what others did.
        let mut bo = Me::with(&app, "Bo", "corporate").await;
        for sql in [
            "UPDATE device_summary SET person_id = $1 WHERE device_id = $2",
            "UPDATE enrollment SET person_id = $1 WHERE device_id = $2",
        ] {
            let moved = app.db().execute(sql, args![&bo.person, id.as_str()]).await;
            assert_eq!(moved.unwrap(), 1);
        }
        let page = bo.browser.get(&path).await;
        page.is(200, "What is managed and what can be seen");
        assert!(!page.html.contains("agreed to"), "{}", page.html);
    }
);
