//! Reports: every number leads to its devices, figures agree wherever they are shown, and a report comes by
//! mail at its time with what its owner reaches then.

use serde_json::{Value as Json, json};
use tillsyn_core::ids::OrgUnitId;
use tillsyn_core::units::{NewUnit, create_unit};
use tillsyn_db::args;
use tillsyn_testkit::{Api, TestApp, both_engines};

use super::Browser;
use crate::guard::{ERASE, ask, still};
use crate::walk::somebody;

const DAY: i64 = 86_400_000;
const REPORTS: [&str; 7] = [
    "os",
    "status",
    "ownership",
    "unit",
    "model",
    "age",
    "contact",
];

async fn unit(app: &TestApp, name: &str, parent: Option<OrgUnitId>) -> OrgUnitId {
    let new = NewUnit {
        name: name.to_owned(),
        parent,
    };
    create_unit(&app.core, &app.owner, new).await.unwrap().id
}

/// Several hundred devices of every kind in four units, with attempts and invitations; the second unit.
async fn fleet(app: &TestApp) -> OrgUnitId {
    const DEVICE: &str = "INSERT INTO device (id, org_unit_id, platform, life_cycle, created_at, \
        updated_at) VALUES ($1, $2, $3, 'enrolled', $4, $4)";
    const SUMMARY: &str = "INSERT INTO device_summary (device_id, org_unit_id, platform, name, model, \
        model_name, os_version, status, ownership, enrollment_status, contact, enrolled_at, last_seen, \
        created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14)";
    const ATTEMPT: &str = "INSERT INTO attempt (id, invitation_id, org_unit_id, platform, status, \
        failed_step, cause, created_at, updated_at, expires_at) \
        SELECT $1, MIN(id), $2, 'ios', 'failed', 'opened', 'profile_lapsed', $3, $3, $3 FROM invitation";
    let root = app
        .text("SELECT id FROM org_unit WHERE parent_id IS NULL")
        .await
        .unwrap();
    let science = unit(app, "Science", None).await;
    let physics = unit(app, "Physics", Some(science.clone())).await;
    let arts = unit(app, "=Arts", None).await;
    let units = [
        root.as_str(),
        science.as_str(),
        physics.as_str(),
        arts.as_str(),
    ];
    let now = app.core.now_ms();
    let at = |tenths: Option<&i64>| tenths.map(|tenths| now - tenths * DAY / 10);
    let db = app.db();
    for number in 0..360_usize {
        let pick = |step: usize, count: usize| (number * step + number / 7) % count;
        let id = format!("0197c8a0-0000-7000-9000-{number:012x}");
        let platform = ["ios", "ipados", "macos"][pick(5, 3)];
        let status = [
            "active",
            "active",
            "not_seen",
            "active",
            "registered",
            "retired",
        ][pick(7, 6)];
        let model = [None, Some("iPhone17,1"), Some("Mac16,1"), Some("=1+1")][pick(3, 4)];
        let name = [None, Some("iPad Pro (11-inch), M4"), None][pick(11, 3)];
        let version = [Some("27.1"), Some("27.0"), Some("9.3.5"), None][pick(13, 4)];
        let ownership = [Some("corporate"), Some("personal"), None][pick(17, 3)];
        let managed = match status {
            "active" | "not_seen" => Some("active"),
            "retired" => Some("removed"),
            _ => None,
        };
        let contact = ["reachable", "unreachable", "reachable", "unhealthy"][pick(19, 4)];
        let ages = [
            Some(5),
            Some(455),
            Some(1_205),
            Some(6_005),
            Some(15_005),
            None,
        ];
        let seen = [Some(2), Some(35), Some(155), Some(455), Some(2_005), None];
        let values = args![id.as_str(), units[pick(23, 4)], platform, now];
        db.execute(DEVICE, values).await.unwrap();
        let values = args![
            id.as_str(),
            units[pick(23, 4)],
            platform,
            format!("Device {number}"),
            model,
            name,
            version,
            status,
            ownership,
            managed,
            contact,
            at(ages[pick(29, 6)].as_ref()),
            at(seen[pick(31, 6)].as_ref()),
            now
        ];
        db.execute(SUMMARY, values).await.unwrap();
    }
    app.invite().await;
    app.invite().await;
    for (number, (unit, ago)) in [(0, DAY / 3), (0, 3 * DAY), (2, DAY / 4), (3, DAY / 5)]
        .into_iter()
        .enumerate()
    {
        let id = format!("0197c8a0-0000-7000-a000-{number:012x}");
        let values = args![id, units[unit], now - ago];
        db.execute(ATTEMPT, values).await.unwrap();
    }
    science
}

/// Commands that wait and one that is held, of a real device.
async fn commands(app: &TestApp) {
    let mut iphone = app.enrolled_iphone().await;
    iphone.session().await.unwrap();
    let id = app.text("SELECT device_id FROM enrollment").await.unwrap();
    let api = app.owner_api().await;
    let path = format!("/api/v1/devices/{id}/refresh");
    api.post(&path, &json!({})).await.expect(202);
    let ids = [tillsyn_core::ids::DeviceId::parse(&id).unwrap()];
    ask(app, &app.owner, &ids, ERASE).await;
}

