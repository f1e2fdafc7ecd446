//! What is installed, as questions.
// Apple schema mdm/commands/certificate.list.yaml, profile.provisioning.*.yaml,
// device.restrictions.list.yaml, application.installed.list.yaml

use super::body::Rules;
use crate::fields::command;

command! {
    /// `CertificateList`.
    #[derive(Default)]
    pub struct CertificateList {
        managed_only: Option<bool> = "ManagedOnly",
    }
}

command! {
    /// `ProvisioningProfileList`.
    #[derive(Default)]
    pub struct ProvisioningProfileList {
        managed_only: Option<bool> = "ManagedOnly",
    }
}

command! {
    /// `InstallProvisioningProfile`.
    pub struct InstallProvisioningProfile {
        provisioning_profile: Vec<u8> = "ProvisioningProfile",
    }
}

command! {
    /// `RemoveProvisioningProfile`.
    pub struct RemoveProvisioningProfile {
        uuid: String = "UUID",
    }
}

command! {
    /// `Restrictions`: the limits in force.
    #[derive(Default)]
    pub struct Restrictions {
        /// Also those of each profile.
        profile_restrictions: Option<bool> = "ProfileRestrictions",
    }
}

command! {
    /// `InstalledApplicationList`. Devices in User Enrollment tell managed apps only.
    #[derive(Default)]
    pub struct InstalledApplicationList {
        /// Bundle identifiers to ask for; absent for all.
        identifiers: Option<Vec<String>> = "Identifiers",
        managed_apps_only: Option<bool> = "ManagedAppsOnly",
        /// The keys to answer with; absent for all.
        items: Option<Vec<String>> = "Items",
    }
}

impl Rules for CertificateList {}
impl Rules for ProvisioningProfileList {}
impl Rules for InstallProvisioningProfile {}
impl Rules for RemoveProvisioningProfile {}
impl Rules for Restrictions {}
impl Rules for InstalledApplicationList {}
