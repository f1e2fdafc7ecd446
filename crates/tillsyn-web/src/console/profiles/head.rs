//! What stands on top of every tab of a profile.

use tillsyn_core::ids::ProfileId;
use tillsyn_core::profiles::{self, ProfileView, Usage};
use tillsyn_core::{Error, Permission};

use crate::console::failure::Failure;
use crate::console::visitor::Visitor;
use crate::console::words::payloads as words;
use crate::ui::{Status, Tone, urls};

/// The tabs of a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProfileTab {
    Settings,
    Assignments,
    Devices,
    Versions,
}

/// Name, status, tabs and acts of a profile.
pub struct ProfileHead {
    pub id: String,
    pub name: String,
    pub icon: &'static str,
    pub status: Status,
    /// Which version is where, and what the draft is.
    pub about: String,
    pub description: String,
    pub tabs: Vec<HeadTab>,
    /// To be given back with every change.
    pub revision: i64,
    pub archived: bool,
    pub may_write: bool,
    /// The draft can be thrown away.
    pub discard: bool,
    /// Never published: the whole can go.
    pub delete: bool,
    pub plan: PlanAct,
    /// It can be taken out of use.
    pub archive: bool,
    /// It can be taken back into use.
    pub restore: bool,
}

pub struct HeadTab {
    pub href: String,
    pub text: String,
    pub count: String,
    pub current: bool,
}

/// Whether the draft can be rolled out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlanAct {
    /// There is nothing to publish, or the person may not.
    Absent,
    Ready,
    /// Why not.
    Blocked(String),
}

impl PlanAct {
    pub fn ready(&self) -> bool {
        *self == Self::Ready
    }

    pub fn reason(&self) -> &str {
        match self {
            Self::Blocked(reason) => reason,
            _ => "",
        }
    }
}

pub(crate) fn profile_id(text: &str) -> Result<ProfileId, Error> {
    ProfileId::parse(text).ok_or_else(|| Error::not_found("profile"))
}

impl ProfileHead {
    /// A draft has an effect.
    pub fn effect(&self) -> bool {
        self.plan != PlanAct::Absent
    }

    /// The head for one of the tabs.
    pub(crate) async fn load(
        visitor: &Visitor,
        id: &ProfileId,
        tab: ProfileTab,
    ) -> Result<(Self, ProfileView), Failure> {
        let (core, actor) = (visitor.core(), visitor.actor());
        let view = profiles::find_profile(core, actor, id).await?;
        let usage = profiles::usage(core, actor, std::slice::from_ref(id)).await?;
        let usage = usage.get(id).cloned().unwrap_or_default();
        Ok((Self::of(visitor, &view, &usage, tab), view))
    }

    fn of(visitor: &Visitor, view: &ProfileView, usage: &Usage, tab: ProfileTab) -> Self {
        let l = visitor.texts;
        let id = view.id.as_str();
        let may_write = visitor.may(Permission::ProfilesWrite) && !view.archived;
        let tab_of = |which, href, text, count| HeadTab {
            href,
            text,
            count,
            current: which == tab,
        };
        Self {
            id: id.to_owned(),
            name: view.name.clone(),
            icon: icon(view),
            status: status(visitor, view),
            about: about(visitor, view, usage),
            description: view.description.clone().unwrap_or_default(),
            tabs: vec![
                tab_of(
                    ProfileTab::Settings,
                    urls::profile(id),
                    l.t("profile-tab-settings"),
                    String::new(),
                ),
                tab_of(
                    ProfileTab::Assignments,
                    urls::profile_assignments(id),
                    l.t("profile-tab-assignments"),
                    l.number(usage.assignments),
                ),
                tab_of(
                    ProfileTab::Devices,
                    urls::profile_devices(id),
                    l.t("profile-tab-devices"),
                    l.number(usage.devices),
                ),
                tab_of(
                    ProfileTab::Versions,
                    urls::profile_versions(id),
                    l.t("profile-tab-versions"),
                    l.number(view.current_version.unwrap_or(0)),
                ),
            ],
            revision: view
                .draft
                .as_ref()
                .map_or(view.revision, |draft| draft.revision),
            archived: view.archived,
            may_write,
            discard: may_write && view.draft.is_some() && view.current_version.is_some(),
            delete: may_write && view.current_version.is_none(),
            plan: plan(visitor, view),
            archive: !view.archived
                && view.current_version.is_some()
                && visitor.may(Permission::AssignmentsWrite),
            restore: view.archived && visitor.may(Permission::AssignmentsWrite),
        }
    }
}

/// The icon of the first payload that we have one for.
pub(super) fn icon(view: &ProfileView) -> &'static str {
    let summary = view.draft.as_ref().map_or(&view.summary, |d| &d.summary);
    let first = summary.payloads.first();
    first.map_or("profile", |payload| {
        words::payload_icon(&payload.payload_type)
    })
}

/// Draft, in use or archived.
pub(super) fn status(visitor: &Visitor, view: &ProfileView) -> Status {
    let l = visitor.texts;
    if view.archived {
        Status::new(Tone::Idle, "archive", l.t("profile-archived"))
    } else if view.draft.is_some() {
        Status::new(Tone::Info, "edit", l.t("profile-draft"))
    } else {
        Status::new(Tone::Ok, "check", l.t("profile-published"))
    }
}

fn about(visitor: &Visitor, view: &ProfileView, usage: &Usage) -> String {
    let (l, zone) = (visitor.texts, &visitor.zone);
    let version = view.current_version.map(|number| {
        l.t_args(
            "profile-about-version",
            &[("version", number.into()), ("n", usage.devices.into())],
        )
    });
    let draft = view.draft.as_ref().map(|draft| {
        let when = l.ago(draft.updated_at, zone).text;
        let who = draft.updated_by.clone();
        match who {
            Some(who) => l.t_args(
                "profile-about-draft-by",
                &[("when", when.as_str().into()), ("who", who.as_str().into())],
            ),
            None => l.ta("profile-about-draft", when.as_str()),
        }
    });
    let parts: Vec<String> = draft.into_iter().chain(version).collect();
    parts.join(" ")
}

fn plan(visitor: &Visitor, view: &ProfileView) -> PlanAct {
    let l = visitor.texts;
    match &view.draft {
        Some(draft) if !view.archived && visitor.may(Permission::AssignmentsWrite) => {
            if draft.summary.findings.errors > 0 {
                PlanAct::Blocked(l.tn("profile-plan-errors", draft.summary.findings.errors))
            } else {
                PlanAct::Ready
            }
        }
        _ => PlanAct::Absent,
    }
}
