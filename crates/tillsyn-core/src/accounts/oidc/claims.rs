//! What an ID token says, and whether it is said to us, now, about this sign-in. OpenID Connect Core §3.1.3.7.

use serde_json::{Map, Value};

use super::fault::{Fault, Reason};
use crate::clock::{DAY_MS, MINUTE_MS};

/// How far the provider's clock may be from ours, in seconds.
const TOLERANCE: i64 = 5 * MINUTE_MS / 1000;
/// How much longer than our own measure the way back may have taken, in seconds: rounding.
const ROUNDING: i64 = 10;

/// What a token must say.
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) nonce: &'a str,
    pub(super) now_ms: i64,
    /// When the browser was sent to sign in anew; `None` where an earlier sign-in will do.
    pub(super) anew_since_ms: Option<i64>,
}

/// The claims of a token whose signature was right.
#[derive(Clone, Debug)]
pub(super) struct Claims(Map<String, Value>);

impl Claims {
    /// # Errors
    /// The reason why the claims do not count.
    pub(super) fn check(json: &[u8], expected: &Expected<'_>) -> Result<Self, Fault> {
        let claims = Self::read(json, "claims")?;
        claims.made_for_us(expected).map_err(Fault::Answer)?;
        claims
            .in_time(expected.now_ms / 1000)
            .map_err(Fault::Answer)?;
        if claims.text("nonce") != Some(expected.nonce) {
            return Err(Fault::Answer("nonce"));
        }
        if claims.subject().is_none() {
            return Err(Fault::Answer("subject"));
        }
        if let Some(since) = expected.anew_since_ms {
            claims.anew(expected.now_ms, since)?;
        }
        Ok(claims)
    }

    fn read(json: &[u8], what: Reason) -> Result<Self, Fault> {
        match serde_json::from_slice(json) {
            Ok(Value::Object(map)) => Ok(Self(map)),
            _ => Err(Fault::Answer(what)),
        }
    }

    fn made_for_us(&self, expected: &Expected<'_>) -> Result<(), Reason> {
        if self.text("iss") != Some(expected.issuer) {
            return Err("issuer");
        }
        let ours = |value: &Value| value.as_str() == Some(expected.client_id);
        let (named, several) = match self.0.get("aud") {
            Some(Value::Array(all)) => (all.iter().any(ours), all.len() > 1),
            Some(one) => (ours(one), false),
            None => (false, false),
        };
        if !named {
            return Err("audience");
        }
        match self.0.get("azp") {
            Some(party) if !ours(party) => Err("authorized_party"),
            None if several => Err("authorized_party"),
            _ => Ok(()),
        }
    }

    fn in_time(&self, now: i64) -> Result<(), Reason> {
        let expires = self.seconds("exp").ok_or("expiry")?;
        let issued = self.seconds("iat").ok_or("issued_at")?;
        if expires <= now - TOLERANCE {
            return Err("expired");
        }
        if issued > now + TOLERANCE {
            return Err("issued_in_the_future");
        }
        match self.0.get("nbf") {
            Some(_)
                if self
                    .seconds("nbf")
                    .is_none_or(|from| from > now + TOLERANCE) =>
            {
                Err("not_yet_valid")
            }
            _ => Ok(()),
        }
    }

    /// Both times are the provider's own, so its clock does not matter.
    fn anew(&self, now_ms: i64, since_ms: i64) -> Result<(), Fault> {
        let elapsed = (now_ms - since_ms).max(0) / 1000;
        let fresh = self
            .seconds("auth_time")
            .zip(self.seconds("iat"))
            .is_some_and(|(signed_in, issued)| {
                issued.saturating_sub(signed_in) <= elapsed + ROUNDING
            });
        if fresh { Ok(()) } else { Err(Fault::NotFresh) }
    }

    /// How long before this token the person signed in there, where the provider says so: an old sign-in is none that
    /// is fresh here.
    pub(super) fn signed_in_for_ms(&self) -> Option<i64> {
        let signed_in = self.seconds("auth_time")?;
        let issued = self.seconds("iat")?;
        Some(issued.saturating_sub(signed_in).clamp(0, DAY_MS / 1000) * 1000)
    }

    /// Adds what the user info endpoint says, about the same person only. §5.3.2.
    pub(super) fn add_user_info(&mut self, json: &[u8]) -> Result<(), Fault> {
        let info = Self::read(json, "user_info")?;
        if info.subject() != self.subject() {
            return Err(Fault::Answer("user_info_subject"));
        }
        // That an address was checked counts for the address beside it.
        let same = if let Some(own) = self.0.get("email") {
            info.0.get("email") == Some(own)
        } else {
            self.0.remove("email_verified");
            true
        };
        // How somebody signed in, only the signed token says; the rest where it says nothing.
        let told = |name: &String| match name.as_str() {
            "amr" | "acr" | "auth_time" => false,
            "email_verified" => same,
            _ => true,
        };
        for (name, value) in info.0.into_iter().filter(|(name, _)| told(name)) {
            self.0.entry(name).or_insert(value);
        }
        Ok(())
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }

    /// Whole seconds; some providers send fractions.
    fn seconds(&self, name: &str) -> Option<i64> {
        let value = self.0.get(name)?;
        #[expect(clippy::cast_possible_truncation, reason = "seconds, saturating")]
        let whole = value.as_i64().or_else(|| Some(value.as_f64()? as i64));
        whole
    }

    /// §2: at most 255 characters.
    pub(super) fn subject(&self) -> Option<&str> {
        self.text("sub")
            .filter(|subject| (1..=255).contains(&subject.chars().count()))
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The mail address, unless the provider says that nobody checked it; and whether somebody did.
    pub(super) fn email(&self) -> Option<(&str, bool)> {
        let verified = match self.0.get("email_verified") {
            None => false,
            Some(Value::Bool(true)) => true,
            Some(Value::String(text)) if text == "true" => true,
            Some(_) => return None,
        };
        Some((self.text("email")?, verified))
    }

    pub(super) fn name(&self) -> Option<&str> {
        self.text("name").map(str::trim).filter(|n| !n.is_empty())
    }

    /// The groups, at a claim of this name or, with dots, inside of others.
    pub(super) fn groups(&self, claim: &str) -> Vec<&str> {
        let found = self.0.get(claim).or_else(|| {
            let mut parts = claim.split('.');
            let first = self.0.get(parts.next()?)?;
            parts.try_fold(first, |value, part| value.get(part))
        });
        match found {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether one of these values of `amr` or `acr` is there. RFC 8176.
    pub(super) fn says_any(&self, values: &[String]) -> bool {
        let among = |found: &Value| values.iter().any(|value| found.as_str() == Some(value));
        let methods = self.0.get("amr").and_then(Value::as_array);
        methods.is_some_and(|methods| methods.iter().any(among))
            || self.0.get("acr").is_some_and(among)
    }
}
