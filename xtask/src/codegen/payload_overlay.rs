//! What `mdm/profiles` gained and lost after the copy that is read (18.2 → 27.0), and its mistakes: facts of
//! `CHANGES.md` and of single files of later versions of the same repository.

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value, json};

/// Gone with 27: declarations say it now.
const REMOVED_RESTRICTIONS: [&str; 9] = [
    "allowRapidSecurityResponseInstallation",
    "allowRapidSecurityResponseRemoval",
    "enforcedSoftwareUpdateDelay",
    "enforcedSoftwareUpdateMajorOSDeferredInstallDelay",
    "enforcedSoftwareUpdateMinorOSDeferredInstallDelay",
    "enforcedSoftwareUpdateNonOSDeferredInstallDelay",
    "forceDelayedAppSoftwareUpdates",
    "forceDelayedMajorSoftwareUpdates",
    "forceDelayedSoftwareUpdates",
];

/// Reached visionOS with 27.
const VISION_RESTRICTIONS: [&str; 4] = [
    "allowAutomaticAppDownloads",
    "allowCamera",
    "allowListedAppBundleIDs",
    "blockedAppBundleIDs",
];

pub(super) fn apply(files: &mut [(String, Value)]) -> Result<()> {
    removed_in_27(files)?;
    new_in_27(files)?;
    mistakes(files)?;
    files.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(())
}

fn removed_in_27(files: &mut [(String, Value)]) -> Result<()> {
    let update = file(files, "com.apple.SoftwareUpdate")?;
    remove(update.pointer_mut("/payload").context("no payload")?, None)?;
    let restrictions = file(files, "com.apple.applicationaccess")?;
    let whole = restrictions.pointer("/payload/supportedOS").cloned();
    for name in REMOVED_RESTRICTIONS {
        remove(key(restrictions, &[name])?, whole.as_ref())?;
    }
    // `Processes` of `com.apple.system.logging` went too; no system has it in the copy that is read.
    Ok(())
}

fn new_in_27(files: &mut [(String, Value)]) -> Result<()> {
    let restrictions = file(files, "com.apple.applicationaccess")?;
    for name in VISION_RESTRICTIONS {
        let key = key(restrictions, &[name])?;
        // As its rule on iOS: only some of these need supervision.
        let supervised = key.pointer("/supportedOS/iOS/supervised") == Some(&Value::Bool(true));
        let own = support(key)?;
        own.insert(
            "visionOS".to_owned(),
            json!({"introduced": "27.0", "supervised": supervised}),
        );
    }
    // Systems and supervision as the setting of this name in `siri.settings`.
    let siri =
        json!({"introduced": "27.0", "supervised": true, "userenrollment": {"mode": "forbidden"}});
    add(
        restrictions.get_mut("payloadkeys"),
        json!({
            "key": "allowSiriAI", "type": "<boolean>", "presence": "optional", "default": true,
            "supportedOS": {
                "iOS": siri, "macOS": {"introduced": "27.0", "userenrollment": {"mode": "forbidden"}}, "visionOS": siri,
                "tvOS": {"introduced": "n/a"}, "watchOS": {"introduced": "n/a"},
            },
        }),
    )?;
    let sso = key(file(files, "com.apple.extensiblesso")?, &["PlatformSSO"])?;
    let mac = json!({"macOS": {"introduced": "27.0"}});
    add(
        sso.get_mut("subkeys"),
        json!({
            "key": "AllowWebLoginPasswordSync", "type": "<boolean>", "presence": "optional", "supportedOS": mac,
        }),
    )?;
    add(
        sso.get_mut("subkeys"),
        json!({
            "key": "WebLoginURLAllowList", "type": "<array>", "presence": "optional", "supportedOS": mac,
            "subkeys": [{"key": "WebLoginURLAllowListItem", "type": "<string>"}],
        }),
    )?;
    let login = file(files, "com.apple.loginwindow")?;
    for name in [
        "ForceCaptivePortalConnectionFromLockScreen",
        "ForceWifiConfigurationOnLockScreen",
    ] {
        add(
            login.get_mut("payloadkeys"),
            json!({
                "key": name, "type": "<boolean>", "presence": "optional", "default": false, "supportedOS": mac,
            }),
        )?;
    }
    Ok(())
}

