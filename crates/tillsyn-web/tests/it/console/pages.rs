//! Every page: for the owner, for nobody, in three languages.

use tillsyn_core::invitations;
use tillsyn_testkit::{Engine, TestApp};

use super::Browser;
use crate::device::story::only_device;

const PLAIN: [&str; 21] = [
    "/console",
    "/console/account",
    "/console/confirm",
    "/console/devices",
    "/console/devices?platform=ios&status=active&seen=24h&sort=-last_seen&q=Sim&os=1&contact=reachable",
    "/console/commands",
    "/console/profiles",
    "/console/profiles?q=wifi&status=archived&payload=com.apple.wifi.managed",
    "/console/profiles/new",
    "/console/plans",
    "/console/plans?pending=1",
    "/console/approvals",
    "/console/campaigns",
    "/console/campaigns/new",
    "/console/settings/guard",
    "/console/commands?status=unfinished",
    "/console/enrollment/invitations?status=used",
    "/console/enrollment/new",
    "/console/enrollment/attempts?status=ready",
    "/console/settings/push",
    "/console/settings/tokens",
];

async fn pages_of(app: &TestApp) -> Vec<String> {
    let mut iphone = app.enrolled_iphone().await;
    iphone.sessions().await.unwrap();
    let id = only_device(app).await;
    let device = format!("/console/devices/{id}");
    let attempts = invitations::list_attempts(&app.core, &app.owner, None, None, None, None)
        .await
        .unwrap();
    let attempt = &attempts.items[0];
    let command = app.text("SELECT id FROM command LIMIT 1").await.unwrap();
    let mut pages: Vec<String> = PLAIN.map(str::to_owned).into();
    let tabs = [
        "",
        "/commands",
        "/profiles",
        "/security",
        "/facts",
        "/history",
    ];
    let dialogs = ["/lock", "/erase", "/retire"];
    pages.extend(
        tabs.into_iter()
            .chain(dialogs)
            .map(|tab| format!("{device}{tab}")),
    );
    pages.push(format!("{device}/commands/{command}"));
    pages.push(format!("/console/enrollment/attempts/{}", attempt.id));
    pages.push(format!(
        "/console/enrollment/invitations/{}",
        attempt.invitation_id
    ));
    pages
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_is_there_for_the_owner_and_asks_others_to_sign_in() {
    let app = TestApp::new(Engine::Sqlite).await;
    let pages = pages_of(&app).await;
    let mut nobody = Browser::new(&app);
    for (language, mark) in [
        ("en", "lang=\"en\""),
        ("sv", "lang=\"sv\""),
        ("ja", "lang=\"ja\""),
    ] {
        let mut owner = Browser::owner(&app).await;
        owner.language = language;
        for path in &pages {
            let page = owner.get(path).await.expect(200);
            page.says(mark);
            page.says_not("style=\"");
            assert_eq!(page.headers["cache-control"], "no-store", "{path}");
            assert_eq!(page.headers["x-content-type-options"], "nosniff", "{path}");
        }
    }
    for path in &pages {
        let answer = nobody.get(path).await.expect(303);
        assert!(
            answer.location().starts_with("/console/sign-in?next="),
            "{path}"
        );
    }
    assert_eq!(nobody.get("/console/events?topics=all").await.status, 401);
    assert_eq!(nobody.get("/console/nothing/here").await.status, 303);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_there_is_not_found_in_the_persons_language() {
    let app = TestApp::new(Engine::Sqlite).await;
    let mut owner = Browser::owner(&app).await;
    owner.language = "sv";
    let other = "01939f3c-5a10-7c3e-9d41-5f0a4be31c77";
    for path in [
        "/console/nothing".to_owned(),
        "/console/devices/no-id".to_owned(),
        format!("/console/devices/{other}"),
        format!("/console/devices/{other}/erase"),
        format!("/console/devices/{other}/commands/{other}"),
        format!("/console/enrollment/attempts/{other}"),
        format!("/console/enrollment/invitations/{other}"),
    ] {
        let page = owner.get(&path).await.expect(404);
        page.says("Här finns ingenting");
        assert_eq!(page.headers["content-type"], "text/html; charset=utf-8");
        let id = page.headers["x-request-id"].to_str().unwrap().to_owned();
        page.says(&id);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_role_sees_what_it_may_and_is_told_what_it_may_not() {
    let app = TestApp::new(Engine::Sqlite).await;
    let mut iphone = app.enrolled_iphone().await;
    iphone.sessions().await.unwrap();
    let id = only_device(&app).await;
    let role = "UPDATE account SET role = 'read_only'";
    app.db().execute(role, Vec::new()).await.unwrap();
    let mut reader = Browser::owner(&app).await;
    let page = reader
        .get(&format!("/console/devices/{id}"))
        .await
        .expect(200);
    page.says("Your role does not include this.");
    page.says_not("/refresh\"");
    page.says_not("/history\"");
    page.says_not("/console/settings/tokens");
    for path in ["/console/settings/tokens", "/console/enrollment/new"] {
        reader
            .get(path)
            .await
            .expect(403)
            .says("You may not do this");
    }
    let lock = format!("/console/devices/{id}/lock");
    reader
        .post(&lock, &[])
        .await
        .expect(403)
        .says("You may not do this");
    let erase = format!("/console/devices/{id}/erase");
    reader.get(&erase).await.expect(403);
    assert_eq!(
        app.count("SELECT count(*) FROM command WHERE finished = 0")
            .await,
        0
    );
}
