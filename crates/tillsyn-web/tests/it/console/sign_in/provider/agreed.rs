//! Changes of providers that two decide on.

use tillsyn_core::accounts::{self, ProviderInput};
use tillsyn_core::approvals;
use tillsyn_core::ids::ApprovalId;
use tillsyn_core::org;
use tillsyn_db::{Engine, args};
use tillsyn_standins::oidc::OidcClientOf;

use super::World;
use crate::console::Browser;

#[tokio::test]
async fn what_gives_mighty_roles_waits_for_a_second_person() {
    let world = World::new(Engine::Sqlite).await;
    let (app, core) = (&world.app, &world.app.core);
    let second = app.second_owner(7).await;
    let mut owner = Browser::owner(app).await;
    let here = format!("/console/settings/sign-in/{}", world.provider.id);
    owner
        .get(&here)
        .await
        .expect(200)
        .says(&accounts::redirect_uri(core, &world.provider.id));
    let root = org::root(core).await.unwrap().id;
    let fields = |role: &'static str, reason: &'static str| {
        vec![
            ("name", "Norrvik ID"),
            ("issuer", world.standin.issuer()),
            ("client_id", "tillsyn console"),
            ("client_secret", "another secret"),
            ("scopes", "openid email profile"),
            ("groups_claim", "groups"),
            ("second_factor_values", "mfa"),
            ("algorithm", "RS256"),
            ("enabled", "1"),
            ("group", "it-desk"),
            ("role", role),
            ("unit", root.as_str()),
            ("reason", reason),
        ]
    };
    // A plain role is given at once.
    let given = owner
        .post(&here, &fields("read_only", ""))
        .await
        .expect(303);
    assert_eq!(given.location(), here);
    let roles = async || world.rows("SELECT role FROM oidc_mapping").await;
    assert_eq!(roles().await, [["read_only"]]);
    owner
        .post(&here, &fields("owner", ""))
        .await
        .expect(422)
        .says("Say why");
    owner
        .post(&here, &fields("owner", "Our directory says who owns"))
        .await
        .expect(303);
    owner.get(&here).await.expect(200).says("second person");
    assert_eq!(roles().await, [["read_only"]]);
    owner
        .post(&here, &fields("administrator", "Rather this"))
        .await
        .expect(409)
        .says("waits for a second person already");
    let waiting = async || {
        let rows = world
            .rows("SELECT id FROM approval WHERE status = 'waiting'")
            .await;
        ApprovalId::parse(&rows[0][0]).unwrap()
    };
    let id = waiting().await;
    let page = owner
        .get(&format!("/console/approvals/{id}"))
        .await
        .expect(200);
    page.says("Identity provider: Norrvik ID");
    page.says("it-desk");
    page.says("Owner · ");
    let kept = world.rows("SELECT change, preview FROM approval").await;
    assert!(!kept[0].concat().contains("another secret"));
    let own = approvals::approve(core, &app.owner, &id, None).await;
    assert_eq!(own.unwrap_err().code, "second_person_needed");
    approvals::approve(core, &second, &id, None).await.unwrap();
    assert_eq!(roles().await, [["owner"]]);
    // The secret went with it.
    world.standin.register(OidcClientOf {
        client_id: "tillsyn console".to_owned(),
        client_secret: "another secret".to_owned(),
        redirect_uri: accounts::redirect_uri(core, &world.provider.id),
    });
    world.signed_in().await;
    let sealed = "SELECT count(*) FROM approval WHERE change_sealed IS NOT NULL";
    let sealed = app.db().query_optional(sealed, args![]).await.unwrap();
    assert_eq!(sealed.unwrap().i64(0).unwrap(), 0);

    // Something else by now: it is asked again.
    owner
        .post(&here, &fields("administrator", "Rather this"))
        .await
        .expect(303);
    world
        .change(|input| input.name = "Norrvik SSO".to_owned())
        .await;
    let late = approvals::approve(core, &second, &waiting().await, None).await;
    assert_eq!(late.unwrap_err().code, "approval_overtaken");
    assert_eq!(roles().await, [["owner"]]);

    // A new one that takes accounts over is not there before it is agreed to.
    let input = ProviderInput {
        name: "Another ID".to_owned(),
        issuer: "https://id.example.org".to_owned(),
        client_id: "tillsyn".to_owned(),
        links_existing: true,
        ..ProviderInput::default()
    };
    let asked = accounts::create_provider(core, &app.owner, input, Some("A second campus"));
    let (id, waits) = asked.await.unwrap();
    let found = accounts::provider(core, &second, &id).await;
    assert_eq!(found.unwrap_err().code, "not_found");
    approvals::approve(core, &second, &waits.unwrap(), None)
        .await
        .unwrap();
    let made = accounts::provider(core, &second, &id).await.unwrap();
    assert!(made.links_existing && !made.has_secret);
}
