//! Statement parameters.

/// One parameter of a statement.
#[derive(Clone, PartialEq)]
pub enum Value {
    Null,
    Bool(bool),
    I64(i64),
    F64(f64),
    Text(String),
    Blob(Vec<u8>),
}

// Values may be secrets: only their kind is shown.
impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.kind())
    }
}

impl Value {
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "NULL",
            Self::Bool(_) => "boolean",
            Self::I64(_) => "integer",
            Self::F64(_) => "float",
            Self::Text(_) => "text",
            Self::Blob(_) => "blob",
        }
    }
}

macro_rules! from {
    ($($type:ty => $variant:ident),* $(,)?) => {
        $(impl From<$type> for Value {
            fn from(value: $type) -> Self {
                Self::$variant(value.into())
            }
        })*
    };
}

from! {
    bool => Bool,
    i64 => I64, i32 => I64, i16 => I64, u32 => I64, u16 => I64, u8 => I64,
    f64 => F64, f32 => F64,
    String => Text, &str => Text, Box<str> => Text, std::borrow::Cow<'_, str> => Text,
    Vec<u8> => Blob, &[u8] => Blob,
}

impl<const N: usize> From<[u8; N]> for Value {
    fn from(value: [u8; N]) -> Self {
        Self::Blob(value.to_vec())
    }
}

impl<T> From<Option<T>> for Value
where
    Self: From<T>,
{
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::from)
    }
}

/// Ids and the like by reference: `args![&device.id]`.
impl<T> From<&T> for Value
where
    T: Clone,
    Self: From<T>,
{
    fn from(value: &T) -> Self {
        Self::from(value.clone())
    }
}

/// The parameters of one statement: `args![id, now_ms, &name]`.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => {
        ::std::vec![$($crate::Value::from($value)),*] as ::std::vec::Vec<$crate::Value>
    };
}
