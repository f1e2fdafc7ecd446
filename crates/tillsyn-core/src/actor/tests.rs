#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::ids::AccountId;

fn account(role: Role, only: Option<Rights>, path: &str) -> Actor {
    let id = AccountId::new(0);
    let standing = Standing {
        role: RoleName {
            id: role.as_str().to_owned(),
            name: role.as_str().to_owned(),
        },
        rights: role.rights(),
        unit_path: path.to_owned(),
        platform: None,
        trusted_since: 0,
    };
    Actor::account(
        ActorKind::Account,
        id.clone().as_str(),
        id,
        String::new(),
        standing,
        only,
    )
}

#[test]
fn roles_that_only_look_change_nothing_and_see_no_secret() {
    let harmless = [
        Permission::DevicesRead,
        Permission::InvitationsRead,
        Permission::PeopleRead,
        Permission::GroupsRead,
        Permission::ProfilesRead,
        Permission::PushRead,
        Permission::AccountsRead,
        Permission::AuditRead,
        Permission::AuditExport,
        Permission::WebhooksRead,
    ];
    for role in [Role::Auditor, Role::ReadOnly] {
        for (permission, name) in Permission::ALL {
            let held = account(role, None, "").holds(*permission);
            assert!(
                !held || harmless.contains(permission),
                "{} holds {name}",
                role.as_str()
            );
        }
    }
}

#[test]
fn the_help_desk_locks_and_never_erases() {
    let help = account(Role::HelpDesk, None, "");
    assert!(help.holds(Permission::DevicesLock));
    for permission in [
        Permission::DevicesErase,
        Permission::DevicesRetire,
        Permission::PushWrite,
    ] {
        assert!(!help.holds(permission));
    }
}

#[test]
fn owners_and_administrators_are_second_persons_and_nobody_else() {
    for role in Role::ALL {
        let approves = matches!(role, Role::Owner | Role::Administrator);
        assert_eq!(
            account(role, None, "").holds(Permission::GuardApprove),
            approves,
            "{}",
            role.as_str()
        );
    }
    assert!(Actor::server().holds(Permission::GuardApprove));
    assert!(Actor::device("x", None).rights().is_empty());
}

#[test]
fn only_the_owner_decides_who_may_what() {
    for permission in [
        Permission::AccountsWrite,
        Permission::RolesWrite,
        Permission::SignInWrite,
        Permission::AuditManage,
    ] {
        for role in Role::ALL {
            assert_eq!(role.rights().holds(permission), role == Role::Owner);
        }
    }
}

#[test]
fn stored_rights_read_back_and_unknown_names_give_nothing() {
    for (permission, name) in Permission::ALL {
        let one = Rights::stored(&format!(r#"["{name}","devices.fly"]"#), "test");
        assert_eq!(one, Rights::of([*permission]));
        assert_eq!(one.names(), [*name]);
    }
    assert!(Rights::stored("nonsense", "test").is_empty());
    let reader = Role::ReadOnly.rights();
    assert!(reader.without(Role::Owner.rights()).is_empty());
    assert!(
        Role::Owner
            .rights()
            .without(reader)
            .holds(Permission::PushWrite)
    );
}

#[test]
fn a_token_never_holds_more_than_its_owner() {
    let token = account(
        Role::ReadOnly,
        Some(Rights::of([
            Permission::DevicesErase,
            Permission::DevicesRead,
        ])),
        "",
    );
    assert!(token.holds(Permission::DevicesRead));
    assert!(!token.holds(Permission::DevicesErase));
    assert!(!token.holds(Permission::PushRead));
}

#[test]
fn outside_the_subtree_nothing_exists() {
    let scoped = account(Role::Owner, None, "root/physics/");
    assert!(authorize(&scoped, Permission::DevicesRead, "root/physics/lab/").is_ok());
    let outside = authorize(&scoped, Permission::DevicesRead, "root/law/").unwrap_err();
    assert_eq!(outside.kind, Kind::NotFound);
    let forbidden = authorize(
        &account(Role::ReadOnly, None, ""),
        Permission::DevicesErase,
        "root/",
    );
    assert_eq!(forbidden.unwrap_err().kind, Kind::Forbidden);
}

#[test]
fn a_password_is_fresh_for_ten_minutes() {
    let mut owner = account(Role::Owner, None, "");
    owner.fresh_at = Some(1_000);
    assert!(require_fresh(&owner, 1_000 + FRESH_MS).is_ok());
    assert_eq!(
        require_fresh(&owner, 1_001 + FRESH_MS).unwrap_err().kind,
        Kind::FreshSignInNeeded
    );
    owner.fresh_at = None;
    assert!(require_fresh(&owner, 0).is_err());
}

#[test]
fn names_of_permissions_and_roles_read_back() {
    for (permission, name) in Permission::ALL {
        assert_eq!(Permission::parse(name), Some(*permission));
        assert_eq!(permission.as_str(), *name);
    }
    for role in Role::ALL {
        assert_eq!(Role::parse(role.as_str()), Some(role));
    }
}
