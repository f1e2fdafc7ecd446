//! Second factors, passkeys, step-up, sessions, passwords and break-glass, over real HTTP.

mod factors;
mod passkeys;
mod passwords;
mod provider;
mod sessions;

use tillsyn_pki::totp;
use tillsyn_testkit::{OWNER_EMAIL, OWNER_PASSWORD, TestApp};

use super::Browser;
use super::browser::Answer;

fn from_base32(text: &str) -> Vec<u8> {
    let (mut bits, mut held, mut bytes) = (0_u64, 0, Vec::new());
    for letter in text.bytes() {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            _ => letter - b'2' + 26,
        };
        bits = bits << 5 | u64::from(value);
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xff).unwrap());
        }
    }
    bytes
}

/// An authenticator app that was set up; its codes by the server's clock.
struct App(Vec<u8>);

impl App {
    /// The server takes the step before and the next one as well. Set up with the present step and used with the next,
    /// a code outlives a half minute that ends in between.
    fn code(&self, app: &TestApp, steps: i64) -> String {
        totp::code(&self.0, totp::step_at(app.clock.now_ms()) + steps)
    }
}

/// Sets one up in the browser. Gives the recovery codes, too.
async fn set_up_app(app: &TestApp, browser: &mut Browser) -> (App, Vec<String>) {
    let to = browser
        .post("/console/account/app/begin", &[])
        .await
        .expect(303);
    assert_eq!(to.location(), "/console/account/app");
    let page = browser.get("/console/account/app").await.expect(200);
    let secret = page.between("data-copy=\"", "\"");
    let device = App(from_base32(&secret));
    browser
        .post_from(
            "/console/account/app",
            "/console/account/app",
            &[("code", "000000")],
        )
        .await
        .expect(422)
        .says("This code is not right");
    let code = device.code(app, 0);
    let shown = browser
        .post_from(
            "/console/account/app",
            "/console/account/app",
            &[("code", &code)],
        )
        .await
        .expect(200);
    (device, codes(&shown))
}

fn codes(page: &Answer) -> Vec<String> {
    let list = page.between("<ol class=\"codes mono\">", "</ol>");
    let items = list.split("<li>").skip(1);
    items
        .map(|item| item.split("</li>").next().unwrap().to_owned())
        .collect()
}

/// Signs in as far as the second step.
async fn first_step(browser: &mut Browser) {
    let to = browser
        .sign_in(OWNER_EMAIL, OWNER_PASSWORD)
        .await
        .expect(303);
    assert_eq!(to.location(), "/console/sign-in/second?next=%2Fconsole");
    assert!(!browser.has_cookie("tillsyn"), "nobody is signed in yet");
}

/// Delays begin with seconds; a slow machine must not outlive them.
pub(super) async fn stretch_delays(app: &TestApp) {
    let longer =
        "UPDATE guess_limit SET blocked_until = blocked_until + 600000 WHERE blocked_until > 0";
    app.db().execute(longer, Vec::new()).await.unwrap();
}

async fn second_step(browser: &mut Browser, code: &str) -> Answer {
    let fields = [("code", code), ("next", "/console")];
    browser.send_form("/console/sign-in/second", &fields).await
}
