#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::ids::AccountId;

const ROLES: [Role; 5] = [
    Role::Owner,
    Role::Administrator,
    Role::HelpDesk,
    Role::Auditor,
    Role::ReadOnly,
];

fn account(role: Role, only: Option<Vec<Permission>>, path: &str) -> Actor {
    let id = AccountId::new(0);
    let name = String::new();
    Actor::account(
        ActorKind::Account,
        id.to_string(),
        id,
        name,
        role,
        only,
        path.to_owned(),
        None,
        0,
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
        Permission::AuditRead,
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
fn nobody_but_the_server_itself_releases() {
    for role in ROLES {
        assert!(!account(role, None, "").holds(Permission::GuardRelease));
    }
    assert!(Actor::server().holds(Permission::GuardRelease));
}

#[test]
fn a_token_never_holds_more_than_its_owner() {
    let token = account(
        Role::ReadOnly,
        Some(vec![Permission::DevicesErase, Permission::DevicesRead]),
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
    for role in ROLES {
        assert_eq!(Role::parse(role.as_str()), Some(role));
    }
}
