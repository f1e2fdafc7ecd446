//! Administrators, roles, and the link with which a new administrator opens their account.

mod account;
mod accounts;
mod choices;
mod page;
mod problem;
mod role;
mod roles;
mod welcome;

pub use page::{
    AccountForm, AccountRow, AdministratorPage, AdministratorsPage, MadeLink, PermissionBox,
    PermissionGroup, RoleForm, RolePage, RoleRow, RolesPage, WelcomePage,
};

pub(super) use account::{
    account_page, change_account, create_token, disable, enable, make_link, reset,
};
pub(super) use accounts::{accounts_page, create_account};
pub(super) use choices::roles as role_choices;
pub(super) use role::{change_role, remove_role, role_page};
pub(super) use roles::{create_role, roles_page};
pub(super) use welcome::{take_welcome, welcome_page};
