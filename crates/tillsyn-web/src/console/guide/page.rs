//! `GET /console/enrollment/guide`.

use askama::Template;
use tillsyn_core::Permission;
use tillsyn_core::enrollment_guide::{Advice, Answers, Fit, Method, advise};

use super::words;
use crate::console::frame::Frame;
use crate::docs;
use crate::i18n::Texts;
use crate::ui::{Choice, Link, Status, Tone, urls};

/// The page.
#[derive(Template)]
#[template(path = "console/enrollment_guide.html")]
pub struct GuidePage {
    pub f: Frame,
    pub questions: Vec<Question>,
    pub count: String,
    /// What the answers say, as the head of the methods.
    pub asked: String,
    pub methods: Vec<MethodCard>,
}

/// One question with its answers, of which one is chosen.
pub struct Question {
    pub name: &'static str,
    pub label: String,
    /// Each with what it means, where that needs saying.
    pub choices: Vec<(Choice, String)>,
}

/// One way in.
pub struct MethodCard {
    pub icon: &'static str,
    pub title: String,
    pub text: String,
    pub fit: Status,
    pub best: bool,
    pub reasons: Vec<ReasonLine>,
    /// What must be in order before, as it is now; of what fits only.
    pub checks: Vec<PreflightLine>,
    /// Where it goes on; none for what does not fit or the role may not do.
    pub act: Option<Link>,
    pub help: Link,
    /// It fits, and the role may not.
    pub no_right: bool,
}

pub struct ReasonLine {
    pub good: bool,
    pub text: String,
}

/// One thing that is looked at before.
#[derive(Clone)]
pub struct PreflightLine {
    pub good: bool,
    pub text: String,
    /// Where it is mended.
    pub mend: Option<Link>,
}

/// What the server knows about itself.
#[derive(Clone, Debug, Default)]
pub struct Site {
    /// When the push certificate ends, in words; none without one that is good.
    pub push_until: Option<String>,
    pub address_good: bool,
    pub mail: bool,
    /// Somewhere people may bring devices in by themselves.
    pub own_devices: bool,
}

impl GuidePage {
    pub(in crate::console) fn of(
        f: Frame,
        answers: Answers,
        site: &Site,
        may: &dyn Fn(Permission) -> bool,
    ) -> Self {
        let l = f.texts;
        let advice = advise(answers);
        Self {
            questions: words::questions(l, answers),
            count: answers.count.to_string(),
            asked: words::asked(l, answers),
            methods: advice.iter().map(|one| card(l, one, site, may)).collect(),
            f,
        }
    }
}

fn card(l: Texts, advice: &Advice, site: &Site, may: &dyn Fn(Permission) -> bool) -> MethodCard {
    let (icon, title, text) = words::method(l, advice.method);
    let fits = advice.fit >= Fit::Possible;
    let (needs, act) = place(l, advice.method);
    MethodCard {
        icon,
        title,
        text,
        fit: fit(l, advice.fit),
        best: advice.fit == Fit::Best,
        reasons: advice
            .reasons
            .iter()
            .map(|reason| ReasonLine {
                good: reason.is_good(),
                text: words::reason(l, *reason),
            })
            .collect(),
        checks: if fits {
            checks(l, advice.method, site, may)
        } else {
            Vec::new()
        },
        no_right: fits && !may(needs),
        act: act.filter(|_| fits && may(needs)),
        help: Link {
            href: docs::url(document(advice.method)),
            text: l.t("guide-help"),
        },
    }
}

fn fit(l: Texts, fit: Fit) -> Status {
    let (tone, icon, text) = match fit {
        Fit::Best => (Tone::Ok, "check", l.t("guide-fit-best")),
        Fit::Possible => (Tone::Idle, "dash", l.t("guide-fit-possible")),
        Fit::RuledOut => (Tone::Idle, "x", l.t("guide-fit-no")),
        Fit::NotThere => (Tone::Idle, "clock", l.t("guide-fit-not-there")),
    };
    Status { tone, icon, text }
}

/// What going on needs, and where it goes.
fn place(l: Texts, method: Method) -> (Permission, Option<Link>) {
    let link = |href: &str, text: String| {
        Some(Link {
            href: href.to_owned(),
            text,
        })
    };
    match method {
        Method::Invitation => (
            Permission::InvitationsWrite,
            link(urls::INVITATION_NEW, l.t("guide-invitation-act")),
        ),
        Method::Batch => (
            Permission::InvitationsWrite,
            link(urls::INVITATION_SEND, l.t("guide-batch-act")),
        ),
        Method::OwnDevices => (
            Permission::SettingsWrite,
            link(urls::SELF_SERVICE, l.t("guide-own-act")),
        ),
        Method::Moving => (
            Permission::InvitationsRead,
            link(&docs::url("moving"), l.t("guide-moving-act")),
        ),
        Method::Automated | Method::Android | Method::Windows => {
            (Permission::InvitationsRead, None)
        }
    }
}

fn document(method: Method) -> &'static str {
    match method {
        Method::Invitation | Method::Batch => "invitations",
        Method::OwnDevices => "enroll#without-an-invitation",
        Method::Moving => "moving",
        Method::Automated | Method::Android | Method::Windows => "enroll",
    }
}

fn checks(
    l: Texts,
    method: Method,
    site: &Site,
    may: &dyn Fn(Permission) -> bool,
) -> Vec<PreflightLine> {
    let line = |good: bool, text: String, needs, href: &str, act: String| PreflightLine {
        good,
        text,
        mend: (!good && may(needs)).then(|| Link {
            href: href.to_owned(),
            text: act,
        }),
    };
    let push = match &site.push_until {
        Some(until) => l.ta("guide-push-good", until),
        None => l.t("guide-push-missing"),
    };
    let mut lines = vec![
        line(
            site.push_until.is_some(),
            push,
            Permission::PushRead,
            urls::PUSH,
            l.t("need-push-missing-act"),
        ),
        line(
            site.address_good,
            if site.address_good {
                l.t("guide-address-good")
            } else {
                l.t("guide-address-unknown")
            },
            Permission::SettingsWrite,
            urls::SERVER,
            l.t("first-address-act"),
        ),
    ];
    if method == Method::Batch {
        let text = if site.mail {
            l.t("guide-mail-good")
        } else {
            l.t("guide-mail-missing")
        };
        let act = l.t("first-mail-act");
        lines.push(line(
            site.mail,
            text,
            Permission::SettingsWrite,
            urls::MAIL,
            act,
        ));
    }
    if method == Method::OwnDevices {
        let text = if site.own_devices {
            l.t("guide-own-good")
        } else {
            l.t("guide-own-off")
        };
        let act = l.t("guide-own-act");
        let needs = Permission::SettingsWrite;
        lines.push(line(site.own_devices, text, needs, urls::SELF_SERVICE, act));
    }
    if matches!(method, Method::Invitation | Method::Batch) {
        lines.push(PreflightLine {
            good: true,
            text: l.t("guide-policy"),
            mend: Some(Link {
                href: urls::INVITATION_POLICY.to_owned(),
                text: l.t("nav-invite-policy"),
            }),
        });
    }
    lines
}
