//! What may stand on the app's command line: a data folder, and an address that a browser hands over.

use std::path::PathBuf;

const USAGE: &str = "usage: fairlead-desktop [--home DIR] [fairlead://…]";

pub(crate) struct Arguments {
    pub(crate) home: PathBuf,
}

pub(crate) fn read(mut args: impl Iterator<Item = String>) -> Result<Arguments, String> {
    let mut home = None;
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--home" => home = Some(PathBuf::from(args.next().ok_or(USAGE)?)),
            // The deep-link plugin reads it from the process itself.
            address if address.starts_with("fairlead:") => {}
            other => return Err(format!("{USAGE}\nnot understood: {other}")),
        }
    }
    let home = home.or_else(data_folder).ok_or("This system tells no data folder. Name one with --home DIR.")?;
    Ok(Arguments { home })
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

    fn ask(args: &[&str]) -> Result<PathBuf, String> {
        read(args.iter().map(|arg| (*arg).to_owned())).map(|arguments| arguments.home)
    }

    #[test]
    fn a_folder_and_an_address_are_understood_and_nothing_else() {
        assert_eq!(ask(&["--home", "/x", "fairlead://return?state=a"]), Ok(PathBuf::from("/x")));
        for bad in [&["--home"][..], &["--base-url", "http://evil"], &["https://evil.example"], &["--inspect"]] {
            assert!(ask(bad).is_err(), "{bad:?}");
        }
    }
}
