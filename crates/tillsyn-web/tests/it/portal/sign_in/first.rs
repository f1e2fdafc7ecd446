//! The first password of somebody who brought a device in by an invitation.

use serde_json::{Value as Json, json};
use tillsyn_db::args;
use tillsyn_testkit::{Engine, TestApp};

use super::{Browser, ELIN, OWN, sign_in};

/// A browser that began with a link: it keeps the secret of the attempt.
struct Began {
    http: reqwest::Client,
    url: String,
    cookie: String,
}

impl Began {
    async fn get(&self) -> (u16, String) {
        let request = self.http.get(&self.url).header("cookie", &self.cookie);
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    async fn choose(&self, password: &str) -> reqwest::Response {
        let body = format!("password={}", password.replace(' ', "+"));
        self.http
            .post(&self.url)
            .header("cookie", &self.cookie)
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body)
            .send()
            .await
            .unwrap()
    }
}

async fn began(app: &TestApp) -> Began {
    let invitation = app
        .invite_with(|new| {
            new.person_name = Some("Elin Hedström".to_owned());
            new.person_email = Some(ELIN.to_owned());
        })
        .await;
    let http = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let code = invitation.code.as_str();
    let begin = format!("{}/e/{code}/attempts", app.url());
    let body = json!({ "platform": "ios" }).to_string();
    let answer = http.post(begin).header("content-type", "application/json");
    let answer = answer.body(body).send().await.unwrap();
    let made: Json = answer.json().await.unwrap();
    let profile = made["profile_url"].as_str().unwrap();
    let secret = profile.rsplit('/').next().unwrap();
    let id = made["attempt_id"].as_str().unwrap();
    Began {
        cookie: format!("tillsyn-attempt={id}.{secret}"),
        url: format!("{}/e/{code}/password", app.url()),
        http,
    }
}

/// The attempts that were begun have brought their devices in.
async fn came_in(app: &TestApp) {
    const IN: &str = "UPDATE attempt SET status = 'enrolled'";
    app.db().execute(IN, args![]).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_began_by_invitation_chooses_a_first_password_and_nobody_replaces_one() {
    let app = TestApp::new(Engine::Sqlite).await;
    let mine = began(&app).await;
    // A link alone proves nobody: a device has to come in with it first.
    assert_eq!(mine.get().await.0, 303);
    mine.choose(OWN).await;
    came_in(&app).await;
    // Another browser with the same link, and one with a made-up secret, are only led to the sign-in.
    for cookie in [
        "",
        "tillsyn-attempt=01900000-0000-7000-8000-000000000000.made-up",
    ] {
        let stranger = Began {
            http: mine.http.clone(),
            url: mine.url.clone(),
            cookie: cookie.to_owned(),
        };
        assert_eq!(stranger.get().await.0, 303);
        let refused = stranger.choose(OWN).await;
        assert!(refused.headers().get("set-cookie").is_none());
    }
    let (status, html) = mine.get().await;
    assert_eq!(status, 200);
    assert!(html.contains(ELIN));
    assert_eq!(mine.choose("short").await.status(), 422);
    let opened = mine.choose(OWN).await;
    assert_eq!(opened.status(), 303);
    assert_eq!(opened.headers()["location"], "/portal");
    sign_in(&mut Browser::new(&app), ELIN, OWN)
        .await
        .expect(303);
    // Once there is a way in, a link to enroll is none.
    let later = began(&app).await;
    came_in(&app).await;
    assert_eq!(later.get().await.0, 303);
    later.choose("nine slow boats at sea").await;
    sign_in(&mut Browser::new(&app), ELIN, OWN)
        .await
        .expect(303);
}
