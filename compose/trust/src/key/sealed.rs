//! A private key under a password, in the form of go-securesystemslib's
//! package `encrypted`, which cosign uses: scrypt makes a key of the password,
//! and NaCl's secretbox encrypts with it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use crypto_secretbox::aead::Aead;
use crypto_secretbox::{KeyInit, Nonce, XSalsa20Poly1305};
use p256::elliptic_curve::zeroize::Zeroizing;
use serde::{Deserialize, Serialize};

use super::KeyFault;
use super::private::random;

#[derive(Serialize, Deserialize)]
struct Sealed {
    kdf: Kdf,
    cipher: Cipher,
    ciphertext: String,
}

#[derive(Serialize, Deserialize)]
struct Kdf {
    name: String,
    params: Params,
    salt: String,
}

#[derive(Serialize, Deserialize)]
struct Params {
    #[serde(rename = "N")]
    n: u64,
    r: u32,
    p: u32,
}

#[derive(Serialize, Deserialize)]
struct Cipher {
    name: String,
    nonce: String,
}

const KDF: &str = "scrypt";
const CIPHER: &str = "nacl/secretbox";

/// The cost that cosign 2.5 and 3.1 write: 64 MiB, some tenths of a second.
const PARAMS: Params = Params { n: 1 << 16, r: 8, p: 1 };
const SALT_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;

/// The most work that a file may ask for, in bytes that are mixed: `128 N r`
/// of memory, `p` times. Four times what cosign writes.
const MAX_WORK: u128 = 256 << 20;

/// The most bytes of a salt: it is hashed, so more would say nothing.
const MAX_SALT: usize = 1024;

/// Encrypts `secret`.
pub(super) fn seal(secret: &[u8], password: &str) -> Result<Vec<u8>, KeyFault> {
    let (mut salt, mut nonce) = ([0; SALT_BYTES], [0; NONCE_BYTES]);
    random(&mut salt)?;
    random(&mut nonce)?;
    let cipher = cipher(password, &salt, &PARAMS)?;
    let ciphertext = cipher
        .encrypt(Nonce::from_slice(&nonce), secret)
        .map_err(|_| wrong("it cannot be encrypted"))?;
    let sealed = Sealed {
        kdf: Kdf { name: KDF.to_owned(), params: PARAMS, salt: STANDARD.encode(salt) },
        cipher: Cipher { name: CIPHER.to_owned(), nonce: STANDARD.encode(nonce) },
        ciphertext: STANDARD.encode(ciphertext),
    };
    serde_json::to_vec(&sealed).map_err(|error| wrong(error.to_string()))
}

/// Decrypts what [`seal`] or cosign encrypted.
pub(super) fn open(sealed: &[u8], password: &str) -> Result<Zeroizing<Vec<u8>>, KeyFault> {
    let Sealed { kdf, cipher: used, ciphertext } =
        serde_json::from_slice(sealed).map_err(|error| wrong(error.to_string()))?;
    if (kdf.name.as_str(), used.name.as_str()) != (KDF, CIPHER) {
        return Err(wrong(format!("it is not encrypted by {KDF} and {CIPHER}")));
    }
    let bytes = |text: &str, what| STANDARD.decode(text).map_err(|_| wrong(what));
    let salt = bytes(&kdf.salt, "the salt is not base64")?;
    let nonce = bytes(&used.nonce, "the nonce is not base64")?;
    let ciphertext = bytes(&ciphertext, "the ciphertext is not base64")?;
    if nonce.len() != NONCE_BYTES || salt.len() > MAX_SALT {
        return Err(wrong("the nonce or the salt has a wrong length"));
    }
    let opened = cipher(password, &salt, &kdf.params)?
        .decrypt(Nonce::from_slice(&nonce), ciphertext.as_slice());
    opened.map(Zeroizing::new).map_err(|_| KeyFault::WrongPassword)
}

/// The cipher of a password.
fn cipher(password: &str, salt: &[u8], params: &Params) -> Result<XSalsa20Poly1305, KeyFault> {
    let Params { n, r, p } = *params;
    let factors = [n, r.into(), p.into()].map(u128::from);
    let work = factors.into_iter().fold(128, u128::saturating_mul);
    if work > MAX_WORK {
        return Err(KeyFault::TooCostly { mib: work >> 20, limit_mib: MAX_WORK >> 20 });
    }
    let unusual = || wrong(format!("scrypt has no N = {n}, r = {r}, p = {p}"));
    if !n.is_power_of_two() || n < 2 {
        return Err(unusual());
    }
    // Below 64: it is a power of two of 64 bits.
    let log_n = n.trailing_zeros() as u8;
    let params = scrypt::Params::new(log_n, r, p, 32).map_err(|_| unusual())?;
    let mut key = Zeroizing::new([0; 32]);
    scrypt::scrypt(password.as_bytes(), salt, &params, key.as_mut()).map_err(|_| unusual())?;
    Ok(XSalsa20Poly1305::new(key.as_ref().into()))
}

fn wrong(why: impl Into<String>) -> KeyFault {
    KeyFault::Sealed { why: why.into() }
}
