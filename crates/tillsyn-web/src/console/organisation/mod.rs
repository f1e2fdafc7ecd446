//! Org units, groups and people.

mod belongs;
mod choices;
mod directories;
mod groups;
mod page;
mod people;
mod people_export;
mod problem;
mod several;
mod sign_in;
mod units;

pub use page::{
    BelongsTo, ChosenUnit, DirectoryOfPerson, FieldOfDirectories, GroupForm, GroupPage, GroupRow,
    GroupsPage, MemberRow, MovePage, NotedLink, PeoplePage, PersonDirectories, PersonForm,
    PersonPage, PersonRow, PersonSignIn, Problem, TemporaryPasswordPage, UnitForm, UnitRow,
    UnitsPage,
};

pub(super) use belongs::{belongs_to, move_device, set_person};
pub(super) use choices::unit_choices;
#[cfg(any(test, feature = "testing"))]
pub(super) use directories::{label as field_label, standing as directory_standing};
pub(super) use groups::{
    change_group, change_members, create_group, group_page, groups_page, remove_group,
};
pub(super) use people::{
    change_person, change_status, create_person, give_device, people_page, person_page,
    settle_person,
};
pub(super) use people_export::export_people;
pub(super) use several::{move_devices_page, move_people, move_people_page, plan_devices};
pub(super) use sign_in::{reset_sign_in, send_link, temporary_password};
pub(super) use units::{create_unit, move_unit, remove_unit, rename_unit, units_page};
