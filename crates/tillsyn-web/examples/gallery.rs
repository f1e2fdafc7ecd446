//! Writes every sample page as a static file, to look at in a browser:
//! `cargo run -p tillsyn-web --features testing --example gallery -- target/gallery`,
//! then serve that folder (the pages ask for `/assets/…`).

use std::path::{Path, PathBuf};

use tillsyn_web::assets;
use tillsyn_web::console::access::{
    ConfirmPage, FirstAdministratorPage, RescuePage, SecondStepPage, SetUpPage, SignInPage,
};
use tillsyn_web::console::account::{AccountPage, AppPage, RecoveryCodesPage};
use tillsyn_web::console::administrators::{
    AdministratorPage, AdministratorsPage, RolePage, RolesPage, WelcomePage,
};
use tillsyn_web::console::areas::{AreasPage, AuthoritiesPage, BackupPage, ServerPage};
use tillsyn_web::console::audit::{AuditPage, AuditSettingsPage};
use tillsyn_web::console::certificates::{CertificatePage, CertificatesPage};
use tillsyn_web::console::commands::{CommandPage, CommandsPage};
use tillsyn_web::console::device::DevicePage;
use tillsyn_web::console::devices::DevicesPage;
use tillsyn_web::console::directory_ldap::DirectoryLdapPage;
use tillsyn_web::console::docs::{DocPage, DocsPage};
use tillsyn_web::console::enrollment::{
    AttemptPage, AttemptsPage, InvitationPage, InvitationsPage, NewInvitationPage,
};
use tillsyn_web::console::errors::ErrorPage;
use tillsyn_web::console::guide::GuidePage;
use tillsyn_web::console::identity_providers::{IdentityProviderPage, IdentityProvidersPage};
use tillsyn_web::console::imports::{ImportPage, ImportsPage};
use tillsyn_web::console::invite::{
    BatchPage, BatchesPage, PinsPage, PolicyPage, SendPage as InviteSendPage,
};
use tillsyn_web::console::organisation::{
    GroupPage, GroupsPage, MovePage, PeoplePage, PersonPage, UnitsPage,
};
use tillsyn_web::console::overview::OverviewPage;
use tillsyn_web::console::profiles::{
    AddPayloadPage, EffectPage, NewProfilePage, ProfilesPage, RawPage, SettingsPage,
};
use tillsyn_web::console::rollout::{PlanPage, PlansPage};
use tillsyn_web::console::settings::{
    InventoryPage, PushNewPage, PushPage, PushRequestPage, PushVendorPage, TokensPage,
};
use tillsyn_web::console::unknown_senders::{ReadoptPage, ReadoptedPage, UnknownSendersPage};
use tillsyn_web::i18n::{Lang, Texts};
use tillsyn_web::portal::enroll::{
    BeginPage, ClosedPage, ConsentPage, FailedPage, GoPage, HandOverPage, InstallPage, ReadyPage,
};
use tillsyn_web::ui::Sample;

fn main() -> std::io::Result<()> {
    let folder = PathBuf::from(
        std::env::args()
            .nth(1)
            .unwrap_or_else(|| "target/gallery".into()),
    );
    for (url, bytes) in assets::all() {
        let path = folder.join(url.trim_start_matches('/'));
        std::fs::create_dir_all(path.parent().unwrap_or(&folder))?;
        std::fs::write(path, bytes)?;
    }
    for lang in Lang::ALL {
        write_all(&folder.join(lang.tag()), Texts::new(lang))?;
    }
    write_all(&folder.join("pseudo"), Texts::pseudo())
}

