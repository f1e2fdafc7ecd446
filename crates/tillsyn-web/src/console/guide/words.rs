//! Answers, ways in and reasons, in words.

use tillsyn_core::enrollment_guide::{Answers, Holder, Method, Platform, Reason, SetUpBy, State};

use super::page::Question;
use crate::i18n::Texts;
use crate::ui::Choice;

pub(super) fn questions(l: Texts, answers: Answers) -> Vec<Question> {
    let choice = |value: &str, text: String, chosen: bool, hint: String| {
        let value = value.to_owned();
        let choice = Choice {
            value,
            text,
            chosen,
        };
        (choice, hint)
    };
    let plain = String::new;
    vec![
        Question {
            name: "platform",
            label: l.t("guide-platform"),
            choices: Platform::ALL
                .iter()
                .map(|one| {
                    let chosen = *one == answers.platform;
                    choice(one.as_str(), platform(*one).to_owned(), chosen, plain())
                })
                .collect(),
        },
        Question {
            name: "owner",
            label: l.t("guide-owner"),
            choices: Holder::ALL
                .iter()
                .map(|one| {
                    let (text, hint) = match one {
                        Holder::Organisation => (l.t("guide-owner-organisation"), plain()),
                        Holder::Person => (l.t("guide-owner-person"), l.t("guide-owner-hint")),
                    };
                    choice(one.as_str(), text, *one == answers.holder, hint)
                })
                .collect(),
        },
        Question {
            name: "state",
            label: l.t("guide-state"),
            choices: State::ALL
                .iter()
                .map(|one| {
                    let text = match one {
                        State::New => l.t("guide-state-new"),
                        State::InUse => l.t("guide-state-in-use"),
                        State::Managed => l.t("guide-state-managed"),
                    };
                    choice(one.as_str(), text, *one == answers.state, plain())
                })
                .collect(),
        },
        Question {
            name: "by",
            label: l.t("guide-by"),
            choices: SetUpBy::ALL
                .iter()
                .map(|one| {
                    let (text, hint) = match one {
                        SetUpBy::People => (l.t("guide-by-people"), plain()),
                        SetUpBy::Staff => (l.t("guide-by-staff"), l.t("guide-by-staff-hint")),
                    };
                    choice(one.as_str(), text, *one == answers.set_up_by, hint)
                })
                .collect(),
        },
    ]
}

/// Names that are the same in every language.
fn platform(platform: Platform) -> &'static str {
    match platform {
        Platform::Iphone => "iPhone",
        Platform::Ipad => "iPad",
        Platform::Mac => "Mac",
        Platform::Android => "Android",
        Platform::Windows => "Windows",
    }
}

/// Head of the methods: what was answered.
pub(super) fn asked(l: Texts, answers: Answers) -> String {
    let args = [
        ("n", answers.count.into()),
        ("a", platform(answers.platform).into()),
    ];
    match answers.holder {
        Holder::Organisation => l.t_args("guide-asked-organisation", &args),
        Holder::Person => l.t_args("guide-asked-person", &args),
    }
}

/// Icon, name and what happens.
pub(super) fn method(l: Texts, method: Method) -> (&'static str, String, String) {
    match method {
        Method::Invitation => ("qr", l.t("guide-invitation"), l.t("guide-invitation-text")),
        Method::Batch => ("mail", l.t("guide-batch"), l.t("guide-batch-text")),
        Method::OwnDevices => ("user", l.t("guide-own"), l.t("guide-own-text")),
        Method::Moving => ("arrow", l.t("guide-moving"), l.t("guide-moving-text")),
        Method::Automated => ("box", l.t("guide-automated"), l.t("guide-automated-text")),
        Method::Android => ("phone", l.t("guide-android"), l.t("guide-android-text")),
        Method::Windows => ("windows", l.t("guide-windows"), l.t("guide-windows-text")),
    }
}

pub(super) fn reason(l: Texts, reason: Reason) -> String {
    match reason {
        Reason::KeepsData => l.t("guide-keeps-data"),
        Reason::PersonAlone => l.t("guide-person-alone"),
        Reason::NoMail => l.t("guide-no-mail"),
        Reason::ManyAtOnce => l.t("guide-many-at-once"),
        Reason::NothingPerDevice => l.t("guide-nothing-per-device"),
        Reason::NothingTouched => l.t("guide-nothing-touched"),
        Reason::PrivateStays => l.t("guide-private-stays"),
        Reason::NotSupervised => l.t("guide-not-supervised"),
        Reason::OneByOne => l.t("guide-one-by-one"),
        Reason::NeedsMail => l.t("guide-needs-mail"),
        Reason::LeaveFirst => l.t("guide-leave-first"),
        Reason::OtherServersRecords => l.t("guide-records"),
        Reason::MadeForMany => l.t("guide-made-for-many"),
        Reason::UnitAllows => l.t("guide-unit-allows"),
        Reason::OtherPlatform => l.t("guide-other-platform"),
        Reason::NotManaged => l.t("guide-not-managed"),
        Reason::StaffHasThem => l.t("guide-staff"),
        Reason::Personal => l.t("guide-personal"),
        Reason::MustNotErase => l.t("guide-must-not-erase"),
        Reason::NotThereYet => l.t("guide-not-there-yet"),
    }
}
