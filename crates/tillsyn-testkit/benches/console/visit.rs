//! An administrator who opens pages one after the other.

use std::time::{Duration, Instant};

use tillsyn_testkit::{OWNER_EMAIL, OWNER_PASSWORD, TestApp};

use crate::fleet::Fleet;

/// Opens every page `rounds` times and prints a line for each.
#[expect(clippy::cast_precision_loss, reason = "small numbers")]
pub(crate) async fn all(app: &TestApp, fleet: &Fleet, devices: usize, rounds: usize) {
    let http = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let cookie = sign_in(app, &http).await;
    for (name, path) in pages(fleet) {
        let mut took: Vec<Duration> = Vec::with_capacity(rounds);
        let before = app.db().stats().statements;
        let mut bytes = 0;
        // The first visits fill caches and statement pools.
        for round in 0..rounds + 3 {
            let start = Instant::now();
            let request = http.get(format!("{}{path}", app.url()));
            let answer = request
                .header("cookie", &cookie)
                .header("accept", "text/html")
                .send()
                .await
                .unwrap();
            let status = answer.status().as_u16();
            bytes = answer.bytes().await.unwrap().len();
            assert!(matches!(status, 200 | 303), "{path}: {status}");
            if round >= 3 {
                took.push(start.elapsed());
            }
        }
        let statements = (app.db().stats().statements - before) as f64 / (rounds + 3) as f64;
        took.sort();
        let at =
            |part: usize| took[(took.len() * part / 100).min(took.len() - 1)].as_secs_f64() * 1e3;
        println!(
            "| {devices} | {name} | {:.1} | {:.1} | {statements:.0} | {:.1} |",
            at(50),
            at(99),
            bytes as f64 / 1e3
        );
    }
}

fn pages(fleet: &Fleet) -> Vec<(&'static str, String)> {
    let spaced = fleet.serial.as_bytes().chunks(4);
    let spaced: Vec<&str> = spaced
        .map(|part| std::str::from_utf8(part).unwrap())
        .collect();
    let serial = spaced.join("%20");
    let list = |query: &str| format!("/console/devices?{query}");
    vec![
        ("overview", "/console".to_owned()),
        ("devices", list("")),
        ("devices, by name", list("sort=name")),
        (
            "devices, a filter",
            list("platform=macos&status=active&ownership=personal"),
        ),
        (
            "devices, one department",
            list(&format!("unit={}", fleet.unit)),
        ),
        ("devices, a name", list("q=Tanaka")),
        ("devices, two words", list("q=Tanaka%20iphone")),
        ("devices, a serial number", list(&format!("q={serial}"))),
        ("devices, no match", list("q=zzzzqqqq")),
        ("device", format!("/console/devices/{}", fleet.device)),
        (
            "device, commands",
            format!("/console/devices/{}/commands", fleet.device),
        ),
        (
            "device, facts",
            format!("/console/devices/{}/facts", fleet.device),
        ),
        ("people", "/console/people".to_owned()),
        ("people, a name", "/console/people?q=Tanaka".to_owned()),
        ("person", format!("/console/people/{}", fleet.person)),
        (
            "search, a name",
            "/console/search?part=1&q=Tanaka".to_owned(),
        ),
        (
            "search, a serial number",
            format!("/console/search?q={serial}"),
        ),
        (
            "search, no match",
            "/console/search?part=1&q=zzzzqqqq".to_owned(),
        ),
        ("report, by OS", "/console/reports/os".to_owned()),
        ("report, by unit", "/console/reports/unit".to_owned()),
        (
            "help desk, a name",
            "/console/help-desk?q=Tanaka".to_owned(),
        ),
        ("commands", "/console/commands".to_owned()),
        (
            "commands, unfinished",
            "/console/commands?status=unfinished".to_owned(),
        ),
        ("audit", "/console/audit".to_owned()),
        ("profiles", "/console/profiles".to_owned()),
        ("settings, units", "/console/settings/units".to_owned()),
    ]
}

async fn sign_in(app: &TestApp, http: &reqwest::Client) -> String {
    let fields = [
        ("login", OWNER_EMAIL),
        ("password", OWNER_PASSWORD),
        ("next", ""),
    ];
    let body: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{name}={}", value.replace('@', "%40").replace(' ', "+")))
        .collect();
    let answer = http
        .post(format!("{}/console/sign-in", app.url()))
        .header("content-type", "application/x-www-form-urlencoded")
        .header("origin", app.url())
        .header("sec-fetch-site", "same-origin")
        .body(body.join("&"))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status().as_u16(), 303);
    let cookies = answer.headers().get_all("set-cookie");
    let pairs: Vec<&str> = cookies
        .iter()
        .filter_map(|cookie| cookie.to_str().ok()?.split(';').next())
        .collect();
    pairs.join("; ")
}