fn number(text: &str) -> Option<i64> {
    let text = text.trim_start();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != ',');
    text[..end.unwrap_or(text.len())]
        .replace(',', "")
        .parse()
        .ok()
}

fn unescaped(text: &str) -> String {
    text.replace("&amp;", "&").replace("&#38;", "&")
}

/// Addresses with the numbers that stand on them: what a page counts.
fn counted(html: &str) -> Vec<(String, i64)> {
    let mut found = Vec::new();
    for piece in html.split("<a ").skip(1) {
        let (tag, rest) = piece.split_once('>').unwrap();
        let Some((_, href)) = tag.split_once("href=\"") else {
            continue;
        };
        let href = unescaped(href.split_once('"').unwrap().0);
        let (inside, behind) = rest.split_once("</a>").unwrap();
        let shown = if tag.contains("data-count") {
            number(inside)
        } else if let Some((_, figure)) = inside.split_once("<span class=\"figure\">") {
            number(figure)
        } else if let Some((_, count)) = inside.split_once("<span class=\"count\">") {
            number(count)
        } else {
            let own = [
                " <span class=\"num strong\">",
                " <span class=\"faint small num\">",
            ];
            own.iter()
                .find_map(|own| behind.strip_prefix(own))
                .and_then(number)
        };
        found.extend(shown.map(|shown| (href, shown)));
    }
    // What needs somebody begins with how many.
    for need in html.split("<li class=\"need\">").skip(1) {
        let title = need.split_once("<h3>").map(|(_, title)| title);
        let href = need.split_once("act\" href=\"").map(|(_, href)| href);
        if let (Some(count), Some(href)) = (title.and_then(number), href) {
            let href = unescaped(href.split_once('"').unwrap().0);
            // Profiles and approvals have numbers of their own kind.
            if href.starts_with("/console/devices?") || href.contains("status=") {
                found.push((href, count));
            }
        }
    }
    found
}

/// How long the list at the address is; -1 for an address that the list does not understand.
async fn total(browser: &mut Browser, path: &str) -> i64 {
    let page = browser.get(path).await.expect(200);
    if page.html.contains("ignored: ") {
        return -1;
    }
    let Some((_, pager)) = page.html.split_once("<div class=\"pager\"><span>") else {
        assert!(page.html.contains("class=\"empty\""), "{path}");
        return 0;
    };
    let summary = pager.split_once("</span>").unwrap().0;
    if let Some((_, all)) = summary.split_once(" of ") {
        number(all).unwrap()
    } else {
        assert!(!page.html.contains("rel=\"next\""), "{path} has no total");
        number(summary).unwrap()
    }
}

/// Follows every number of these pages.
async fn follow(browser: &mut Browser, pages: &[String], wrong: &mut Vec<String>) -> usize {
    let mut followed = 0;
    for path in pages {
        let page = browser.get(path).await.expect(200);
        for (href, shown) in counted(&page.html) {
            if !href.starts_with("/console/") || href.contains("/account/") {
                continue;
            }
            // Beside the menu stands what waits, of longer lists.
            let of_menu = [
                "/console/commands",
                "/console/approvals",
                "/console/enrollment/attempts",
            ];
            if of_menu.contains(&href.as_str()) {
                continue;
            }
            followed += 1;
            let list = total(browser, &href).await;
            if list != shown {
                wrong.push(format!("{path}: {shown} on {href}, which lists {list}"));
            }
        }
    }
    followed
}

/// The whole list, as long as it is.
async fn items(api: &Api, path: &str) -> i64 {
    let sign = if path.contains('?') { '&' } else { '?' };
    let page = api
        .get(&format!("{path}{sign}limit=1000"))
        .await
        .expect(200);
    assert_eq!(page["next"], Json::Null, "{path}");
    i64::try_from(page["items"].as_array().unwrap().len()).unwrap()
}

fn encoded(text: &str) -> String {
    let mut url = reqwest::Url::parse("https://x.example").unwrap();
    url.query_pairs_mut().append_pair("v", text);
    url.query().unwrap().trim_start_matches("v=").to_owned()
}

