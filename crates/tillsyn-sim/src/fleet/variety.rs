use crate::rng::Rng;
use crate::{DeviceConfig, DeviceKind};

/// How mixed a fleet is besides its kinds. Chances are in a thousandth, drawn by each device's seed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Variety {
    /// iPhones and iPads prepared by Apple Configurator.
    pub supervised: u16,
    /// Of the iPads.
    pub shared_ipads: u16,
    pub old_systems: u16,
    /// Systems of the newest version, which have lost the update commands.
    pub new_systems: u16,
    pub binary_plists: u16,
    /// Devices that fall silent after a while and are never heard again.
    pub silent: u16,
}

impl Variety {
    /// A bit of everything, as in an organisation that has grown.
    pub fn field() -> Self {
        Self {
            supervised: 400,
            shared_ipads: 300,
            old_systems: 80,
            new_systems: 80,
            binary_plists: 100,
            silent: 30,
        }
    }

    /// The device with what it drew; name, serial number and UDID stay.
    pub fn apply(self, mut config: DeviceConfig) -> DeviceConfig {
        let mut rng = Rng::new(config.seed, 0x7A51);
        let supervised = rng.chance(self.supervised);
        let shared = rng.chance(self.shared_ipads);
        let (old, new) = (rng.chance(self.old_systems), rng.chance(self.new_systems));
        if rng.chance(self.binary_plists) {
            config = config.with_binary_plists();
        }
        config = match (old, new, config.kind) {
            (true, _, DeviceKind::Mac) => config.with_os("12.7.6", "21H1320"),
            (true, _, _) => config.with_os("15.8.3", "19H386"),
            (false, true, DeviceKind::Mac) => config.with_os("27.0", "26A300"),
            (false, true, _) => config.with_os("27.0", "24A300"),
            _ => config,
        };
        match config.kind {
            DeviceKind::Ipad if shared => config.shared_ipad(),
            DeviceKind::Iphone | DeviceKind::Ipad if supervised => config.supervised(),
            _ => config,
        }
    }

    /// Whether this device is one that falls silent.
    pub(super) fn falls_silent(self, config: &DeviceConfig) -> bool {
        Rng::new(config.seed, 0x517E).chance(self.silent)
    }
}
