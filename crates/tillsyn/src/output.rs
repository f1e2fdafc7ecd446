//! Lines on standard output. Nobody reading them any more (`| head`) is no reason to break off: the
//! work behind them, such as a new installation, must be finished.

use std::fmt::Arguments;
use std::io::Write as _;

pub(crate) fn line(text: Arguments<'_>) {
    // See above.
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// `println!` that does not panic when the reader is gone.
macro_rules! say {
    ($($text:tt)*) => { $crate::output::line(format_args!($($text)*)) };
}

pub(crate) use say;