/// Reports, their files and the lists behind their rows, as programs see them.
async fn programs(api: &Api, wrong: &mut Vec<String>) {
    let devices = items(api, "/api/v1/devices").await;
    for name in REPORTS {
        let report = api
            .get(&format!("/api/v1/reports/{name}"))
            .await
            .expect(200);
        let rows = report["rows"].as_array().unwrap();
        let sum: i64 = rows
            .iter()
            .map(|row| row["devices"].as_i64().unwrap())
            .sum();
        assert_eq!(
            (sum, &report["devices"]),
            (devices, &json!(devices)),
            "{name}"
        );
        let (status, csv) = api.get_text(&format!("/api/v1/reports/{name}/csv")).await;
        assert_eq!(status, 200, "{csv}");
        let cells = csv
            .lines()
            .skip(1)
            .map(|line| line.rsplit_once(',').unwrap().1);
        let in_file: i64 = cells.map(|cell| cell.parse::<i64>().unwrap()).sum();
        assert_eq!(in_file, devices, "{name}: {csv}");
        for row in rows {
            let value = encoded(row["value"].as_str().unwrap());
            let filter = match name {
                "os" => format!(
                    "platform={}&os_version={value}",
                    row["platform"].as_str().unwrap()
                ),
                "unit" if row["itself"] == true => format!("unit_itself={value}"),
                "unit" => format!("unit_id={value}"),
                "age" => format!("enrolled={value}"),
                "contact" => format!("heard={value}"),
                other => format!("{other}={value}"),
            };
            let list = items(api, &format!("/api/v1/devices?{filter}")).await;
            if row["devices"] != json!(list) {
                wrong.push(format!("{name}: {row} is {list} of {filter}"));
            }
        }
    }
    let overview = api.get("/api/v1/overview").await.expect(200);
    for (figure, path) in [
        ("devices", "/api/v1/devices"),
        ("active", "/api/v1/devices?status=active"),
        ("not_seen", "/api/v1/devices?status=not_seen"),
        ("retired", "/api/v1/devices?status=retired"),
        (
            "unreachable",
            "/api/v1/devices?contact=unreachable&status=active,not_seen",
        ),
        (
            "unhealthy",
            "/api/v1/devices?contact=unhealthy&status=active,not_seen",
        ),
        (
            "attempts_failed_today",
            "/api/v1/attempts?status=failed_today",
        ),
        ("commands_waiting", "/api/v1/commands?unfinished=true"),
    ] {
        let list = items(api, path).await;
        if overview[figure] != json!(list) {
            wrong.push(format!(
                "overview: {figure} is {}, {path} is {list}",
                overview[figure]
            ));
        }
    }
    for (platform, count) in overview["platforms"].as_object().unwrap() {
        let path = format!("/api/v1/devices?platform={platform}&status=active,not_seen");
        assert_eq!(count, &json!(items(api, &path).await), "{platform}");
    }
}

both_engines!(
    figures_agree_wherever_they_are_shown,
    still(),
    |app| async move {
        let science = fleet(&app).await;
        commands(&app).await;
        let mut pages = vec!["/console".to_owned()];
        pages.extend(REPORTS.map(|name| format!("/console/reports/{name}")));
        pages.push("/console/reports/os?platform=ios,macos&status=active".to_owned());
        pages.push("/console/reports/model?ownership=personal".to_owned());
        pages.push(format!("/console/reports/unit?unit={science}"));
        pages.push(format!(
            "/console/reports/contact?unit={science}&status=not_seen"
        ));
        let scoped = somebody(&app, "scoped", "owner", science.as_str()).await;
        let mut wrong = Vec::new();

        let mut owner = Browser::owner(&app).await;
        let followed = follow(&mut owner, &pages, &mut wrong).await;
        assert!(followed > 80, "{followed}");
        programs(&app.owner_api().await, &mut wrong).await;

        let mut browser = Browser::new(&app);
        browser.plant("tillsyn", &scoped.session);
        assert!(follow(&mut browser, &pages, &mut wrong).await > 60);
        let api = Api::new(app.url(), Some(scoped.token));
        programs(&api, &mut wrong).await;
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));

        // Nobody counts beyond their reach.
        let mine = items(&api, "/api/v1/devices").await;
        let all = items(&app.owner_api().await, "/api/v1/devices").await;
        assert!(mine > 0 && mine < all, "{mine} of {all}");
        let root = app
            .text("SELECT id FROM org_unit WHERE parent_id IS NULL")
            .await;
        let above = format!("/console/reports/unit?unit={}", root.unwrap());
        browser.get(&above).await.expect(404);
        browser.get("/console/reports/colour").await.expect(404);
        api.get("/api/v1/reports/os?colour=red").await.expect(422);
    }
);

both_engines!(a_file_runs_nothing, still(), |app| async move {
    fleet(&app).await;
    let mut owner = Browser::owner(&app).await;
    let models = owner.get("/console/reports/model/csv").await.expect(200);
    assert_eq!(models.headers["content-type"], "text/csv; charset=utf-8");
    models.says("\n'=1+1,");
    models.says("\"iPad Pro (11-inch), M4\",");
    models.says("\nunknown,");
    let units = owner.get("/console/reports/unit/csv").await.expect(200);
    units.says("\n'=Arts,");
});

both_engines!(
    without_devices_a_report_says_what_to_do,
    still(),
    |app| async move {
        let mut owner = Browser::owner(&app).await;
        let page = owner.get("/console/reports/os").await.expect(200);
        page.says("No devices yet");
        let page = owner
            .get("/console/reports/os?status=retired")
            .await
            .expect(200);
        page.says("Nothing matches");
    }
);
