#![expect(clippy::expect_used, reason = "tests")]

use super::*;
use crate::i18n::{Lang, Texts};

// Architecture §2a, English column. Words in brackets there explain; they are not shown.
const TABLE: &str = "
command: queued Queued, held Held, push_sent Push sent, sent Fetched by device, not_now NotNow, acknowledged Acknowledged, error Error, cancelled Withdrawn, superseded Superseded, expired Expired
device: ordered Ordered, registered Registered, active Active, not_seen Not seen, lost Lost, stolen Stolen, repair At repair, retired Retired
enrollment: pending Pending, active Active, inactive Inactive, reset Reset, wiped Wiped, removed Removed, superseded Replaced
item: as_desired As desired, behind Behind, to_install To be installed, to_remove To be removed, refused Refused, unverified Unverified
attempt: created Invited, opened Opened, signed_in Signed in, profile_fetched Profile fetched, certificate_issued Certificate issued, authenticated Device answered, enrolled Enrolled, ready Ready, failed Failed, expired Lapsed, superseded Replaced
verdict: compliant Compliant, in_grace In grace, not_compliant Not compliant, unknown No verdict yet
contact: reachable Reachable, unreachable Unreachable, unhealthy Silent
invitation: open Open, used Used, expired Expired, revoked Revoked
certificate: valid Valid, renewing Renewing, expiring Expiring, expired Expired, revoked Revoked
job: waiting Waiting, running Running, done Done, failed Failed, cancelled Cancelled
approval: waiting Waiting, approved Approved, declined Declined, expired Lapsed, cancelled Cancelled, overtaken Overtaken
";

#[test]
fn status_words_are_those_of_the_architecture() {
    let mut listed = Vec::new();
    for line in TABLE.lines().filter(|line| !line.is_empty()) {
        let (kind, values) = line.split_once(": ").expect("kind");
        for pair in values.split(", ") {
            let (value, word) = pair.split_once(' ').expect("value and word");
            let found = status(Texts::new(Lang::En), kind, value);
            assert_eq!(found.text, word, "{kind} {value}");
            listed.push((kind, value));
        }
    }
    let ours: Vec<_> = words().collect();
    assert_eq!(ours, listed, "the same values in the same order, none more");
}

#[test]
fn a_status_has_a_word_in_each_language_and_an_icon_that_exists() {
    let sprite = crate::assets::all()
        .into_iter()
        .find(|(url, _)| url.contains("/icons."))
        .map(|(_, bytes)| String::from_utf8(bytes).expect("text"))
        .expect("sprite");
    for (kind, value) in words() {
        for lang in Lang::ALL {
            let found = status(Texts::new(lang), kind, value);
            assert!(
                !found.text.is_empty() && found.text != value,
                "{kind} {value}"
            );
            let symbol = format!("id=\"i-{}\"", found.icon);
            assert!(sprite.contains(&symbol), "{symbol}");
        }
    }
}

#[test]
fn unknown_status_shows_as_itself() {
    let found = status(Texts::default(), "command", "teleported");
    assert_eq!(
        (found.tone, found.text.as_str()),
        (Tone::Idle, "teleported")
    );
}

#[test]
fn list_addresses_keep_filters_and_start_over_at_page_one() {
    let pairs = [
        ("platform", "ios"),
        ("platform", "macos"),
        ("q", "å b"),
        ("after", "xyz"),
    ];
    let query =
        urls::Query::from_pairs(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())));
    assert_eq!(query.list("platform"), ["ios", "macos"]);
    assert_eq!(
        query.with("sort", "-os").url(urls::DEVICES),
        "/console/devices?platform=ios,macos&q=%C3%A5%20b&sort=-os"
    );
    assert_eq!(query.without("platform").url("/x"), "/x?q=%C3%A5%20b");
    assert_eq!(
        query.with("after", "2").url("/x"),
        "/x?platform=ios,macos&q=%C3%A5%20b&after=2"
    );
    assert_eq!(
        query.unknown(&["platform", "q", "after"]),
        Vec::<&str>::new()
    );
    assert_eq!(query.unknown(&["q"]), ["platform", "after"]);
}

#[test]
fn ids_in_addresses_cannot_leave_their_segment() {
    assert_eq!(urls::device("../x?y#z"), "/console/devices/..%2Fx%3Fy%23z");
}

#[test]
fn qr_code_covers_its_grid() {
    let qr = Qr::new("https://mdm.norrvik.example/e/7KQ4M2XD").expect("fits");
    assert!(qr.size >= 21 && qr.path.starts_with("M0 0h1v1h-1z"));
    assert_eq!(Qr::new(&"x".repeat(5000)), None);
}
