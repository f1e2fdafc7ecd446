//! What people do with their link: devices from several buildings, pages without script.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Mutex;

use bytes::Bytes;
use reqwest::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use tillsyn_core::Clock;
use tillsyn_sim::{Device, DeviceConfig, DeviceKind, EnrollBy, Network, NetworkConfig};
use tillsyn_testkit::TestApp;

use super::cast::{Fate, Member};
use crate::mail::letters::{Letter, between};

const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) \
    AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1";
/// Each has an address, and what is limited per address is limited there.
const BUILDINGS: u8 = 8;

/// What the devices themselves know of it.
#[derive(Default)]
pub(super) struct Tally {
    /// Devices that came to the end, by whose they are.
    pub(super) enrolled: BTreeMap<String, usize>,
    /// Devices that were told no when they had begun to enroll.
    pub(super) turned_away: usize,
    /// Attempts that the server let begin.
    pub(super) attempts: usize,
    pub(super) wrong_pins: usize,
    /// What the server did that no device expects.
    pub(super) broken: Vec<String>,
}

/// A server, and the people who come to it.
pub(super) struct Crowd {
    pub(super) app: TestApp,
    buildings: Vec<Network>,
    tally: Mutex<Tally>,
    /// What somebody goes on with later: a profile, or a page with its cookie.
    kept: Mutex<BTreeMap<usize, Kept>>,
}

enum Kept {
    Profile(Bytes),
    Page(Page, String),
}

/// A device as no other one is. The simulator draws neighbours from overlapping numbers, so of devices of several
/// kinds two may have one serial number.
pub(super) fn new_device(app: &TestApp, kind: DeviceKind) -> DeviceConfig {
    const APART: usize = 128;
    let number = app.next();
    let mut config = DeviceConfig::generate(kind, 1, number * APART);
    config.key_index = number;
    config
}

/// What somebody has, as the pages name it.
fn platform(member: &Member) -> &'static str {
    ["iphone", "iphone", "ipad", "iphone", "mac"][member.turn(5)]
}

impl Crowd {
    pub(super) fn new(app: TestApp) -> Self {
        let building = |number| {
            Network::new(NetworkConfig {
                allow_plain_http: true,
                attestation: Some(app.attestation.clone()),
                from: Some(IpAddr::V4(Ipv4Addr::new(127, 0, 1, number))),
                ..NetworkConfig::default()
            })
            .unwrap()
        };
        Self {
            buildings: (1..=BUILDINGS).map(building).collect(),
            app,
            tally: Mutex::default(),
            kept: Mutex::default(),
        }
    }

