//! Why a vault did not do what it was asked. No variant can carry a secret or a keychain's own words: some of those hold the secret itself.

/// What went wrong, without any content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// There is no keychain on this computer or in this session.
    #[error("this computer has no keychain that answers")]
    NoKeychain,
    /// There is one, and it is locked or refused.
    #[error("the keychain is locked or refused access")]
    Locked,
    /// It did not answer in time; a prompt may be waiting somewhere.
    #[error("the keychain did not answer in time; it may be waiting for a password prompt")]
    Silent,
    /// It answered with something that is not what was stored.
    #[error("the keychain holds something unreadable under this name")]
    Unreadable,
    /// It failed in another way.
    #[error("the keychain failed")]
    Failed,
    /// The passphrase does not open this vault file.
    #[error("the passphrase does not open this vault")]
    WrongPassphrase,
    /// The vault file is damaged; it was left as it is.
    #[error("the vault file is damaged; it was left as it is")]
    Damaged,
    /// The vault file could not be read or written.
    #[error("the vault file could not be read or written ({0})")]
    File(std::io::ErrorKind),
}
