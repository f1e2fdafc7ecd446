#![expect(clippy::expect_used, reason = "tests")]

use std::collections::BTreeSet;

use askama::Template;
use tillsyn_apple::command::queries::QUERIES;

use super::access::{
    ConfirmPage, FirstAdministratorPage, RescuePage, SecondStepPage, SetUpPage, SignInPage,
};
use super::account::{AccountPage, AppPage, RecoveryCodesPage};
use super::administrators::{
    AdministratorPage, AdministratorsPage, RolePage, RolesPage, WelcomePage,
};
use super::approvals::{ApprovalPage, ApprovalsPage};
use super::areas::{AreasPage, AuthoritiesPage, BackupPage, ServerPage};
use super::audit::{AuditPage, AuditSettingsPage};
use super::branding::BrandingPage;
use super::campaigns::{CampaignPage, CampaignsPage, NewCampaignPage};
use super::certificates::{CertificatePage, CertificatesPage};
use super::commands::{CommandPage, CommandsPage, WithdrawPage};
use super::device::{DevicePage, SendOnePage, SendPage};
use super::devices::{DevicesPage, FiltersPage, ManyPage, ViewsPage};
use super::directories::{DirectoriesPage, DirectoryPage};
use super::directory_ldap::DirectoryLdapPage;
use super::docs::{DocPage, DocsPage};
use super::enrollment::{
    AttemptPage, AttemptsPage, InvitationPage, InvitationsPage, NewInvitationPage,
};
use super::errors::ErrorPage;
use super::guide::GuidePage;
use super::help_desk::{DeskPage, HelpDeskPage};
use super::identity_providers::{IdentityProviderPage, IdentityProvidersPage};
use super::imports::{ImportPage, ImportsPage};
use super::invite::{BatchPage, BatchesPage, PinsPage, PolicyPage, SendPage as InviteSendPage};
use super::mail::MailPage;
use super::notifications::NotificationsPage;
use super::organisation::{
    GroupPage, GroupsPage, MovePage, PeoplePage, PersonPage, TemporaryPasswordPage, UnitsPage,
};
use super::overview::OverviewPage;
use super::profiles::{
    AddPayloadPage, EffectPage, NewProfilePage, ProfilesPage, RawPage, SettingsPage,
};
use super::reports::{ReportPage, ReportsPage};
use super::rollout::{PlanPage, PlansPage};
use super::scope::ScopePage;
use super::search::SearchPage;
use super::secrets::{RevealPage, SecretsPage};
use super::settings::{
    GuardPage, InventoryPage, PushNewPage, PushPage, PushRequestPage, PushVendorPage,
    SelfServicePage, TokensPage,
};
use super::unknown_senders::{ReadoptPage, ReadoptedPage, UnknownSendersPage};
use super::webhooks::{WebhookPage, WebhooksPage};
use super::words;
use crate::i18n::{Lang, Texts};
use crate::portal::enroll::{
    BeginPage, ClosedPage, ConsentPage, FailedPage, GoPage, HandOverPage, InstallPage, ReadyPage,
};
use crate::portal::{
    MePage, MyActPage, MyDevicePage, PortalAppPage, PortalCodesPage, PortalConfirmPage,
    PortalForgottenPage, PortalHomePage, PortalSecondStepPage, PortalSetUpPage, PortalSignInPage,
    PortalWelcomePage, ProblemPage,
};
use crate::ui::Sample;

