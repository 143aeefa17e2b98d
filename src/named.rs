//! Names for the values of an enum, as they are written wherever the value is shown.

/// Gives an enum a `name` for each of its values and serializes it by that name.
macro_rules! named {
    ($type:ident { $($value:ident $name:literal),* $(,)? }) => {
        impl $type {
            /// The name, as it is written.
            pub const fn name(self) -> &'static str {
                match self {
                    $($type::$value => $name),*
                }
            }
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.name())
            }
        }
    };
}
pub(crate) use named;
