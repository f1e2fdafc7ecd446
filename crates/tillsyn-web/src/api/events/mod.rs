//! `/api/v1/events`: the audit trail.

pub(super) mod list;
