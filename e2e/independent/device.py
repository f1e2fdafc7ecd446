"""What a device answers to the commands of this issue; keys from Apple's published schema."""

import plistlib
import secrets

import wire

MODELS = {
    "ios": {"ProductName": "iPhone15,2", "Model": "MQ0D3", "ModelName": "iPhone", "OSVersion": "18.2",
            "BuildVersion": "22C152"},
    "ipados": {"ProductName": "iPad14,3", "Model": "MNXR3", "ModelName": "iPad", "OSVersion": "18.2",
               "BuildVersion": "22C152"},
    "macos": {"ProductName": "Mac14,2", "Model": "Mac14,2", "ModelName": "MacBook Air", "OSVersion": "15.2",
              "BuildVersion": "24C101"},
}
# Apple, "Handling NotNow Status Responses": these are always answered.
NEVER_NOT_NOW = {
    "ios": {"DeviceInformation", "ProfileList", "DeviceLock", "EraseDevice", "ClearPasscode",
            "ProvisioningProfileList", "InstalledApplicationList", "Restrictions"},
    "macos": {"DeleteUser", "DeviceLock", "EraseDevice", "RestartDevice", "ShutDownDevice", "UserList",
              "ActivationLockBypassCode", "ClearActivationLockBypassCode", "UnlockUserAccount"},
}
NEVER_NOT_NOW["ipados"] = NEVER_NOT_NOW["ios"]


def new_device(platform):
    """Made-up hardware: the shape of real identifiers, no real value."""
    if platform == "macos":
        parts = [secrets.token_hex(size).upper() for size in (4, 2, 2, 2, 6)]
        udid = "-".join(parts)
    else:
        udid = f"00008120-{secrets.token_hex(8).upper()}"
    serial = "TS" + "".join(secrets.choice("0123456789CDFGHJKLMNPQRTVWXY") for _ in range(8))
    return {
        "platform": platform, "udid": udid, "serial": serial,
        "name": f"Test {MODELS[platform]['ModelName']}",
        "token": secrets.token_hex(32), "push_magic": secrets.token_hex(16),
        "profiles": {}, "locked": False, "state": "new",
    }


def error(domain, code, text):
    return {"Status": "Error", "ErrorChain": [{
        "ErrorCode": code, "ErrorDomain": domain,
        "LocalizedDescription": text, "USEnglishDescription": text,
    }]}


def answer(device, command):
    """The result of one command, without ids; changes `device` as the command demands."""
    kind = command["RequestType"]
    handler = HANDLERS.get(kind)
    if handler is None:
        return error("MCMDMErrorDomain", 12021, f"“{kind}” is not a valid request type.")
    return handler(device, command)


def device_information(device, command):
    queries = command.get("Queries")
    wire.check(isinstance(queries, list) and queries, "DeviceInformation: Queries must be a non-empty array")
    wire.check(all(isinstance(query, str) for query in queries), "DeviceInformation: Queries are texts")
    wire.check(len(set(queries)) == len(queries), "DeviceInformation: a query is named twice")
    model = MODELS[device["platform"]]
    known = {
        "UDID": device["udid"], "SerialNumber": device["serial"], "DeviceName": device["name"], **model,
        "DeviceCapacity": 128.0, "AvailableDeviceCapacity": 97.5, "BatteryLevel": 0.82,
        "IsSupervised": device["platform"] == "macos", "WiFiMAC": "02:00:00:00:00:01",
        "BluetoothMAC": "02:00:00:00:00:02", "IsDeviceLocatorServiceEnabled": False,
        "IsActivationLockEnabled": False, "IsCloudBackupEnabled": False, "IsMDMLostModeEnabled": False,
    }
    if device["platform"] == "macos":
        known.update({"HostName": "test-mac.local", "LocalHostName": "test-mac", "IsAppleSilicon": True,
                      "SystemIntegrityProtectionEnabled": True})
        del known["BatteryLevel"], known["IsMDMLostModeEnabled"]
    else:
        known.update({"IsRoaming": False, "DataRoamingEnabled": False})
    # What the device does not know is absent, never null or false.
    return {"Status": "Acknowledged", "QueryResponses": {query: known[query] for query in queries if query in known}}


def security_info(device, _command):
    if device["platform"] == "macos":
        facts = {
            "FDE_Enabled": True, "FDE_HasPersonalRecoveryKey": True, "FDE_HasInstitutionalRecoveryKey": False,
            "SystemIntegrityProtectionEnabled": True,
            "FirewallSettings": {"FirewallEnabled": True, "BlockAllIncoming": False, "StealthMode": False,
                                 "Applications": []},
            "SecureBoot": {"SecureBootLevel": "full", "ExternalBootLevel": "not supported"},
            "ManagementStatus": {"EnrolledViaDEP": False, "UserApprovedEnrollment": True,
                                 "IsUserEnrollment": False, "IsActivationLockManageable": True},
        }
    else:
        facts = {
            "HardwareEncryptionCaps": 3, "PasscodePresent": True, "PasscodeCompliant": True,
            "PasscodeCompliantWithProfiles": True, "PasscodeLockGracePeriod": 0,
            "PasscodeLockGracePeriodEnforced": 0, "AutoLockTime": 300,
        }
    return {"Status": "Acknowledged", "SecurityInfo": facts}


