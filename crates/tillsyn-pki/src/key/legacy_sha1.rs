//! RSA PKCS#1 v1.5 signatures with SHA-1, which the crypto library verifies but no longer makes.
//! Only simulated old devices sign like this, with keys that are no secret: the arithmetic below
//! is not constant-time.

use crate::asn1::{OCTET_STRING, Reader, oid, writer};
use crate::error::{Error, Result};
use crate::key::Digest;

const WHAT: &str = "private key";

pub(super) fn sign(pkcs8: &[u8], message: &[u8]) -> Result<Vec<u8>> {
    let mut reader = Reader::der(pkcs8).sequence(WHAT)?;
    reader.integer(WHAT)?;
    reader.sequence(WHAT)?;
    let mut key = Reader::der(reader.read(OCTET_STRING, WHAT)?.content).sequence(WHAT)?;
    key.integer(WHAT)?;
    let modulus = key.integer(WHAT)?;
    key.integer(WHAT)?;
    let exponent = key.integer(WHAT)?;

    let modulus = Number::from_bytes(modulus);
    let size = modulus.0.len().saturating_mul(8);
    let padded = pad(size, message)?;
    let signature = modulus.power(&Number::from_bytes(&padded), exponent);
    Ok(signature.to_bytes(size))
}

/// EMSA-PKCS1-v1_5. RFC 8017 §9.2.
fn pad(size: usize, message: &[u8]) -> Result<Vec<u8>> {
    let algorithm = writer::sequence(&[&writer::oid(&oid::SHA1), &writer::null()]);
    let info = writer::sequence(&[&algorithm, &writer::octets(&Digest::Sha1.of(message))]);
    let filler = size
        .checked_sub(info.len() + 3)
        .ok_or(Error::crypto("signing"))?;
    Ok([&[0, 1][..], &vec![0xff; filler], &[0], &info].concat())
}

/// Little-endian limbs without leading zero limbs.
#[derive(Clone)]
struct Number(Vec<u64>);

impl Number {
    fn from_bytes(bytes: &[u8]) -> Self {
        let limbs = bytes.rchunks(8).map(|chunk| {
            chunk
                .iter()
                .fold(0u64, |limb, byte| (limb << 8) | u64::from(*byte))
        });
        let mut number = Self(limbs.collect());
        while number.0.last() == Some(&0) {
            number.0.pop();
        }
        number
    }

    fn to_bytes(&self, size: usize) -> Vec<u8> {
        let mut bytes: Vec<u8> = self.0.iter().flat_map(|limb| limb.to_le_bytes()).collect();
        bytes.resize(size, 0);
        bytes.reverse();
        bytes
    }

    /// `base ^ exponent mod self` by squaring in Montgomery form; `self` is odd.
    fn power(&self, base: &Self, exponent: &[u8]) -> Self {
        let mut square = vec![0u64; self.0.len()];
        // R^2 mod n by doubling 1 as often as R^2 has bits.
        if let Some(lowest) = square.first_mut() {
            *lowest = 1;
        }
        for _ in 0..self.0.len() * 128 {
            self.double(&mut square);
        }
        let mut base = base.0.clone();
        base.resize(self.0.len(), 0);
        let base = self.multiply(&base, &square);
        let mut one = vec![0u64; self.0.len()];
        if let Some(lowest) = one.first_mut() {
            *lowest = 1;
        }
        let mut result = self.multiply(&one, &square);
        for byte in exponent {
            for bit in (0..8).rev() {
                result = self.multiply(&result, &result);
                if byte >> bit & 1 == 1 {
                    result = self.multiply(&result, &base);
                }
            }
        }
        Self(self.multiply(&result, &one))
    }

    fn double(&self, value: &mut [u64]) {
        let mut carry = 0;
        for limb in value.iter_mut() {
            let top = *limb >> 63;
            *limb = *limb << 1 | carry;
            carry = top;
        }
        self.reduce_once(value, carry);
    }

    /// Subtracts the modulus if `carry`·2^bits + value is not below it.
    fn reduce_once(&self, value: &mut [u64], carry: u64) {
        let is_below = carry == 0 && value.iter().rev().lt(self.0.iter().rev());
        if is_below {
            return;
        }
        let mut borrow = false;
        for (limb, subtrahend) in value.iter_mut().zip(&self.0) {
            let (difference, first) = limb.overflowing_sub(*subtrahend);
            let (difference, second) = difference.overflowing_sub(u64::from(borrow));
            *limb = difference;
            borrow = first || second;
        }
    }

    /// `a · b / R mod self`, one limb of `a` at a time.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "limbs are the low halves of sums"
    )]
    fn multiply(&self, a: &[u64], b: &[u64]) -> Vec<u64> {
        let inverse = self.negated_inverse();
        let mut sum = vec![0u64; self.0.len()];
        let mut top = 0u128;
        for digit in a {
            let mut carry = 0u128;
            for (limb, factor) in sum.iter_mut().zip(b) {
                carry += u128::from(*limb) + u128::from(*digit) * u128::from(*factor);
                *limb = carry as u64;
                carry >>= 64;
            }
            top += carry;
            let factor = sum.first().map_or(0u64, |low| low.wrapping_mul(inverse));
            let mut carry = 0u128;
            let mut previous: Option<&mut u64> = None;
            for (limb, modulus) in sum.iter_mut().zip(&self.0) {
                carry += u128::from(*limb) + u128::from(factor) * u128::from(*modulus);
                if let Some(previous) = previous {
                    *previous = carry as u64;
                }
                carry >>= 64;
                previous = Some(limb);
            }
            top += carry;
            if let Some(last) = previous {
                *last = top as u64;
            }
            top >>= 64;
        }
        self.reduce_once(&mut sum, top as u64);
        sum
    }

    /// `-1 / n mod 2^64` by Newton's iteration.
    fn negated_inverse(&self) -> u64 {
        let low = self.0.first().copied().unwrap_or(1);
        let mut inverse = 1u64;
        for _ in 0..6 {
            inverse = inverse.wrapping_mul(2u64.wrapping_sub(low.wrapping_mul(inverse)));
        }
        inverse.wrapping_neg()
    }
}
