//! What the administrators of the demo do all day, through the same door as everybody.

use std::time::Duration;

use anyhow::Context as _;
use tillsyn_core::commands::{self, Confirmation, NewCommand, Request};
use tillsyn_core::devices::{DeviceFilter, DeviceRow, DeviceSort, list_devices};
use tillsyn_core::invitations::{NewInvitation, create_invitation, revoke_invitation};
use tillsyn_core::platform::apple::read_profile;
use tillsyn_core::{Actor, Core};
use tillsyn_pki::hash;
use tokio::time::Instant;

use super::people::{MAJA, PER, Persona};
use super::world::sign_in;

/// Never ends by itself; what fails is tried again at its next turn.
pub(super) async fn run(core: Core) {
    let mut day = Day {
        maja: Seat::new(&MAJA),
        per: Seat::new(&PER),
        core,
        turn: 0,
        erased: 0,
        installed: Vec::new(),
    };
    if let Err(error) = day.invite_others().await {
        tracing::debug!("the demo's open invitations: {error:#}");
    }
    let mut ticks = tokio::time::interval(TURN);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        day.turn += 1;
        if let Err(error) = day.act().await {
            tracing::debug!("the demo's turn {}: {error:#}", day.turn);
        }
    }
}

const TURN: Duration = Duration::from_secs(5);
/// A typed password counts for ten minutes.
const FRESH: Duration = Duration::from_mins(9);

/// A persona and the session they work in.
struct Seat {
    persona: &'static Persona,
    actor: Option<(Actor, Instant)>,
}

impl Seat {
    fn new(persona: &'static Persona) -> Self {
        Self {
            persona,
            actor: None,
        }
    }

    async fn actor(&mut self, core: &Core) -> anyhow::Result<Actor> {
        if let Some((actor, since)) = &self.actor
            && since.elapsed() < FRESH
        {
            return Ok(actor.clone());
        }
        let actor = sign_in(core, self.persona).await?;
        self.actor = Some((actor.clone(), Instant::now()));
        Ok(actor)
    }
}

struct Day {
    core: Core,
    maja: Seat,
    per: Seat,
    turn: u64,
    erased: u32,
    /// Devices that have the demo's profile, with its identifier.
    installed: Vec<(DeviceRow, String)>,
}

impl Day {
    async fn act(&mut self) -> anyhow::Result<()> {
        let devices = self.active().await?;
        if devices.is_empty() {
            return Ok(());
        }
        // Turns are counted in five seconds.
        match self.turn {
            t if t % 60 == 8 => self.erase(&devices).await,
            t if t % 9 == 6 => self.lock(&devices).await,
            t if t % 40 == 39 => self.remove_profile().await,
            t if t % 4 == 2 => self.install_profile(&devices).await,
            _ => self.ask(&devices).await,
        }
    }

    async fn active(&mut self) -> anyhow::Result<Vec<DeviceRow>> {
        let per = self.per.actor(&self.core).await?;
        let filter = DeviceFilter {
            status: vec!["active".to_owned()],
            ..DeviceFilter::default()
        };
        let sort = (DeviceSort::default(), true);
        let page = list_devices(&self.core, &per, &filter, sort, None, Some(200)).await?;
        let enrolled = page
            .items
            .into_iter()
            .filter(|d| d.enrollment_status.as_deref() == Some("active"));
        Ok(enrolled.collect())
    }

    /// Per asks a few devices how they are.
    async fn ask(&mut self, devices: &[DeviceRow]) -> anyhow::Result<()> {
        let per = self.per.actor(&self.core).await?;
        let request = match self.turn % 3 {
            0 => Request::SecurityInfo {},
            1 => Request::DeviceInformation {},
            _ => Request::ProfileList {},
        };
        // Of a personal device nobody lists everything that is on it.
        let all = matches!(request, Request::ProfileList {});
        let personal = |device: &DeviceRow| device.ownership.as_deref() == Some("personal");
        for device in pick(devices, 3).filter(|device| !(all && personal(device))) {
            enqueue(&self.core, &per, device, request.clone(), None).await?;
        }
        Ok(())
    }

