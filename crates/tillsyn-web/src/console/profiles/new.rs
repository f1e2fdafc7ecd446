//! `GET` and `POST /console/profiles/new`: from a template, an upload, another profile, or empty.

use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use tillsyn_core::actor::may;
use tillsyn_core::ids::ProfileId;
use tillsyn_core::profiles::{self, NewProfile, Origin, ProfileFilter, templates};
use tillsyn_core::{Error, Permission};

use super::list::kinds;
use super::page::{Checked, NewProfilePage, TemplateCard};
use super::words;
use crate::console::failure::Failure;
use crate::console::form::{UPLOAD_LIMIT, Uploaded};
use crate::console::frame::Place;
use crate::console::notice::{Told, go};
use crate::console::visitor::Visitor;
use crate::console::words::{payloads, profile_template};
use crate::error::AppError;
use crate::ui::{Choice, Link, page, urls};

/// Uploads that are sent back to the browser with what was found in them, so that nobody has to choose the
/// file twice; as Base64 they still fit into the form.
const SENT_BACK: usize = UPLOAD_LIMIT / 4 * 3 - 64 * 1024;

pub(crate) async fn new_form(visitor: Visitor) -> Result<Response, Failure> {
    may(visitor.actor(), Permission::ProfilesWrite)?;
    Ok(page(StatusCode::OK, &shown(&visitor).await?))
}

pub(crate) async fn create(form: Uploaded) -> Result<Response, Failure> {
    let visitor = &form.visitor;
    may(visitor.actor(), Permission::ProfilesWrite)?;
    let name = Some(form.text("name")).filter(|name| !name.trim().is_empty());
    let origin = match form.text("from").as_str() {
        "template" => Origin::Template(form.text("template")),
        "clone" => match ProfileId::parse(&form.text("profile")) {
            Some(id) => Origin::Clone(id),
            None => {
                return again(&form, Error::invalid("profile", "profile_choice", "None.")).await;
            }
        },
        "upload" => {
            let bytes = upload(&form);
            if let Some(answer) = look(&form, &bytes).await? {
                return Ok(answer);
            }
            Origin::Upload(bytes)
        }
        _ => Origin::Empty,
    };
    let empty = matches!(origin, Origin::Empty);
    if empty && name.is_none() {
        return again(&form, Error::invalid("name", "name", "No name.")).await;
    }
    let new = NewProfile {
        name,
        description: None,
        unit: None,
        origin,
    };
    match profiles::create_profile(visitor.core(), visitor.actor(), new).await {
        Ok(id) => {
            let to = if empty {
                urls::profile_add(id.as_str())
            } else {
                urls::profile(id.as_str())
            };
            Ok(go(visitor.state(), &to, Told::ProfileMade))
        }
        Err(error) => again(&form, error).await,
    }
}

/// The file, or what was sent back with the findings.
fn upload(form: &Uploaded) -> Vec<u8> {
    let kept = STANDARD.decode(form.text("content").trim());
    match kept {
        Ok(bytes) if !bytes.is_empty() => bytes,
        _ => form.bytes("file").to_vec(),
    }
}

/// What was found in the upload, when there is anything that somebody should see first.
async fn look(form: &Uploaded, bytes: &[u8]) -> Result<Option<Response>, Failure> {
    let visitor = &form.visitor;
    let checked = match profiles::check_upload(bytes.to_vec()) {
        Ok(checked) => checked,
        Err(error) => return again(form, error).await.map(Some),
    };
    if checked.findings.is_empty() || form.ticked("keep") {
        return Ok(None);
    }
    let l = visitor.texts;
    let mut shown = shown(visitor).await?;
    shown.upload_name = form.text("name");
    shown.checked = Some(Checked {
        identifier: checked.identifier.clone(),
        display_name: checked.summary.display_name.clone().unwrap_or_default(),
        kinds: kinds(l, &checked.summary),
        signer: checked
            .summary
            .signer
            .as_ref()
            .map_or_else(String::new, |signer| signer.subject.clone()),
        findings: checked
            .findings
            .iter()
            .map(|finding| words::finding(l, finding, String::new()))
            .collect(),
        content: if bytes.len() <= SENT_BACK {
            STANDARD.encode(bytes)
        } else {
            String::new()
        },
    });
    Ok(Some(page(StatusCode::OK, &shown)))
}

/// The page once more, with what was typed and what is wrong.
async fn again(form: &Uploaded, error: Error) -> Result<Response, Failure> {
    let visitor = &form.visitor;
    let l = visitor.texts;
    let mut shown = shown(visitor).await?;
    let from = form.text("from");
    let text = match error.code {
        "profile_choice" => Some(l.t("profile-new-choose")),
        _ => words::refused(l, &error),
    };
    let Some(text) = text else {
        return Err(error.into());
    };
    match from.as_str() {
        "upload" => {
            shown.upload_name = form.text("name");
            shown.upload_error = text;
            let data = error.data.as_ref();
            let other = data.and_then(|data| {
                let (id, name) = (data["profile_id"].as_str()?, data["name"].as_str()?);
                Some(Link {
                    href: urls::profile_raw(id),
                    text: name.to_owned(),
                })
            });
            shown.upload_other = other;
        }
        "clone" => shown.copy_error = text,
        _ => {
            shown.name = form.text("name");
            shown.name_error = text;
        }
    }
    Ok(page(AppError::from(error).status(), &shown))
}

async fn shown(visitor: &Visitor) -> Result<NewProfilePage, Failure> {
    let l = visitor.texts;
    let (core, actor) = (visitor.core(), visitor.actor());
    let filter = ProfileFilter {
        archived: Some(false),
        ..ProfileFilter::default()
    };
    let present = profiles::list_profiles(core, actor, &filter, None, None).await?;
    let templates = templates::list().iter().filter_map(|template| {
        let (title, text) = profile_template(l, template.key)?;
        Some(TemplateCard {
            key: template.key,
            icon: icon(template.key),
            title,
            text,
        })
    });
    Ok(NewProfilePage {
        templates: templates.collect(),
        copies: present
            .items
            .iter()
            .map(|view| Choice {
                value: view.id.to_string(),
                text: view.name.clone(),
                chosen: false,
            })
            .collect(),
        name: String::new(),
        name_error: String::new(),
        upload_name: String::new(),
        upload_error: String::new(),
        upload_other: None,
        copy_error: String::new(),
        checked: None,
        f: visitor.frame(Place::Profiles, "").await?,
    })
}

/// The icon of the payload that the template is about.
pub(in crate::console) fn icon(key: &str) -> &'static str {
    payloads::payload_icon(match key {
        "eduroam_tls" | "eduroam_password" => "com.apple.wifi.managed",
        "mail" => "com.apple.mail.managed",
        "exchange" => "com.apple.eas.account",
        "baseline_ios" => "com.apple.mobiledevice.passwordpolicy",
        "baseline_mac" => "com.apple.MCX.FileVault2",
        "web_clip" => "com.apple.webClip.managed",
        _ => "",
    })
}
