//! The guard as a whole (security §6): its figures, the panic stop, and the freeze that follows it. The
//! rows for single acts are in [`crate::commands`], what waits for somebody in [`crate::approvals`].

mod freeze;
mod left;
mod settings;
mod state;
mod stop;

pub use freeze::{Freeze, FreezeView, freezes};
pub use settings::{check_settings, loosens, submit_unit, unit_there};
pub use state::{GuardState, UnitLine, budget, state};
pub use stop::{DESTRUCTIVE, Stopped, may_stop, stop};

pub(crate) use freeze::{
    FROZEN, device_frozen_in, refuse_frozen_devices_in, refuse_frozen_in, refuse_leaving_in,
    submit_unfreeze_in, unfreeze_in,
};
pub(crate) use left::{Leaving, remember_in, within_in};
pub(crate) use settings::{change_settings_in, current_settings_in, submit_settings_in};
pub(crate) use stop::sweep_all;

#[cfg(test)]
mod tests;
