//! `GET` and `POST /console/enrollment/unknown/readopt`: what happens in words, then the act.

use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::ids::{DeviceId, OrgUnitId};
use tillsyn_core::unknown_senders::{
    PreviewedSender, Readoption, ReadoptionPreview, Report, preview_readopt, readopt,
};
use tillsyn_core::{Error, Kind, Permission, devices};
use zeroize::Zeroizing;

use super::list::platform;
use super::page::{KnownSender, ReadoptPage, ReadoptedPage};
use super::words::{refusal, sender, short};
use crate::console::failure::Failure;
use crate::console::form::{Filled, secret};
use crate::console::frame::Place;
use crate::console::notice::{Told, go};
use crate::console::visitor::Visitor;
use crate::console::words::{self, FieldError};
use crate::error::AppError;
use crate::i18n::Texts;
use crate::ui::{Link, page, urls};

/// Devices and certificates that a page names.
const SHOWN: usize = 200;
/// A longer address cannot be come back to after proving who one is.
const LONGEST: usize = 1_900;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Fields {
    /// `all` or `chosen`.
    which: String,
    certificate: String,
    ownership: String,
    unit: String,
    platform: String,
    /// When the page was shown: what came later is not meant.
    seen_at: i64,
    #[serde(deserialize_with = "secret")]
    password: Zeroizing<String>,
}

impl Fields {
    fn wanted(&self, seen_at: Option<i64>) -> Result<Readoption, Error> {
        let certificates = self.certificate.split(',').filter(|c| !c.is_empty());
        let unit = match self.unit.as_str() {
            "" => None,
            id => {
                let unit = OrgUnitId::parse(id);
                Some(unit.ok_or_else(|| Error::not_found("organisational unit"))?)
            }
        };
        Ok(Readoption {
            certificates: (self.which != "all").then(|| certificates.map(str::to_owned).collect()),
            unit,
            ownership: self.ownership.clone(),
            platform: self.platform.clone(),
            seen_at,
        })
    }

    fn nobody(&self) -> bool {
        self.which != "all" && self.certificate.is_empty()
    }

    /// The same for the form; `seen_at` is when they were looked at.
    fn carried(&self, seen_at: i64) -> Vec<(&'static str, String)> {
        vec![
            ("which", self.which.clone()),
            ("certificate", self.certificate.clone()),
            ("ownership", self.ownership.clone()),
            ("unit", self.unit.clone()),
            ("platform", self.platform.clone()),
            ("seen_at", seen_at.to_string()),
        ]
    }
}

/// What would happen, without doing it.
pub(crate) async fn look(mut visitor: Visitor) -> Result<Response, Failure> {
    let text = |name: &str| visitor.query.get(name).unwrap_or_default().to_owned();
    let fields = Fields {
        which: text("which"),
        certificate: text("certificate"),
        ownership: text("ownership"),
        unit: text("unit"),
        platform: text("platform"),
        ..Fields::default()
    };
    if fields.nobody() {
        return Ok(go(
            visitor.state(),
            urls::UNKNOWN_SENDERS,
            Told::NothingChosen,
        ));
    }
    if fields.certificate.len() > LONGEST {
        visitor = visitor.at(urls::UNKNOWN_SENDERS.to_owned());
    }
    let shown = built(&visitor, &fields).await?;
    Ok(page(StatusCode::OK, &shown))
}

pub(crate) async fn take_in(form: Filled<Fields>) -> Result<Response, Failure> {
    let (visitor, fields) = (form.visitor, form.fields);
    let mut visitor = visitor.at(urls::UNKNOWN_SENDERS.to_owned());
    let wanted = fields.wanted(Some(fields.seen_at))?;
    let done = match visitor.confirm(fields.password.clone()).await {
        Ok(()) => readopt(visitor.core(), visitor.actor(), wanted).await,
        Err(error) => Err(error),
    };
    let error = match done {
        Ok(report) => {
            let shown = readopted(&visitor, &report).await?;
            return Ok(page(StatusCode::OK, &shown));
        }
        Err(error) => error,
    };
    let l = visitor.texts;
    let mut shown = built(&visitor, &fields).await?;
    match (error.kind, error.field, error.code) {
        (Kind::Invalid, Some("password"), _) => {
            shown.password = true;
            shown.password_error = FieldError::PasswordWrong.text(l);
        }
        (Kind::FreshSignInNeeded, ..) => {
            shown.password = true;
            shown.password_error = FieldError::Required.text(l);
        }
        // The page says it.
        (_, _, "push_certificate_missing") => {}
        (Kind::Overloaded, ..) => shown.error = words::refusal(l, error.code),
        _ => return Err(error.into()),
    }
    Ok(page(AppError::from(error).status(), &shown))
}

