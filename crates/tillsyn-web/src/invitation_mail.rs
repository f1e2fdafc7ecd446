//! The words of mail about invitations: in plain text, and the same laid out with a QR code. Nothing in it is
//! fetched from anywhere, so that reading it tells nobody anything.

use askama::Template;
use jiff::tz::TimeZone;
use serde_json::Value as Json;
use tillsyn_core::invitations::grouped;
use tillsyn_core::mail::{Image, Rich, Text};

use crate::i18n::{Texts, Zone};
use crate::ui;

/// Name of the picture within the mail.
pub(crate) const QR: &str = "qr";

/// Which mail.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Invitation,
    Reminder,
    Unfinished,
    Pin,
}

impl Kind {
    fn of(template: &str) -> Option<Self> {
        match template {
            "invitation" => Some(Self::Invitation),
            "invitation_reminder" => Some(Self::Reminder),
            "invitation_unfinished" => Some(Self::Unfinished),
            "invitation_pin" => Some(Self::Pin),
            _ => None,
        }
    }
}

/// Everything that a mail says, in the person's language.
pub(crate) struct Letter {
    pub(crate) subject: String,
    pub(crate) title: String,
    pub(crate) hello: String,
    pub(crate) intro: Vec<String>,
    pub(crate) pin: String,
    pub(crate) pin_label: String,
    pub(crate) pin_note: String,
    pub(crate) link: String,
    pub(crate) button: String,
    /// Its colour, `#rrggbb`.
    pub(crate) accent: String,
    pub(crate) steps: Vec<String>,
    pub(crate) until: String,
    pub(crate) other_title: String,
    pub(crate) has_qr: bool,
    pub(crate) camera: String,
    pub(crate) qr_alt: String,
    pub(crate) by_hand: String,
    pub(crate) host: String,
    pub(crate) typed: String,
    pub(crate) end: Vec<String>,
}

#[derive(Template)]
#[template(path = "mail/invitation.html")]
struct Page<'a> {
    l: Texts,
    letter: &'a Letter,
}

/// The plain text of a template; `None` for one of somebody else.
pub(crate) fn text(l: Texts, template: &str, arguments: &Json) -> Option<Text> {
    let letter = Letter::new(l, Kind::of(template)?, arguments);
    Some(Text {
        subject: letter.subject.clone(),
        body: letter.plain(),
    })
}

/// The same laid out.
pub(crate) fn rich(l: Texts, template: &str, arguments: &Json) -> Option<Rich> {
    let mut letter = Letter::new(l, Kind::of(template)?, arguments);
    let picture = ui::png(&letter.link);
    letter.has_qr = picture.is_some();
    let html = Page { l, letter: &letter }.render().ok()?;
    let images = picture.map(|png| Image { name: QR, png });
    Some(Rich {
        html,
        images: images.into_iter().collect(),
    })
}

/// The colour of the button: the unit's own, which bears white letters, else ours.
fn accent(digits: &str) -> String {
    let own = digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    format!("#{}", if own { digits } else { "0b6477" })
}

impl Letter {
    fn new(l: Texts, kind: Kind, arguments: &Json) -> Self {
        let word = |name: &str| arguments[name].as_str().unwrap_or_default();
        let time = |name: &str| {
            let at = arguments[name].as_i64().unwrap_or_default();
            let zone = Zone {
                now_ms: at,
                zone: TimeZone::get(word("time_zone")).unwrap_or(TimeZone::UTC),
            };
            l.deadline(at, &zone)
        };
        let (organisation, inviter) = (word("organisation"), word("inviter"));
        let public = word("public_url");
        let go = format!("{public}/go");
        let (pin, needs_pin) = (word("pin"), arguments["needs_pin"] == true);
        let who = [
            ("inviter", inviter.into()),
            ("organisation", organisation.into()),
        ];
        let by = if inviter.is_empty() {
            l.ta("invite-mail-org", organisation)
        } else {
            l.t_args("invite-mail-by", &who)
        };
        let (title, mut intro) = match kind {
            Kind::Invitation => (
                l.t("invite-mail-title"),
                vec![by, l.t("invite-mail-minutes")],
            ),
            Kind::Reminder => (
                l.t("invite-mail-title-reminder"),
                vec![l.t("invite-mail-reminder"), by],
            ),
            Kind::Unfinished => (
                l.t("invite-mail-title-unfinished"),
                vec![l.t("invite-mail-unfinished")],
            ),
            Kind::Pin => (
                l.t("invite-mail-title-pin"),
                vec![l.t("invite-mail-new-pin")],
            ),
        };
        if kind != Kind::Pin && arguments["network_password"] == true {
            intro.push(l.ta("invite-mail-network", organisation));
        }
        let mut steps = vec![l.t("invite-mail-step-open")];
        if needs_pin {
            steps.push(l.t("invite-mail-step-pin"));
        }
        steps.push(l.t("invite-mail-step-agree"));
        steps.push(l.t("invite-mail-step-install"));
        let pin_note = if !pin.is_empty() {
            l.ta("invite-mail-pin-until", time("pin_expires_at").as_str())
        } else if !needs_pin {
            String::new()
        } else {
            // Somebody who can be asked: whoever invites, else the contact of the unit.
            let asked = [inviter, word("support"), organisation];
            let asked = asked.into_iter().find(|name| !name.is_empty());
            l.ta("invite-mail-pin-apart", asked.unwrap_or_default())
        };
        let help = match word("support") {
            "" => l.t("invite-mail-help-none"),
            support => l.ta("invite-mail-help", support),
        };
        Self {
            subject: format!("{organisation}: {title}"),
            title,
            hello: l.ta("invite-mail-hello", word("person")),
            intro,
            pin: pin.to_owned(),
            pin_label: l.t("invite-mail-pin"),
            pin_note,
            link: format!("{public}/e/{}", word("code")),
            button: l.t("invite-mail-button"),
            accent: accent(word("accent")),
            steps,
            until: l.ta("invite-mail-until", time("expires_at").as_str()),
            other_title: l.t("invite-mail-other"),
            has_qr: false,
            camera: l.t("invite-mail-camera"),
            qr_alt: l.t("invite-mail-qr"),
            by_hand: l.t("invite-mail-by-hand"),
            host: go
                .trim_start_matches("https://")
                .trim_start_matches("http://")
                .to_owned(),
            typed: grouped(word("typed")),
            end: vec![
                help,
                l.t("invite-mail-alone"),
                l.t("invite-mail-unexpected"),
            ],
        }
    }

    fn plain(&self) -> String {
        let mut lines = vec![self.hello.clone(), String::new()];
        lines.extend(self.intro.iter().cloned());
        lines.push(String::new());
        if !self.pin.is_empty() {
            lines.push(format!("{} {}", self.pin_label, self.pin));
        }
        if !self.pin_note.is_empty() {
            lines.extend([self.pin_note.clone(), String::new()]);
        }
        lines.extend([self.link.clone(), String::new()]);
        for (at, step) in self.steps.iter().enumerate() {
            lines.push(format!("{}. {step}", at + 1));
        }
        lines.extend([
            String::new(),
            self.until.clone(),
            String::new(),
            self.by_hand.clone(),
            format!("{}  {}", self.host, self.typed),
            String::new(),
            "-- ".to_owned(),
        ]);
        lines.extend(self.end.iter().cloned());
        lines.join("\n") + "\n"
    }
}
