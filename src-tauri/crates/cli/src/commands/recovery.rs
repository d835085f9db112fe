//! What opens a database when the keychain's key is lost, and another key for it.

use crate::answer::{Answer, Failure};
use crate::args::{Global, Recovery};
use crate::computer;
use secrecy::ExposeSecret as _;
use serde_json::json;

/// No code is longer, however it is written.
const LONGEST: u64 = 200;

pub(crate) async fn run(global: &Global, asked: Recovery) -> Result<Answer, Failure> {
    let home = computer::home(global).await?;
    let profile = computer::chosen(&home, global).await?.name;
    match asked {
        Recovery::Make { replace } => {
            let code = home.make_recovery_code(&profile, replace).await?;
            let code = code.expose_secret();
            let words = format!(
                "Recovery code of the profile \u{201c}{profile}\u{201d}\n\n    {code}\n\nWith the data folder it opens this profile\u{2019}s database when the keychain\u{2019}s key is lost:\n\n    \
                 fairlead --profile \"{profile}\" recovery use --code-stdin\n\nIt is shown this once. Print it and keep it where the computer is not. A new code, or a new \
                 key of the database (fairlead rekey), makes it void."
            );
            Ok(Answer::done(&json!({ "profile": profile, "code": code }), words))
        }
        Recovery::Use { code_stdin } => {
            if !code_stdin {
                return Err(Failure::needs_operator(
                    "keyMissing",
                    "Give the code on standard input: fairlead recovery use --code-stdin < FILE",
                ));
            }
            home.use_recovery_code(&profile, &computer::typed("The recovery code", LONGEST)?).await?;
            let words = "The database\u{2019}s key is back in the vault. If the API key is lost too, give it again: fairlead profile add NAME --key-stdin";
            Ok(Answer::done(&json!({ "profile": profile, "recovered": true }), words))
        }
    }
}

/// Another key for the database.
pub(crate) async fn rekey(global: &Global) -> Result<Answer, Failure> {
    let home = computer::home(global).await?;
    let profile = computer::chosen(&home, global).await?.name;
    home.change_database_key(&profile).await?;
    let words = "The database has a new key. A recovery code of before is void: fairlead recovery make";
    Ok(Answer::done(&json!({ "profile": profile, "rekeyed": true }), words))
}
