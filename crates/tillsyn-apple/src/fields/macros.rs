//! Shapes of messages: a field, its type and its key on the wire stand on one line.

/// A dictionary with the given keys. Unknown keys are passed over.
macro_rules! dictionary {
    ($(#[$meta:meta])* pub struct $name:ident {
        $($(#[$field_meta:meta])* $field:ident: $ty:ty = $key:literal,)*
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name {
            $($(#[$field_meta])* pub $field: $ty,)*
        }

        impl $name {
            pub(crate) fn put_all(&self, build: crate::fields::Build) -> crate::fields::Build {
                $(let build = crate::fields::Field::put(&self.$field, $key, build);)*
                build
            }

            pub(crate) fn take_all(
                dict: &plist::Dictionary,
                mode: crate::fields::Mode,
            ) -> Result<Self, crate::WireError> {
                Ok(Self {
                    $($field: crate::fields::Field::take(dict, $key, mode)?,)*
                })
            }
        }

        impl crate::fields::Wire for $name {
            const EXPECTED: &'static str = "dictionary";

            fn from_value(
                value: &plist::Value,
                key: &'static str,
                mode: crate::fields::Mode,
            ) -> Result<Self, crate::WireError> {
                let dict = value.as_dictionary().ok_or(crate::WireError::WrongType {
                    key,
                    expected: <Self as crate::fields::Wire>::EXPECTED,
                })?;
                Self::take_all(dict, mode)
            }

            fn to_value(&self) -> plist::Value {
                self.put_all(crate::fields::Build::new()).value()
            }
        }
    };
}

/// A closed list of words. A word that is not on it is an error.
macro_rules! words {
    ($(#[$meta:meta])* pub enum $name:ident {
        $($(#[$variant_meta:meta])* $variant:ident = $word:literal,)+
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$variant_meta])* $variant,)+
        }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The word on the wire.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = crate::WireError;

            fn from_str(text: &str) -> Result<Self, crate::WireError> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(crate::WireError::unsupported(stringify!($name))),
                }
            }
        }

        impl crate::fields::Wire for $name {
            const EXPECTED: &'static str = "string";

            fn from_value(
                value: &plist::Value,
                key: &'static str,
                _: crate::fields::Mode,
            ) -> Result<Self, crate::WireError> {
                value
                    .as_string()
                    .ok_or(crate::WireError::WrongType { key, expected: "string" })?
                    .parse()
            }

            fn to_value(&self) -> plist::Value {
                plist::Value::from(self.as_str())
            }
        }
    };
}

/// The words of an answer: one that the schema does not have is kept as it came.
macro_rules! open_words {
    ($(#[$meta:meta])* pub enum $name:ident {
        $($(#[$variant_meta:meta])* $variant:ident = $word:literal,)+
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$variant_meta])* $variant,)+
            /// A word that the schema does not have.
            Other(String),
        }

        impl $name {
            /// The word on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)+
                    Self::Other(word) => word,
                }
            }
        }

        impl crate::fields::Wire for $name {
            const EXPECTED: &'static str = "string";

            fn from_value(
                value: &plist::Value,
                key: &'static str,
                _: crate::fields::Mode,
            ) -> Result<Self, crate::WireError> {
                let word = value
                    .as_string()
                    .ok_or(crate::WireError::WrongType { key, expected: "string" })?;
                Ok(match word {
                    $($word => Self::$variant,)+
                    _ => Self::Other(crate::fields::clean(word)),
                })
            }

            fn to_value(&self) -> plist::Value {
                plist::Value::from(self.as_str())
            }
        }
    };
}

/// A command with parameters: a [`dictionary!`] that is read strictly.
macro_rules! command {
    ($(#[$meta:meta])* pub struct $name:ident { $($body:tt)* }) => {
        $crate::fields::dictionary! {
            $(#[$meta])*
            pub struct $name { $($body)* }
        }

        impl crate::command::body::Shape for $name {
            fn write(&self, build: crate::fields::Build) -> crate::fields::Build {
                self.put_all(build)
            }

            fn read(dict: &plist::Dictionary) -> Result<Self, crate::WireError> {
                Self::take_all(dict, crate::fields::Mode::Strict)
            }
        }
    };
}

/// A command without parameters.
macro_rules! bare_command {
    ($(#[$meta:meta])* pub struct $name:ident;) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
        pub struct $name;

        impl crate::command::body::Shape for $name {
            fn write(&self, build: crate::fields::Build) -> crate::fields::Build {
                build
            }

            fn read(_: &plist::Dictionary) -> Result<Self, crate::WireError> {
                Ok(Self)
            }
        }

        impl crate::command::body::Rules for $name {}
    };
}

/// The answer to a command: a [`dictionary!`] that is read leniently.
macro_rules! answer {
    ($(#[$meta:meta])* pub struct $name:ident { $($body:tt)* }) => {
        $crate::fields::dictionary! {
            $(#[$meta])*
            pub struct $name { $($body)* }
        }

        impl $name {
            /// Reads the body of a result. What is absent or of another type is unknown.
            pub fn read(body: &plist::Dictionary) -> Result<Self, crate::WireError> {
                Self::take_all(body, crate::fields::Mode::Lenient)
            }

            /// The body as a device would send it.
            pub fn to_body(&self) -> plist::Dictionary {
                self.put_all(crate::fields::Build::new()).dict()
            }
        }
    };
}

pub(crate) use {answer, bare_command, command, dictionary, open_words, words};
