//! `/portal/devices/{id}/{act}`: what is said before an act, and the act.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::actor::require_fresh;
use tillsyn_core::ids::DeviceId;
use tillsyn_core::self_service::{self, Level, MyDeviceDetail, Said, SelfAct, Wanted};
use tillsyn_core::{Error, Kind};

use super::failure::PortalFailure;
use super::frame::{AppFrame, PortalPlace};
use super::my_device::{back, device_id};
use super::my_words::{act_name, kind};
use super::session::{PortalForm, PortalUser};
use crate::error::AppError;
use crate::i18n::Texts;
use crate::ui::urls;

/// `GET /portal/devices/{id}/{act}`.
#[derive(Template)]
#[template(path = "portal/my_act.html")]
pub struct MyActPage {
    pub f: AppFrame,
    pub id: String,
    /// Word of the act in the address.
    pub path: String,
    pub device: String,
    pub title: String,
    /// What it does and what it does not.
    pub lines: Vec<String>,
    /// The form asks for words for whoever finds the device.
    pub words: bool,
    /// The form asks for a reason and the name, typed.
    pub slow: bool,
    pub danger: bool,
    pub message: String,
    pub phone: String,
    pub reason: String,
    pub problem: String,
    pub message_error: String,
    pub reason_error: String,
    pub confirm_error: String,
}

/// The acts that have a page, by the word in their address.
fn act_of(path: &str) -> Result<SelfAct, Error> {
    match path {
        "lock" => Ok(SelfAct::Lock),
        "lost" => Ok(SelfAct::LostMode),
        "passcode" => Ok(SelfAct::ClearPasscode),
        "remove" => Ok(SelfAct::Remove),
        "erase" => Ok(SelfAct::Erase),
        _ => Err(Error::not_found("page")),
    }
}

fn is_slow(act: SelfAct) -> bool {
    act.can_be_asked()
}

#[derive(Default, Deserialize)]
pub(super) struct Fields {
    #[serde(default)]
    message: String,
    #[serde(default)]
    phone: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    confirm: String,
}

impl Fields {
    fn wanted(&self, act: SelfAct) -> Wanted {
        let message = Some(self.message.clone());
        let phone_number = Some(self.phone.clone());
        match act {
            SelfAct::Lock => Wanted::Lock {
                message,
                phone_number,
            },
            SelfAct::LostMode => Wanted::LostOn {
                message,
                phone_number,
            },
            SelfAct::ClearPasscode => Wanted::ClearPasscode,
            SelfAct::Remove => Wanted::Remove,
            SelfAct::Erase => Wanted::Erase,
            SelfAct::CheckIn | SelfAct::Rename | SelfAct::Reenroll => Wanted::CheckIn,
        }
    }
}

impl MyActPage {
    pub(super) fn new(
        f: AppFrame,
        detail: &MyDeviceDetail,
        path: &str,
        act: SelfAct,
        level: Level,
    ) -> Self {
        let l = f.texts;
        let device = &detail.device;
        let mut lines = lines(l, act, &kind(l, &device.platform), &device.platform);
        if level == Level::Approval {
            lines.push(l.t("my-needs-approval"));
        }
        Self {
            id: device.id.to_string(),
            path: path.to_owned(),
            device: device.name.clone(),
            title: act_name(l, act),
            lines,
            words: matches!(act, SelfAct::Lock | SelfAct::LostMode),
            slow: is_slow(act),
            danger: matches!(act, SelfAct::Remove | SelfAct::Erase),
            message: String::new(),
            phone: String::new(),
            reason: String::new(),
            problem: String::new(),
            message_error: String::new(),
            reason_error: String::new(),
            confirm_error: String::new(),
            f,
        }
    }
}

fn lines(l: Texts, act: SelfAct, kind: &str, platform: &str) -> Vec<String> {
    let mac = platform == "macos";
    match act {
        SelfAct::Lock if mac => vec![l.t("my-lock-mac-1"), l.t("my-lock-mac-2")],
        SelfAct::Lock => vec![l.ta("my-lock-1", kind), l.t("my-lock-2")],
        SelfAct::LostMode => vec![l.ta("my-lost-1", kind), l.t("my-lost-2")],
        SelfAct::ClearPasscode => vec![l.ta("my-passcode-1", kind), l.t("my-passcode-2")],
        SelfAct::Remove => vec![
            l.t("my-remove-1"),
            l.ta("my-remove-2", kind),
            l.t("my-remove-3"),
        ],
        SelfAct::Erase => vec![l.ta("my-erase-1", kind), l.t("my-erase-2")],
        SelfAct::CheckIn | SelfAct::Rename | SelfAct::Reenroll => Vec::new(),
    }
}

