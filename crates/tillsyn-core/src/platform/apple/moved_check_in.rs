//! Raw check-ins that another server kept, in the order in which the device sent them: `Authenticate`,
//! `TokenUpdate`, then perhaps `SetBootstrapToken` (`nanomdm-compat.md`, "Migration in").

use serde_json::{Value as Json, json};
use tillsyn_apple::checkin::{Authenticate, CheckIn, Ids, SetBootstrapToken, TokenUpdate};
use tillsyn_apple::ids::{EnrollmentIdApple, Udid};
use tillsyn_db::{Tx, args};

use super::authenticate;
use super::token_update;
use crate::actor::{Actor, Permission, may};
use crate::core::Core;
use crate::error::Error;
use crate::escrow::{self, Kind, NewSecret};
use crate::events::{self, NewEvent};
use crate::keys::KeyStore;
use crate::moving::{self, Begun, ChannelKeys, Found};
use crate::org;

/// Takes in one raw check-in. It carries no certificate: the enrollment is awaited until a device of a
/// trusted authority claims it.
///
/// # Errors
/// Without the permission or outside the window; for a message that cannot be read, comes out of order, or
/// names a device that is enrolled here.
pub async fn take_in(core: &Core, actor: &Actor, body: &[u8]) -> Result<(), Error> {
    may(actor, Permission::EnrollmentsMove)?;
    let message = CheckIn::parse(body).map_err(|_| {
        let text = "This is no check-in message.";
        Error::invalid("body", "check_in", text)
    })?;
    let unit = org::of_path(core, &actor.unit_path).await?;
    let input = Incoming {
        message,
        keys: core.keys().clone(),
        actor: actor.clone(),
        unit: unit.id.to_string(),
        now_ms: core.now_ms(),
    };
    core.db()
        .write(input, |tx, input| {
            Box::pin(async move { input.run(tx).await })
        })
        .await
}

struct Incoming {
    message: CheckIn,
    keys: KeyStore,
    actor: Actor,
    unit: String,
    now_ms: i64,
}

fn names(ids: &Ids) -> (Option<&str>, Option<&str>) {
    (
        ids.udid.as_ref().map(Udid::as_str),
        ids.enrollment_id.as_ref().map(EnrollmentIdApple::as_str),
    )
}

impl Incoming {
    async fn run(&self, tx: &Tx) -> Result<(), Error> {
        if !moving::window_is_open_in(tx, self.now_ms).await? {
            return Err(Error::forbidden(
                "window_closed",
                "The window for moving in is closed; an administrator opens it.",
            ));
        }
        match &self.message {
            CheckIn::Authenticate(message) => self.authenticate(tx, message).await,
            CheckIn::TokenUpdate(message) => self.token_update(tx, message).await,
            CheckIn::SetBootstrapToken(message) => self.bootstrap_token(tx, message).await,
            _ => Err(Error::invalid(
                "body",
                "check_in",
                "Only Authenticate, TokenUpdate and SetBootstrapToken move an enrollment.",
            )),
        }
    }

    async fn authenticate(&self, tx: &Tx, message: &Authenticate) -> Result<(), Error> {
        let (udid, enrollment_id) = names(&message.ids);
        let topic = message.topic.as_str();
        if !moving::topic_is_known_in(tx, topic).await? {
            return Err(Error::conflict(
                "topic_unknown",
                "There is no push certificate with this topic; upload it first.",
            ));
        }
        // Sent again after a break: what is here stays.
        if let Some(found) = moving::find_awaited_in(tx, udid, enrollment_id).await? {
            return self.reached(&found);
        }
        let serial = authenticate::serial_of(message);
        if moving::is_managed_in(tx, serial, udid, enrollment_id).await?
            || moving::is_held_elsewhere_in(tx, &self.actor, serial, udid).await?
        {
            return Err(held());
        }
        let user_enrollment = enrollment_id.is_some();
        let begun = Begun {
            unit: &self.unit,
            platform: authenticate::platform_of(message, None),
            claims: &authenticate::claims(message),
            enrollment_type: if user_enrollment {
                "account_driven_user"
            } else {
                "profile"
            },
            ownership: if user_enrollment {
                "personal"
            } else {
                "corporate"
            },
            udid,
            enrollment_id,
            topic,
            access_rights: None,
            profile_identifier: "",
            server_capabilities: None,
            pin_sha256: None,
        };
        let id = moving::begin_in(tx, &begun, self.now_ms).await?;
        self.event(tx, "enrollment", id.as_str(), "Authenticate")
            .await
    }

