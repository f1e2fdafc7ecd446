//! Somebody who knows nothing but the link: presses the one big button of each screen, types the PIN where it is
//! asked for, and is done.

use tillsyn_sim::{Device, DeviceConfig};
use tillsyn_testkit::{TestApp, both_engines};

use super::browser::{Browser, IPHONE, Seen};

/// What is pressed: the page's one primary button, with the fields of its form.
enum Big {
    Form { action: String, fields: String },
    Link(String),
}

fn attribute<'h>(tag: &'h str, name: &str) -> Option<&'h str> {
    let from = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    tag[from..].split('"').next()
}

/// The primary button of a page; there must be one and no more.
fn big(page: &Seen, pin: &str) -> Big {
    let html = page.html.as_str();
    let buttons: Vec<_> = html.match_indices("btn-primary").collect();
    assert_eq!(buttons.len(), 1, "one thing to do per screen: {html}");
    let at = buttons[0].0;
    let open = html[..at].rfind('<').unwrap();
    if html[open..].starts_with("<a ") {
        return Big::Link(attribute(&html[open..], "href").unwrap().to_owned());
    }
    let form = html[..at].rfind("<form").unwrap();
    let action = attribute(&html[form..], "action").unwrap().to_owned();
    let inputs = html[form..at].split("<input").skip(1).map(|input| {
        let name = attribute(input, "name").unwrap();
        let value = attribute(input, "value").unwrap_or_default();
        let value = if name == "pin" { pin } else { value };
        format!("{name}={value}")
    });
    let fields = inputs.collect::<Vec<_>>().join("&");
    Big::Form { action, fields }
}

/// Follows to the profile; gives the path of its page.
async fn follow(browser: &mut Browser, link: &str, pin: &str) -> (String, String) {
    let mut at = link.to_owned();
    for _ in 0..8 {
        let page = browser.get(&at).await;
        if page.status == 303 {
            at = page.location;
            continue;
        }
        assert_eq!(page.status, 200, "{}", page.html);
        match big(&page, pin) {
            Big::Link(profile) => return (at, profile),
            Big::Form { action, fields } => {
                let answer = browser.post(&action, &fields).await;
                assert_eq!(answer.status, 303, "{}", answer.html);
                at = answer.location;
            }
        }
    }
    panic!("no profile after eight screens");
}

async fn install(app: &TestApp, profile: &str) -> Device {
    let mut iphone = app.device(DeviceConfig::iphone(app.next()));
    let url = format!("{}{profile}", app.url());
    let profile = iphone.download_profile(&url).await.unwrap();
    iphone.accept_profile(&profile).await.unwrap();
    iphone.authenticate().await.unwrap();
    iphone.token_update().await.unwrap();
    iphone.session().await.unwrap();
    iphone
}

both_engines!(
    a_phone_is_enrolled_from_the_pages_alone_in_each_language,
    |app| async move {
        for (lang, ready) in [
            ("en", "Your iPhone is ready"),
            ("sv", "Din iPhone är klar"),
            ("ja", "iPhoneの準備ができました"),
        ] {
            let invitation = app.invite_with(|new| new.with_pin = true).await;
            let link = format!("/e/{}", invitation.code.as_str());
            let pin = invitation.pin.as_ref().unwrap().as_str().to_owned();
            let mut browser = Browser::new(&app, IPHONE, lang);
            let (step, profile) = follow(&mut browser, &link, &pin).await;
            let iphone = install(&app, &profile).await;
            assert_eq!(iphone.violations(), []);
            let page = browser.get(&step).await;
            page.is(200, ready);
            page.says(&format!("<html lang=\"{lang}\""));
            // The one thing left to do is to choose a password, and then to look at one's devices.
            assert!(matches!(big(&page, ""), Big::Link(href) if href.ends_with("/password")));
        }
        let consents = "SELECT count(*) FROM consent WHERE language IN ('en', 'sv', 'ja')";
        assert_eq!(app.count(consents).await, 3);
    }
);