    /// Per locks a device that somebody left in a lecture hall.
    async fn lock(&mut self, devices: &[DeviceRow]) -> anyhow::Result<()> {
        let per = self.per.actor(&self.core).await?;
        let request = Request::DeviceLock {
            message: Some("Please bring this device to the help desk in Library A.".to_owned()),
            phone_number: Some("+46 10 555 01 00".to_owned()),
        };
        let Some(device) = pick(devices, 1).next() else {
            return Ok(());
        };
        let reason = Some("Left behind in lecture hall 4");
        enqueue(&self.core, &per, device, request, reason).await
    }

    /// Maja erases a device for its next owner. The first one is released on the server, so that its
    /// end is seen soon; later ones wait out their hold.
    async fn erase(&mut self, devices: &[DeviceRow]) -> anyhow::Result<()> {
        // Stays far below the guard's budget, so that whoever tries the demo has room.
        if self.erased >= 3 {
            return self.ask(devices).await;
        }
        let own: Vec<DeviceRow> = devices
            .iter()
            .filter(|d| d.ownership.as_deref() == Some("corporate"))
            .filter(|d| d.platform != "macos")
            .cloned()
            .collect();
        let Some(device) = pick(&own, 1).next() else {
            return self.ask(devices).await;
        };
        let maja = self.maja.actor(&self.core).await?;
        let new = NewCommand {
            devices: vec![device.id.clone()],
            request: Request::EraseDevice {
                preserve_data_plan: false,
                disallow_proximity_setup: false,
            },
            profile: None,
            reason: Some("Handed in; goes to its next owner".to_owned()),
            confirmation: Confirmation {
                typed: Some(device.name.clone()),
                targets_digest: None,
            },
        };
        let enqueued = commands::enqueue(&self.core, &maja, new).await?;
        if self.erased == 0 {
            commands::end_hold(&self.core, &Actor::server(), &enqueued.batch_id).await?;
        }
        self.erased += 1;
        Ok(())
    }

    async fn install_profile(&mut self, devices: &[DeviceRow]) -> anyhow::Result<()> {
        let maja = self.maja.actor(&self.core).await?;
        let (identifier, profile) = profile(self.turn);
        for device in pick(devices, 2) {
            let uploaded = read_profile(profile.clone().into_bytes())?;
            let new = NewCommand {
                devices: vec![device.id.clone()],
                request: uploaded.request(),
                profile: Some(uploaded.bytes),
                reason: None,
                confirmation: Confirmation::default(),
            };
            commands::enqueue(&self.core, &maja, new).await?;
            self.installed.push((device.clone(), identifier.to_owned()));
        }
        if self.installed.len() > 50 {
            self.installed.drain(..25);
        }
        Ok(())
    }

    async fn remove_profile(&mut self) -> anyhow::Result<()> {
        let Some((device, identifier)) = self.installed.pop() else {
            return Ok(());
        };
        let maja = self.maja.actor(&self.core).await?;
        let request = Request::RemoveProfile { identifier };
        enqueue(&self.core, &maja, &device, request, None).await
    }

