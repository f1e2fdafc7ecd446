//! `GET /console/certificates` and `GET /console/devices/{id}/certificates`.

use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use tillsyn_core::certificates::{self, CertificateFilter, CertificateStatus, CertificateView};
use tillsyn_core::ids::DeviceId;
use tillsyn_core::{Error, Permission, devices};

use super::page::{CertificateRow, CertificatesPage};
use super::words;
use crate::console::failure::Failure;
use crate::console::frame::{Emptiness, Place};
use crate::console::lists::{self, Place as At};
use crate::console::visitor::Visitor;
use crate::ui::{Choice, Link, page, status, urls};

/// Certificates whose renewal came to nothing, as one filter.
pub(crate) const LATE: &str = "late";

/// All of the person's scope, newest first.
pub(crate) async fn list(visitor: Visitor) -> Result<Response, Failure> {
    let asked = visitor.query.get("status").unwrap_or_default();
    let known = CertificateStatus::parse(asked);
    let filter = CertificateFilter {
        status: known.iter().map(|s| s.as_str().to_owned()).collect(),
        late: asked == LATE,
        ..CertificateFilter::default()
    };
    let filtered = known.is_some() || filter.late;
    let (core, actor) = (visitor.core(), visitor.actor());
    let after = At::of(&visitor.query);
    let found = certificates::list_certificates(core, actor, &filter, after.after(), None).await?;
    let l = visitor.texts;
    let mut statuses = lists::status_filter(l, "certificate", asked);
    let late = Choice {
        value: LATE.to_owned(),
        text: l.t("certificate-late"),
        chosen: filter.late,
    };
    statuses.choices.insert(1, late);
    let shown = CertificatesPage {
        device: None,
        renew: String::new(),
        statuses: Some(statuses),
        rows: found.items.iter().map(|c| row(&visitor, c, true)).collect(),
        pager: lists::pager(
            &visitor,
            urls::CERTIFICATES,
            found.items.len(),
            found.next.as_deref(),
        ),
        empty: Emptiness::of(found.items.len(), filtered),
        f: visitor.frame(Place::Devices, "devices").await?,
    };
    Ok(page(StatusCode::OK, &shown))
}

/// Those of one device.
pub(crate) async fn of_device(
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let device = DeviceId::parse(&id).ok_or_else(|| Error::not_found("device"))?;
    let (core, actor) = (visitor.core(), visitor.actor());
    let detail = devices::device(core, actor, &device).await?;
    let found = certificates::of_device(core, actor, &device).await?;
    let in_use = found.iter().any(|c| c.in_use);
    let may = in_use && visitor.may(Permission::CertificatesRenew);
    let shown = CertificatesPage {
        device: Some(Link {
            href: urls::device(device.as_str()),
            text: detail.row.name,
        }),
        renew: if may {
            urls::device_renew(device.as_str())
        } else {
            String::new()
        },
        statuses: None,
        rows: found.iter().map(|c| row(&visitor, c, false)).collect(),
        pager: lists::pager(&visitor, "", found.len(), None),
        empty: Emptiness::of(found.len(), false),
        f: visitor
            .frame(Place::Devices, &format!("device:{device}"))
            .await?,
    };
    Ok(page(StatusCode::OK, &shown))
}

fn row(visitor: &Visitor, view: &CertificateView, with_device: bool) -> CertificateRow {
    let l = visitor.texts;
    CertificateRow {
        href: urls::certificate(view.id.as_str()),
        method: words::method(l, &view.method),
        serial: view.serial_number.clone(),
        device: link(view).filter(|_| with_device),
        status: status(l, "certificate", view.status.as_str()),
        note: words::note(l, &visitor.zone, view),
        expires: l.date(view.not_after, &visitor.zone),
    }
}

pub(super) fn link(view: &CertificateView) -> Option<Link> {
    let device = view.device_id.as_ref()?;
    Some(Link {
        href: urls::device(device.as_str()),
        text: view.device_name.clone().unwrap_or_default(),
    })
}
