//! `GET` and `POST /console/devices/many`: erasing or retiring several devices at once, slow on purpose
//! (security §6), and locking them.

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};
use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::commands::{self, Confirmation, NewCommand, Preview, Request};
use tillsyn_core::devices::retired_by;
use tillsyn_core::ids::DeviceId;
use tillsyn_core::lists::{self, Pick};
use tillsyn_core::{Error, Kind};
use zeroize::Zeroizing;

use super::choose::devices_of;
use crate::console::failure::Failure;
use crate::console::form::{Filled, secret};
use crate::console::frame::{Frame, Place};
use crate::console::guard::reasons;
use crate::console::notice::{Told, go};
use crate::console::visitor::Visitor;
use crate::console::words::{self, FieldError};
use crate::error::AppError;
use crate::i18n::{Texts, When};
use crate::ui::{Choice, Link, page, urls};

/// Devices that the page names; those that cannot come first.
const SHOWN: usize = 200;

/// From so many on a lock waits for a second person too, and asks who is there.
const LOCKS_AT_ONCE: usize = 5;

/// What is done to several at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ManyAct {
    Erase,
    Retire,
    Lock,
}

impl ManyAct {
    fn of(word: &str) -> Option<Self> {
        [Self::Erase, Self::Retire, Self::Lock]
            .into_iter()
            .find(|act| act.word() == word)
    }

    /// As it stands in the form.
    pub fn word(self) -> &'static str {
        match self {
            Self::Erase => "erase",
            Self::Retire => "retire",
            Self::Lock => "lock",
        }
    }

    pub fn icon(self) -> &'static str {
        match self {
            Self::Erase => "erase",
            Self::Retire => "archive",
            Self::Lock => "lock",
        }
    }

    pub fn is_lock(self) -> bool {
        self == Self::Lock
    }
}

/// The page in front of the act.
#[derive(Template)]
#[template(path = "console/devices_many.html")]
pub struct ManyPage {
    pub f: Frame,
    pub act: ManyAct,
    pub title: String,
    pub intro: String,
    /// Of all devices, for the form, unless they are a selection.
    pub ids: String,
    pub selection: String,
    /// Ids of those that cannot, to leave them out of the selection.
    pub leave_out: String,
    /// Said of those that the list does not show any more.
    pub more: String,
    pub digest: String,
    pub rows: Vec<ManyRow>,
    /// Devices that cannot: nothing is sent while they are in the list.
    pub refused: bool,
    pub lost: Vec<String>,
    pub stays: Vec<String>,
    pub reasons: Vec<Choice>,
    pub note: String,
    /// On the screens of locked devices.
    pub message: String,
    pub phone: String,
    /// The number of devices, or the name of the one; empty when nothing has to be typed.
    pub must_type: String,
    pub typed: String,
    pub typed_error: String,
    pub password: bool,
    pub password_error: String,
    pub error: String,
    /// What happens next: a word and a sentence.
    pub next: Vec<(String, String)>,
    /// Empty for what does not draw on it.
    pub budget: String,
    pub submit: String,
}

