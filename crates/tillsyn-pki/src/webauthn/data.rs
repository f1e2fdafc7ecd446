use super::error::{Result, WebauthnError};
use crate::attestation::cbor::Value;

/// WebAuthn §6.1: the authenticator's own part of an answer.
pub(super) struct Data<'a> {
    pub(super) party_hash: &'a [u8],
    flags: u8,
    pub(super) counter: u32,
    /// Id and COSE key; only in registrations.
    pub(super) attested: Option<(&'a [u8], Value<'a>)>,
}

const PRESENT: u8 = 1;
const VERIFIED: u8 = 1 << 2;
const BACKUP_ELIGIBLE: u8 = 1 << 3;
const BACKED_UP: u8 = 1 << 4;
const ATTESTED: u8 = 1 << 6;
const EXTENSIONS: u8 = 1 << 7;
/// §4, "Credential ID": at most this long.
const MAX_ID: usize = 1_023;

const MALFORMED: WebauthnError = WebauthnError::Malformed("authenticator data");

impl<'a> Data<'a> {
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self> {
        let (party_hash, rest) = bytes.split_at_checked(32).ok_or(MALFORMED)?;
        let (flags, rest) = rest.split_first().ok_or(MALFORMED)?;
        let (counter, rest) = rest.split_first_chunk::<4>().ok_or(MALFORMED)?;
        let (attested, rest) = if flags & ATTESTED == 0 {
            (None, rest)
        } else {
            let (id, key, rest) = attested(rest)?;
            (Some((id, key)), rest)
        };
        let rest = if flags & EXTENSIONS == 0 {
            rest
        } else {
            match Value::read_first(rest) {
                Ok((Value::Map(_), rest)) => rest,
                _ => return Err(MALFORMED),
            }
        };
        if !rest.is_empty() {
            return Err(MALFORMED);
        }
        Ok(Self {
            party_hash,
            flags: *flags,
            counter: u32::from_be_bytes(*counter),
            attested,
        })
    }

    /// Someone was there, and the authenticator knew who; the backup flags agree with each other.
    // §7.1 steps 15 to 19, §7.2 steps 17 to 19.
    pub(super) fn check_flags(&self) -> Result<()> {
        if self.flags & PRESENT == 0 {
            return Err(WebauthnError::NotPresent);
        }
        if self.flags & VERIFIED == 0 {
            return Err(WebauthnError::NotVerified);
        }
        if self.backed_up() && !self.backup_eligible() {
            return Err(MALFORMED);
        }
        Ok(())
    }

    pub(super) fn backup_eligible(&self) -> bool {
        self.flags & BACKUP_ELIGIBLE != 0
    }

    pub(super) fn backed_up(&self) -> bool {
        self.flags & BACKED_UP != 0
    }
}

/// §6.5.1: AAGUID, length of the id, id, key.
fn attested(bytes: &[u8]) -> Result<(&[u8], Value<'_>, &[u8])> {
    let (_aaguid, rest) = bytes.split_at_checked(16).ok_or(MALFORMED)?;
    let (length, rest) = rest.split_first_chunk::<2>().ok_or(MALFORMED)?;
    let length = usize::from(u16::from_be_bytes(*length));
    if length == 0 || length > MAX_ID {
        return Err(MALFORMED);
    }
    let (id, rest) = rest.split_at_checked(length).ok_or(MALFORMED)?;
    let (key, rest) = Value::read_first(rest).map_err(|_| MALFORMED)?;
    Ok((id, key, rest))
}
