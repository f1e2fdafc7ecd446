//! `GET /console/certificates/{id}`.

use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use tillsyn_core::certificates::{self, CertificateView};
use tillsyn_core::ids::CertificateId;
use tillsyn_core::{Error, Permission};

use super::list::link;
use super::page::{CertificatePage, RevokeForm};
use super::words;
use crate::console::failure::Failure;
use crate::console::frame::Place;
use crate::console::visitor::Visitor;
use crate::ui::{page, status, urls};

pub(crate) async fn show(visitor: Visitor, Path(id): Path<String>) -> Result<Response, Failure> {
    let id = certificate_id(&id)?;
    Ok(page(StatusCode::OK, &shown(&visitor, &id).await?))
}

pub(super) fn certificate_id(text: &str) -> Result<CertificateId, Error> {
    CertificateId::parse(text).ok_or_else(|| Error::not_found("certificate"))
}

/// The page before anything was typed.
pub(super) async fn shown(
    visitor: &Visitor,
    id: &CertificateId,
) -> Result<CertificatePage, Failure> {
    let (core, actor, l) = (visitor.core(), visitor.actor(), visitor.texts);
    let view = certificates::certificate(core, actor, id).await?;
    let may = view.revoked_at.is_none() && visitor.may(Permission::CertificatesRevoke);
    let revoke = if may {
        let (consequence, must_type) = certificates::consequence(core, actor, id).await?;
        Some(RevokeForm {
            action: urls::certificate_revoke(id.as_str()),
            consequence: words::consequence(l, consequence),
            must_type,
            reason: String::new(),
            reason_error: String::new(),
            typed: String::new(),
            typed_error: String::new(),
            password: visitor.needs_password(),
            password_error: String::new(),
            error: String::new(),
        })
    } else {
        None
    };
    Ok(CertificatePage {
        device: link(&view),
        serial: view.serial_number.clone(),
        status: status(l, "certificate", view.status.as_str()),
        facts: facts(visitor, &view),
        attested: words::attested(l, view.attested.as_ref()),
        revoke,
        f: visitor.frame(Place::Devices, "").await?,
    })
}

fn facts(visitor: &Visitor, view: &CertificateView) -> Vec<(String, String)> {
    let (l, zone) = (visitor.texts, &visitor.zone);
    let date = |at: i64| l.date(at, zone);
    let mut facts = vec![
        (l.t("certificate-method"), words::method(l, &view.method)),
        (l.t("certificate-state"), words::note(l, zone, view)),
        (l.t("certificate-issued"), date(view.created_at)),
        (l.t("expires"), date(view.not_after)),
    ];
    if let Some(at) = view.renew_at.filter(|_| view.in_use) {
        facts.push((l.t("certificate-next-renewal"), date(at)));
    }
    if let Some(address) = &view.address {
        facts.push((l.t("certificate-address"), address.clone()));
    }
    facts
}
