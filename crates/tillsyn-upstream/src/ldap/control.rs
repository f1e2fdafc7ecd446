//! The controls that we send and read.

use super::ber::{BOOLEAN, OCTETS, Reader, SEQUENCE, Writer};
use super::error::LdapError;

/// Simple paged results (RFC 2696).
pub(super) const PAGING: &str = "1.2.840.113556.1.4.319";
/// Password policy (draft-behera-ldap-password-policy §6).
pub(super) const POLICY: &str = "1.3.6.1.4.1.42.2.27.8.5.1";

/// Why a password policy objects, though perhaps the password was right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyError {
    PasswordExpired,
    AccountLocked,
    ChangeAfterReset,
    /// One of those that only changes of passwords can bring, or one that is not known.
    Other,
}

/// What the directory says about a password beside yes and no.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PasswordPolicy {
    pub error: Option<PolicyError>,
    pub seconds_left: Option<i64>,
    pub grace_left: Option<i64>,
}

/// A control as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Control {
    pub(super) oid: String,
    pub(super) value: Vec<u8>,
}

pub(super) fn read_all(reader: &mut Reader<'_>) -> Result<Vec<Control>, LdapError> {
    let mut all = Vec::new();
    while !reader.is_empty() {
        if all.len() >= 32 {
            return Err(LdapError::TooLarge("controls"));
        }
        let mut inside = reader.expect(SEQUENCE)?.inside()?;
        let oid = inside.expect(OCTETS)?.text()?;
        inside.optional(BOOLEAN)?;
        let value = inside.optional(OCTETS)?;
        let value = value.map(|v| v.content.to_vec()).unwrap_or_default();
        all.push(Control { oid, value });
    }
    Ok(all)
}

pub(super) fn write(out: &mut Writer, oid: &str, critical: bool, value: Option<&[u8]>) {
    out.nested(SEQUENCE, |out| {
        out.bytes(OCTETS, oid.as_bytes());
        if critical {
            out.boolean(BOOLEAN, true);
        }
        if let Some(value) = value {
            out.bytes(OCTETS, value);
        }
    });
}

pub(super) fn paging_value(size: u32, cookie: &[u8]) -> Vec<u8> {
    let mut out = Writer::default();
    out.nested(SEQUENCE, |out| {
        out.integer(super::ber::INTEGER, i64::from(size));
        out.bytes(OCTETS, cookie);
    });
    out.finish()
}

/// The cookie of the next page; empty at the end.
pub(super) fn cookie(value: &[u8]) -> Result<Vec<u8>, LdapError> {
    let mut reader = Reader::new(value);
    let mut inside = reader.expect(SEQUENCE)?.inside()?;
    inside.expect(super::ber::INTEGER)?.integer()?;
    Ok(inside.expect(OCTETS)?.content.to_vec())
}

pub(super) fn policy(value: &[u8]) -> Result<PasswordPolicy, LdapError> {
    let mut found = PasswordPolicy::default();
    if value.is_empty() {
        return Ok(found);
    }
    let mut reader = Reader::new(value);
    let mut inside = reader.expect(SEQUENCE)?.inside()?;
    if let Some(warning) = inside.optional(0xa0)? {
        let choice = warning.inside()?.next()?;
        match choice.tag {
            0x80 => found.seconds_left = Some(choice.integer()?),
            0x81 => found.grace_left = Some(choice.integer()?),
            _ => return Err(LdapError::Protocol("an unknown warning about a password")),
        }
    }
    if let Some(error) = inside.optional(0x81)? {
        found.error = Some(match error.integer()? {
            0 => PolicyError::PasswordExpired,
            1 => PolicyError::AccountLocked,
            2 => PolicyError::ChangeAfterReset,
            _ => PolicyError::Other,
        });
    }
    Ok(found)
}
