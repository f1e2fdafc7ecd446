use jiff::tz::{TimeZone, offset};

use super::*;

const NOW: i64 = 1_794_904_920_000;

fn zone() -> Zone {
    Zone {
        now_ms: NOW,
        zone: TimeZone::fixed(offset(1)),
    }
}

fn texts() -> [Texts; 3] {
    Lang::ALL.map(Texts::new)
}

#[test]
fn language_is_the_choice_then_the_devices_then_the_organisations() {
    let negotiate = |choice, header| Lang::negotiate(choice, header, Lang::Ja);
    assert_eq!(negotiate(Some(Lang::Sv), Some("en")), Lang::Sv);
    assert_eq!(
        negotiate(None, Some("de-DE, sv-SE;q=0.8, en;q=0.9")),
        Lang::En
    );
    assert_eq!(negotiate(None, Some("sv")), Lang::Sv);
    assert_eq!(negotiate(None, Some("en;q=0, sv;q=0.001")), Lang::Sv);
    assert_eq!(negotiate(None, Some("de, fr;q=0.5, *;q=0.1")), Lang::Ja);
    assert_eq!(negotiate(None, Some(";;q=,=,,")), Lang::Ja);
    assert_eq!(negotiate(None, None), Lang::Ja);
}

#[test]
fn numbers_follow_the_language() {
    assert_eq!(
        texts().map(|l| l.number(4812)),
        ["4,812", "4\u{a0}812", "4,812"]
    );
    assert_eq!(texts().map(|l| l.number(7)), ["7", "7", "7"]);
    assert_eq!(Texts::default().number(-1_234_567), "\u{2212}1,234,567");
    assert_eq!(
        texts().map(|l| l.percent(4506, 4812)),
        ["94\u{a0}%", "94\u{a0}%", "94%"]
    );
    assert_eq!(Texts::default().percent(3, 0), "0\u{a0}%");
}

#[test]
fn dates_follow_the_language() {
    assert_eq!(
        texts().map(|l| l.date_time(NOW, &zone())),
        [
            "17 Nov 2026, 09:42",
            "17 nov 2026 09:42",
            "2026年11月17日 9:42"
        ]
    );
    assert_eq!(
        texts().map(|l| l.deadline(NOW, &zone())),
        [
            "Tue 17 Nov 2026, 09:42",
            "tis 17 nov 2026 09:42",
            "2026年11月17日（火） 9:42"
        ]
    );
}

#[test]
fn ages_are_relative_for_a_week_and_carry_the_exact_time() {
    let [en, sv, ja] = texts();
    let minutes = |minutes: i64| NOW - minutes * 60_000;
    assert_eq!(en.ago(minutes(0), &zone()).text, "just now");
    assert_eq!(en.ago(minutes(6), &zone()).text, "6 min ago");
    assert_eq!(sv.ago(minutes(60 * 24), &zone()).text, "1 dag sedan");
    assert_eq!(sv.ago(minutes(60 * 48), &zone()).text, "2 dagar sedan");
    assert_eq!(ja.ago(minutes(60 * 5), &zone()).text, "5時間前");
    let old = en.ago(minutes(60 * 24 * 8), &zone());
    assert_eq!(old.text, "9 Nov 2026");
    assert_eq!(old.iso, "2026-11-09T09:42:00+01:00");
    assert_eq!(
        old.html().as_str(),
        "<time datetime=\"2026-11-09T09:42:00+01:00\" title=\"2026-11-09 09:42:00 +01\">9 Nov 2026</time>"
    );
}

#[test]
fn plurals_follow_the_language() {
    let [en, sv, ja] = texts();
    assert_eq!(en.tn("need-held", 1), "1 command is held");
    assert_eq!(en.tn("need-held", 1200), "1,200 commands are held");
    assert_eq!(sv.tn("need-held", 1200), "1\u{a0}200 kommandon hålls kvar");
    assert_eq!(ja.tn("need-held", 1), "1件のコマンドを保留しています");
}

#[test]
fn marks_become_markup_and_values_stay_text() {
    let l = Texts::default();
    let name = "<b>`[[**x";
    let html = l.rich_args("guard-type", &[("name", name.into())]);
    assert_eq!(
        html.as_str(),
        "Type <code>&lt;b&gt;`[[**x</code> to confirm"
    );
    assert!(
        l.rich("install-ios-3")
            .as_str()
            .contains("<span class=\"ui-word\">Install</span>")
    );
}

#[test]
fn pseudo_language_is_at_least_40_percent_longer() {
    let plain = Texts::default().t("error-500-text").chars().count();
    let long = Texts::pseudo().t("error-500-text").chars().count();
    assert!(long * 10 >= plain * 14, "{plain} {long}");
}