/// Every page, sample and language; `check` gets its name and HTML.
pub(crate) fn each_page(check: impl Fn(&str, Texts, &str)) {
    let languages = Lang::ALL.map(Texts::new);
    for texts in languages.into_iter().chain([Texts::pseudo()]) {
        each::<SignInPage>(texts, &check);
        each::<FirstAdministratorPage>(texts, &check);
        each::<ConfirmPage>(texts, &check);
        each::<SecondStepPage>(texts, &check);
        each::<SetUpPage>(texts, &check);
        each::<RescuePage>(texts, &check);
        each::<AccountPage>(texts, &check);
        each::<AppPage>(texts, &check);
        each::<RecoveryCodesPage>(texts, &check);
        each::<OverviewPage>(texts, &check);
        each::<SearchPage>(texts, &check);
        each::<ScopePage>(texts, &check);
        each::<DevicesPage>(texts, &check);
        each::<FiltersPage>(texts, &check);
        each::<ViewsPage>(texts, &check);
        each::<ManyPage>(texts, &check);
        each::<DevicePage>(texts, &check);
        each::<SendPage>(texts, &check);
        each::<SendOnePage>(texts, &check);
        each::<ProfilesPage>(texts, &check);
        each::<NewProfilePage>(texts, &check);
        each::<SettingsPage>(texts, &check);
        each::<AddPayloadPage>(texts, &check);
        each::<RawPage>(texts, &check);
        each::<EffectPage>(texts, &check);
        each::<ApprovalsPage>(texts, &check);
        each::<ApprovalPage>(texts, &check);
        each::<CampaignsPage>(texts, &check);
        each::<CampaignPage>(texts, &check);
        each::<NewCampaignPage>(texts, &check);
        each::<GuardPage>(texts, &check);
        each::<SelfServicePage>(texts, &check);
        each::<PlansPage>(texts, &check);
        each::<PlanPage>(texts, &check);
        each::<AuditPage>(texts, &check);
        each::<AuditSettingsPage>(texts, &check);
        each::<ReportsPage>(texts, &check);
        each::<ReportPage>(texts, &check);
        each::<CommandsPage>(texts, &check);
        each::<WithdrawPage>(texts, &check);
        each::<CommandPage>(texts, &check);
        each::<InvitationsPage>(texts, &check);
        each::<NewInvitationPage>(texts, &check);
        each::<InvitationPage>(texts, &check);
        each::<AttemptsPage>(texts, &check);
        each::<AttemptPage>(texts, &check);
        each::<UnknownSendersPage>(texts, &check);
        each::<ReadoptPage>(texts, &check);
        each::<ReadoptedPage>(texts, &check);
        each::<PushPage>(texts, &check);
        each::<PushNewPage>(texts, &check);
        each::<PushRequestPage>(texts, &check);
        each::<PushVendorPage>(texts, &check);
        each::<InventoryPage>(texts, &check);
        each::<TokensPage>(texts, &check);
        each::<NotificationsPage>(texts, &check);
        each::<MailPage>(texts, &check);
        each::<WebhooksPage>(texts, &check);
        each::<DirectoriesPage>(texts, &check);
        each::<DirectoryPage>(texts, &check);
        each::<WebhookPage>(texts, &check);
        each::<PeoplePage>(texts, &check);
        each::<PersonPage>(texts, &check);
        each::<GroupsPage>(texts, &check);
        each::<GroupPage>(texts, &check);
        each::<UnitsPage>(texts, &check);
        each::<BrandingPage>(texts, &check);
        each::<HelpDeskPage>(texts, &check);
        each::<DeskPage>(texts, &check);
        each::<AdministratorsPage>(texts, &check);
        each::<AdministratorPage>(texts, &check);
        each::<RolesPage>(texts, &check);
        each::<RolePage>(texts, &check);
        each::<DirectoryLdapPage>(texts, &check);
        each::<IdentityProvidersPage>(texts, &check);
        each::<IdentityProviderPage>(texts, &check);
        each::<WelcomePage>(texts, &check);
        each::<ImportsPage>(texts, &check);
        each::<InviteSendPage>(texts, &check);
        each::<BatchesPage>(texts, &check);
        each::<BatchPage>(texts, &check);
        each::<PinsPage>(texts, &check);
        each::<PolicyPage>(texts, &check);
        each::<MovePage>(texts, &check);
        each::<ImportPage>(texts, &check);
        each::<SecretsPage>(texts, &check);
        each::<RevealPage>(texts, &check);
        each::<CertificatesPage>(texts, &check);
        each::<CertificatePage>(texts, &check);
        each::<GuidePage>(texts, &check);
        each::<AreasPage>(texts, &check);
        each::<ServerPage>(texts, &check);
        each::<BackupPage>(texts, &check);
        each::<AuthoritiesPage>(texts, &check);
        each::<DocsPage>(texts, &check);
        each::<DocPage>(texts, &check);
        each::<ErrorPage>(texts, &check);
        each::<BeginPage>(texts, &check);
        each::<ConsentPage>(texts, &check);
        each::<HandOverPage>(texts, &check);
        each::<GoPage>(texts, &check);
        each::<InstallPage>(texts, &check);
        each::<ReadyPage>(texts, &check);
        each::<FailedPage>(texts, &check);
        each::<ClosedPage>(texts, &check);
        each::<PortalSignInPage>(texts, &check);
        each::<PortalHomePage>(texts, &check);
        each::<MyDevicePage>(texts, &check);
        each::<MyActPage>(texts, &check);
        each::<ProblemPage>(texts, &check);
        each::<PortalSecondStepPage>(texts, &check);
        each::<PortalSetUpPage>(texts, &check);
        each::<PortalConfirmPage>(texts, &check);
        each::<PortalWelcomePage>(texts, &check);
        each::<PortalForgottenPage>(texts, &check);
        each::<MePage>(texts, &check);
        each::<PortalAppPage>(texts, &check);
        each::<PortalCodesPage>(texts, &check);
        each::<TemporaryPasswordPage>(texts, &check);
    }
}