fn mistakes(files: &mut [(String, Value)]) -> Result<()> {
    // The icon of an app has the type `Application`. Its list stands at two places of the tree.
    let home = file(files, "com.apple.homescreenlayout")?;
    if rename(home, "App", "Application") == 0 {
        bail!("the icon types of the Home Screen have changed");
    }
    // Only by MDM; from macOS 15.4 on, but what cannot be done by hand later need not be tried before.
    let domains = file(files, "com.apple.associated-domains")?;
    let mac = domains.pointer_mut("/payload/supportedOS/macOS");
    let mac = mac.and_then(Value::as_object_mut).context("no macOS")?;
    mac.insert("allowmanualinstall".to_owned(), Value::Bool(false));
    // "all" is no version: as its payload.
    let items = key(
        file(files, "loginwindow")?,
        &["DisableLoginItemsSuppression"],
    )?;
    support(items)?.remove("macOS");
    // Spelled right since.
    let spelled = files
        .iter_mut()
        .find(|(name, _)| name == "com.apple.MCX(Mobililty).yaml");
    if let Some((name, _)) = spelled {
        "com.apple.MCX(Mobility).yaml".clone_into(name);
    }
    Ok(())
}

/// Every system that has it loses it with 27.
fn remove(item: &mut Value, inherited: Option<&Value>) -> Result<()> {
    let nothing = Value::Object(Map::new());
    let whole = inherited.unwrap_or(&nothing);
    let own = item.get("supportedOS").cloned().unwrap_or(nothing.clone());
    let merged = super::rule::merge(whole, &own);
    let systems = merged.as_object().context("no systems")?.clone();
    for (system, rule) in systems {
        if rule.get("introduced") == Some(&json!("n/a")) {
            continue;
        }
        let own = support(item)?
            .entry(system)
            .or_insert_with(|| Value::Object(Map::new()));
        let own = own.as_object_mut().context("a system is no mapping")?;
        own.insert("removed".to_owned(), json!("27.0"));
    }
    Ok(())
}

fn support(item: &mut Value) -> Result<&mut Map<String, Value>> {
    let map = item.as_object_mut().context("no mapping")?;
    map.entry("supportedOS")
        .or_insert_with(|| Value::Object(Map::new()))
        .as_object_mut()
        .context("supportedOS is no mapping")
}

fn rename(value: &mut Value, old: &str, new: &str) -> usize {
    match value {
        Value::Object(map) => {
            let mut count = 0;
            for (word, inner) in map.iter_mut() {
                if word == "rangelist" {
                    for item in inner.as_array_mut().into_iter().flatten() {
                        if item.as_str() == Some(old) {
                            *item = json!(new);
                            count += 1;
                        }
                    }
                } else {
                    count += rename(inner, old, new);
                }
            }
            count
        }
        Value::Array(items) => items.iter_mut().map(|item| rename(item, old, new)).sum(),
        _ => 0,
    }
}

fn file<'a>(files: &'a mut [(String, Value)], stem: &str) -> Result<&'a mut Value> {
    files
        .iter_mut()
        .find(|(name, _)| name.strip_suffix(".yaml") == Some(stem))
        .map(|(_, content)| content)
        .with_context(|| format!("no file {stem}"))
}

fn key<'a>(content: &'a mut Value, path: &[&str]) -> Result<&'a mut Value> {
    let mut list = "payloadkeys";
    let mut here = content;
    for name in path {
        here = here
            .get_mut(list)
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
            .find(|key| key.get("key").and_then(Value::as_str) == Some(name))
            .with_context(|| format!("no key {name}"))?;
        list = "subkeys";
    }
    Ok(here)
}

fn add(list: Option<&mut Value>, new: Value) -> Result<()> {
    let list = list.and_then(Value::as_array_mut).context("no list")?;
    if list.iter().any(|key| key.get("key") == new.get("key")) {
        bail!("the schema has {} by now", new["key"]);
    }
    list.push(new);
    Ok(())
}
