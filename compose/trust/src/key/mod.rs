//! Keys: ECDSA on the curve P-256 with SHA-256, which is what cosign makes.
//!
//! A private key is read from cosign's encrypted file or from PKCS#8, a public
//! one from PKIX, all in PEM.

mod error;
mod file;
mod pem;
mod private;
mod public;
mod sealed;

pub use error::{KeyError, KeyFault};
pub use file::write_pair;
pub use private::PrivateKey;
pub use public::PublicKey;

/// The most bytes of a key's file that are read. A key on this curve has 300;
/// others have a few thousand, and are to be named as what they are.
pub const MAX_KEY_BYTES: u64 = 64 << 10;
