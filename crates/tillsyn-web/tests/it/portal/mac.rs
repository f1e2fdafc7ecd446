//! A Mac and the account of its person, which is managed along.

use tillsyn_db::args;
use tillsyn_sim::DeviceConfig;
use tillsyn_testkit::both_engines;

use super::browser::{Browser, MAC};
use super::my_device::{Me, still};
use super::steps::begin;

const HOUR: i64 = 3_600_000;

both_engines!(
    a_mac_says_whether_the_account_of_its_person_is_managed_along,
    still(),
    |app| async move {
        let mut elin = Me::with(&app, "Elin", "corporate").await;
        let invitation = app
            .invite_with(|new| new.person = Some(elin.person.clone()))
            .await;
        let mut browser = Browser::new(&app, MAC, "en");
        let step = begin(&mut browser, &invitation, "mac").await;
        let page = browser.get(&step).await;
        page.is(200, "Install it in the account that you work with");
        let mut mac = app.device(DeviceConfig::mac(app.next()));
        let url = format!("{}{}", app.url(), page.profile().unwrap());
        let bytes = mac.download_profile(&url).await.unwrap();
        mac.accept_profile(&bytes).await.unwrap();
        mac.authenticate().await.unwrap();
        mac.token_update().await.unwrap();
        while !mac.session().await.unwrap().handled.is_empty() {}
        let page = browser.get(&step).await;
        page.is(200, "Your Mac is ready");
        page.says("is not managed along yet.");
        page.says("<noscript><meta http-equiv=\"refresh\"");
        let id = "SELECT device_id FROM device_summary WHERE platform = 'macos'";
        let own = format!("/portal/devices/{}", app.text(id).await.unwrap());
        let seen = elin.browser.get(&own).await;
        seen.is(200, "None yet");
        assert!(!seen.html.contains("Your account on this Mac"), "too early");

        // An hour is long enough.
        let earlier =
            "UPDATE enrollment SET enrolled_at = enrolled_at - $1 WHERE platform = 'macos'";
        app.db().execute(earlier, args![HOUR]).await.unwrap();
        let seen = elin.browser.get(&own).await;
        seen.is(200, "Your account on this Mac is not managed along");
        seen.says("Log out of the Mac, and in again");
        for (lang, text) in [
            ("sv", "Ditt konto på denna Mac hanteras inte"),
            ("ja", "このMacのアカウントは管理されていません"),
        ] {
            let mut other = Browser::new(&app, MAC, lang);
            other.keep("tillsyn-portal", &elin.session);
            other.get(&own).await.is(200, text);
        }

        // The account tells of itself: its channel opens.
        mac.more_channels().await.unwrap();
        browser
            .get(&step)
            .await
            .is(200, "on this Mac is managed along.");
        let name = app
            .text("SELECT user_long_name FROM channel WHERE name <> 'device'")
            .await
            .unwrap();
        let seen = elin.browser.get(&own).await;
        seen.is(200, &name);
        assert!(!seen.html.contains("Your account on this Mac"));

        // And is managed no more.
        mac.user_checks_out(1).await.unwrap();
        elin.browser
            .get(&own)
            .await
            .is(200, "Your account on this Mac is not managed along");
    }
);
