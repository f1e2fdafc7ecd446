//! What people may do to their own devices, by the policy of the unit: through the same door as everything else.
//!
//! The actor is the person's own account, [`over its own devices`](crate::Actor::over_own_devices): it has no
//! right anywhere. The door admits of it the acts that the nearest policy turns on, on devices that are this
//! person's in the transaction that asks, and asks again before anything leaves the queue.

mod about;
mod act;
mod admit;
mod ask;
mod label;
mod looked;
mod mine;
mod policy;
mod remedy;
mod set;
mod still;

pub use about::Agreed;
pub use act::{Level, Owner, SelfAct};
pub use ask::{Said, Wanted, act, cancel};
pub use label::rename;
pub use looked::{Look, Looked, Who, looked};
pub use mine::{
    ActState, Asked, MyDevice, MyDeviceDetail, Pending, my_device, my_devices, pending,
};
pub use policy::{Policy, Rules};
pub use remedy::{Gone, Health, QUIET_DAYS, ROOM_BYTES, Remedy, remedies};
pub use set::{PolicyView, policy, set_policy};

pub(crate) use admit::{Admitted, admit_again_in, admit_in, own_in};
pub(crate) use still::{Whose, is_own_command_in, stale_in, withdraw_in};

#[cfg(test)]
mod tests;