fn write_all(folder: &Path, texts: Texts) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    write::<SignInPage>(folder, texts)?;
    write::<FirstAdministratorPage>(folder, texts)?;
    write::<ConfirmPage>(folder, texts)?;
    write::<SecondStepPage>(folder, texts)?;
    write::<SetUpPage>(folder, texts)?;
    write::<RescuePage>(folder, texts)?;
    write::<AccountPage>(folder, texts)?;
    write::<AppPage>(folder, texts)?;
    write::<RecoveryCodesPage>(folder, texts)?;
    write::<GuidePage>(folder, texts)?;
    write::<AreasPage>(folder, texts)?;
    write::<ServerPage>(folder, texts)?;
    write::<BackupPage>(folder, texts)?;
    write::<AuthoritiesPage>(folder, texts)?;
    write::<DocsPage>(folder, texts)?;
    write::<DocPage>(folder, texts)?;
    write::<OverviewPage>(folder, texts)?;
    write::<DevicesPage>(folder, texts)?;
    write::<DevicePage>(folder, texts)?;
    write::<ProfilesPage>(folder, texts)?;
    write::<NewProfilePage>(folder, texts)?;
    write::<SettingsPage>(folder, texts)?;
    write::<AddPayloadPage>(folder, texts)?;
    write::<RawPage>(folder, texts)?;
    write::<EffectPage>(folder, texts)?;
    write::<AuditPage>(folder, texts)?;
    write::<AuditSettingsPage>(folder, texts)?;
    write::<PlansPage>(folder, texts)?;
    write::<PlanPage>(folder, texts)?;
    write::<CommandsPage>(folder, texts)?;
    write::<CommandPage>(folder, texts)?;
    write::<InvitationsPage>(folder, texts)?;
    write::<NewInvitationPage>(folder, texts)?;
    write::<InvitationPage>(folder, texts)?;
    write::<AttemptsPage>(folder, texts)?;
    write::<AttemptPage>(folder, texts)?;
    write::<UnknownSendersPage>(folder, texts)?;
    write::<ReadoptPage>(folder, texts)?;
    write::<ReadoptedPage>(folder, texts)?;
    write::<PushPage>(folder, texts)?;
    write::<PushNewPage>(folder, texts)?;
    write::<PushRequestPage>(folder, texts)?;
    write::<PushVendorPage>(folder, texts)?;
    write::<InventoryPage>(folder, texts)?;
    write::<TokensPage>(folder, texts)?;
    write::<PeoplePage>(folder, texts)?;
    write::<PersonPage>(folder, texts)?;
    write::<GroupsPage>(folder, texts)?;
    write::<GroupPage>(folder, texts)?;
    write::<UnitsPage>(folder, texts)?;
    write::<AdministratorsPage>(folder, texts)?;
    write::<AdministratorPage>(folder, texts)?;
    write::<RolesPage>(folder, texts)?;
    write::<RolePage>(folder, texts)?;
    write::<DirectoryLdapPage>(folder, texts)?;
    write::<IdentityProvidersPage>(folder, texts)?;
    write::<IdentityProviderPage>(folder, texts)?;
    write::<WelcomePage>(folder, texts)?;
    write::<ImportsPage>(folder, texts)?;
    write::<InviteSendPage>(folder, texts)?;
    write::<BatchesPage>(folder, texts)?;
    write::<BatchPage>(folder, texts)?;
    write::<PinsPage>(folder, texts)?;
    write::<PolicyPage>(folder, texts)?;
    write::<MovePage>(folder, texts)?;
    write::<ImportPage>(folder, texts)?;
    write::<CertificatesPage>(folder, texts)?;
    write::<CertificatePage>(folder, texts)?;
    write::<ErrorPage>(folder, texts)?;
    write::<BeginPage>(folder, texts)?;
    write::<ConsentPage>(folder, texts)?;
    write::<HandOverPage>(folder, texts)?;
    write::<GoPage>(folder, texts)?;
    write::<InstallPage>(folder, texts)?;
    write::<ReadyPage>(folder, texts)?;
    write::<FailedPage>(folder, texts)?;
    write::<ClosedPage>(folder, texts)
}

fn write<P: Sample>(folder: &Path, texts: Texts) -> std::io::Result<()> {
    for (name, page) in P::samples(texts) {
        let html = page.render().map_err(std::io::Error::other)?;
        std::fs::write(folder.join(format!("{}-{name}.html", P::NAME)), html)?;
    }
    Ok(())
}
