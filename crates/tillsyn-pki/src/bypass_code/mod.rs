//! Activation-lock bypass codes: the text that a person types, and the hash that Apple keeps.
//! Source: Apple, Creating and using bypass codes.

mod code;
#[cfg(test)]
mod tests;

pub use code::BypassCode;