def profile_list(device, command):
    profiles = list(device["profiles"].values())
    if command.get("ManagedOnly") is True:
        profiles = [profile for profile in profiles if profile["IsManaged"]]
    return {"Status": "Acknowledged", "ProfileList": profiles}


def certificate_list(device, _command):
    return {"Status": "Acknowledged", "CertificateList": []}


def installed_application_list(device, command):
    apps = [{"Identifier": "com.example.notes", "Name": "Notes", "Version": "12", "ShortVersion": "1.2",
             "BundleSize": 1048576, "Installing": False}]
    # None of them was installed by management.
    return {"Status": "Acknowledged", "InstalledApplicationList": [] if command.get("ManagedAppsOnly") else apps}


def user_list(_device, _command):
    return {"Status": "Acknowledged", "Users": [{"UserName": "elin", "IsLoggedIn": True}]}


def available_os_updates(_device, _command):
    return {"Status": "Acknowledged", "AvailableOSUpdates": []}


def remember_profile(device, profile, managed):
    """Puts an installed profile on the device's list."""
    device["profiles"][profile["PayloadIdentifier"]] = {
        "PayloadUUID": profile["PayloadUUID"], "PayloadIdentifier": profile["PayloadIdentifier"],
        "PayloadVersion": profile.get("PayloadVersion", 1),
        "PayloadDisplayName": profile.get("PayloadDisplayName", ""),
        "PayloadOrganization": profile.get("PayloadOrganization", ""),
        "PayloadDescription": profile.get("PayloadDescription", ""),
        "PayloadRemovalDisallowed": bool(profile.get("PayloadRemovalDisallowed", False)),
        "HasRemovalPasscode": False, "IsEncrypted": False, "IsManaged": managed,
        "PayloadContent": [
            {key: payload[key] for key in ("PayloadType", "PayloadVersion", "PayloadIdentifier", "PayloadUUID")}
            for payload in profile.get("PayloadContent", [])
        ],
    }


def install_profile(device, command):
    payload = command.get("Payload")
    wire.check(isinstance(payload, bytes) and payload, "InstallProfile: Payload must be data")
    plain = payload if payload.lstrip().startswith((b"<?xml", b"bplist00")) else wire.verify_signed_profile(payload)
    try:
        profile = plistlib.loads(plain)
    except Exception:
        return error("MCProfileErrorDomain", 1000, "The profile is malformed.")
    for key in ("PayloadIdentifier", "PayloadUUID", "PayloadType", "PayloadVersion"):
        if key not in profile:
            return error("MCProfileErrorDomain", 1002, f"The field “{key}” is missing.")
    for inner in profile.get("PayloadContent", []):
        if inner.get("PayloadType") == "com.apple.mdm":
            current = device["mdm"]
            for key in ("ServerURL", "CheckInURL", "Topic"):
                wire.check(inner.get(key) == current.get(key), f"an updated MDM payload changes {key}")
    remember_profile(device, profile, managed=True)
    return {"Status": "Acknowledged"}


def remove_profile(device, command):
    identifier = command.get("Identifier")
    wire.check(isinstance(identifier, str), "RemoveProfile: Identifier must be a text")
    if identifier not in device["profiles"]:
        return error("MDMClientError", 89, f"Profile with identifier “{identifier}” not found.")
    del device["profiles"][identifier]
    if identifier == device["enrollment_profile"]:
        device["state"] = "removed"
    return {"Status": "Acknowledged"}


def device_lock(device, command):
    allowed = {"RequestType", "Message", "PhoneNumber", "PIN", "RequestRequiresNetworkTether"}
    wire.check(set(command) <= allowed, f"DeviceLock: unknown keys {sorted(set(command) - allowed)}")
    if device["platform"] == "macos":
        pin = command.get("PIN")
        wire.check(isinstance(pin, str) and len(pin) == 6, "DeviceLock on a Mac: PIN of exactly six characters")
    else:
        wire.check("PIN" not in command, "DeviceLock: PIN is for Macs only")
    device["locked"] = True
    result = {"Status": "Acknowledged"}
    if command.get("Message") or command.get("PhoneNumber"):
        result["MessageResult"] = "Success"
    return result


def erase_device(device, command):
    if device["platform"] == "macos":
        pin = command.get("PIN")
        wire.check(pin is None or (isinstance(pin, str) and len(pin) == 6), "EraseDevice: PIN has six characters")
    else:
        wire.check("ObliterationBehavior" not in command, "ObliterationBehavior is for Macs only")
    device["state"] = "erased"
    return {"Status": "Acknowledged"}


HANDLERS = {
    "DeviceInformation": device_information, "SecurityInfo": security_info, "ProfileList": profile_list,
    "InstallProfile": install_profile, "RemoveProfile": remove_profile, "DeviceLock": device_lock,
    "EraseDevice": erase_device, "CertificateList": certificate_list, "UserList": user_list,
    "InstalledApplicationList": installed_application_list, "AvailableOSUpdates": available_os_updates,
}