    pub(super) fn tally(&self) -> std::sync::MutexGuard<'_, Tally> {
        self.tally.lock().unwrap()
    }

    fn keep(&self, member: &Member, kept: Kept) {
        self.kept.lock().unwrap().insert(member.number, kept);
    }

    fn kept(&self, member: &Member) -> Option<Kept> {
        self.kept.lock().unwrap().remove(&member.number)
    }

    /// A new device in somebody's building, with the clock of the story.
    fn phone(&self, member: &Member) -> Device {
        let mut config = new_device(
            &self.app,
            match platform(member) {
                "ipad" => DeviceKind::Ipad,
                "mac" => DeviceKind::Mac,
                _ => DeviceKind::Iphone,
            },
        );
        config.behaviours.clock_skew_ms = self.app.clock.now_ms() - Clock::system().now_ms();
        let building = &self.buildings[member.turn(self.buildings.len())];
        Device::new(config, building.clone()).with_push(self.app.hub.clone())
    }

    /// Gives link and PIN; the address of the profile.
    async fn take(&self, phone: &mut Device, letter: &Letter, pin: Option<&str>) -> Option<String> {
        let (url, code) = (self.app.url(), letter.code());
        let taken = phone.take_invitation(&url, &code, pin).await.ok()?;
        self.tally().attempts += 1;
        Some(taken.profile_url)
    }

    /// The same as the mail says, and downloads the profile.
    async fn fetch(&self, phone: &mut Device, letter: &Letter) -> Bytes {
        let pin = letter.pin();
        let address = self.take(phone, letter, pin.as_deref()).await;
        phone.download_profile(&address.unwrap()).await.unwrap()
    }

    /// To the end: enrolled, and has answered.
    async fn install(&self, member: &Member, mut phone: Device, profile: Bytes) {
        let by = EnrollBy::Profile(profile.to_vec());
        if let Err(error) = phone.enroll(&by).await {
            let cause = "SELECT COALESCE(cause, '') || ' at ' || COALESCE(failed_step, '') FROM attempt \
                WHERE status = 'failed' ORDER BY updated_at DESC, id DESC";
            panic!("{member:?}: {error}; {:?}", self.app.text(cause).await);
        }
        phone.session().await.unwrap();
        let mut tally = self.tally();
        *tally.enrolled.entry(member.email.clone()).or_default() += 1;
        let broken = phone.take_violations().into_iter();
        tally.broken.extend(broken.map(|rule| rule.to_string()));
    }

    async fn enroll(&self, member: &Member, letter: &Letter) {
        let mut phone = self.phone(member);
        let profile = self.fetch(&mut phone, letter).await;
        self.install(member, phone, profile).await;
    }

    /// A device that is refused on the way.
    async fn turned_away(&self, mut phone: Device, profile: &Bytes) {
        let by = EnrollBy::Profile(profile.to_vec());
        phone.enroll(&by).await.unwrap_err();
        assert!(!phone.is_enrolled());
        self.tally().turned_away += 1;
    }

    async fn mistype(&self, member: &Member, letter: &Letter, times: usize) {
        let mut phone = self.phone(member);
        for _ in 0..times {
            let taken = self.take(&mut phone, letter, Some("WRONGPIN")).await;
            assert_eq!(taken, None);
        }
        self.tally().wrong_pins += times;
    }

    fn page(&self) -> Page {
        Page::new(self.app.url())
    }

    /// Follows the pages to the profile.
    async fn begin(&self, member: &Member, page: &mut Page, letter: &Letter) -> String {
        let pin = letter.pin().unwrap();
        let body = format!("platform={}&pin={pin}", platform(member));
        let path = format!("/e/{}/begin", letter.code());
        let step = page.post(&path, &body).await;
        self.tally().attempts += 1;
        step
    }

    /// With the first mail.
    pub(super) async fn come(&self, member: &Member, letter: &Letter) {
        match member.fate {
            Fate::Mistypes => {
                self.mistype(member, letter, 1).await;
                self.enroll(member, letter).await;
            }
            Fate::Locked | Fate::LockedAlone => {
                self.mistype(member, letter, 5).await;
                // By now the right one is no good either.
                let (mut phone, pin) = (self.phone(member), letter.pin());
                let taken = self.take(&mut phone, letter, pin.as_deref()).await;
                assert_eq!(taken, None);
            }
            Fate::Types => {
                let mut page = self.page();
                let body = format!("code={}", letter.typed().to_lowercase());
                let to = page.post("/go/code", &body).await;
                assert_eq!(to, format!("/e/{}", letter.code()));
                self.enroll(member, letter).await;
            }
            Fate::Lapses | Fate::LapsesForGood | Fate::TooLate => {
                let mut phone = self.phone(member);
                let profile = self.fetch(&mut phone, letter).await;
                self.keep(member, Kept::Profile(profile));
            }
            Fate::DownloadsTwice => {
                let (mut phone, pin) = (self.phone(member), letter.pin());
                let address = self.take(&mut phone, letter, pin.as_deref()).await;
                let address = address.unwrap();
                phone.download_profile(&address).await.unwrap();
                let profile = phone.download_profile(&address).await.unwrap();
                self.install(member, phone, profile).await;
            }
            Fate::Declines | Fate::CancelsFirst | Fate::AnotherServer => {
                self.stop(member, letter).await;
            }
            Fate::WrongPlatform => {
                let path = format!("/e/{}/elsewhere", letter.code());
                self.page().post(&path, "").await;
                self.tally().attempts += 1;
            }
            Fate::Silent | Fate::Reminded => {}
            Fate::AtLimit => {
                let mut phone = self.phone(member);
                let profile = self.fetch(&mut phone, letter).await;
                self.turned_away(phone, &profile).await;
            }
            Fate::Shares => {
                self.enroll(member, letter).await;
                let (mut other, pin) = (self.phone(member), letter.pin());
                let taken = self.take(&mut other, letter, pin.as_deref()).await;
                assert_eq!(taken, None);
            }
            Fate::Races => {
                let (mut one, mut other) = (self.phone(member), self.phone(member));
                let first = self.fetch(&mut one, letter).await;
                let second = self.fetch(&mut other, letter).await;
                self.install(member, one, first).await;
                self.turned_away(other, &second).await;
            }
            _ => self.enroll(member, letter).await,
        }
    }

    /// Somebody on the pages who does not go on, for now or for good.
    async fn stop(&self, member: &Member, letter: &Letter) {
        let mut page = self.page();
        let step = self.begin(member, &mut page, letter).await;
        if member.fate == Fate::Declines {
            page.post(&format!("{step}/decline"), "").await;
            return;
        }
        page.agree(&step).await;
        let told = match member.fate {
            Fate::AnotherServer => "cause=another_mdm",
            _ => "cause=cancelled",
        };
        page.post(&format!("{step}/told"), told).await;
        self.keep(member, Kept::Page(page, step));
    }

    /// Whoever comes back by themselves, with what they had.
    pub(super) async fn come_back(&self, member: &Member, letter: &Letter) {
        match (member.fate, self.kept(member)) {
            (Fate::Lapses, _) => self.enroll(member, letter).await,
            (Fate::TooLate, Some(Kept::Profile(profile))) => {
                self.turned_away(self.phone(member), &profile).await;
                self.enroll(member, letter).await;
            }
            (Fate::CancelsFirst, Some(Kept::Page(mut page, step))) => {
                let step = page.post(&format!("{step}/again"), "").await;
                self.tally().attempts += 1;
                let url = page.profile(&step).await;
                let mut phone = self.phone(member);
                let profile = phone.download_profile(&url).await.unwrap();
                self.install(member, phone, profile).await;
            }
            (Fate::LockedAlone, _) => {
                let path = format!("/e/{}/pin", letter.code());
                let page = self.page().send(&path, "").await;
                assert!(page.is_err(), "it says that the PIN is on its way");
            }
            _ => {}
        }
    }

    /// Whoever got another mail, and enrolls with it.
    pub(super) async fn follow(&self, member: &Member, letter: &Letter) {
        self.enroll(member, letter).await;
    }
}

