//! Static groups: lists of devices and people to assign to. A person stands for every device that they
//! have. A membership counts while the device lies in the group's unit or below it, so that a group never
//! reaches further than those who keep it.

mod manage;
mod members;
mod names;
mod view;

pub(crate) use manage::{removable_in, remove_in, thin_out};
pub(crate) use members::change_members_in;
pub(crate) use names::key;
pub(crate) use view::{cut, place};

pub use manage::{GroupChange, NewGroup, change_group, create_group, remove_group};
pub use members::{Member, MemberKind, change_members, is_member};
pub use names::{device_with_serial, find_members, person_with_email};
pub use view::{
    GroupFilter, GroupRef, GroupView, MemberView, count_groups, group, groups_of_device,
    groups_of_person, list_groups, list_members,
};