    async fn token_update(&self, tx: &Tx, message: &TokenUpdate) -> Result<(), Error> {
        let found = self.found(tx, &message.ids).await?;
        if message.topic.as_str() != found.topic {
            return Err(Error::conflict(
                "topic_differs",
                "The topic is not that of the Authenticate message.",
            ));
        }
        let channel = message.ids.channel();
        let device = match &found.device_id {
            Some(device) => device.clone(),
            None if channel.is_device() => {
                self.still_free(tx, &found.id).await?;
                let device = moving::activate_in(tx, &found.id, self.now_ms).await?;
                device.to_string()
            }
            None => return Err(out_of_order()),
        };
        let keys = ChannelKeys {
            enrollment_id: &found.id,
            device_id: &device,
            name: &channel.to_string(),
            topic: &found.topic,
            token: message.token.as_bytes(),
            push_magic: message.push_magic.expose(),
            user_id: token_update::user_id(&message.ids),
            user_short_name: message.ids.user_short_name.as_deref(),
            user_long_name: message.ids.user_long_name.as_deref(),
        };
        moving::channel_in(tx, &keys, self.now_ms).await?;
        if let Some(token) = &message.unlock_token {
            self.keep(tx, &found, &device, Kind::UnlockToken, token.expose())
                .await?;
        }
        self.event(tx, "device", &device, "TokenUpdate").await
    }

    /// Hours may lie between the two messages: the device may be somebody else's by now.
    async fn still_free(&self, tx: &Tx, id: &str) -> Result<(), Error> {
        const CLAIMS: &str =
            "SELECT claims, udid, apple_enrollment_id FROM enrollment WHERE id = $1";
        let row = tx.fetch_one(CLAIMS, args![id]).await?;
        let claims: Json = serde_json::from_str(&row.text(0)?).unwrap_or_default();
        let serial = claims["serial_number"].as_str().map(str::trim);
        let serial = serial.filter(|serial| !serial.is_empty());
        let (udid, enrollment_id) = (row.opt_text(1)?, row.opt_text(2)?);
        let (udid, enrollment_id) = (udid.as_deref(), enrollment_id.as_deref());
        if moving::is_managed_in(tx, serial, udid, enrollment_id).await?
            || moving::is_held_elsewhere_in(tx, &self.actor, serial, udid).await?
        {
            return Err(held());
        }
        Ok(())
    }

    async fn bootstrap_token(&self, tx: &Tx, message: &SetBootstrapToken) -> Result<(), Error> {
        let found = self.found(tx, &message.ids).await?;
        let device = found.device_id.clone().ok_or_else(out_of_order)?;
        if let Some(token) = &message.bootstrap_token {
            self.keep(tx, &found, &device, Kind::BootstrapToken, token.expose())
                .await?;
        }
        self.event(tx, "device", &device, "SetBootstrapToken").await
    }

    async fn found(&self, tx: &Tx, ids: &Ids) -> Result<Found, Error> {
        let (udid, enrollment_id) = names(ids);
        let found = moving::find_awaited_in(tx, udid, enrollment_id)
            .await?
            .ok_or_else(out_of_order)?;
        self.reached(&found)?;
        Ok(found)
    }

    fn reached(&self, found: &Found) -> Result<(), Error> {
        if self.actor.reaches(&found.unit_path) {
            return Ok(());
        }
        Err(Error::not_found("enrollment"))
    }

    async fn keep(
        &self,
        tx: &Tx,
        found: &Found,
        device_id: &str,
        kind: Kind,
        secret: &[u8],
    ) -> Result<(), Error> {
        if found.ownership == "personal" && !kind.allowed_on_personal() {
            return Ok(());
        }
        let new = NewSecret {
            device_id,
            enrollment_id: Some(&found.id),
            kind,
            label: None,
            secret,
            source: "import",
        };
        escrow::put_in(tx, &self.keys, new, self.now_ms).await?;
        Ok(())
    }

    async fn event(
        &self,
        tx: &Tx,
        kind: &'static str,
        id: &str,
        message: &'static str,
    ) -> Result<(), Error> {
        let event = NewEvent::done("enrollment.move_in", kind, id, &self.unit)
            .with(json!({ "message": message }));
        events::record(tx, &self.actor, self.now_ms, event).await?;
        Ok(())
    }
}

fn held() -> Error {
    let (code, detail) = moving::HELD;
    Error::conflict(code, detail)
}

fn out_of_order() -> Error {
    Error::conflict(
        "out_of_order",
        "This enrollment's Authenticate, then its TokenUpdate, must come first.",
    )
}