fn each<P: Sample>(texts: Texts, check: &impl Fn(&str, Texts, &str)) {
    for (name, page) in P::samples(texts) {
        let html = Template::render(&page).expect("renders");
        check(&format!("{}-{name} {}", P::NAME, texts.tag()), texts, &html);
    }
}

/// One start tag: name, attributes as (name, value), where it ends.
struct Tag<'a> {
    name: &'a str,
    attributes: Vec<(&'a str, &'a str)>,
    closes: bool,
    empty: bool,
}

impl<'a> Tag<'a> {
    fn get(&self, name: &str) -> Option<&'a str> {
        self.attributes
            .iter()
            .find(|(found, _)| *found == name)
            .map(|(_, value)| *value)
    }
}

/// All tags in order. Good enough for markup of our own templates: quoted values, no `<` inside.
fn tags(html: &str) -> Vec<Tag<'_>> {
    let mut out = Vec::new();
    for piece in html.split('<').skip(1) {
        let Some((inside, _)) = piece.split_once('>') else {
            panic!("a tag without end: {piece:.60}");
        };
        if inside.starts_with('!') {
            continue;
        }
        let closes = inside.starts_with('/');
        let empty = inside.ends_with('/');
        let inside = inside.trim_matches('/');
        let (name, mut rest) = inside.split_once([' ', '\n']).unwrap_or((inside, ""));
        let mut attributes = Vec::new();
        loop {
            rest = rest.trim_start();
            if rest.is_empty() {
                break;
            }
            let end = rest.find(['=', ' ', '\n']).unwrap_or(rest.len());
            let (attribute, after) = rest.split_at(end);
            if let Some(quoted) = after.strip_prefix("=\"") {
                let (value, after) = quoted.split_once('"').expect("closed quote");
                attributes.push((attribute, value));
                rest = after;
            } else {
                assert!(!after.starts_with('='), "unquoted value in <{inside}>");
                attributes.push((attribute, ""));
                rest = after;
            }
        }
        out.push(Tag {
            name,
            attributes,
            closes,
            empty,
        });
    }
    out
}

const VOID: [&str; 7] = ["meta", "link", "input", "br", "img", "hr", "source"];

#[test]
fn pages_are_well_formed_and_in_their_language() {
    each_page(|name, texts, html| {
        assert!(
            html.contains(&format!("<html lang=\"{}\"", texts.tag())),
            "{name}"
        );
        let mut open = Vec::new();
        for tag in tags(html) {
            if tag.closes {
                assert_eq!(open.pop(), Some(tag.name), "{name}");
            } else if !tag.empty && !VOID.contains(&tag.name) {
                open.push(tag.name);
            }
        }
        assert!(open.is_empty(), "{name}: {open:?}");
    });
}

#[test]
fn pages_have_one_heading_order_and_unique_ids() {
    each_page(|name, _, html| {
        let mut ids = BTreeSet::new();
        let mut level = 0_u8;
        let all = tags(html);
        for tag in &all {
            if let Some(id) = tag.get("id") {
                assert!(ids.insert(id), "{name}: id {id} is there twice");
            }
            if !tag.closes
                && let ["h", digit] = [&tag.name[..1], &tag.name[1..]]
                && let Ok(found) = digit.parse::<u8>()
            {
                assert!(found <= level + 1, "{name}: h{found} after h{level}");
                level = found;
            }
        }
        for tag in &all {
            for reference in [
                "aria-labelledby",
                "aria-describedby",
                "for",
                "popovertarget",
                "commandfor",
            ] {
                for id in tag.get(reference).unwrap_or_default().split_whitespace() {
                    assert!(ids.contains(id), "{name}: {reference}={id} points nowhere");
                }
            }
        }
        assert!(all.iter().any(|tag| tag.name == "main"), "{name}");
    });
}

#[test]
fn no_page_has_inline_style_or_script() {
    each_page(|name, _, html| {
        for tag in tags(html) {
            assert!(tag.name != "style", "{name}");
            assert!(
                tag.closes || tag.name != "script" || tag.get("src").is_some(),
                "{name}"
            );
            for (attribute, value) in &tag.attributes {
                assert!(
                    *attribute != "style" && !attribute.starts_with("on"),
                    "{name}: {attribute}"
                );
                assert!(!value.starts_with("javascript:"), "{name}: {value}");
            }
        }
    });
}

