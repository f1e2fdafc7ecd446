//! What a person is shown and agrees to before there is a profile.

use serde_json::json;
use tillsyn_core::branding::{self, BrandingEdit};
use tillsyn_core::ids::OrgUnitId;
use tillsyn_core::units::{NewUnit, create_unit};
use tillsyn_core::{Permission, org};
use tillsyn_sim::DeviceConfig;
use tillsyn_testkit::{TestApp, both_engines};

use super::browser::{Browser, IPHONE, MAC};
use super::steps::{agree, arrive, attempt_id, begin};

/// The secret of the profile, as the browser keeps it.
fn secret(browser: &Browser) -> String {
    let line = browser
        .set_cookies
        .iter()
        .rev()
        .find(|line| line.contains("tillsyn-attempt="))
        .unwrap();
    let value = line.split(';').next().unwrap();
    value.rsplit('.').next().unwrap().to_owned()
}

async fn set_terms(app: &TestApp, text: &str) {
    let root = org::root(&app.core).await.unwrap();
    let edit = BrandingEdit {
        terms: [("en".to_owned(), text.to_owned())].into(),
        ..BrandingEdit::default()
    };
    branding::set(&app.core, &app.owner, &root.id, edit)
        .await
        .unwrap();
}

/// A unit, and one below it.
async fn units(app: &TestApp) -> (OrgUnitId, OrgUnitId) {
    let new = |name: &str, parent| NewUnit {
        name: name.to_owned(),
        parent,
    };
    let physics = create_unit(&app.core, &app.owner, new("Physics", None));
    let physics = physics.await.unwrap().id;
    let lab = create_unit(&app.core, &app.owner, new("Lab", Some(physics.clone())));
    (physics, lab.await.unwrap().id)
}

both_engines!(
    there_is_no_profile_before_the_person_agreed,
    |app| async move {
        let invitation = app.invite().await;
        let mut browser = Browser::new(&app, IPHONE, "sv");
        let step = arrive(&mut browser, &invitation, "iphone").await;
        let page = browser.get(&step).await;
        page.is(200, "Jag godkänner, anslut denna iPhone");
        page.says("Radera allt på enheten");
        assert_eq!(page.profile(), None);
        // The secret is in the cookie already, and opens nothing.
        let profile = format!("/apple/enroll/{}", secret(&browser));
        let early = browser.get(&profile).await;
        assert_eq!(early.status, 400, "{}", early.html);
        assert_eq!(app.count("SELECT count(*) FROM scep_challenge").await, 0);
        // The link leads back to this step.
        let link = format!("/e/{}", invitation.code.as_str());
        assert_eq!(browser.get(&link).await.location, step);

        agree(&mut browser, &step, &page).await;
        let ready = browser.get(&step).await;
        assert!(ready.profile().is_some(), "{}", ready.html);
        let api = app.api(&[Permission::InvitationsRead]).await;
        let path = format!("/api/v1/attempts/{}", attempt_id(&step));
        let seen = api.get(&path).await.expect(200);
        assert_eq!(seen["asks_consent"], json!(true));
        assert_eq!(seen["consented"], json!(true));
        assert_eq!(seen["consent"]["language"], "sv");
        assert_eq!(seen["consent"]["ownership"], "corporate");
        assert_eq!(seen["consent"]["platform"], "ios");
        assert_eq!(seen["consent"]["enrollment_type"], "profile");
        let may = seen["consent"]["ledger"]["may"].as_array().unwrap();
        assert!(may.contains(&json!("erase")), "{may:?}");
        assert!(seen["consent"]["address"].is_string());
        assert_eq!(seen["consent"]["terms_sha256"], json!(null));
        let actions = app.actions().await;
        assert!(actions.contains(&"attempt.consent".to_owned()));
        // A second press is no second consent.
        agree(&mut browser, &step, &page).await;
        assert_eq!(app.count("SELECT count(*) FROM consent").await, 1);

        // A new profile for the same device stands on the same consent.
        let again = browser.post(&format!("{step}/again"), "").await;
        assert!(browser.get(&again.location).await.profile().is_some());
        assert_eq!(app.count("SELECT count(*) FROM consent").await, 1);
    }
);

