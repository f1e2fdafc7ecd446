//! Requests as the API shows them; the key is never among it.

use serde::Serialize;
use tillsyn_core::push::{PushRequestFiles, PushRequestView};
use utoipa::ToSchema;

use crate::api::time::Time;

/// A request for a push certificate.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct PushRequest {
    #[schema(format = "uuid")]
    id: String,
    /// The push certificate that it is to renew.
    #[schema(format = "uuid")]
    renews: Option<String>,
    common_name: String,
    email: String,
    country: String,
    /// `created` (a vendor must sign it) or `signed` (it goes to Apple).
    status: &'static str,
    /// `own` or `outside`.
    signed_by: Option<String>,
    signed_at: Option<Time>,
    created_at: Time,
}

impl From<PushRequestView> for PushRequest {
    fn from(view: PushRequestView) -> Self {
        Self {
            id: view.id.to_string(),
            renews: view.renews.map(|id| id.to_string()),
            common_name: view.common_name,
            email: view.email,
            country: view.country,
            status: view.status,
            signed_by: view.signed_by,
            signed_at: Time::option(view.signed_at),
            created_at: Time(view.created_at),
        }
    }
}

/// A request with its files.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct PushRequestWithFiles {
    #[serde(flatten)]
    request: PushRequest,
    /// The request in PEM, for an outside signer.
    csr: String,
    /// The file for identity.apple.com/pushcert, once it is signed.
    upload_file: Option<String>,
}

impl From<PushRequestFiles> for PushRequestWithFiles {
    fn from(files: PushRequestFiles) -> Self {
        Self {
            request: files.request.into(),
            csr: files.csr_pem,
            upload_file: files.upload_file,
        }
    }
}