#[test]
fn every_field_has_a_label_and_every_button_a_name() {
    each_page(|name, _, html| {
        let all = tags(html);
        let labelled: BTreeSet<&str> = all.iter().filter_map(|tag| tag.get("for")).collect();
        let mut in_label = 0;
        for tag in &all {
            match (tag.name, tag.closes) {
                ("label", false) => in_label += 1,
                ("label", true) => in_label -= 1,
                ("input" | "select" | "textarea", false) => {
                    let hidden = tag.get("type") == Some("hidden");
                    let by_id = tag.get("id").is_some_and(|id| labelled.contains(id));
                    // Where the name of the row beside it is the label that is seen.
                    let named = tag.get("aria-label").is_some_and(|text| !text.is_empty());
                    assert!(
                        hidden || by_id || named || in_label > 0,
                        "{name}: {:?}",
                        tag.attributes
                    );
                }
                _ => {}
            }
        }
        for piece in html.split("<button").skip(1) {
            let (head, rest) = piece.split_once('>').expect("end");
            let body = rest.split("</button>").next().unwrap_or_default();
            let words: String = body
                .split('<')
                .filter_map(|part| part.split_once('>'))
                .map(|(_, text)| text)
                .collect();
            let plain = body.split('<').next().unwrap_or_default();
            assert!(
                head.contains("aria-label=\"")
                    || !words.trim().is_empty()
                    || !plain.trim().is_empty(),
                "{name}: a button without words: {head}"
            );
        }
    });
}

#[test]
fn every_form_that_changes_something_in_the_console_carries_the_token() {
    each_page(|name, _, html| {
        // Nobody is signed in there: such forms prove their origin alone.
        let guests = [
            "e-",
            "portal-sign-in",
            "portal-second",
            "portal-welcome",
            "portal-forgotten",
        ];
        if guests.iter().any(|start| name.starts_with(start)) {
            return;
        }
        let token = if name.starts_with("portal-") {
            "c5a1b2"
        } else {
            "9f8a1c"
        };
        for form in html.split("<form").skip(1) {
            let form = form.split("</form>").next().unwrap_or_default();
            if form.contains("method=\"post\"") {
                assert!(
                    form.contains(&format!("name=\"csrf\" value=\"{token}\"")),
                    "{name}: {form:.120}"
                );
            }
        }
    });
}

#[test]
fn every_icon_is_in_the_sprite() {
    let sprite = crate::assets::all()
        .into_iter()
        .find(|(url, _)| url.contains("/icons."))
        .map(|(_, bytes)| String::from_utf8(bytes).expect("text"))
        .expect("sprite");
    each_page(|name, _, html| {
        for piece in html.split("#i-").skip(1) {
            let icon = piece.split('"').next().unwrap_or_default();
            assert!(
                sprite.contains(&format!("id=\"i-{icon}\"")),
                "{name}: {icon}"
            );
        }
    });
}

#[test]
fn a_page_with_its_styles_and_script_stays_under_150_kb() {
    let assets = crate::assets::all();
    let shared = assets.iter().filter(|(url, _)| {
        let ending = url.rsplit('.').next();
        matches!(ending, Some("css" | "js")) || url.contains("/icons.")
    });
    let shared: usize = shared.map(|(_, bytes)| bytes.len()).sum();
    each_page(|name, _, html| {
        // A form of every key that Apple knows for a payload is what somebody asked for.
        let most = if name.starts_with("profile-") {
            250_000
        } else {
            150_000
        };
        let size = shared + html.len();
        assert!(size < most, "{name}: {size}");
    });
}

#[test]
fn nothing_escapes_the_catalogue() {
    // Words that stay as they are in every language: names, vendors' terms, invented data.
    each_page(|name, texts, html| {
        // Documents are in English, and say so.
        let documents = name.starts_with("doc-") || name.starts_with("docs-");
        if texts.lang() != Lang::Ja || documents {
            return;
        }
        for word in [
            "Devices", "Sign in", "Status</", "Cancel", "Avbryt", "Enheter",
        ] {
            assert!(!html.contains(word), "{name}: {word}");
        }
    });
}

#[test]
fn names_from_outside_are_escaped() {
    let (_, mut page) = DevicePage::samples(Texts::default()).swap_remove(0);
    page.name = "<img src=x onerror=alert(1)>\"'&".to_owned();
    page.person.clone_from(&page.name);
    page.commands[0].by.clone_from(&page.name);
    let html = Template::render(&page).expect("renders");
    assert!(!html.contains("<img"));
}

#[test]
fn every_fact_that_is_asked_for_has_words() {
    let l = Texts::new(Lang::En);
    for query in QUERIES {
        // A name is a name: only what stays in small letters has no words.
        assert_ne!(words::fact_label(l, query.fact), query.fact);
    }
}