both_engines!(
    terms_are_agreed_to_in_the_version_that_was_shown,
    |app| async move {
        set_terms(&app, "First version.\n\nBe careful.").await;
        let invitation = app.invite().await;
        let mut browser = Browser::new(&app, MAC, "en");
        let step = arrive(&mut browser, &invitation, "mac").await;
        let page = browser.get(&step).await;
        page.is(200, "<p>Be careful.</p>");
        set_terms(&app, "Second version.").await;
        let refused = agree(&mut browser, &step, &page).await;
        refused.is(409, "The terms have just changed.");
        refused.says("Second version.");
        // Neither does leaving them out help.
        let without = browser.post(&format!("{step}/consent"), "terms=").await;
        assert_eq!(without.status, 409);
        assert_eq!(app.count("SELECT count(*) FROM consent").await, 0);
        agree(&mut browser, &step, &refused).await;
        assert!(browser.get(&step).await.profile().is_some());
        set_terms(&app, "Third version.").await;
        // What was agreed to stays as it was, under the one name that the unit's branding has for it.
        let api = app.api(&[Permission::InvitationsRead]).await;
        let path = format!("/api/v1/attempts/{}", attempt_id(&step));
        let seen = api.get(&path).await.expect(200);
        assert_eq!(seen["consent"]["terms_text"], "Second version.");
        assert_eq!(seen["consent"]["terms_sha256"], refused.hidden("terms"));
        let named = branding::terms_by_hash(&app.core, refused.hidden("terms")).await;
        assert_eq!(named.unwrap().text, "Second version.");
    }
);

both_engines!(
    a_new_profile_asks_again_when_the_terms_changed_meanwhile,
    |app| async move {
        set_terms(&app, "First version.").await;
        let invitation = app.invite().await;
        let mut browser = Browser::new(&app, IPHONE, "en");
        let step = begin(&mut browser, &invitation, "iphone").await;
        // Nothing changed: the same consent counts.
        let again = browser.post(&format!("{step}/again"), "").await;
        let step = again.location;
        assert!(browser.get(&step).await.profile().is_some());
        set_terms(&app, "Second version.").await;
        let again = browser.post(&format!("{step}/again"), "").await;
        let step = again.location;
        let page = browser.get(&step).await;
        page.is(200, "Second version.");
        assert_eq!(page.profile(), None);
        let profile = format!("/apple/enroll/{}", secret(&browser));
        assert_eq!(browser.get(&profile).await.status, 400);
        agree(&mut browser, &step, &page).await;
        assert!(browser.get(&step).await.profile().is_some());
        assert_eq!(app.count("SELECT count(*) FROM consent").await, 2);
        let versions = "SELECT count(DISTINCT terms_sha256) FROM consent";
        assert_eq!(app.count(versions).await, 2);
    }
);

both_engines!(
    a_consent_is_to_the_device_that_was_shown_and_no_other,
    |app| async move {
        let invitation = app.invite().await;
        let mut browser = Browser::new(&app, IPHONE, "en");
        let step = arrive(&mut browser, &invitation, "iphone").await;
        let page = browser.get(&step).await;
        page.is(200, "I agree, set up this iPhone");
        // The same attempt in another tab, where it becomes a Mac.
        browser
            .post(&format!("{step}/platform"), "platform=mac")
            .await;
        let refused = agree(&mut browser, &step, &page).await;
        refused.is(409, "What you saw has changed meanwhile");
        refused.says("I agree, set up this Mac");
        refused.says("Erase the whole Mac");
        assert_eq!(app.count("SELECT count(*) FROM consent").await, 0);
        let bare = browser.post(&format!("{step}/consent"), "terms=").await;
        assert_eq!(bare.status, 409, "what was shown has to be named");
        agree(&mut browser, &step, &refused).await;
        let mac = "SELECT count(*) FROM consent WHERE platform = 'macos'";
        assert_eq!(app.count(mac).await, 1);
    }
);

