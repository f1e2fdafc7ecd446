//! The program as a process of its own, on the database of an application and with its stand-ins and devices.

use std::path::Path;

use tempfile::TempDir;
use tillsyn_core::Permission;
use tillsyn_sim::{Device, DeviceConfig, EnrollBy};
use tillsyn_testkit::{Api, AppOptions, Engine, ServerProcess, Setup, TestApp, free_port};

/// Everything but the process.
pub(crate) struct Ground {
    pub(crate) app: TestApp,
    pub(crate) folder: TempDir,
    pub(crate) url: String,
    /// Of an invitation for many devices.
    pub(crate) code: String,
    port: u16,
    token: String,
}

pub(crate) struct Served {
    pub(crate) ground: Ground,
    pub(crate) server: ServerProcess,
    pub(crate) api: Api,
    public_url: String,
}

impl Ground {
    pub(crate) async fn new(engine: Engine) -> Self {
        let port = free_port();
        let url = format!("http://127.0.0.1:{port}");
        let options = AppOptions {
            jobs: false,
            ..AppOptions::default()
        };
        let mut app = TestApp::behind(Some(url.clone()), engine, options).await;
        let invitation = app.invite_with(|new| new.uses_allowed = 1_000).await;
        let all = Permission::ALL.iter().map(|(permission, _)| *permission);
        let token = app.token(all.filter(|p| app.owner.holds(*p))).await;
        // From here on the program alone holds the database.
        app.kill();
        app.db().close().await;
        Self {
            app,
            folder: tempfile::tempdir().unwrap(),
            url,
            port,
            code: invitation.code.to_string(),
            token,
        }
    }

    pub(crate) async fn serve(self, setup: Setup<'_>) -> Served {
        let program = Path::new(env!("CARGO_BIN_EXE_tillsyn"));
        let folder = self.folder.path();
        let mut server = ServerProcess::with(program, folder, self.port, &self.app, setup);
        server.start().await.unwrap();
        Served {
            public_url: setup.public_url.unwrap_or(&self.url).to_owned(),
            api: Api::new(self.url.clone(), Some(self.token.clone())),
            ground: self,
            server,
        }
    }
}

impl Served {
    /// A device that is enrolled and has nothing to do.
    pub(crate) async fn enrolled(&self, config: DeviceConfig) -> Device {
        let mut device = self.ground.app.device(config);
        let by = EnrollBy::Invitation {
            server: self.public_url.clone(),
            code: self.ground.code.clone(),
            pin: None,
        };
        device.enroll(&by).await.unwrap();
        device.session().await.unwrap();
        device
    }

    /// What the API calls it.
    pub(crate) async fn id_of(&self, device: &Device) -> String {
        let list = self.api.get("/api/v1/devices?limit=100").await.expect(200);
        let mut items = list["items"].as_array().unwrap().iter();
        let found = items.find(|item| item["serial_number"] == device.serial());
        found.unwrap()["id"].as_str().unwrap().to_owned()
    }
}
