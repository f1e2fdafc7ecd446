use tillsyn_db::{Db, DbConfig, args};

use crate::program::Place;

/// Maja, whose password nobody knows.
const MAJA: &str = "INSERT INTO account (id, org_unit_id, email, name, password_hash, role, status, created_at, \
    role_changed_at, password_changed_at) SELECT '01939f3c-5a10-7c3e-9d41-5f0a4be31c77', id, \
    'maja@example.org', 'Maja', '!', 'owner', 'active', 0, 0, 0 FROM org_unit";

const RECORDED: &str =
    "SELECT count(*) FROM event WHERE action = 'account.rescue' AND actor_kind = 'server'";

const OPEN: &str = "SELECT token_hash FROM ceremony WHERE kind = 'rescue'";

#[tokio::test]
async fn an_account_is_rescued_on_the_server_itself() {
    let place = Place::initialised();
    let unknown = place.run(&["account", "rescue", "maja@example.org"]);
    assert_eq!(unknown.code, Some(1));
    assert_eq!(unknown.err, "error: There is no such account.\n");
    let url = format!("sqlite:{}", place.path("data/tillsyn.sqlite").display());
    let db = Db::open(&DbConfig { url, pool: 1 }).await.unwrap();
    db.execute(MAJA, args![]).await.unwrap();
    let made = place.run(&["account", "rescue", "Maja@example.org"]);
    assert_eq!(made.code, Some(0), "{}", made.err);
    let link = made.out.lines().next().unwrap();
    assert!(link.starts_with("https://"), "{}", made.out);
    assert!(link.contains("/console/rescue/"), "{}", made.out);
    let row = db.query_optional(RECORDED, args![]).await.unwrap();
    assert_eq!(row.unwrap().i64(0).unwrap(), 1);
    // The link is known by its hash alone.
    let row = db.query_optional(OPEN, args![]).await.unwrap();
    let stored = row.unwrap().text(0).unwrap();
    assert!(!made.out.contains(&stored));
    db.execute("UPDATE account SET status = 'disabled'", args![])
        .await
        .unwrap();
    let disabled = place.run(&["account", "rescue", "maja@example.org"]);
    assert_eq!(disabled.code, Some(1), "{}", disabled.out);
}
