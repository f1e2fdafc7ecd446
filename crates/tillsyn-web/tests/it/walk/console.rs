//! The console, by its list of routes.

use std::collections::HashMap;

use reqwest::Method;
use tillsyn_testkit::TestApp;
use tillsyn_web::console::{CONSOLE_ROUTES, PageNeeds};

use super::{Walker, address};

/// What it needs as permissions, and whether all of them are needed.
fn held(needs: PageNeeds, walker: &Walker) -> bool {
    let has = |permission: &tillsyn_core::Permission| walker.rights.holds(*permission);
    match needs {
        PageNeeds::Public | PageNeeds::Session => true,
        PageNeeds::One(permission) => has(&permission),
        PageNeeds::All(permissions) => permissions.iter().all(has),
        PageNeeds::AnyOf(permissions) => permissions.iter().any(has),
    }
}

struct Browser {
    http: reqwest::Client,
    base: String,
}

impl Browser {
    /// Status and where the answer leads.
    async fn send(&self, method: &Method, path: &str, session: Option<&str>) -> (u16, String) {
        let mut request = self
            .http
            .request(method.clone(), format!("{}{path}", self.base))
            .header("sec-fetch-site", "same-origin")
            .header("origin", &self.base);
        if let Some(session) = session {
            request = request.header("cookie", format!("tillsyn={session}"));
        }
        if *method == Method::POST {
            request = request
                .header("content-type", "application/x-www-form-urlencoded")
                .body("csrf=csrf");
        }
        let answer = request.send().await.unwrap();
        let location = answer.headers().get("location");
        let location = location
            .map_or("", |value| value.to_str().unwrap())
            .to_owned();
        (answer.status().as_u16(), location)
    }
}

pub(super) async fn walk(
    app: &TestApp,
    walkers: &[Walker],
    objects: &HashMap<&'static str, String>,
    step: usize,
) -> Vec<String> {
    let no_redirect = reqwest::redirect::Policy::none();
    let browser = Browser {
        http: reqwest::Client::builder()
            .redirect(no_redirect)
            .build()
            .unwrap(),
        base: app.url(),
    };
    let mut routes = Vec::new();
    for (path, get, post) in CONSOLE_ROUTES {
        for (method, needs) in [(Method::GET, get), (Method::POST, post)] {
            match needs {
                // A stream, and the end of the session, have tests of their own.
                Some(_)
                    if path.ends_with("/events")
                        || path.ends_with("/sign-out")
                        || path.starts_with("/console/account/") => {}
                Some(needs) => routes.push((method, *path, *needs)),
                None => {}
            }
        }
    }
    assert!(routes.len() > 120, "{}", routes.len());
    let mut wrong = Vec::new();
    for (method, path, needs) in &routes {
        let (path, _) = address(path, Some(objects));
        let (status, location) = browser.send(method, &path, None).await;
        let right = match (needs, method) {
            (PageNeeds::Public, _) => !matches!(status, 401 | 403) && status < 500,
            (_, method) if *method == Method::GET => {
                status == 303 && location.starts_with("/console/sign-in")
            }
            _ => status == 401,
        };
        if !right {
            wrong.push(format!("nobody: {method} {path}: {status} {location}"));
        }
    }
    for (number, walker) in walkers.iter().enumerate() {
        let signed_in = routes
            .iter()
            .filter(|(.., needs)| *needs != PageNeeds::Public);
        for (method, path, needs) in signed_in.skip(number % step).step_by(step) {
            // Within the scope nothing is to be changed on the way.
            let harmless = !walker.inside || *method == Method::GET;
            let (path, real) = address(path, harmless.then_some(objects));
            let (status, location) = browser.send(method, &path, Some(&walker.session)).await;
            let right = match (held(*needs, walker), walker.inside) {
                (false, _) => status == 403,
                // A form is read before what it is about is looked for.
                (true, false) if real && *method == Method::POST => {
                    matches!(status, 400 | 404 | 415 | 422)
                }
                (true, false) if real => status == 404,
                (true, true) if real => matches!(status, 200 | 303 | 404),
                (true, _) => !matches!(status, 401 | 403) && status < 500,
            };
            if !right || location.starts_with("/console/sign-in") {
                let who = &walker.name;
                wrong.push(format!("{who}: {method} {path}: {status} {location}"));
            }
        }
    }
    wrong
}

/// Every page and form of the console that a person's own session gets anything of. At the portal it is good.
pub(super) async fn refused(
    app: &TestApp,
    session: &str,
    objects: &HashMap<&'static str, String>,
) -> Vec<String> {
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let base = app.url();
    let browser = Browser { http, base };
    let cookies = format!("{session}; tillsyn-portal={session}");
    let (status, _) = browser.send(&Method::GET, "/portal", Some(&cookies)).await;
    assert_eq!(status, 200, "the session is a good one");
    let mut wrong = Vec::new();
    for (path, get, post) in CONSOLE_ROUTES {
        for (method, needs) in [(Method::GET, get), (Method::POST, post)] {
            if needs.is_none_or(|needs| needs == PageNeeds::Public) {
                continue;
            }
            let (path, _) = address(path, Some(objects));
            let (status, location) = browser.send(&method, &path, Some(&cookies)).await;
            let right = if method == Method::GET {
                (status == 303 && location.starts_with("/console/sign-in")) || status == 401
            } else {
                status == 401
            };
            if !right {
                wrong.push(format!("own: {method} {path}: {status} {location}"));
            }
        }
    }
    wrong
}
