//! What there is to do about a device, told with its cause and the next step.

use tillsyn_db::args;
use tillsyn_testkit::{TestApp, both_engines};

use super::browser::{Browser, IPHONE};
use super::my_device::{Me, still};

/// The page of the device in each language, with what stands there.
async fn told(app: &TestApp, me: &Me, lines: [(&'static str, &[&str]); 3]) {
    for (lang, texts) in lines {
        let mut browser = Browser::new(app, IPHONE, lang);
        browser.keep("tillsyn-portal", &me.session);
        let page = browser.get(&me.path("")).await;
        for text in texts {
            page.is(200, text);
        }
    }
}

const PASSCODE: &str = "UPDATE device_summary SET passcode_present = $1 WHERE device_id = $2";
const FREE: &str = "UPDATE device_summary SET available_bytes = $1 WHERE device_id = $2";
const SEEN: &str = "UPDATE device_summary SET last_seen = $1 WHERE device_id = $2";

async fn set(app: &TestApp, me: &Me, sql: &'static str, value: i64) {
    app.db().execute(sql, args![value, &me.id]).await.unwrap();
}

both_engines!(
    an_update_that_the_device_is_offered_is_told_with_its_steps_until_it_is_there,
    still(),
    |app| async move {
        let mut elin = Me::with(&app, "Elin", "corporate").await;
        while !elin.device.session().await.unwrap().handled.is_empty() {}
        // As a device answers that is asked which systems it is offered.
        let offered = "INSERT INTO available_update (channel_id, product_key, device_id, name, version, \
            critical, observed_at) SELECT id, 'iOSUpdate', device_id, 'iOS 99.1', '99.1', 0, 0 \
            FROM channel WHERE name = 'device'";
        assert_eq!(app.db().execute(offered, args![]).await.unwrap(), 1);
        let version = "99.1";
        // Offered just now, it is no task yet.
        elin.browser.get("/portal").await.is(200, "All in order");
        let stayed = "UPDATE fact SET changed_at = $1 WHERE name = 'os_version'";
        let since = app.core.now_ms() - 14 * 86_400_000;
        app.db().execute(stayed, args![since]).await.unwrap();
        let (en, sv, ja) = (
            format!("Update the system to {version}"),
            format!("Uppdatera systemet till {version}"),
            format!("システムを{version}にアップデートしてください"),
        );
        told(
            &app,
            &elin,
            [
                ("en", &[&en, "then Software Update."]),
                ("sv", &[&sv, "Programuppdatering"]),
                ("ja", &[&ja, "「ソフトウェアアップデート」"]),
            ],
        )
        .await;
        elin.browser.get("/portal").await.is(200, &en);
        let updated = "UPDATE device_summary SET os_version = $1 WHERE device_id = $2";
        app.db()
            .execute(updated, args![version, &elin.id])
            .await
            .unwrap();
        let page = elin.page().await;
        page.is(200, "In order");
        assert!(!page.html.contains(&en), "{}", page.html);
    }
);

both_engines!(
    a_device_without_passcode_or_room_says_so_and_how_to_mend_it,
    still(),
    |app| async move {
        let elin = Me::with(&app, "Elin", "personal").await;
        set(&app, &elin, PASSCODE, 0).await;
        set(&app, &elin, FREE, 940_000_000).await;
        told(
            &app,
            &elin,
            [
                (
                    "en",
                    &[
                        "Your iPhone has no passcode",
                        "tap Turn Passcode On.",
                        "0.9\u{a0}GB are free.",
                        "iPhone Storage",
                    ],
                ),
                (
                    "sv",
                    &[
                        "Din iPhone har ingen lösenkod",
                        "Aktivera lösenkod",
                        "0,9\u{a0}GB är ledigt.",
                    ],
                ),
                (
                    "ja",
                    &[
                        "お使いのiPhoneにはパスコードがありません",
                        "空き容量は0.9\u{a0}GBです。",
                    ],
                ),
            ],
        )
        .await;
        set(&app, &elin, PASSCODE, 1).await;
        set(&app, &elin, FREE, 2_000_000_000).await;
        told(
            &app,
            &elin,
            [
                ("en", &["In order"]),
                ("sv", &["I sin ordning"]),
                ("ja", &[]),
            ],
        )
        .await;
    }
);

both_engines!(
    a_device_that_was_not_heard_of_or_cannot_be_reached_says_why_and_what_next,
    still(),
    |app| async move {
        let mut elin = Me::with(&app, "Elin", "corporate").await;
        app.run_job("last_seen").await;
        let long_ago = app.core.now_ms() - 9 * 86_400_000;
        set(&app, &elin, SEEN, long_ago).await;
        told(
            &app,
            &elin,
            [
                ("en", &["Not heard of for 9 days", "Check again"]),
                ("sv", &["9 dagar"]),
                ("ja", &["9"]),
            ],
        )
        .await;
        let dead = "UPDATE device_summary SET contact = 'unreachable' WHERE device_id = $1";
        app.db().execute(dead, args![&elin.id]).await.unwrap();
        let page = elin.page().await;
        page.is(200, "cannot be reached");
        page.says("set it up again");
        // At rest: it left, and the cause says how we know.
        let rest = "UPDATE channel SET contact = 'unreachable', last_push_at = $1";
        app.db().execute(rest, args![long_ago]).await.unwrap();
        app.run_job("hour").await;
        told(
            &app,
            &elin,
            [
                ("en", &["It takes no messages from us any more"]),
                ("sv", &["Den tar inte emot meddelanden från oss längre"]),
                ("ja", &["こちらからの通知が届かなくなりました。"]),
            ],
        )
        .await;
    }
);
