//! Profiles, drafts and versions as the API shows them.

use serde::Serialize;
use serde_json::Value as Json;
use tillsyn_core::profiles as core;
use utoipa::ToSchema;

use crate::api::time::Time;

/// A profile's content in short; nothing in it is secret.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct ProfileSummary {
    /// As people see it on the device.
    display_name: Option<String>,
    payloads: Vec<ProfilePayload>,
    /// Types that are in no schema that Tillsyn knows: installed as they are.
    unknown_types: Vec<String>,
    variables: Vec<String>,
    credentials: Vec<ProfileCredential>,
    /// `System` or `User`, when it says so.
    scope: Option<String>,
    removal_disallowed: bool,
    /// When the device removes it by itself.
    removal_date: Option<Time>,
    /// Its payloads are encrypted for one device.
    encrypted: bool,
    has_secrets: bool,
    /// Who signed the upload.
    signer: Option<ProfileSigner>,
    size_bytes: usize,
    findings: FindingCounts,
}

/// One payload.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct ProfilePayload {
    r#type: String,
    identifier: Option<String>,
    display_name: Option<String>,
}

/// A payload whose certificate Tillsyn issues to each device.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct ProfileCredential {
    /// `PayloadIdentifier` of the payload.
    payload: String,
    /// `scep` or `acme`.
    method: String,
}

/// The certificate that an upload was signed with. Its chain is not judged.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct ProfileSigner {
    subject: String,
    issuer: String,
    not_after: Time,
    sha256: String,
}

/// How many findings of each severity.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct FindingCounts {
    errors: usize,
    warnings: usize,
    notes: usize,
}

impl From<core::Summary> for ProfileSummary {
    fn from(summary: core::Summary) -> Self {
        let payloads = summary.payloads.into_iter().map(|payload| ProfilePayload {
            r#type: payload.payload_type,
            identifier: payload.identifier,
            display_name: payload.display_name,
        });
        let credentials = summary
            .credentials
            .into_iter()
            .map(|used| ProfileCredential {
                payload: used.payload,
                method: used.method,
            });
        Self {
            display_name: summary.display_name,
            payloads: payloads.collect(),
            unknown_types: summary.unknown,
            variables: summary.variables,
            credentials: credentials.collect(),
            scope: summary.scope,
            removal_disallowed: summary.removal_disallowed,
            removal_date: Time::option(summary.removal_date),
            encrypted: summary.encrypted,
            has_secrets: summary.has_secrets,
            signer: summary.signer.map(|signer| ProfileSigner {
                subject: signer.subject,
                issuer: signer.issuer,
                not_after: Time(signer.not_after),
                sha256: signer.sha256,
            }),
            size_bytes: summary.size_bytes,
            findings: FindingCounts {
                errors: summary.findings.errors,
                warnings: summary.findings.warnings,
                notes: summary.findings.notes,
            },
        }
    }
}

/// A configuration profile.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Profile {
    #[schema(format = "uuid")]
    id: String,
    #[schema(format = "uuid")]
    unit_id: String,
    unit_name: String,
    /// `apple`.
    platform: String,
    name: String,
    description: Option<String>,
    /// `PayloadIdentifier`: what devices know it by. It never changes.
    identifier: String,
    /// `active` or `archived`.
    status: &'static str,
    /// The newest published version; `null` while there is only a draft.
    current_version: Option<i64>,
    /// Rises with every change.
    revision: i64,
    created_by: Option<String>,
    created_at: Time,
    updated_at: Time,
    /// Of the newest version, or of the draft when there is none.
    summary: ProfileSummary,
    draft: Option<ProfileDraftNote>,
}

/// That there is a draft.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct ProfileDraftNote {
    revision: i64,
    updated_by: Option<String>,
    updated_at: Time,
    summary: ProfileSummary,
}

impl From<core::ProfileView> for Profile {
    fn from(view: core::ProfileView) -> Self {
        Self {
            id: view.id.to_string(),
            unit_id: view.unit_id.to_string(),
            unit_name: view.unit_name,
            platform: view.platform,
            name: view.name,
            description: view.description,
            identifier: view.identifier,
            status: if view.archived { "archived" } else { "active" },
            current_version: view.current_version,
            revision: view.revision,
            created_by: view.created_by,
            created_at: Time(view.created_at),
            updated_at: Time(view.updated_at),
            summary: view.summary.into(),
            draft: view.draft.map(|draft| ProfileDraftNote {
                revision: draft.revision,
                updated_by: draft.updated_by,
                updated_at: Time(draft.updated_at),
                summary: draft.summary.into(),
            }),
        }
    }
}

