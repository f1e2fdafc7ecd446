use tillsyn_core::Permission;
use tillsyn_core::first_steps::{FirstSteps, Step, first_steps};

use crate::console::failure::Failure;
use crate::console::visitor::Visitor;
use crate::docs;
use crate::i18n::Texts;
use crate::server::address_fits;
use crate::ui::{Link, urls};

/// What is done and what is left.
pub struct FirstStepsCard {
    pub steps: Vec<StepRow>,
    pub done: usize,
    /// May be put away for everybody.
    pub for_all: bool,
}

/// One step.
pub struct StepRow {
    pub done: bool,
    pub title: String,
    pub text: String,
    /// Where it is taken; none for whoever may not.
    pub act: Option<Link>,
    /// Where it is explained.
    pub help: String,
    /// It is ticked here.
    pub tick: bool,
}

/// `None` when there is nothing to show to this reader.
pub(crate) async fn card(visitor: &Visitor) -> Result<Option<FirstStepsCard>, Failure> {
    let fits = address_fits(visitor.state()).await;
    let found = first_steps(visitor.core(), visitor.actor(), fits).await?;
    let open = found.filter(|found| !found.finished() && found.hidden.is_none());
    Ok(open.map(|found| {
        let may = |permission| visitor.may(permission);
        FirstStepsCard::of(visitor.texts, &found, &may)
    }))
}

impl FirstStepsCard {
    pub(in crate::console) fn of(
        l: Texts,
        found: &FirstSteps,
        may: &dyn Fn(Permission) -> bool,
    ) -> Self {
        let steps = found.steps.iter();
        Self {
            steps: steps
                .map(|(step, done)| row(l, *step, *done, may))
                .collect(),
            done: found.done(),
            for_all: may(Permission::SettingsWrite),
        }
    }
}

fn row(l: Texts, step: Step, done: bool, may: &dyn Fn(Permission) -> bool) -> StepRow {
    let (title, text) = words(l, step);
    let (needs, href, act, help) = place(l, step);
    let allowed = !done && may(needs);
    StepRow {
        done,
        title,
        text,
        tick: allowed && step == Step::Backup,
        act: (allowed && step != Step::Backup).then(|| Link {
            href: href.to_owned(),
            text: act,
        }),
        help: docs::url(help),
    }
}

fn words(l: Texts, step: Step) -> (String, String) {
    match step {
        Step::Address => (l.t("first-address"), l.t("first-address-text")),
        Step::Push => (l.t("first-push"), l.t("first-push-text")),
        Step::Mail => (l.t("first-mail"), l.t("first-mail-text")),
        Step::Administrators => (l.t("first-admins"), l.t("first-admins-text")),
        Step::People => (l.t("first-people"), l.t("first-people-text")),
        Step::Invitation => (l.t("first-invite"), l.t("first-invite-text")),
        Step::Device => (l.t("first-device"), l.t("first-device-text")),
        Step::Profile => (l.t("first-profile"), l.t("first-profile-text")),
        Step::Backup => (l.t("first-backup"), l.t("first-backup-text")),
    }
}

/// What taking it needs, where, the words of the link, and where it is explained.
fn place(l: Texts, step: Step) -> (Permission, &'static str, String, &'static str) {
    match step {
        Step::Address => (
            Permission::SettingsWrite,
            urls::SERVER,
            l.t("first-address-act"),
            "first-steps#the-address-that-devices-reach",
        ),
        Step::Push => (
            Permission::PushWrite,
            urls::PUSH,
            l.t("need-push-missing-act"),
            "first-steps#the-push-certificate",
        ),
        Step::Mail => (
            Permission::SettingsWrite,
            urls::MAIL,
            l.t("first-mail-act"),
            "first-steps#a-mail-server",
        ),
        Step::Administrators => (
            Permission::AccountsWrite,
            urls::ADMINISTRATORS,
            l.t("first-admins-act"),
            "first-steps#two-people-who-can-come-in",
        ),
        Step::People => (
            Permission::PeopleWrite,
            urls::PEOPLE,
            l.t("first-people-act"),
            "first-steps#units-and-people",
        ),
        Step::Invitation => (
            Permission::InvitationsWrite,
            urls::ENROLLMENT_GUIDE,
            l.t("enroll-devices"),
            "first-steps#invite-and-enroll",
        ),
        Step::Device => (
            Permission::InvitationsRead,
            urls::ATTEMPTS,
            l.t("first-device-act"),
            "first-steps#invite-and-enroll",
        ),
        Step::Profile => (
            Permission::ProfilesWrite,
            urls::PROFILES,
            l.t("first-profile-act"),
            "first-steps#the-first-profile",
        ),
        Step::Backup => (
            Permission::SettingsWrite,
            urls::BACKUP,
            String::new(),
            "backup",
        ),
    }
}