    /// People who have not come yet, and an invitation that was a mistake.
    async fn invite_others(&mut self) -> anyhow::Result<()> {
        let per = self.per.actor(&self.core).await?;
        let invitation = |name: &str, email: &str, ownership: &str, language: &str| NewInvitation {
            unit: None,
            person: None,
            person_name: Some(name.to_owned()),
            person_email: Some(email.to_owned()),
            label: None,
            ownership: ownership.to_owned(),
            language: Some(language.to_owned()),
            with_pin: true,
            uses_allowed: 1,
            days: 14,
            may_replace: false,
        };
        let waiting = [
            (
                "Hanna Sjöberg",
                "hanna.sjoberg@norrvik.example",
                "personal",
                "sv",
            ),
            (
                "Ren Ishikawa",
                "ren.ishikawa@norrvik.example",
                "corporate",
                "ja",
            ),
        ];
        for (name, email, ownership, language) in waiting {
            let new = invitation(name, email, ownership, language);
            create_invitation(&self.core, &per, new).await?;
        }
        let wrong = invitation(
            "Hana Sjöberg",
            "hana.sjoberg@norrvik.example",
            "personal",
            "sv",
        );
        let wrong = create_invitation(&self.core, &per, wrong).await?;
        revoke_invitation(&self.core, &per, &wrong.id).await?;
        let loans = NewInvitation {
            unit: None,
            person: None,
            person_name: None,
            person_email: None,
            label: Some("Loan iPads, library".to_owned()),
            uses_allowed: 12,
            ..invitation("", "", "corporate", "sv")
        };
        create_invitation(&self.core, &per, loans).await?;
        Ok(())
    }
}

/// Some of them, by chance.
fn pick<T>(items: &[T], count: usize) -> impl Iterator<Item = &T> {
    let [first, ..] = hash::random_bytes::<1>();
    let [second, ..] = hash::random_bytes::<1>();
    let start = usize::from(first) * 256 + usize::from(second);
    items
        .iter()
        .cycle()
        .skip(start.checked_rem(items.len()).unwrap_or(0))
        .take(count.min(items.len()))
}

async fn enqueue(
    core: &Core,
    actor: &Actor,
    device: &DeviceRow,
    request: Request,
    reason: Option<&str>,
) -> anyhow::Result<()> {
    let new = NewCommand {
        devices: vec![device.id.clone()],
        request,
        profile: None,
        reason: reason.map(str::to_owned),
        confirmation: Confirmation::default(),
    };
    commands::enqueue(core, actor, new)
        .await
        .with_context(|| format!("for {}", device.name))?;
    Ok(())
}

/// One of the demo's two configuration profiles: its identifier and its text.
fn profile(turn: u64) -> (&'static str, String) {
    let (identifier, name, payload_type, keys) = if turn % 8 < 4 {
        (
            "example.norrvik.web-clip",
            "Norrvik library",
            "com.apple.webClip.managed",
            "<key>URL</key><string>https://library.norrvik.example/</string>\
             <key>Label</key><string>Library</string><key>IsRemovable</key><true/>",
        )
    } else {
        (
            "example.norrvik.passcode",
            "Norrvik passcode",
            "com.apple.mobiledevice.passwordpolicy",
            "<key>forcePIN</key><true/><key>minLength</key><integer>6</integer>\
             <key>allowSimple</key><false/>",
        )
    };
    let uuid = |part: &str| {
        let hex = hash::sha256_hex(format!("{identifier} {part}").as_bytes()).to_uppercase();
        format!(
            "{}-{}-{}-{}-{}",
            &hex[..8],
            &hex[8..12],
            &hex[12..16],
            &hex[16..20],
            &hex[20..32]
        )
    };
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \
         \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n\
         <plist version=\"1.0\"><dict>\
         <key>PayloadType</key><string>Configuration</string>\
         <key>PayloadVersion</key><integer>1</integer>\
         <key>PayloadIdentifier</key><string>{identifier}</string>\
         <key>PayloadUUID</key><string>{}</string>\
         <key>PayloadDisplayName</key><string>{name}</string>\
         <key>PayloadContent</key><array><dict>\
         <key>PayloadType</key><string>{payload_type}</string>\
         <key>PayloadVersion</key><integer>1</integer>\
         <key>PayloadIdentifier</key><string>{identifier}.payload</string>\
         <key>PayloadUUID</key><string>{}</string>\
         <key>PayloadDisplayName</key><string>{name}</string>{keys}\
         </dict></array></dict></plist>",
        uuid("profile"),
        uuid("payload"),
    );
    (identifier, text)
}
