//! Documentation, the list of first steps, the guide to enrollment, settings by area.

use tillsyn_testkit::{Engine, TestApp, both_engines};

use super::Browser;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn documents_are_read_searched_and_shown_with_their_pictures() {
    let app = TestApp::new(Engine::Sqlite).await;
    let mut owner = Browser::owner(&app).await;
    let index = owner.get("/console/docs").await.expect(200);
    index.says("href=\"/console/docs/first-steps\"");
    index.says("href=\"/console/docs/guide/en\"");
    index.says_not("href=\"/console/docs/guide/sv\"");
    let found = owner.get("/console/docs?q=second+person").await.expect(200);
    found.says("/console/docs/guard#a-second-person");
    let nothing = owner.get("/console/docs?q=%3Cb%3Ezzzz").await.expect(200);
    nothing.says("No section holds all of these words");
    nothing.says_not("<b>zzzz");
    let guide = owner.get("/console/docs/guide/en").await.expect(200);
    let picture = guide.between("<img src=\"", "\"");
    let picture = owner.get(&picture).await.expect(200);
    assert_eq!(picture.headers["content-type"], "image/png");
    assert!(
        picture.headers["cache-control"]
            .to_str()
            .unwrap()
            .contains("immutable")
    );
    for missing in [
        "/console/docs/nothing",
        "/console/docs/../secret",
        "/console/docs/guide/none.png",
    ] {
        owner.get(missing).await.expect(404);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_english_document_says_so_on_a_swedish_page() {
    let app = TestApp::new(Engine::Sqlite).await;
    let mut owner = Browser::owner(&app).await;
    owner.language = "sv";
    let page = owner.get("/console/docs/first-steps").await.expect(200);
    page.says("<html lang=\"sv\"");
    page.says("lang=\"en\"><h1>First steps</h1>");
    page.says("Det här dokumentet är på engelska.");
    owner
        .get("/console/docs")
        .await
        .expect(200)
        .says("href=\"/console/docs/guide/sv\"");
}

both_engines!(an_error_leads_to_what_explains_it, |app| async move {
    let mut owner = Browser::owner(&app).await;
    let missing = owner
        .get("/console/devices/01939f3c-5a10-7c3e-9d41-5f0a4be31c77")
        .await
        .expect(404);
    missing.says("/console/docs/reference/errors#not-found");
    let mut nobody = Browser::new(&app);
    let sign_in = nobody.get("/console/docs").await.expect(303);
    assert!(sign_in.location().starts_with("/console/sign-in"));
});
