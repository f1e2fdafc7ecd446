//! People and groups that come from elsewhere: LDAP servers, SCIM connectors, OpenID providers.
//!
//! A **source** says who there is; a **link** ties its own unchanging key to one person here. Names, addresses
//! and logins change and are given to others, so nothing is ever found by them. What a source does not say
//! stays as it was; what would take many people or members away at once waits for an administrator.

mod admit;
mod apply;
mod decide;
mod follow;
mod groups;
mod leavers;
mod life;
mod links;
mod model;
mod of_person;
mod person;
mod policy;
mod run;
mod scim;
mod scim_groups;
mod source;
mod token;
mod tombstone;

pub use apply::apply;
pub use decide::{decline_run, release_run};
pub use leavers::{LeaverView, leavers};
pub use life::LifeState;
pub use links::{LinkView, link_person, links_of, links_of_person};
pub use model::{
    Applied, Counts, FIELDS, Fields, GroupEntry, MemberKey, PersonEntry, Run, folded, many_of,
};
pub use of_person::{Disagreement, PersonDirectory, directories_of_person};
pub use policy::{LeaverPolicy, leaver_policy, set_leaver_policy};
pub use run::{Held, RunStatus, RunView, run_view, runs_of};
pub use scim::{
    Narrow, ScimMember, ScimUser, UserWrite, delete_scim_user, put_scim_user, scim_groups_of,
    scim_user, scim_users,
};
pub use scim_groups::{
    GroupWrite, MemberChange, ScimGroup, delete_scim_group, put_scim_group, scim_group,
    scim_groups, scim_members,
};
pub use source::{
    NewSource, SourceChange, SourceKind, SourceStatus, SourceView, change_source, create_source,
    list_sources, remove_source, set_ill, source,
};

pub use token::{
    ScimTokenView, create_scim_token, note_ignored, revoke_scim_token, scim_connector, scim_tokens,
};

pub(crate) use admit::{checks_password_in, refuses_in};
pub(crate) use groups::{drop_in, refuse_by_hand_in, refuse_renaming_in};
pub(crate) use leavers::{forget_in, run_due};
pub(crate) use person::refuse_owned_in;
