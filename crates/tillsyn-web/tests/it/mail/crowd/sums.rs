//! That everybody is where they should be, and that all who count them say the same.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use tillsyn_standins::smtp::SmtpStandin;
use tillsyn_testkit::{Api, TestApp};

use super::acts::Crowd;
use super::cast::{Fate, Member, Told};
use crate::console::browser::Browser;
use crate::mail::letters::Letter;

/// Everything of a list, page by page.
async fn whole(api: &Api, path: &str) -> Vec<Json> {
    let mark = if path.contains('?') { '&' } else { '?' };
    let (mut items, mut after) = (Vec::new(), String::new());
    loop {
        let page = api.get(&format!("{path}{mark}limit=400{after}")).await;
        let page = page.expect(200);
        items.extend(page["items"].as_array().unwrap().iter().cloned());
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return items,
        }
    }
}

fn counted<'a>(items: &'a [Json], name: &str) -> BTreeMap<&'a str, usize> {
    let mut counts = BTreeMap::new();
    for item in items {
        *counts.entry(item[name].as_str().unwrap_or("")).or_default() += 1;
    }
    counts
}

/// Everybody is at the step, with the cause, that their fate says; list, counts, filter, file and page agree.
pub(super) async fn everybody_is(
    crowd: &Crowd,
    api: &Api,
    members: &[Member],
    batch: &str,
    told: impl Fn(Fate) -> Told,
) {
    let at = format!("/api/v1/invitation-batches/{batch}");
    let people = whole(api, &format!("{at}/people")).await;
    assert!(people.len() > members.len(), "some stand there twice");
    let (first, twice) = people.split_at(members.len());
    let mut wrong = Vec::new();
    for (found, member) in first.iter().zip(members) {
        let (step, cause) = told(member.fate);
        if found["step"] != step || found["cause"] != json!(cause) {
            wrong.push(format!(
                "{:?} {}: {} {}",
                member.fate, member.email, found["step"], found["cause"]
            ));
        }
    }
    assert_eq!(wrong, [""; 0]);
    for found in twice {
        assert_eq!(found["step"], "wrong", "{found}");
    }
    let listed = counted(&people, "step");
    let shown = api.get(&format!("{at}/people?limit=1")).await.expect(200);
    assert_eq!(shown["counts"], json!(listed));
    let one = api.get(&at).await.expect(200);
    assert_eq!(one["total"], json!(people.len()));
    for (step, count) in &listed {
        let only = whole(api, &format!("{at}/people?step={step}")).await;
        assert_eq!(only.len(), *count, "{step}");
    }
    let (_, file) = api.get_text(&format!("{at}/people.csv")).await;
    let mut lines = BTreeMap::new();
    for line in file.lines().skip(1) {
        let step = line.split(',').nth(4).unwrap();
        *lines.entry(step).or_default() += 1;
    }
    assert_eq!(lines, listed);
    let mut owner = Browser::owner(&crowd.app).await;
    let page = owner
        .get(&format!("/console/enrollment/batches/{batch}"))
        .await
        .expect(200);
    for (step, count) in &listed {
        let chip = page.between(&format!("?step={step}\""), "</a>");
        let shown: String = chip.chars().filter(char::is_ascii_digit).collect();
        assert_eq!(shown, count.to_string(), "{step}: {chip}");
    }
}

/// Devices, attempts, invitations and overview say what the devices themselves say.
pub(super) async fn all_agree(crowd: &Crowd, api: &Api, others: usize) {
    let enrolled = {
        let tally = crowd.tally();
        assert_eq!(tally.broken, [""; 0]);
        let most = tally.enrolled.values().max();
        assert_eq!(most, Some(&1), "nobody is enrolled twice");
        tally.enrolled.len() + others
    };
    let devices = whole(api, "/api/v1/devices").await;
    assert_eq!(devices.len(), enrolled);
    let attempts = whole(api, "/api/v1/attempts").await;
    let statuses = counted(&attempts, "status");
    assert_eq!(statuses["ready"], enrolled, "{statuses:?}");
    for (status, count) in &statuses {
        let only = whole(api, &format!("/api/v1/attempts?status={status}")).await;
        assert_eq!(only.len(), *count, "{status}");
    }
    assert_eq!(attempts.len(), crowd.tally().attempts + others);
    let invitations = whole(api, "/api/v1/invitations").await;
    let open = counted(&invitations, "status").remove("open").unwrap_or(0);
    let overview = api.get("/api/v1/overview").await.expect(200);
    assert_eq!(
        (&overview["devices"], &overview["active"]),
        (&json!(enrolled), &json!(enrolled))
    );
    assert_eq!(overview["invitations_open"], json!(open));
    for (sql, none) in [
        (
            "SELECT count(*) FROM (SELECT device_id FROM enrollment WHERE status = 'active' \
             GROUP BY device_id HAVING count(*) > 1) twice",
            "no device is enrolled twice",
        ),
        (
            "SELECT count(*) FROM (SELECT person_id FROM enrollment WHERE status = 'active' \
             GROUP BY person_id HAVING count(*) > 1) twice",
            "nobody has two devices",
        ),
        (
            "SELECT count(*) FROM invitation WHERE uses > uses_allowed",
            "no link was used twice",
        ),
    ] {
        assert_eq!(crowd.app.count(sql).await, 0, "{none}");
    }
    let active = "SELECT count(*) FROM enrollment WHERE status = 'active'";
    assert_eq!(
        crowd.app.count(active).await,
        i64::try_from(enrolled).unwrap()
    );
}

/// Everybody got as many mails as their fate says, and none of them twice.
pub(super) fn nobody_is_written_to_twice(server: &SmtpStandin, members: &[Member]) {
    let letters: Vec<Letter> = server.received().iter().map(Letter::read).collect();
    let mut got = BTreeMap::<&str, Vec<&Letter>>::new();
    for letter in &letters {
        got.entry(letter.to.as_str()).or_default().push(letter);
    }
    let mut wrong = Vec::new();
    for member in members {
        let mails = got.remove(member.email.as_str()).unwrap_or_default();
        let kinds: std::collections::BTreeSet<(&str, String)> = mails
            .iter()
            .map(|mail| (mail.subject.as_str(), mail.code()))
            .collect();
        // Each is about something else, or has another link.
        if mails.len() != member.fate.mails() || kinds.len() != mails.len() {
            let subjects: Vec<&str> = mails.iter().map(|mail| mail.subject.as_str()).collect();
            wrong.push(format!("{:?} {}: {subjects:?}", member.fate, member.email));
        }
    }
    assert_eq!(wrong, [""; 0]);
    let others: Vec<&&str> = got.keys().filter(|to| to.starts_with('p')).collect();
    assert_eq!(others, [&""; 0], "nobody else is written to");
}

/// How many times an action is in the trail.
pub(super) async fn recorded(app: &TestApp, action: &str) -> usize {
    let actions = app.actions().await;
    actions.iter().filter(|found| *found == action).count()
}
