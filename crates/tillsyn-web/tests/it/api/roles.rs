//! Roles: made alone, changed by two while in use, and what a change does at once.

use serde_json::json;
use tillsyn_core::Permission as P;
use tillsyn_core::roles::{RoleEdit, change_role, create_role};
use tillsyn_testkit::{Api, both_engines};

use super::administrators::{agree, root, second_owner};
use crate::walk::somebody;

fn edit(permissions: &[P]) -> RoleEdit {
    RoleEdit {
        permissions: Some(permissions.iter().map(|p| p.as_str().to_owned()).collect()),
        ..RoleEdit::default()
    }
}

both_engines!(
    a_changed_role_counts_at_the_next_request,
    |app| async move {
        let root = root(&app).await;
        let other = second_owner(&app).await;
        let new = RoleEdit {
            name: Some("Loan desk".to_owned()),
            ..edit(&[P::DevicesRead, P::PeopleRead])
        };
        let (role, waits) = create_role(&app.core, &app.owner, None, new, None)
            .await
            .unwrap();
        assert_eq!(waits, None, "nobody has it yet");
        let per = somebody(&app, "per", &role, &root).await;
        let api = Api::new(app.url(), Some(per.token.clone()));
        api.get("/api/v1/people").await.expect(200);
        let sessions = "SELECT count(*) FROM session s JOIN account a ON a.id = s.account_id \
        WHERE a.email = 'per@example.org'";
        assert_eq!(app.count(sessions).await, 1);
        let owner = app.owner_api().await;
        let path = format!("/api/v1/roles/{role}");
        let body = json!({"permissions": ["devices.read"], "reason": "less"});
        let asked = owner.patch(&path, &body).await.expect(202);
        api.get("/api/v1/people").await.expect(200);
        let waits = asked["approval_id"].as_str().unwrap();
        agree(&app, &other, tillsyn_core::ids::ApprovalId::parse(waits)).await;
        assert_eq!(api.get("/api/v1/people").await.status, 403);
        api.get("/api/v1/devices").await.expect(200);
        assert_eq!(app.count(sessions).await, 0, "sessions begin anew");
        let shown = owner.get(&path).await.expect(200);
        assert_eq!(shown["permissions"], json!(["devices.read"]));
        assert_eq!(shown["accounts"], 1);
        assert_eq!(owner.delete(&path).await.body["code"], "role_in_use");
        assert!(app.actions().await.contains(&"role.change".to_owned()));
        // Words that another version wrote give nothing and stop nothing.
        let odd =
            "UPDATE role SET permissions = '[\"devices.read\",\"devices.fly\"]' WHERE built_in = 0";
        app.db().execute(odd, Vec::new()).await.unwrap();
        api.get("/api/v1/devices").await.expect(200);
    }
);

both_engines!(
    what_the_second_person_saw_is_what_counts,
    |app| async move {
        let root = root(&app).await;
        let other = second_owner(&app).await;
        let new = RoleEdit {
            name: Some("Loan desk".to_owned()),
            ..edit(&[P::DevicesRead])
        };
        let (role, _) = create_role(&app.core, &app.owner, None, new, None)
            .await
            .unwrap();
        // Asked for while the role may little, then made mighty while nobody has it.
        let body =
            json!({"name": "Per", "email": "per@example.org", "role_id": role, "reason": "help"});
        let owner = app.owner_api().await;
        let asked = owner.post("/api/v1/accounts", &body).await.expect(202);
        app.clock.advance_ms(1_000);
        let mighty = edit(&[P::DevicesRead, P::DevicesErase]);
        let waits = change_role(&app.core, &app.owner, &role, mighty, None)
            .await
            .unwrap();
        assert_eq!(waits, None);
        let waits =
            tillsyn_core::ids::ApprovalId::parse(asked["approval_id"].as_str().unwrap()).unwrap();
        let actor = other.actor(&app).await;
        let refused = tillsyn_core::approvals::approve(&app.core, &actor, &waits, None).await;
        assert_eq!(refused.unwrap_err().code, "approval_overtaken");
        assert_eq!(
            app.count("SELECT count(*) FROM account WHERE name = 'Per'")
                .await,
            0
        );
        let _ = root;
    }
);

both_engines!(built_in_roles_keep_what_they_may, |app| async move {
    let owner = app.owner_api().await;
    let all = owner.get("/api/v1/roles").await.expect(200);
    let ids: Vec<_> = all["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["id"].clone())
        .collect();
    assert_eq!(
        ids,
        [
            "owner",
            "administrator",
            "help_desk",
            "auditor",
            "read_only"
        ]
    );
    let body = json!({"permissions": ["devices.erase"]});
    let refused = owner.patch("/api/v1/roles/auditor", &body).await;
    assert_eq!(
        (refused.status, &refused.body["code"]),
        (409, &json!("role_built_in"))
    );
    assert_eq!(
        owner.delete("/api/v1/roles/auditor").await.body["code"],
        "role_built_in"
    );
    // Asking for a second factor is tightening, and nobody has the role.
    let done = owner
        .patch("/api/v1/roles/auditor", &json!({"second_factor": true}))
        .await
        .expect(200);
    assert_eq!(done["status"], "done");
    let shown = owner.get("/api/v1/roles/auditor").await.expect(200);
    assert_eq!(shown["second_factor"], true);
    let unknown = json!({"name": "Odd", "permissions": ["devices.fly"]});
    let refused = owner.post("/api/v1/roles", &unknown).await;
    assert_eq!(refused.body["code"], "permission_unknown");
    // A token gives no more than it holds, whoever owns it.
    let api = app.api(&[P::RolesWrite, P::DevicesRead]).await;
    let body = json!({"name": "Odd", "permissions": ["devices.read", "devices.erase"]});
    let refused = api.post("/api/v1/roles", &body).await;
    assert_eq!(
        (refused.status, &refused.body["code"]),
        (403, &json!("permission_not_held"))
    );
    let names = owner.get("/api/v1/permissions").await.expect(200);
    assert_eq!(names["items"].as_array().unwrap().len(), P::ALL.len());
});