/// One thing that the check found. It never holds the value of a secret.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Finding {
    /// `error`, `warning` or `note`. A version is published without errors only.
    severity: String,
    /// Stable.
    code: String,
    /// Place of the payload, from 0; `null` for the profile itself.
    payload: Option<usize>,
    payload_type: Option<String>,
    payload_identifier: Option<String>,
    /// From the payload, or from the top of the profile.
    path: String,
    found: Option<String>,
    /// Values, range, type or format, whatever applies.
    #[schema(value_type = Object)]
    allowed: Json,
    /// In English.
    text: String,
}

impl From<core::Finding> for Finding {
    fn from(finding: core::Finding) -> Self {
        Self {
            severity: finding.severity,
            code: finding.code,
            payload: finding.payload,
            payload_type: finding.payload_type,
            payload_identifier: finding.payload_identifier,
            path: finding.path,
            found: finding.found,
            allowed: finding.allowed,
            text: finding.text,
        }
    }
}

/// One difference; of secrets only that they differ.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct ProfileChange {
    /// From the top of the profile, such as `PayloadContent[0].SSID_STR`.
    path: String,
    /// `added`, `removed` or `changed`.
    kind: String,
    old: Option<String>,
    new: Option<String>,
}

impl From<core::Change> for ProfileChange {
    fn from(change: core::Change) -> Self {
        Self {
            path: change.path,
            kind: change.kind,
            old: change.old,
            new: change.new,
        }
    }
}

/// The draft of a profile, secrets masked.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct ProfileDraft {
    #[schema(format = "uuid")]
    profile_id: String,
    /// Goes into the next save, and into publishing.
    revision: i64,
    /// False while nothing differs from the newest version: the first save makes the draft.
    stored: bool,
    base_version: Option<i64>,
    comment: Option<String>,
    updated_by: Option<String>,
    updated_at: Option<Time>,
    summary: ProfileSummary,
    findings: Vec<Finding>,
    /// What differs from the version that it started from.
    changes: Vec<ProfileChange>,
    fields: ProfileFields,
    /// The whole as an XML property list.
    plist: String,
}

/// The values of a profile as JSON: data is Base64, dates are RFC 3339, secrets are masked.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct ProfileFields {
    /// All but the payloads.
    #[schema(value_type = Object)]
    top: Json,
    /// The payloads in their order.
    #[schema(value_type = Vec<Object>)]
    payloads: Json,
    /// Where the masks stand: paths from the top, of keys and places.
    #[schema(value_type = Vec<Vec<Object>>)]
    secrets: Json,
}

impl From<Json> for ProfileFields {
    fn from(mut fields: Json) -> Self {
        Self {
            top: fields["top"].take(),
            payloads: fields["payloads"].take(),
            secrets: fields["secrets"].take(),
        }
    }
}

impl From<core::DraftView> for ProfileDraft {
    fn from(view: core::DraftView) -> Self {
        Self {
            profile_id: view.profile_id.to_string(),
            revision: view.revision,
            stored: view.stored,
            base_version: view.base_version,
            comment: view.comment,
            updated_by: view.updated_by,
            updated_at: Time::option(view.updated_at),
            summary: view.summary.into(),
            findings: view.findings.into_iter().map(Into::into).collect(),
            changes: view.changes.into_iter().map(Into::into).collect(),
            fields: view.fields.into(),
            plist: view.plist,
        }
    }
}

/// A published version.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct ProfileVersion {
    #[schema(format = "uuid")]
    id: String,
    number: i64,
    comment: Option<String>,
    created_by: Option<String>,
    created_at: Time,
    summary: ProfileSummary,
    /// Whether the upload is kept as it came, beside the property list.
    has_original: bool,
}

impl From<core::VersionView> for ProfileVersion {
    fn from(view: core::VersionView) -> Self {
        Self {
            id: view.id.to_string(),
            number: view.number,
            comment: view.comment,
            created_by: view.created_by,
            created_at: Time(view.created_at),
            summary: view.summary.into(),
            has_original: view.has_original,
        }
    }
}

/// A published version with its content, secrets masked.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct ProfileVersionContent {
    version: ProfileVersion,
    findings: Vec<Finding>,
    fields: ProfileFields,
    /// The whole as an XML property list.
    plist: String,
}

impl From<core::VersionContent> for ProfileVersionContent {
    fn from(content: core::VersionContent) -> Self {
        Self {
            version: content.version.into(),
            findings: content.findings.into_iter().map(Into::into).collect(),
            fields: content.fields.into(),
            plist: content.plist,
        }
    }
}
