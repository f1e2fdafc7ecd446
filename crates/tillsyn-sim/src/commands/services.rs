//! Smaller commands: mirroring, remote desktop, cellular plans, lights-out management, content
//! caching, extensions, logs.

use plist::{Dictionary, Value};

use super::answer::Answer;
use crate::device::Device;
use crate::plists::{dict, int, text};

impl Device {
    // Apple schema mdm/commands/mirroring.request.yaml
    pub(super) fn request_mirroring(request: &Dictionary) -> Answer {
        let named = text(request, "DestinationName").or(text(request, "DestinationDeviceID"));
        if named.is_none() || int(request, "ScanTime").is_some_and(|s| !(10..=300).contains(&s)) {
            return Answer::format_error();
        }
        Answer::acknowledged(dict([("MirroringResult", "Prompting".into())]))
    }

    // Apple schema mdm/commands/remotedesktop.enable.yaml, remotedesktop.disable.yaml
    pub(super) fn remote_desktop(&mut self, on: bool) -> Answer {
        self.memory.remote_desktop = on;
        Answer::done()
    }

    // Apple schema mdm/commands/device.esim.yaml
    pub(super) fn refresh_cellular_plans(&self, request: &Dictionary) -> Answer {
        if text(request, "eSIMServerURL").is_none() {
            return Answer::format_error();
        }
        if !self.config.model.cellular {
            return Answer::mdm_error(12_081, "The device has no modem.");
        }
        Answer::done()
    }

    // Apple schema mdm/commands/lom.setuprequest.yaml
    pub(super) fn lom_setup(&self) -> Answer {
        if self.config.model.battery {
            return Answer::mdm_error(12_082, "This Mac has no lights-out management.");
        }
        let address = format!("fe80::{:x}", self.lasting("lom", 0xffff));
        Answer::acknowledged(dict([
            ("PrimaryIPv6AddressList", Value::Array(vec![address.into()])),
            ("SecondaryIPv6AddressList", Value::Array(Vec::new())),
            ("LOMProtocolVersion", 1_i64.into()),
        ]))
    }

    // Apple schema mdm/commands/lom.devicerequest.yaml
    pub(super) fn lom_request(&self, request: &Dictionary) -> Answer {
        let requests = request.get("RequestList").and_then(Value::as_array);
        let Some(requests) = requests.filter(|requests| !requests.is_empty()) else {
            return Answer::format_error();
        };
        let mut answers = Vec::new();
        for one in requests.iter().filter_map(Value::as_dictionary) {
            let uuid = text(one, "DeviceRequestUUID");
            let (Some(uuid), Some("PowerON" | "PowerOFF" | "Reset")) =
                (uuid, text(one, "DeviceRequestType"))
            else {
                return Answer::format_error();
            };
            answers.push(Value::Dictionary(dict([
                ("DeviceRequestUUID", uuid.into()),
                ("DeviceRequestSuccess", (!self.config.model.battery).into()),
            ])));
        }
        Answer::acknowledged(dict([("ResponseList", Value::Array(answers))]))
    }

    // Apple schema mdm/commands/information.contentcaching.yaml
    pub(super) fn content_caching(&self) -> Answer {
        let on = !self.config.model.battery;
        let mut status = dict([
            ("Activated", on.into()),
            ("Active", on.into()),
            ("CacheStatus", if on { "OK" } else { "DISABLED" }.into()),
            ("StartupStatus", if on { "OK" } else { "FAILED" }.into()),
        ]);
        if on {
            status.insert("CacheUsed".into(), 52_000_000_000_i64.into());
            status.insert("CacheLimit".into(), 0_i64.into());
            status.insert("Port".into(), 49_152_i64.into());
        }
        Answer::acknowledged(dict([("StatusResponse", Value::Dictionary(status))]))
    }

    // Apple schema mdm/commands/application.extensions.listactive.yaml and .mappings.yaml
    pub(super) fn extensions(request: &Dictionary, with_paths: bool) -> Answer {
        let points = crate::plists::texts(request, "FilterExtensionPoints");
        let point = "com.apple.share-services";
        if points.is_some_and(|points| !points.iter().any(|p| p == point)) {
            let none = Value::Array(Vec::new());
            return Answer::acknowledged(dict([("Extensions", none)]));
        }
        let mut extension = dict([
            ("Identifier", "org.example.editor.share".into()),
            ("ExtensionPoint", point.into()),
            ("DisplayName", "Editor".into()),
        ]);
        if with_paths {
            let path = "/Applications/Editor.app/Contents/PlugIns/Share.appex";
            extension.insert("Path".into(), path.into());
            extension.insert("Version".into(), "22.4".into());
            extension.insert("UserElection".into(), "Default".into());
        }
        let all = Value::Array(vec![Value::Dictionary(extension)]);
        Answer::acknowledged(dict([("Extensions", all)]))
    }

    // Apple schema mdm/commands (OS 27), TriggerEnhancedLogCollection
    pub(super) fn trigger_logs(&mut self, request: &Dictionary) -> Answer {
        if text(request, "AppleCareToken").is_none() {
            return Answer::format_error();
        }
        self.memory.collecting_logs = true;
        Answer::done()
    }

    // Apple schema mdm/commands (OS 27), CancelEnhancedLogCollection
    pub(super) fn cancel_logs(&mut self) -> Answer {
        if std::mem::take(&mut self.memory.collecting_logs) {
            Answer::done()
        } else {
            Answer::mdm_error(12_083, "No logs are being collected.")
        }
    }
}
