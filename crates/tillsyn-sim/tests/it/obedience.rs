//! Each family of commands, as a device of the right kind carries it out and another one refuses.

#![expect(clippy::unwrap_used, reason = "tests")]

use plist::{Dictionary, Value};
use tillsyn_apple::result::{CommandResult, Status};
use tillsyn_pki::issue::{self, KeyAlgorithm};
use tillsyn_sim::{
    Device, DeviceConfig, DeviceState, Network, PushHub, Rule, SessionEnd, pool_key,
};

use crate::server::{Server, now_ms, request};

struct World {
    server: Server,
    device: Device,
}

impl World {
    async fn new(config: DeviceConfig) -> Self {
        let server = Server::start_with(true, PushHub::new()).await;
        let mut device = Device::new(config, Network::plain_http().unwrap());
        device.enroll(&server.invitation()).await.unwrap();
        Self { server, device }
    }

    /// Sends one command and gives the report.
    async fn ask(&mut self, kind: &str, pairs: &[(&str, Value)]) -> CommandResult {
        let before = self.server.results(self.device.udid(), "device").len();
        self.server.queue(self.device.udid(), request(kind, pairs));
        self.device.session().await.unwrap();
        let mut all = self.server.results(self.device.udid(), "device");
        assert_eq!(all.len(), before + 1, "{kind}");
        all.pop().unwrap()
    }

    async fn status(&mut self, kind: &str, pairs: &[(&str, Value)]) -> Status {
        self.ask(kind, pairs).await.status
    }
}

fn mac(silicon: bool) -> DeviceConfig {
    (0..200)
        .map(DeviceConfig::mac)
        .find(|c| c.model.apple_silicon == silicon)
        .unwrap()
}

#[tokio::test]
async fn a_lost_device_tells_its_place_only_while_it_is_lost() {
    let mut world = World::new(DeviceConfig::iphone(70).supervised()).await;
    assert_eq!(world.status("DeviceLocation", &[]).await, Status::Error);
    assert_eq!(world.status("EnableLostMode", &[]).await, Status::Error);
    let message = [("Message", Value::from("Call us"))];
    assert_eq!(
        world.status("EnableLostMode", &message).await,
        Status::Acknowledged
    );
    let place = world.ask("DeviceLocation", &[]).await;
    assert!(place.body["Latitude"].as_real().unwrap() > 59.0);
    assert!(place.body["Timestamp"].as_string().unwrap().ends_with('Z'));
    assert_eq!(
        world.status("PlayLostModeSound", &[]).await,
        Status::Acknowledged
    );
    assert_eq!(
        world.status("DisableLostMode", &[]).await,
        Status::Acknowledged
    );
    assert_eq!(world.status("DeviceLocation", &[]).await, Status::Error);
    assert_eq!(world.device.violations(), []);

    let mut other = World::new(DeviceConfig::iphone(71)).await;
    assert_eq!(
        other.status("EnableLostMode", &message).await,
        Status::Error
    );
    assert!(
        other.device.has_violation(Rule::CommandUnsupported),
        "not supervised"
    );
}

#[tokio::test]
async fn a_passcode_is_cleared_by_the_devices_own_token_alone() {
    let mut world = World::new(DeviceConfig::iphone(72)).await;
    world.device.person_sets_passcode();
    world.device.renew_token().await.unwrap();
    let wrong = [("UnlockToken", Value::Data(vec![1; 64]))];
    assert_eq!(world.status("ClearPasscode", &wrong).await, Status::Error);
    assert!(world.device.passcode_is_set());
    let own = world.device.unlock_token().unwrap().to_vec();
    let own = [("UnlockToken", Value::Data(own))];
    assert_eq!(
        world.status("ClearPasscode", &own).await,
        Status::Acknowledged
    );
    assert!(!world.device.passcode_is_set());
    assert_eq!(
        world.status("ClearPasscode", &[]).await,
        Status::CommandFormatError
    );
}

