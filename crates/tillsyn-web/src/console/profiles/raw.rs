//! `/console/profiles/{id}/raw`: the draft as a property list, to be read and edited; and the file to save.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Deserialize;
use tillsyn_core::profiles::{self, DraftChange, DraftView, ExportSecrets, Exported, SaveDraft};
use tillsyn_core::{Error, Kind, Permission};
use zeroize::Zeroizing;

use super::edit::conflict;
use super::head::{ProfileHead, ProfileTab, profile_id};
use super::page::{ExportForm, RawPage};
use super::words;
use crate::console::failure::Failure;
use crate::console::form::{Filled, Uploaded, secret};
use crate::console::frame::Place;
use crate::console::visitor::Visitor;
use crate::console::words::FieldError;
use crate::error::AppError;
use crate::ui::{page, urls};

pub(crate) async fn raw(visitor: Visitor, Path(id): Path<String>) -> Result<Response, Failure> {
    let id = profile_id(&id)?;
    let draft = profiles::open_draft(visitor.core(), visitor.actor(), &id).await?;
    Ok(page(StatusCode::OK, &shown(&visitor, &draft).await?))
}

async fn shown(visitor: &Visitor, draft: &DraftView) -> Result<RawPage, Failure> {
    let l = visitor.texts;
    let (mut head, profile) =
        ProfileHead::load(visitor, &draft.profile_id, ProfileTab::Settings).await?;
    head.revision = draft.revision;
    let whole = visitor.may(Permission::SecretsRevealKeys)
        && draft.summary.has_secrets
        && profile.current_version.is_some();
    Ok(RawPage {
        head,
        plist: draft.plist.clone(),
        error: String::new(),
        conflict: String::new(),
        findings: draft
            .findings
            .iter()
            .map(|finding| words::finding(l, finding, String::new()))
            .collect(),
        has_secrets: draft.summary.has_secrets,
        file_of: match profile.current_version {
            Some(number) if !draft.stored => l.ta("profile-version", number),
            _ => l.t("profile-draft"),
        },
        whole: whole.then(|| ExportForm {
            reason: String::new(),
            reason_error: String::new(),
            password: visitor.needs_password(),
            password_error: String::new(),
        }),
        f: visitor.frame(Place::Profiles, "").await?,
    })
}

/// Saves what was typed, or a file in its place.
pub(crate) async fn save_raw(Path(id): Path<String>, form: Uploaded) -> Result<Response, Failure> {
    let (visitor, id) = (&form.visitor, profile_id(&id)?);
    let typed = form.text("plist");
    let file = form.bytes("file");
    let bytes = if file.is_empty() {
        typed.clone().into_bytes()
    } else {
        file.to_vec()
    };
    let save = SaveDraft {
        revision: form.text("revision").parse().unwrap_or(-1),
        change: DraftChange::Whole(bytes),
        comment: None,
    };
    let saved = profiles::save_draft(visitor.core(), visitor.actor(), &id, save).await;
    let Err(error) = saved else {
        return Ok(Redirect::to(&urls::profile_raw(id.as_str())).into_response());
    };
    let draft = profiles::open_draft(visitor.core(), visitor.actor(), &id).await?;
    let mut shown = shown(visitor, &draft).await?;
    if error.code == "draft_changed" {
        shown.conflict = conflict(visitor, &id).await?;
    } else if let Some(text) = words::refused(visitor.texts, &error) {
        shown.error = text;
    } else {
        return Err(error.into());
    }
    shown.plist = typed;
    Ok(page(AppError::from(error).status(), &shown))
}

/// `GET …/mobileconfig`: the draft, or the newest version when there is no draft; secrets masked.
pub(crate) async fn file(visitor: Visitor, Path(id): Path<String>) -> Result<Response, Failure> {
    let id = profile_id(&id)?;
    let (core, actor) = (visitor.core(), visitor.actor());
    let draft = profiles::open_draft(core, actor, &id).await?;
    let view = profiles::find_profile(core, actor, &id).await?;
    Ok(match (view.current_version, draft.stored) {
        (Some(number), false) => sent(&profiles::export_masked(core, actor, &id, number).await?),
        _ => sent(&Exported {
            file_name: "draft.mobileconfig".to_owned(),
            bytes: Zeroizing::new(draft.plist.into_bytes()),
        }),
    })
}

#[derive(Deserialize)]
pub(crate) struct Fields {
    #[serde(default)]
    reason: String,
    #[serde(default, deserialize_with = "secret")]
    password: Zeroizing<String>,
}

/// `POST …/mobileconfig`: the newest version with its secrets, to whoever says why.
pub(crate) async fn whole(
    Path(id): Path<String>,
    form: Filled<Fields>,
) -> Result<Response, Failure> {
    let (mut visitor, fields) = (form.visitor, form.fields);
    let id = profile_id(&id)?;
    let view = profiles::find_profile(visitor.core(), visitor.actor(), &id).await?;
    let number = view
        .current_version
        .ok_or_else(|| Error::not_found("version of this profile"))?;
    let done = match visitor.confirm(fields.password.clone()).await {
        Ok(()) => {
            let ask = ExportSecrets {
                reason: fields.reason.clone(),
                original: false,
                proof: None,
            };
            profiles::export_with_secrets(visitor.core(), visitor.actor(), &id, number, ask).await
        }
        Err(error) => Err(error),
    };
    let error = match done {
        Ok(exported) => return Ok(sent(&exported)),
        Err(error) => error,
    };
    let l = visitor.texts;
    let draft = profiles::open_draft(visitor.core(), visitor.actor(), &id).await?;
    let mut shown = shown(&visitor, &draft).await?;
    let Some(form) = shown.whole.as_mut() else {
        return Err(error.into());
    };
    match (error.kind, error.field) {
        (Kind::Invalid, Some("password")) => {
            form.password = true;
            form.password_error = FieldError::PasswordWrong.text(l);
        }
        (Kind::FreshSignInNeeded, _) => {
            form.password = true;
            form.password_error = FieldError::Required.text(l);
        }
        (Kind::Invalid, Some("reason")) => form.reason_error = FieldError::Required.text(l),
        _ => return Err(error.into()),
    }
    form.reason = fields.reason;
    Ok(page(AppError::from(error).status(), &shown))
}

/// A file to save, never kept by the browser.
fn sent(exported: &Exported) -> Response {
    let mut answer = exported.bytes.to_vec().into_response();
    let headers = answer.headers_mut();
    let name = format!("attachment; filename=\"{}\"", exported.file_name);
    if let Ok(value) = HeaderValue::try_from(name) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/x-apple-aspen-config"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}
