#![expect(clippy::expect_used, reason = "tests")]

use askama::Template;

use super::enroll::{BeginPage, Failure, InstallPage, Platform, wrong_browser};
use super::managed::Managed;
use crate::i18n::{Lang, Texts};
use crate::ui::Sample;

const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1";
const CHROME_ON_IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/137.0 Mobile/15E148 Safari/604.1";
const WEB_VIEW: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148";
const MAC: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15";
const PIXEL: &str = "Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0 Mobile Safari/537.36";

#[test]
fn platform_is_guessed_from_the_browser() {
    assert_eq!(Platform::detect(IPHONE), Platform::Iphone);
    assert_eq!(Platform::detect(MAC), Platform::Mac);
    assert_eq!(Platform::detect(PIXEL), Platform::Other);
    assert_eq!(Platform::detect(""), Platform::Other);
}

#[test]
fn only_safari_is_the_right_browser_on_a_phone() {
    assert!(!wrong_browser(IPHONE));
    assert!(wrong_browser(CHROME_ON_IPHONE));
    assert!(wrong_browser(WEB_VIEW));
    assert!(!wrong_browser(MAC));
}

#[test]
fn a_personal_device_is_never_promised_an_erase() {
    for lang in Lang::ALL {
        let l = Texts::new(lang);
        for platform in [Platform::Iphone, Platform::Ipad, Platform::Mac] {
            let own = Managed::new(l, platform, true);
            let theirs = Managed::new(l, platform, false);
            assert!(own.never.contains(&l.t("managed-never-erase")));
            assert!(!theirs.never.contains(&l.t("managed-never-erase")));
            assert_eq!(own.may.len() + 1, theirs.may.len());
            assert!(!own.seen.contains(&l.t("managed-seen-serial")));
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
fn install_page_works_without_script() {
    for (_, page) in InstallPage::samples(Texts::default()) {
        let html = page.render().expect("renders");
        assert!(html.contains("<noscript><meta http-equiv=\"refresh\" content=\"10\"></noscript>"));
        assert!(html.contains("href=\"/apple/enroll/4f7a91cc27d84e0b\""));
    }
}

#[test]
fn a_device_the_invitation_does_not_allow_gets_no_button() {
    let (_, mut page) = BeginPage::samples(Texts::default()).swap_remove(0);
    page.platforms = vec![Platform::Mac];
    let html = page.render().expect("renders");
    assert!(!html.contains("method=\"post\""));
    assert!(html.contains("platform=mac"));
}