#[tokio::test]
async fn the_locks_of_a_mac_want_the_password_that_is_set() {
    let new = |current: Option<&str>, new: &str| {
        let mut pairs = vec![("NewPassword", Value::from(new))];
        pairs.extend(current.map(|c| ("CurrentPassword", Value::from(c))));
        pairs
    };
    let mut world = World::new(mac(true)).await;
    assert_eq!(
        world.status("SetRecoveryLock", &new(None, "one")).await,
        Status::Acknowledged
    );
    assert_eq!(
        world.status("SetRecoveryLock", &new(None, "two")).await,
        Status::Error
    );
    assert_eq!(
        world
            .status("SetRecoveryLock", &new(Some("one"), "two"))
            .await,
        Status::Acknowledged
    );
    let verified = world
        .ask("VerifyRecoveryLock", &[("Password", "two".into())])
        .await;
    assert_eq!(verified.body["PasswordVerified"].as_boolean(), Some(true));
    assert_eq!(
        world.status("SetFirmwarePassword", &new(None, "x")).await,
        Status::Error
    );

    let mut intel = World::new(mac(false)).await;
    let set = intel.ask("SetFirmwarePassword", &new(None, "one")).await;
    let changed = |r: &CommandResult| {
        let inner = r.body["SetFirmwarePassword"].as_dictionary().unwrap();
        inner["PasswordChanged"].as_boolean().unwrap()
    };
    assert!(changed(&set));
    assert!(!changed(
        &intel.ask("SetFirmwarePassword", &new(None, "two")).await
    ));
    assert_eq!(intel.device.firmware_password(), Some("one"));
}

#[tokio::test]
async fn a_recovery_key_rotates_for_who_knows_the_old_one() {
    let config = (0..200)
        .map(DeviceConfig::mac)
        .find(|config| {
            let device = Device::new(config.clone(), Network::plain_http().unwrap());
            config.model.apple_silicon && device.has_file_vault_on()
        })
        .unwrap();
    let mut world = World::new(config).await;
    let key = pool_key(40).unwrap();
    let ca = issue::create_root_ca("Escrow", "Test", now_ms(), 30, KeyAlgorithm::P256).unwrap();
    let escrow = issue::create_ra_with_key(&ca, key, "Escrow", "Test", now_ms(), 30).unwrap();
    let certificate = Value::Data(escrow.certificate.der().to_vec());

    let text = |key: &str, value: Value| {
        let mut dict = Dictionary::new();
        dict.insert(key.to_owned(), value);
        dict
    };
    let mut pkcs1 = text("PayloadContent", certificate.clone());
    let mut fde = text("EncryptCertPayloadUUID", "U-2".into());
    fde.insert("Location".into(), "Test".into());
    for (payload, kind, uuid) in [
        (&mut pkcs1, "com.apple.security.pkcs1", "U-2"),
        (&mut fde, "com.apple.security.FDERecoveryKeyEscrow", "U-3"),
    ] {
        payload.insert("PayloadType".into(), kind.into());
        payload.insert("PayloadUUID".into(), uuid.into());
        payload.insert("PayloadIdentifier".into(), uuid.into());
        payload.insert("PayloadVersion".into(), 1_i64.into());
    }
    let content = vec![Value::Dictionary(pkcs1), Value::Dictionary(fde)];
    let mut profile = text("PayloadContent", Value::Array(content));
    profile.insert("PayloadType".into(), "Configuration".into());
    profile.insert("PayloadUUID".into(), "U-1".into());
    profile.insert("PayloadIdentifier".into(), "test.escrow".into());
    profile.insert("PayloadVersion".into(), 1_i64.into());
    let profile = tillsyn_apple::encode_plist(&Value::Dictionary(profile));
    let none = world.ask("SecurityInfo", &[]).await;
    let info = |r: &CommandResult| r.body["SecurityInfo"].as_dictionary().unwrap().clone();
    assert!(
        !info(&none).contains_key("FDE_PersonalRecoveryKeyCMS"),
        "no policy, no key"
    );
    world
        .status("InstallProfile", &[("Payload", Value::Data(profile))])
        .await;
    let some = world.ask("SecurityInfo", &[]).await;
    let open = |cms: &[u8]| {
        let (certificate, key) = (&escrow.certificate, &escrow.key);
        tillsyn_pki::envelope::decrypt(cms, key, certificate)
            .unwrap()
            .0
    };
    let sealed = info(&some)["FDE_PersonalRecoveryKeyCMS"]
        .as_data()
        .unwrap()
        .to_vec();
    let old = world.device.file_vault_key().unwrap().to_owned();
    assert_eq!(open(&sealed).as_slice(), old.as_bytes());

    let rotate = |password: &str| {
        let unlock = text("Password", password.into());
        [
            ("KeyType", Value::from("personal")),
            ("FileVaultUnlock", Value::Dictionary(unlock)),
            ("ReplyEncryptionCertificate", certificate.clone()),
        ]
    };
    assert_eq!(
        world.status("RotateFileVaultKey", &rotate("wrong")).await,
        Status::Error
    );
    let rotated = world.ask("RotateFileVaultKey", &rotate(&old)).await;
    let result = rotated.body["RotateResult"].as_dictionary().unwrap();
    let sealed = result["EncryptedNewRecoveryKey"].as_data().unwrap();
    let new = world.device.file_vault_key().unwrap();
    assert_ne!(new, old);
    assert_eq!(open(sealed).as_slice(), new.as_bytes());
}

