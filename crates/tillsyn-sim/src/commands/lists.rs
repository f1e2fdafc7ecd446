//! What is on a device: applications, certificates, restrictions, provisioning profiles.

use plist::{Dictionary, Value};
use tillsyn_apple::plist_guard::Limits;

use super::answer::Answer;
use crate::SimError;
use crate::device::Device;
use crate::plists::{dict, dictionary, flag, text, texts};
use crate::profile::unwrap;

/// Identifier, name, version, managed.
type App = (&'static str, &'static str, &'static str, bool);

const PHONE_APPS: &[App] = &[
    ("org.example.timetable", "Timetable", "4.2", true),
    ("org.example.notes", "Field Notes", "1.9.1", true),
    ("org.example.chess", "Chess", "12.0", false),
    ("org.example.radio", "Radio", "3.3", false),
    ("org.example.weather", "Weather for Sailors", "7.1", false),
];

const MAC_APPS: &[App] = &[
    ("org.example.editor", "Editor", "22.4", false),
    ("org.example.timetable", "Timetable", "4.2", true),
    ("org.example.terminal", "Terminal Plus", "2.0", false),
    ("org.example.backup", "Backup Agent", "9.8", true),
];

impl Device {
    /// Personal devices tell of managed applications alone.
    // Apple schema mdm/commands/application.installed.list.yaml
    pub(super) fn installed_applications(&self, request: &Dictionary) -> Result<Answer, SimError> {
        let byod = self.enrollment_ref()?.profile.byod;
        let mac = self.config.kind.is_mac();
        let managed_only = flag(request, "ManagedAppsOnly") == Some(true) || byod;
        let wanted = texts(request, "Identifiers");
        let items = texts(request, "Items");
        let apps = if mac { MAC_APPS } else { PHONE_APPS };
        let listed = apps
            .iter()
            .filter(|(identifier, .., managed)| {
                let named = wanted
                    .as_ref()
                    .is_none_or(|w| w.iter().any(|i| i == identifier));
                named && (*managed || !managed_only)
            })
            .map(|(identifier, name, version, managed)| {
                let mut app = dict([
                    ("Name", (*name).into()),
                    ("Version", (*version).into()),
                    ("ShortVersion", (*version).into()),
                    ("BundleSize", 24_000_000_i64.into()),
                    ("IsValidated", true.into()),
                    ("Installing", false.into()),
                ]);
                if mac {
                    app.insert(
                        "Source".into(),
                        if *managed { "MDM" } else { "AppStore" }.into(),
                    );
                } else {
                    app.insert("DynamicSize".into(), 1_500_000_i64.into());
                    app.insert("AppStoreVendable".into(), true.into());
                    app.insert("HasUpdateAvailable".into(), false.into());
                }
                if let Some(items) = &items {
                    app.retain(|key, _| items.iter().any(|item| item == key));
                }
                app.insert("Identifier".into(), (*identifier).into());
                Value::Dictionary(app)
            });
        let listed = Value::Array(listed.collect());
        Ok(Answer::acknowledged(dict([(
            "InstalledApplicationList",
            listed,
        )])))
    }

    /// The identity, what the profiles got, and the roots that the enrollment profile brought.
    // Apple schema mdm/commands/certificate.list.yaml
    pub(super) fn certificate_list(&self) -> Result<Answer, SimError> {
        let enrollment = self.enrollment_ref()?;
        let roots = enrollment.profile.roots.iter().map(|root| (root, false));
        let of_profiles = self
            .installed_profiles()
            .flat_map(|profile| &profile.certificates)
            .map(|certificate| (certificate, true));
        let listed = std::iter::once((&enrollment.certificate, true))
            .chain(of_profiles)
            .chain(roots)
            .map(|(certificate, is_identity)| {
                Value::Dictionary(dict([
                    (
                        "CommonName",
                        certificate.subject_cn().unwrap_or_default().into(),
                    ),
                    ("IsIdentity", is_identity.into()),
                    ("Data", Value::Data(certificate.der().to_vec())),
                ]))
            });
        let listed = Value::Array(listed.collect());
        Ok(Answer::acknowledged(dict([("CertificateList", listed)])))
    }

    // Apple schema mdm/commands/device.restrictions.list.yaml
    pub(super) fn restrictions(request: &Dictionary) -> Answer {
        let camera = Value::Dictionary(dict([("value", true.into())]));
        let grace = Value::Dictionary(dict([("value", 300_i64.into())]));
        let global = dict([
            (
                "restrictedBool",
                Value::Dictionary(dict([("allowCamera", camera)])),
            ),
            (
                "restrictedValue",
                Value::Dictionary(dict([("maxGracePeriod", grace)])),
            ),
            ("intersection", Value::Dictionary(Dictionary::new())),
            ("union", Value::Dictionary(Dictionary::new())),
        ]);
        let mut body = dict([("GlobalRestrictions", Value::Dictionary(global))]);
        if flag(request, "ProfileRestrictions") == Some(true) {
            let none = Value::Dictionary(Dictionary::new());
            body.insert("ProfileRestrictions".into(), none);
        }
        Answer::acknowledged(body)
    }

    /// Installing one that is there already is no error.
    // Apple schema mdm/commands/profile.provisioning.install.yaml
    pub(super) fn install_provisioning_profile(&mut self, request: &Dictionary) -> Answer {
        let Some(bytes) = request.get("ProvisioningProfile").and_then(Value::as_data) else {
            return Answer::format_error();
        };
        let read = unwrap(bytes)
            .ok()
            .and_then(|unwrapped| dictionary(&unwrapped.plain, Limits::PROFILE).ok());
        let named = read.as_ref().and_then(|profile| {
            Some((
                text(profile, "UUID")?.to_owned(),
                text(profile, "Name")?.to_owned(),
            ))
        });
        let Some((uuid, name)) = named else {
            return Answer::mdm_error(12_014, "The provisioning profile cannot be read.");
        };
        self.memory.provisioning_profiles.insert(uuid, name);
        Answer::done()
    }

    // Apple schema mdm/commands/profile.provisioning.list.yaml
    pub(super) fn provisioning_profiles(&self) -> Answer {
        let listed = self
            .memory
            .provisioning_profiles
            .iter()
            .map(|(uuid, name)| {
                Value::Dictionary(dict([
                    ("Name", name.as_str().into()),
                    ("UUID", uuid.as_str().into()),
                ]))
            });
        let listed = Value::Array(listed.collect());
        Answer::acknowledged(dict([("ProvisioningProfileList", listed)]))
    }

    // Apple schema mdm/commands/profile.provisioning.remove.yaml
    pub(super) fn remove_provisioning_profile(&mut self, request: &Dictionary) -> Answer {
        let Some(uuid) = text(request, "UUID") else {
            return Answer::format_error();
        };
        match self.memory.provisioning_profiles.remove(uuid) {
            Some(_) => Answer::done(),
            None => Answer::mdm_error(12_015, "The provisioning profile is not installed."),
        }
    }
}