both_engines!(
    terms_of_a_unit_bind_its_people_and_hold_below_it,
    |app| async move {
        set_terms(&app, "Of the organisation.").await;
        let (physics, lab) = units(&app).await;
        let own = |en: &str| BrandingEdit {
            terms: [("en".to_owned(), en.to_owned())].into(),
            ..BrandingEdit::default()
        };
        branding::set(&app.core, &app.owner, &physics, own("Of physics."))
            .await
            .unwrap();
        for (unit, terms) in [(&lab, "Of physics."), (&physics, "Of physics.")] {
            let invitation = app.invite_with(|new| new.unit = Some(unit.clone())).await;
            let mut browser = Browser::new(&app, IPHONE, "en");
            let step = arrive(&mut browser, &invitation, "iphone").await;
            browser.get(&step).await.is(200, terms);
        }
        branding::set(&app.core, &app.owner, &lab, own("Of the lab."))
            .await
            .unwrap();
        let invitation = app.invite_with(|new| new.unit = Some(lab.clone())).await;
        let mut browser = Browser::new(&app, IPHONE, "en");
        let step = arrive(&mut browser, &invitation, "iphone").await;
        let page = browser.get(&step).await;
        page.is(200, "Of the lab.");
        assert!(!page.html.contains("Of physics."), "{}", page.html);
    }
);

both_engines!(nobody_else_agrees_or_declines, |app| async move {
    let invitation = app.invite().await;
    let mut browser = Browser::new(&app, IPHONE, "en");
    let step = arrive(&mut browser, &invitation, "iphone").await;
    let mut other = Browser::new(&app, IPHONE, "en");
    for act in ["consent", "decline", "told", "platform", "hand-over"] {
        let path = format!("{step}/{act}");
        let answer = other.post(&path, "cause=cancelled&platform=mac").await;
        assert_eq!(answer.status, 303, "{act}");
        let foreign = browser
            .post_from(&path, "cause=cancelled", "https://evil.example")
            .await;
        assert_eq!(foreign.status, 400, "{act}");
    }
    assert_eq!(app.count("SELECT count(*) FROM consent").await, 0);
    assert_eq!(app.count("SELECT count(*) FROM hand_over").await, 0);
    let open = "SELECT count(*) FROM attempt WHERE status = 'opened' AND platform = 'ios'";
    assert_eq!(app.count(open).await, 1);
    // Who may, may also say that it is another device, as long as nothing was agreed to.
    browser
        .post(&format!("{step}/platform"), "platform=ipad")
        .await;
    browser
        .get(&step)
        .await
        .is(200, "I agree, set up this iPad");
    let declined = browser.post(&format!("{step}/decline"), "").await;
    assert_eq!(declined.status, 303);
    let page = browser.get(&step).await;
    page.is(200, "You stopped, and nothing was changed on your device.");
    // The same link begins again, and asks again.
    let again = browser.post(&format!("{step}/again"), "").await;
    let page = browser.get(&again.location).await;
    page.is(200, "I agree, set up this iPad");
});

both_engines!(
    a_program_in_the_persons_place_is_not_asked,
    |app| async move {
        let invitation = app.invite().await;
        let mut iphone = app.device(DeviceConfig::iphone(app.next()));
        iphone.enroll(&app.by(&invitation)).await.unwrap();
        let done = "SELECT count(*) FROM attempt WHERE asks_consent = 0 \
            AND status IN ('enrolled', 'ready')";
        assert_eq!(app.count(done).await, 1);
    }
);