#[tokio::test]
async fn old_and_new_systems_differ() {
    let mut new = World::new(
        DeviceConfig::iphone(73)
            .supervised()
            .with_os("27.0", "24A300"),
    )
    .await;
    let update = {
        let mut update = Dictionary::new();
        update.insert("InstallAction".into(), "InstallASAP".into());
        [("Updates", Value::Array(vec![Value::Dictionary(update)]))]
    };
    for kind in ["AvailableOSUpdates", "ScheduleOSUpdate", "OSUpdateStatus"] {
        assert_eq!(new.status(kind, &update).await, Status::Error, "{kind}");
    }
    assert!(new.device.has_violation(Rule::CommandUnsupported));
    let mut old = World::new(
        DeviceConfig::iphone(74)
            .supervised()
            .with_os("15.8.3", "19H386"),
    )
    .await;
    let result = old.ask("ScheduleOSUpdate", &update).await;
    assert_eq!(result.status, Status::Acknowledged);
    let status = old.ask("OSUpdateStatus", &[]).await;
    assert_eq!(status.body["OSUpdateStatus"].as_array().unwrap().len(), 1);
    assert_eq!(old.device.violations(), []);
}

#[tokio::test]
async fn each_setting_is_answered_for_itself() {
    let mut world = World::new(DeviceConfig::iphone(75).supervised()).await;
    let item = |pairs: &[(&str, Value)]| {
        let pairs = pairs.iter().map(|(k, v)| ((*k).to_owned(), v.clone()));
        Value::Dictionary(pairs.collect())
    };
    let settings = Value::Array(vec![
        item(&[
            ("Item", "DeviceName".into()),
            ("DeviceName", "Ward 3".into()),
        ]),
        item(&[("Item", "HostName".into()), ("HostName", "ward".into())]),
        item(&[("Item", "Nonsense".into())]),
        item(&[("Item", "Bluetooth".into()), ("Enabled", true.into())]),
    ]);
    let result = world.ask("Settings", &[("Settings", settings)]).await;
    assert_eq!(result.status, Status::Acknowledged);
    let statuses: Vec<&str> = result.body["Settings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r.as_dictionary().unwrap()["Status"].as_string().unwrap())
        .collect();
    assert_eq!(statuses, ["Acknowledged", "Error", "Error", "Acknowledged"]);
    assert_eq!(world.device.config().name, "Ward 3");
    assert_eq!(
        world.status("Settings", &[]).await,
        Status::CommandFormatError
    );
}

#[tokio::test]
async fn a_mac_restarts_goes_off_and_comes_back() {
    let mut world = World::new(mac(true)).await;
    world
        .server
        .queue(world.device.udid(), request("RestartDevice", &[]));
    let session = world.device.session().await.unwrap();
    assert_eq!(session.end, SessionEnd::Restarting);
    world
        .server
        .queue(world.device.udid(), request("ShutDownDevice", &[]));
    let session = world.device.session().await.unwrap();
    assert_eq!(session.end, SessionEnd::ShutDown);
    assert!(world.device.session().await.is_err());
    world.device.turn_on();
    assert_eq!(world.device.session().await.unwrap().end, SessionEnd::Empty);
}

#[tokio::test]
async fn setup_ends_with_device_configured_and_not_before() {
    let mut world = World::new(DeviceConfig::mac(76).automated()).await;
    let mut admin = Dictionary::new();
    admin.insert("shortName".into(), "admin".into());
    admin.insert("passwordHash".into(), Value::Data(vec![1, 2, 3]));
    let admins = [(
        "AutoSetupAdminAccounts",
        Value::Array(vec![Value::Dictionary(admin)]),
    )];
    assert_eq!(
        world.status("AccountConfiguration", &admins).await,
        Status::Acknowledged
    );
    assert_eq!(
        world.status("DeviceConfigured", &[]).await,
        Status::Acknowledged
    );
    assert_eq!(world.status("DeviceConfigured", &[]).await, Status::Error);
    assert_eq!(
        world.status("AccountConfiguration", &admins).await,
        Status::Error
    );
    assert!(world.device.account_names().contains(&"admin".to_owned()));
    assert_eq!(
        world.device.admin_password_hash(),
        Some([1, 2, 3].as_slice())
    );
    let users = world.ask("UserList", &[]).await;
    assert_eq!(users.body["Users"].as_array().unwrap().len(), 2);
    assert_eq!(world.device.violations(), []);
}

#[tokio::test]
async fn an_erased_iphone_returns_to_service_with_the_profile_it_was_given() {
    let mut world = World::new(DeviceConfig::iphone(77)).await;
    let mut back = Dictionary::new();
    back.insert("Enabled".into(), true.into());
    let missing = [("ReturnToService", Value::Dictionary(back.clone()))];
    assert_eq!(world.status("EraseDevice", &missing).await, Status::Error);
    back.insert("MDMProfileData".into(), Value::Data(world.server.renewal()));
    let whole = [("ReturnToService", Value::Dictionary(back))];
    assert_eq!(
        world.status("EraseDevice", &whole).await,
        Status::Acknowledged
    );
    assert_eq!(world.device.state(), DeviceState::Unenrolled);
    world.device.return_to_service().await.unwrap();
    assert_eq!(world.device.state(), DeviceState::Enrolled);
    assert_eq!(world.device.violations(), []);
}

#[tokio::test]
async fn bypass_codes_are_for_supervised_devices() {
    let mut world = World::new(DeviceConfig::ipad(78).supervised()).await;
    let first = world.ask("ActivationLockBypassCode", &[]).await;
    let code = first.body["ActivationLockBypassCode"].as_string().unwrap();
    let groups: Vec<usize> = code.split('-').map(str::len).collect();
    assert_eq!(groups, [5, 5, 4, 4, 4, 4]);
    world.device.new_activation_lock_bypass_code();
    let second = world.ask("ActivationLockBypassCode", &[]).await;
    assert_ne!(second.body, first.body);
    world.ask("ClearActivationLockBypassCode", &[]).await;
    assert_eq!(
        world.status("ActivationLockBypassCode", &[]).await,
        Status::Error
    );
}
