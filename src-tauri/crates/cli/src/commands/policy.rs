//! What the organisation sets, and the files with which IT sets it.

use crate::answer::{Answer, Failure};
use crate::args::{Global, Policy};
use crate::computer;
use engine::{PolicyFile, PolicyPlace, policy_file};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::Path;

pub(crate) fn run(global: &Global, asked: &Policy) -> Result<Answer, Failure> {
    match asked {
        Policy::Show => show(global),
        Policy::Check { file } => check(file),
        Policy::Schema => Ok(file(PolicyFile::Schema)),
        Policy::Admx => Ok(file(PolicyFile::Admx)),
        Policy::Adml => Ok(file(PolicyFile::Adml)),
        Policy::Mobileconfig => Ok(file(PolicyFile::Mobileconfig)),
    }
}

fn show(global: &Global) -> Result<Answer, Failure> {
    let managed = computer::policy(global)?.read().map_err(engine::Error::from)?;
    let words = match &managed {
        None => "Nothing is set on this computer.".to_owned(),
        Some(managed) => format!("{}\n{}", managed.place, listed(&managed.policy)),
    };
    Ok(Answer { document: json!({ "managed": managed }), ..Answer::done(&Value::Null, words) })
}

fn check(file: &Path) -> Result<Answer, Failure> {
    let found = PolicyPlace::File(file.to_owned()).read().map_err(|trouble| Failure::failed("managed", format!("{trouble}.")))?;
    let managed = found.ok_or_else(|| Failure::usage(format!("There is no file {}.", file.display())))?;
    Ok(Answer { words: format!("It is understood.\n{}", listed(&managed.policy)), ..Answer::done(&managed, "") })
}

fn listed(policy: &engine::view::Policy) -> String {
    let mut words = String::new();
    for (_, title, value) in policy.set() {
        let _ = writeln!(words, "{title:<32}{value}");
    }
    if words.is_empty() { "Nothing is set.".into() } else { words }
}

fn file(which: PolicyFile) -> Answer {
    let text = policy_file(which);
    Answer::done(&json!({ "name": which.name(), "text": text }), text)
}
