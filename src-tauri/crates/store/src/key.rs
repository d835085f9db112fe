//! The database key.

use sha2::{Digest as _, Sha256};
use zeroize::{Zeroize as _, ZeroizeOnDrop, Zeroizing};

/// 256 random bits. No `Debug`, no `Serialize`; wiped when dropped.
#[derive(ZeroizeOnDrop)]
pub struct DbKey([u8; 32]);

impl DbKey {
    /// Takes the bytes; `None` when there are not 32.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The bytes, for the vault.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// `x'…'` for the key pragma; wiped when dropped.
    pub(crate) fn literal(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(80));
        text.push_str("\"x'");
        for byte in self.0 {
            for half in [byte >> 4, byte & 15] {
                text.push(char::from_digit(u32::from(half), 16).unwrap_or('0'));
            }
        }
        text.push_str("'\"");
        text
    }

    /// Letters of a check word.
    pub(crate) const CHECK_WORD: usize = 32;

    /// Tells whether a key is the key of a file without opening it: one way, and the key has 256 random bits.
    pub(crate) fn check_word(&self) -> String {
        let mut bytes = [0_u8; 48];
        bytes[..16].copy_from_slice(b"fairlead key che");
        bytes[16..].copy_from_slice(&self.0);
        let word = Sha256::digest(bytes).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        bytes.zeroize();
        word
    }
}