/// One device of the list.
pub struct ManyRow {
    pub device: Link,
    pub ownership: String,
    pub seen: Option<When>,
    /// Why it cannot.
    pub refused: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Fields {
    act: String,
    ids: String,
    selection: String,
    digest: String,
    reason: String,
    note: String,
    message: String,
    phone: String,
    typed: String,
    #[serde(deserialize_with = "secret")]
    password: Zeroizing<String>,
}

/// The devices with what is asked of them.
struct Asked {
    act: ManyAct,
    devices: Vec<DeviceId>,
    request: Request,
    preview: Preview,
}

async fn asked(
    visitor: &Visitor,
    act: ManyAct,
    fields: &Fields,
    devices: Vec<DeviceId>,
) -> Result<Asked, Failure> {
    if devices.is_empty() {
        return Err(Error::not_found("device").into());
    }
    let (core, actor) = (visitor.core(), visitor.actor());
    let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let request = match act {
        ManyAct::Erase => Request::EraseDevice {
            preserve_data_plan: true,
            disallow_proximity_setup: false,
        },
        ManyAct::Retire => Request::RemoveProfile {
            // All enrollments of one organisation have the same; others are refused as mixed. Those that are not
            // enrolled have none, and are named by the preview.
            identifier: retired_by(core, actor, &devices).await?,
        },
        ManyAct::Lock => Request::DeviceLock {
            message: given(&fields.message),
            phone_number: given(&fields.phone),
        },
    };
    let preview = commands::preview(core, actor, devices.clone(), request.clone()).await?;
    Ok(Asked {
        act,
        devices,
        request,
        preview,
    })
}

pub(crate) async fn many(visitor: Visitor) -> Result<Response, Failure> {
    let act = act_of(visitor.query.get("act").unwrap_or_default())?;
    let selection = visitor
        .query
        .get("selection")
        .unwrap_or_default()
        .to_owned();
    let devices = devices_of(&visitor, &selection, &visitor.query.list("device")).await?;
    if let Some(one) = locks_one(act, &devices) {
        return Ok(Redirect::to(&one).into_response());
    }
    let fields = Fields {
        selection,
        ..Fields::default()
    };
    let asked = asked(&visitor, act, &fields, devices).await?;
    let shown = built(&visitor, &asked, &fields).await?;
    Ok(page(StatusCode::OK, &shown))
}

fn act_of(word: &str) -> Result<ManyAct, Error> {
    ManyAct::of(word).ok_or_else(|| Error::not_found("act"))
}

/// The lock of a single device has a page of its own, which shows a Mac's PIN.
fn locks_one(act: ManyAct, devices: &[DeviceId]) -> Option<String> {
    match devices {
        [one] if act.is_lock() => Some(urls::device_lock(one.as_str())),
        _ => None,
    }
}

pub(crate) async fn send_many(form: Filled<Fields>) -> Result<Response, Failure> {
    let (mut visitor, fields) = (form.visitor, form.fields);
    let ids: Vec<&str> = fields.ids.split(',').filter(|id| !id.is_empty()).collect();
    let devices = devices_of(&visitor, &fields.selection, &ids).await?;
    let act = act_of(&fields.act)?;
    if let Some(one) = locks_one(act, &devices) {
        return Ok(Redirect::to(&one).into_response());
    }
    let asked = asked(&visitor, act, &fields, devices).await?;
    let reason = match fields.note.trim() {
        "" => fields.reason.clone(),
        note => format!("{}: {note}", fields.reason),
    };
    let new = NewCommand {
        devices: asked.devices.clone(),
        request: asked.request.clone(),
        profile: None,
        reason: Some(reason),
        confirmation: Confirmation {
            typed: Some(fields.typed.clone()),
            targets_digest: Some(fields.digest.clone()),
        },
    };
    let made = match visitor.confirm(fields.password.clone()).await {
        // The door compares them only where something has to be typed.
        Ok(()) if act.is_lock() && fields.digest != asked.preview.targets_digest => {
            Err(Error::conflict("targets_changed", ""))
        }
        Ok(()) => commands::enqueue(visitor.core(), visitor.actor(), new).await,
        Err(error) => Err(error),
    };
    let error = match made {
        Ok(made) => {
            if !fields.selection.is_empty() {
                let session = &visitor.session.session;
                lists::choose(visitor.core(), session, Pick::Nothing).await?;
            }
            let held = made.commands.first();
            let told = match held.map(|command| (command.status, command.held_until)) {
                Some(("held", Some(until))) => Told::Held(until),
                Some(("held", None)) => Told::AskedSecond,
                _ => Told::Queued,
            };
            let to = match told {
                Told::AskedSecond => urls::APPROVALS.to_owned(),
                _ => urls::commands_of(made.batch_id.as_str()),
            };
            return Ok(go(visitor.state(), &to, told));
        }
        Err(error) => error,
    };
    let l = visitor.texts;
    let mut shown = built(&visitor, &asked, &fields).await?;
    match (error.kind, error.field, error.code) {
        (Kind::Invalid, Some("password"), _) => {
            shown.password = true;
            shown.password_error = FieldError::PasswordWrong.text(l);
        }
        (Kind::FreshSignInNeeded, ..) => {
            shown.password = true;
            shown.password_error = FieldError::Required.text(l);
        }
        (Kind::Invalid, Some("confirm"), _) => shown.typed_error = l.t("many-typed-wrong"),
        (Kind::Invalid, Some("reason"), _) => shown.error = FieldError::Required.text(l),
        (_, _, "targets_changed") => shown.error = l.t("many-changed"),
        (_, _, "frozen") => shown.error = l.t("approval-problem-frozen"),
        (Kind::NotCapable | Kind::Overloaded, ..) => shown.error = words::refusal(l, error.code),
        (Kind::Invalid, ..) if act.is_lock() => shown.error = words::refusal(l, error.code),
        _ => return Err(error.into()),
    }
    Ok(page(AppError::from(error).status(), &shown))
}

async fn built(visitor: &Visitor, asked: &Asked, fields: &Fields) -> Result<ManyPage, Failure> {
    let l = visitor.texts;
    let (preview, act) = (&asked.preview, asked.act);
    let count = asked.devices.len();
    let ids: Vec<&str> = asked.devices.iter().map(DeviceId::as_str).collect();
    let mut targets: Vec<&commands::PreviewTarget> = preview.targets.iter().collect();
    targets.sort_by_key(|target| target.refused.is_none());
    let refused = targets.iter().filter(|target| target.refused.is_some());
    let refused: Vec<&str> = refused.map(|target| target.device_id.as_str()).collect();
    let hidden = targets.len().saturating_sub(SHOWN);
    let row = |target: &&commands::PreviewTarget| ManyRow {
        device: Link {
            href: urls::device(target.device_id.as_str()),
            text: target.name.clone(),
        },
        ownership: match target.ownership.as_deref() {
            Some("personal") => l.t("personal"),
            _ => l.t("corporate"),
        },
        seen: target.last_seen.map(|at| l.ago(at, &visitor.zone)),
        refused: target
            .refused_code
            .map_or_else(String::new, |code| words::refusal(l, code)),
    };
    let mut reasons = reasons(l);
    for reason in &mut reasons {
        reason.chosen = reason.value == fields.reason;
    }
    let (lost, stays) = match act {
        ManyAct::Erase => (
            vec![l.t("many-lost-all"), l.t("erase-lost-backup")],
            vec![l.t("guard-stays-history"), l.t("erase-stays-invite")],
        ),
        ManyAct::Retire => (
            vec![
                l.t("retire-lost-profiles"),
                l.t("retire-lost-certificate"),
                l.t("retire-lost-commands"),
            ],
            vec![l.t("retire-stays-data"), l.t("guard-stays-history")],
        ),
        ManyAct::Lock => (
            vec![l.t("many-lost-unsaved")],
            vec![l.t("many-stays-data"), l.t("many-stays-pin")],
        ),
    };
    let budget = &preview.budget;
    Ok(ManyPage {
        act,
        title: match act {
            ManyAct::Erase => l.tn("many-erase-title", count),
            ManyAct::Retire => l.tn("many-retire-title", count),
            ManyAct::Lock => l.tn("many-lock-title", count),
        },
        intro: match act {
            ManyAct::Lock => l.t("many-lock-intro"),
            ManyAct::Erase | ManyAct::Retire => l.t("many-intro"),
        },
        ids: if fields.selection.is_empty() {
            ids.join(",")
        } else {
            String::new()
        },
        selection: fields.selection.clone(),
        leave_out: refused.join(","),
        more: if hidden > 0 {
            l.tn("many-more", hidden)
        } else {
            String::new()
        },
        digest: preview.targets_digest.clone(),
        refused: !refused.is_empty(),
        rows: targets.iter().take(SHOWN).map(row).collect(),
        lost,
        stays,
        reasons,
        note: fields.note.clone(),
        message: fields.message.clone(),
        phone: fields.phone.clone(),
        must_type: preview.confirm_with.clone().unwrap_or_default(),
        typed: fields.typed.clone(),
        typed_error: String::new(),
        password: visitor.needs_password() && (!act.is_lock() || count > LOCKS_AT_ONCE),
        password_error: String::new(),
        error: String::new(),
        next: next(l, act, preview),
        budget: if act.is_lock() {
            String::new()
        } else {
            l.t_args(
                "guard-budget",
                &[
                    ("you", budget.actor_day_used.into()),
                    ("yours", budget.actor_day_limit.into()),
                    ("all", budget.organisation_day_used.into()),
                    ("limit", budget.organisation_day_limit.into()),
                ],
            )
        },
        submit: if preview.waits_for.is_some() {
            l.t("many-submit-ask")
        } else {
            match act {
                ManyAct::Erase => l.tn("many-submit-erase", count),
                ManyAct::Retire => l.tn("many-submit-retire", count),
                ManyAct::Lock => l.tn("many-submit-lock", count),
            }
        },
        f: visitor.frame(Place::Devices, "").await?,
    })
}

fn next(l: Texts, act: ManyAct, preview: &Preview) -> Vec<(String, String)> {
    let mut steps = Vec::new();
    if let Some(cause) = preview.waits_for {
        let why = match cause {
            "budget" => l.t("approval-cause-budget"),
            "new_account" => l.t("approval-cause-new"),
            _ => l.t("approval-cause-many"),
        };
        steps.push((l.t("many-next-asked"), why));
    }
    if preview.hold_minutes > 0 && !act.is_lock() {
        let word = l.tn("guard-hold", preview.hold_minutes);
        steps.push((word, l.t("guard-hold-text")));
    }
    steps.push((l.t("guard-sent"), l.t("guard-sent-text")));
    steps
}