/// The act as the policy and the device let it.
async fn offered(
    user: &PortalUser,
    id: &DeviceId,
    act: SelfAct,
) -> Result<(MyDeviceDetail, Level), Error> {
    let detail = self_service::my_device(user.core(), &user.own_actor(), id).await?;
    match detail.offers(act) {
        Some(level) => Ok((detail, level)),
        None => Err(Error::forbidden(
            "self_service_off",
            "This is not offered for this device.",
        )),
    }
}

/// What it does, before it is done. Whoever has to prove themselves again does so before they fill anything in.
pub(super) async fn show(
    user: PortalUser,
    Path((id, path)): Path<(String, String)>,
) -> Result<Response, PortalFailure> {
    let (id, act) = (device_id(&id)?, act_of(&path)?);
    let (detail, level) = offered(&user, &id, act).await?;
    if is_slow(act) {
        require_fresh(&user.actor, user.core().now_ms())?;
    }
    let page = MyActPage::new(user.frame(PortalPlace::Devices), &detail, &path, act, level);
    Ok(user.page(StatusCode::OK, &page))
}

/// Asks for it.
pub(super) async fn ask(
    Path((id, path)): Path<(String, String)>,
    form: PortalForm<Fields>,
) -> Result<Response, PortalFailure> {
    let (user, fields) = (form.user, form.fields);
    let (id, act) = (device_id(&id)?, act_of(&path)?);
    let said = Said {
        reason: Some(fields.reason.clone()),
        typed: Some(fields.confirm.clone()),
    };
    let wanted = fields.wanted(act);
    let done = self_service::act(user.core(), &user.own_actor(), &id, wanted, said).await;
    match done {
        Ok(made) => {
            let first = made.commands.first();
            let word = match first.map(|c| (c.status, c.held_until)) {
                Some(("held", Some(_))) => "held",
                Some(("held", None)) => "asked",
                _ => "sent",
            };
            Ok(back(&id, word))
        }
        Err(error) => again(user, &id, (&path, act), fields, error).await,
    }
}

/// The page once more with what is wrong beside where it is.
async fn again(
    user: PortalUser,
    id: &DeviceId,
    (path, act): (&str, SelfAct),
    fields: Fields,
    error: Error,
) -> Result<Response, PortalFailure> {
    let l = user.texts;
    if matches!(
        error.kind,
        Kind::NotFound | Kind::FreshSignInNeeded | Kind::Forbidden
    ) && error.code != "device_stolen"
        && error.code != "lost_mode_of_others"
    {
        return Err(error.into());
    }
    let detail = self_service::my_device(user.core(), &user.own_actor(), id).await?;
    let level = detail.offers(act).unwrap_or(Level::Off);
    let user = user.at(urls::portal_act(id.as_str(), path));
    let frame = user.frame(PortalPlace::Devices);
    let mut page = MyActPage::new(frame, &detail, path, act, level);
    match (error.kind, error.field, error.code) {
        (Kind::Invalid, Some("reason"), _) => page.reason_error = l.t("my-reason-missing"),
        (Kind::Invalid, Some("confirm"), _) => page.confirm_error = l.t("my-confirm-wrong"),
        (Kind::Invalid, _, "lost_words_missing") => {
            page.message_error = l.t("my-words-missing");
        }
        (Kind::Invalid, ..) if page.words => page.message_error = l.t("my-words-wrong"),
        (Kind::NotCapable, ..) => page.problem = l.t("my-cannot"),
        (_, _, "frozen") => page.problem = l.t("my-frozen"),
        (_, _, "queue_full") => page.problem = l.t("my-queue-full"),
        (_, _, "device_stolen") => page.problem = l.t("my-stolen-talk"),
        (_, _, "lost_mode_of_others") => page.problem = l.t("my-lost-others"),
        _ => return Err(error.into()),
    }
    page.message = fields.message;
    page.phone = fields.phone;
    page.reason = fields.reason;
    Ok(user.page(AppError::from(error).status(), &page))
}
