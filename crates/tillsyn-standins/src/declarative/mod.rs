//! A stand-in for a server of declarative management as the NanoMDM family has it (KMFDDM): it answers what an MDM
//! server hands on, and takes offence at everything that is not as it should be.

mod server;

pub use server::{DmAnswer, DmRequest, DmStandin};
