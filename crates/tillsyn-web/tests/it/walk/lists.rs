//! Every list, count and search of API and console: somebody of another unit meets nothing of this one.

use std::collections::BTreeSet;

use serde_json::json;
use tillsyn_testkit::{Api, Engine, TestApp};
use tillsyn_web::console::{CONSOLE_ROUTES, PageNeeds};

use super::{OTHER, furnish, objects, report, somebody, walkers};

/// Addresses that name no object: lists, counts, searches, exports.
async fn of_api(app: &TestApp) -> Vec<String> {
    let document = Api::new(app.url(), None)
        .get("/api/openapi.json")
        .await
        .expect(200);
    let paths = document["paths"].as_object().unwrap().iter();
    paths
        .filter(|(path, item)| item["get"].is_object() && !path.contains('{'))
        .map(|(path, _)| path.clone())
        .collect()
}

fn of_console() -> Vec<String> {
    let routes = CONSOLE_ROUTES.iter().filter(|(path, get, _)| {
        let signed_in = get.is_some_and(|needs| needs != PageNeeds::Public);
        // A stream does not end.
        signed_in && !path.contains('{') && !path.ends_with("/events")
    });
    routes.map(|(path, ..)| (*path).to_owned()).collect()
}

async fn page(app: &TestApp, path: &str, session: &str) -> (u16, String) {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = http
        .get(format!("{}{path}", app.url()))
        .header("cookie", format!("tillsyn={session}"));
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

async fn walk(app: &TestApp) {
    furnish(app).await;
    // Makes the other unit and people in it, too.
    walkers(app).await;
    let here = objects(app).await;
    let owner_api = app.owner_api().await;
    let own = json!({"name": "Their own", "unit_id": OTHER});
    let mut theirs = Vec::new();
    for path in ["/api/v1/people", "/api/v1/groups"] {
        let made = owner_api.post(path, &own).await.expect(201);
        theirs.push((path, made["id"].as_str().unwrap().to_owned()));
    }
    let root = app
        .text("SELECT id FROM org_unit WHERE parent_id IS NULL")
        .await
        .unwrap();
    let inside = somebody(app, "list-inside", "owner", &root).await;
    let outside = somebody(app, "list-outside", "owner", OTHER).await;
    let mut met = BTreeSet::new();
    let mut wrong = Vec::new();
    for who in [&inside, &outside] {
        let api = Api::new(app.url(), Some(who.token.clone()));
        let mut answers = Vec::new();
        for path in of_api(app).await {
            let (status, text) = api.get_text(&path).await;
            answers.push((path, status, text));
        }
        for path in of_console() {
            let (status, text) = page(app, &path, &who.session).await;
            answers.push((path, status, text));
        }
        for (path, status, text) in answers {
            if status >= 500 {
                wrong.push(format!("{path}: {status}"));
            }
            for (noun, id) in &here {
                if !text.contains(id.as_str()) {
                    continue;
                }
                if who.id == inside.id {
                    met.insert(*noun);
                } else {
                    wrong.push(format!("{path} shows one of {noun} to another unit"));
                }
            }
        }
    }
    let api = Api::new(app.url(), Some(outside.token.clone()));
    for (path, id) in theirs {
        let (_, text) = api.get_text(path).await;
        assert!(text.contains(&id), "{path} shows what is theirs");
    }
    report(&wrong);
    // Whoever reaches it meets it: the walk above could have found it.
    assert!(met.len() >= 8, "{met:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_list_shows_only_what_its_reader_reaches_sqlite() {
    let app = TestApp::new(Engine::Sqlite).await;
    walk(&app).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_list_shows_only_what_its_reader_reaches_postgres() {
    let app = TestApp::new(Engine::Postgres).await;
    walk(&app).await;
}
