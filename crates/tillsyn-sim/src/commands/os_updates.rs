//! The update commands, which version 27 no longer has.

use plist::{Dictionary, Value};

use super::answer::Answer;
use crate::device::Device;
use crate::plists::{dict, text};

const ACTIONS: [&str; 6] = [
    "Default",
    "DownloadOnly",
    "InstallASAP",
    "InstallForceRestart",
    "InstallLater",
    "NotifyOnly",
];

impl Device {
    /// Version, build and product key of the update that this system waits for.
    fn pending_update(&self) -> (String, String) {
        let (major, minor) = self.config.os();
        let version = format!("{major}.{}", minor + 1);
        let name = if self.config.kind.is_mac() {
            "MSU"
        } else {
            "iOSUpdate"
        };
        let key = format!("{name}_{version}_{}", self.config.build_version);
        (version, key)
    }

    // Apple schema mdm/commands/system.update.available.yaml
    pub(super) fn available_os_updates(&self) -> Answer {
        let (version, key) = self.pending_update();
        let mac = self.config.kind.is_mac();
        let name = if mac { "macOS" } else { "iOS" };
        let mut update = dict([
            ("ProductKey", key.into()),
            ("HumanReadableName", format!("{name} {version}").into()),
            ("ProductName", name.into()),
            ("Version", version.into()),
            ("Build", "99A100".into()),
            ("DownloadSize", 1_200_000_000_i64.into()),
            ("InstallSize", 3_400_000_000_i64.into()),
            ("IsCritical", false.into()),
            ("RestartRequired", true.into()),
            ("AllowsInstallLater", true.into()),
            ("IsSecurityResponse", false.into()),
        ]);
        if mac {
            update.insert("IsMajorOSUpdate".into(), false.into());
            let token = self.config.model.apple_silicon;
            update.insert("RequiresBootstrapToken".into(), token.into());
        }
        let updates = Value::Array(vec![Value::Dictionary(update)]);
        Answer::acknowledged(dict([("AvailableOSUpdates", updates)]))
    }

    // Apple schema mdm/commands/system.update.scan.yaml
    pub(super) fn schedule_os_update_scan() -> Answer {
        Answer::acknowledged(dict([("ScanInitiated", true.into())]))
    }

    // Apple schema mdm/commands/system.update.schedule.yaml
    pub(super) fn schedule_os_update(&mut self, request: &Dictionary) -> Answer {
        let updates = request.get("Updates").and_then(Value::as_array);
        let Some(updates) = updates.filter(|updates| !updates.is_empty()) else {
            return Answer::format_error();
        };
        let (version, own_key) = self.pending_update();
        let mut results = Vec::new();
        for update in updates {
            let Some(update) = update.as_dictionary() else {
                return Answer::format_error();
            };
            let action = text(update, "InstallAction").unwrap_or_default();
            if !ACTIONS.contains(&action) {
                return Answer::format_error();
            }
            let key = text(update, "ProductKey");
            let fits = match (key, text(update, "ProductVersion")) {
                (Some(key), _) => key == own_key,
                (None, Some(wanted)) => wanted == version,
                (None, None) => true,
            };
            let mut result = dict([
                ("ProductKey", key.unwrap_or(&own_key).into()),
                ("InstallAction", action.into()),
            ]);
            if fits {
                let status = match action {
                    "NotifyOnly" => "Idle",
                    "DownloadOnly" => "Downloading",
                    _ => "Installing",
                };
                self.memory.updates.insert(own_key.clone(), status);
                result.insert("Status".into(), status.into());
            } else {
                result.insert("Status".into(), "Error".into());
                let chain = vec![Value::Dictionary(dict([
                    ("ErrorCode", 12_080_i64.into()),
                    ("ErrorDomain", "MCMDMErrorDomain".into()),
                    ("LocalizedDescription", "No such update.".into()),
                    ("USEnglishDescription", "No such update.".into()),
                ]))];
                result.insert("ErrorChain".into(), Value::Array(chain));
            }
            results.push(Value::Dictionary(result));
        }
        Answer::acknowledged(dict([("UpdateResults", Value::Array(results))]))
    }

    // Apple schema mdm/commands/system.update.status.yaml
    pub(super) fn os_update_status(&self) -> Answer {
        let statuses = self.memory.updates.iter().map(|(key, status)| {
            let done = *status == "Installing";
            Value::Dictionary(dict([
                ("ProductKey", key.as_str().into()),
                ("IsDownloaded", done.into()),
                (
                    "DownloadPercentComplete",
                    if done { 1.0 } else { 0.4 }.into(),
                ),
                ("Status", (*status).into()),
            ]))
        });
        let statuses = Value::Array(statuses.collect());
        Answer::acknowledged(dict([("OSUpdateStatus", statuses)]))
    }
}
