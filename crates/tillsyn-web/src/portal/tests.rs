#![expect(clippy::expect_used, reason = "tests")]

use askama::Template;
use http::{HeaderMap, header};
use tillsyn_core::ids::AttemptId;
use tillsyn_core::managed::Line;

use super::cookie;
use super::enroll::{
    BeginPage, Closed, Failure, InstallPage, InstallStatus, Platform, WrongBrowser, wrong_browser,
};
use super::managed::{self, Managed};
use crate::i18n::{Lang, Texts};
use crate::state::WebConfig;
use crate::ui::Sample;

const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1";
const CHROME_ON_IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/137.0 Mobile/15E148 Safari/604.1";
const WEB_VIEW: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148";
const MAC: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15";
const PIXEL: &str = "Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0 Mobile Safari/537.36";

#[test]
fn platform_is_guessed_from_the_browser() {
    assert_eq!(Platform::detect(IPHONE, ""), Platform::Iphone);
    assert_eq!(Platform::detect(MAC, ""), Platform::Mac);
    assert_eq!(Platform::detect(PIXEL, "\"Android\""), Platform::Android);
    assert_eq!(Platform::detect("", "\"Windows\""), Platform::Windows);
    // An iPad that asks for desktop pages says Mac; what sends a hint is none.
    assert!(Platform::Mac.may_be_ipad(MAC, ""));
    assert!(!Platform::Mac.may_be_ipad(MAC, "\"macOS\""));
    assert!(!Platform::Iphone.may_be_ipad(IPHONE, ""));
    assert_eq!(Platform::detect("", ""), Platform::Other);
    assert_eq!(Platform::detect("", "\"macOS\""), Platform::Mac);
}

#[test]
fn only_safari_is_the_right_browser_on_a_phone() {
    assert_eq!(wrong_browser(IPHONE), None);
    assert_eq!(wrong_browser(CHROME_ON_IPHONE), Some(WrongBrowser::Other));
    assert_eq!(wrong_browser(WEB_VIEW), Some(WrongBrowser::InApp));
    assert_eq!(wrong_browser(MAC), None);
}

#[test]
fn every_line_of_the_ledger_has_words_of_its_own_in_each_language() {
    for lang in Lang::ALL {
        let l = Texts::new(lang);
        let mut words: Vec<_> = Line::ALL
            .iter()
            .map(|line| managed::text(l, *line))
            .collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), Line::ALL.len(), "{lang:?}");
        for platform in [Platform::Iphone, Platform::Ipad, Platform::Mac] {
            let own = Managed::new(l, &managed::by_profile(platform, true));
            let theirs = Managed::new(l, &managed::by_profile(platform, false));
            assert!(own.never.contains(&l.t("managed-never-erase")));
            assert!(!theirs.never.contains(&l.t("managed-never-erase")));
            assert!(own.seen.contains(&l.t("managed-serial-number")));
        }
    }
}

#[test]
fn failures_keep_their_value_and_speak_each_language() {
    for failure in Failure::ALL {
        assert_eq!(Failure::from_value(failure.value()), Some(failure));
        let causes = Lang::ALL.map(|lang| failure.cause(Texts::new(lang)));
        assert!(causes[0] != causes[1] && causes[1] != causes[2]);
    }
}

#[test]
fn a_closed_page_is_never_a_success() {
    for closed in Closed::ALL {
        let status = closed.status();
        assert!(
            status.is_client_error() || status.is_server_error(),
            "{closed:?}"
        );
    }
}

#[test]
fn the_secret_of_a_profile_stays_with_one_link_and_one_host() {
    let id = AttemptId::parse("01939f3c-5a10-7c3e-9d41-5f0a4be31c77").expect("an id");
    let config = WebConfig::default();
    let value = cookie::set_attempt(&config, "7KQ4", &id, "s3cret-_9").expect("a header");
    let line = value.to_str().expect("text");
    assert_eq!(
        line,
        "__Secure-tillsyn-attempt=01939f3c-5a10-7c3e-9d41-5f0a4be31c77.s3cret-_9; Path=/e/7KQ4; \
         HttpOnly; SameSite=Lax; Max-Age=86400; Secure"
    );
    assert!(value.is_sensitive());
    let sent = |lines: &[&str]| {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::COOKIE, line.parse().expect("a header"));
        }
        cookie::attempt(&config, &headers).map(|begun| begun.secret.to_owned())
    };
    let pair = line.split(';').next().expect("a pair");
    assert_eq!(sent(&["a=b", pair]).as_deref(), Some("s3cret-_9"));
    assert_eq!(
        sent(&[pair, "__Secure-tillsyn-attempt=other.planted"]),
        None
    );
    assert_eq!(sent(&["__Secure-tillsyn-attempt=x.\"><b>"]), None);
    assert_eq!(sent(&["__Secure-tillsyn-attempt=x"]), None);
}

#[test]
fn install_page_works_without_script() {
    for (_, page) in InstallPage::samples(Texts::default()) {
        let html = page.render().expect("renders");
        assert!(html.contains("<noscript><meta http-equiv=\"refresh\" content=\"10\"></noscript>"));
        let offers = html.contains("href=\"/apple/enroll/4f7a91cc27d84e0b\"");
        assert_eq!(offers, page.status != InstallStatus::SettingUp);
    }
}

#[test]
fn a_device_the_invitation_does_not_allow_gets_no_button() {
    let (_, mut page) = BeginPage::samples(Texts::default()).swap_remove(0);
    page.platforms = vec![Platform::Mac];
    let html = page.render().expect("renders");
    assert!(!html.contains("/begin\""));
    assert!(html.contains("platform=mac"));
}