/// A browser with one cookie and without script.
struct Page {
    base: String,
    http: reqwest::Client,
    cookie: String,
}

impl Page {
    fn new(base: String) -> Self {
        let http = reqwest::Client::builder()
            .no_proxy()
            .user_agent(IPHONE)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self {
            base,
            http,
            cookie: String::new(),
        }
    }

    /// Sends a form of our own page that leads on; where to.
    async fn post(&mut self, path: &str, body: &str) -> String {
        let location = self.send(path, body).await;
        location.unwrap_or_else(|page| panic!("{path}: {page}"))
    }

    /// The same; the page, where it leads nowhere.
    async fn send(&mut self, path: &str, body: &str) -> Result<String, String> {
        let request = self
            .http
            .post(format!("{}{path}", self.base))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("origin", &self.base)
            .header(COOKIE, &self.cookie)
            .body(body.to_owned());
        let response = request.send().await.unwrap();
        if let Some(line) = response.headers().get(SET_COOKIE) {
            let line = line.to_str().unwrap();
            line.split(';').next().unwrap().clone_into(&mut self.cookie);
        }
        let location = response.headers().get(LOCATION);
        let location = location.map(|to| to.to_str().unwrap().to_owned());
        match location {
            Some(location) => Ok(location),
            None => Err(response.text().await.unwrap()),
        }
    }

    async fn get(&self, path: &str) -> String {
        let request = self.http.get(format!("{}{path}", self.base));
        let response = request.header(COOKIE, &self.cookie).send().await.unwrap();
        response.text().await.unwrap()
    }

    /// Agrees to what the page of this step shows.
    async fn agree(&mut self, step: &str) {
        let shown = between(&self.get(step).await, "name=\"shown\" value=\"", "\"");
        let fields = format!("terms=&shown={shown}");
        self.post(&format!("{step}/consent"), &fields).await;
    }

    /// The address of the profile on a page.
    async fn profile(&self, step: &str) -> String {
        let html = self.get(step).await;
        let at = html.find("/apple/enroll/").unwrap();
        let path = html[at..].split('"').next().unwrap();
        format!("{}{path}", self.base)
    }
}