async fn built(visitor: &Visitor, fields: &Fields) -> Result<ReadoptPage, Failure> {
    let l = visitor.texts;
    let wanted = fields.wanted(None)?;
    let found = preview_readopt(visitor.core(), visitor.actor(), &wanted).await?;
    let hidden = (found.taken + found.refused).saturating_sub(found.senders.len());
    let devices = visitor.may(Permission::DevicesRead);
    Ok(ReadoptPage {
        title: if found.taken == 0 {
            l.t("unknown-take-none")
        } else {
            l.tn("unknown-take-title", found.taken)
        },
        nothing: found.taken == 0,
        lines: lines(l, &wanted, &found),
        ends: found.replaced > 0,
        refused: some(found.refused, |n| l.tn("unknown-take-refused", n)),
        rows: found.senders.iter().map(|s| line(l, devices, s)).collect(),
        more: some(hidden, |n| l.tn("many-more", n)),
        push_missing: found.push_missing,
        fields: fields.carried(found.seen_at),
        password: visitor.needs_password(),
        password_error: String::new(),
        error: String::new(),
        submit: l.tn("unknown-take-submit", found.taken),
        f: visitor.frame(Place::Overview, "").await?,
    })
}

fn some(count: usize, text: impl Fn(usize) -> String) -> String {
    if count > 0 {
        text(count)
    } else {
        String::new()
    }
}

/// What happens to those that are taken in.
pub(crate) fn lines(l: Texts, wanted: &Readoption, found: &ReadoptionPreview) -> Vec<String> {
    if found.taken == 0 {
        return Vec::new();
    }
    let ownership = words::ownership(l, &wanted.ownership);
    let args = [
        ("n", found.taken.into()),
        ("unit", (&found.unit_name).into()),
        ("ownership", (&ownership).into()),
    ];
    let ends = if wanted.certificates.is_none() {
        l.t("unknown-take-all-ends")
    } else if found.replaced == 0 {
        l.t("unknown-take-ends-none")
    } else {
        l.tn("unknown-take-ends", found.replaced)
    };
    vec![
        l.t_args("unknown-take-in", &args),
        ends,
        l.ta("unknown-take-platform", &platform(l, &wanted.platform)),
        l.t("unknown-take-push"),
    ]
}

fn line(l: Texts, devices: bool, found: &PreviewedSender) -> (KnownSender, String, bool) {
    let mut sender = sender(&found.certificate_sha256, found.known.as_ref());
    if !devices {
        sender.href.clear();
    }
    match found.refused {
        Some(code) => refused_row(l, sender, code),
        None if found.replaced => (sender, l.t("unknown-row-ends"), true),
        None => (sender, l.t("unknown-row-taken"), false),
    }
}

pub(crate) fn refused_row(
    l: Texts,
    sender: KnownSender,
    code: &str,
) -> (KnownSender, String, bool) {
    (sender, refusal(l, code), true)
}

async fn readopted(visitor: &Visitor, report: &Report) -> Result<ReadoptedPage, Failure> {
    let l = visitor.texts;
    let ids: Vec<DeviceId> = report
        .taken
        .iter()
        .take(SHOWN)
        .map(|taken| taken.device_id.clone())
        .collect();
    let named = if visitor.may(Permission::DevicesRead) {
        devices::named(visitor.core(), visitor.actor(), &ids).await?
    } else {
        Vec::new()
    };
    let replaced = report.taken.iter().filter(|taken| taken.replaced).count();
    let refused = report.skipped.iter().take(SHOWN);
    Ok(ReadoptedPage {
        title: if report.readopted == 0 {
            l.t("unknown-done-none")
        } else {
            l.tn("unknown-done-title", report.readopted)
        },
        nothing: report.readopted == 0,
        ended: some(replaced, |n| l.tn("unknown-done-ended", n)),
        taken_more: if named.is_empty() {
            String::new()
        } else {
            let hidden = report.readopted.saturating_sub(named.len());
            some(hidden, |n| l.tn("many-more", n))
        },
        taken: named
            .into_iter()
            .map(|device| Link {
                href: urls::device(device.id.as_str()),
                text: device.name,
            })
            .collect(),
        refused: some(report.skipped.len(), |n| l.tn("unknown-done-refused", n)),
        rows: refused
            .map(|skipped| (short(&skipped.certificate_sha256), refusal(l, skipped.code)))
            .collect(),
        refused_more: some(report.skipped.len().saturating_sub(SHOWN), |n| {
            l.tn("many-more", n)
        }),
        f: visitor.frame(Place::Overview, "").await?,
    })
}
