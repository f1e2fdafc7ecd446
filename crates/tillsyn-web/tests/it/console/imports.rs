//! The pages of imports: upload, preview with errors first, what becomes of it.

use tillsyn_testkit::both_engines;

use super::Browser;

const FILE: &str = "namn;e-post;enhet\nElin;elin@example.org;\nOmar;nowhere;\n";

both_engines!(a_file_is_looked_at_then_imported, |app| async move {
    let mut owner = Browser::owner(&app).await;
    let page = owner.get("/console/imports?kind=people").await.expect(200);
    page.says("/console/imports/templates/people");
    let template = owner.get("/console/imports/templates/people").await;
    template.expect(200).says("name,email,unit,language,status");

    let kind = [("kind", "people")];
    let odd = [("file", "phone\n1\n")];
    let refused = owner.upload("/console/imports", &kind, &odd).await;
    refused
        .expect(422)
        .says("“phone” is missing, unknown or there twice");

    let file = [("file", FILE)];
    let made = owner
        .upload("/console/imports", &kind, &file)
        .await
        .expect(303);
    let at = made.location().to_owned();
    let page = owner.get(&at).await.expect(200);
    page.says("1 row has errors");
    page.says("“nowhere” is no mail address");
    assert!(
        page.html.find("Omar") < page.html.find("Elin"),
        "errors first"
    );
    let only = owner.get(&format!("{at}?outcome=create")).await.expect(200);
    only.says_not("Omar");
    let errors = owner.get(&format!("{at}/errors")).await.expect(200);
    errors.says("3,Omar,email,email,nowhere");
    assert_eq!(app.count("SELECT count(*) FROM person").await, 0);

    let form = page.fields(&format!("{at}/apply"));
    let mut fields: Vec<(&str, &str)> = form
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let act = format!("{at}/apply");
    let refused = owner.post(&act, &fields).await.expect(409);
    refused.says("Some rows have errors.");
    fields.push(("leave_out", "1"));
    owner.post(&act, &fields).await.expect(303);
    for _ in 0..200 {
        app.run_job("imports").await;
        if app.count("SELECT count(*) FROM person").await > 0 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let done = "SELECT count(*) FROM import_file WHERE status = 'done'";
    for _ in 0..200 {
        if app.count(done).await == 1 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    owner.get(&at).await.expect(200).says("Done");
    assert_eq!(app.count("SELECT count(*) FROM person").await, 1);
});
