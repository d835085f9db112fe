//! What may stand on the app's command line: a data folder, and an address that a browser hands over.

use crate::deep_link::is_address;
use std::path::PathBuf;

const USAGE: &str = "usage: fairlead-desktop [--home DIR] [fairlead://…]";

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Arguments {
    /// The data folder.
    pub(crate) home: PathBuf,
    /// The address that started the app.
    pub(crate) address: Option<String>,
}

pub(crate) fn read(mut args: impl Iterator<Item = String>) -> Result<Arguments, String> {
    let (mut home, mut address) = (None, None);
    while let Some(arg) = args.next() {
        if arg == "--home" {
            let folder = args.next().filter(|folder| !folder.is_empty()).ok_or(USAGE)?;
            home = Some(std::path::absolute(folder).map_err(|_| USAGE)?);
        } else if is_address(&arg) && address.is_none() {
            address = Some(arg);
        } else {
            // Not repeated word for word: it may be an address with something in it.
            return Err(format!("{USAGE}\nAn argument was not understood."));
        }
    }
    let home = home.or_else(data_folder).ok_or("This system tells no data folder. Name one with --home DIR.")?;
    Ok(Arguments { home, address })
}

/// The system's folder for data of this computer (never a roaming one).
fn data_folder() -> Option<PathBuf> {
    let var = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let base = if cfg!(target_os = "windows") {
        var("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        var("HOME").map(|home| home.join("Library/Application Support"))
    } else {
        var("XDG_DATA_HOME").or_else(|| var("HOME").map(|home| home.join(".local/share")))
    };
    base.map(|base| base.join("fairlead"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(args: &[&str]) -> Result<Arguments, String> {
        read(args.iter().map(|arg| (*arg).to_owned()))
    }

    #[test]
    fn a_folder_and_an_address_are_understood_in_any_order_and_nothing_else() {
        let address = "fairlead://return?state=a";
        let wanted = Arguments { home: PathBuf::from("/x"), address: Some(address.into()) };
        assert_eq!(ask(&["--home", "/x", address]).as_ref(), Ok(&wanted));
        assert_eq!(ask(&[address, "--home", "/x"]).as_ref(), Ok(&wanted));
        let others = [
            &["--home"][..],
            &["--home", ""],
            &["--base-url", "http://evil"],
            &["https://evil.example"],
            &["--inspect"],
            &[address, address],
        ];
        for other in others {
            assert!(ask(other).is_err(), "{other:?}");
        }
    }
}
