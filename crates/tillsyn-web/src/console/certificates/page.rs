//! The pages.

use askama::Template;

use crate::console::frame::{Emptiness, Filter, Frame, Pager};
use crate::ui::{Link, Status};

/// `GET /console/certificates` and `GET /console/devices/{id}/certificates`.
#[derive(Template)]
#[template(path = "console/certificates.html")]
pub struct CertificatesPage {
    pub f: Frame,
    /// The device whose certificates these are; `None` in the list of all.
    pub device: Option<Link>,
    /// Where a renewal is asked for; empty when it is not possible or not allowed.
    pub renew: String,
    pub statuses: Option<Filter>,
    pub rows: Vec<CertificateRow>,
    pub pager: Pager,
    pub empty: Emptiness,
}

pub struct CertificateRow {
    pub href: String,
    /// How it was asked for.
    pub method: String,
    pub serial: String,
    pub device: Option<Link>,
    pub status: Status,
    /// In use, replaced, or what went wrong.
    pub note: String,
    pub expires: String,
}

/// `GET /console/certificates/{id}`.
#[derive(Template)]
#[template(path = "console/certificate.html")]
pub struct CertificatePage {
    pub f: Frame,
    pub device: Option<Link>,
    pub serial: String,
    pub status: Status,
    /// Label and value.
    pub facts: Vec<(String, String)>,
    /// What Apple said of the device: label and value.
    pub attested: Vec<(String, String)>,
    /// `None` when it is over, or the person may not.
    pub revoke: Option<RevokeForm>,
}

pub struct RevokeForm {
    pub action: String,
    /// What follows.
    pub consequence: String,
    pub must_type: String,
    pub reason: String,
    pub reason_error: String,
    pub typed: String,
    pub typed_error: String,
    pub password: bool,
    pub password_error: String,
    /// Why it cannot be done now.
    pub error: String,
}
