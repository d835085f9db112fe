//! What an organisation sets for everybody on a computer. One struct says it: what is read, what is refused, and the templates for IT follow from it.

mod place;
mod templates;

pub use place::{PolicyPlace, PolicyTrouble};
pub use templates::{PolicyFile, policy_file};

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::home::Home;
use crate::links::doorbells::{Stored, bounce_address};
use crate::lock::LockKept;
use crate::profile::Profile;
use crate::view::{Doorbell, Environment, ExportFormat, Preferences, VaultKind};
use say::say;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

/// Settings of Fairlead that an organisation makes for everybody on a computer. What is left out stays free.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[schemars(title = "Policy of Fairlead")]
pub struct Policy {
    /// A name, a mail address or a page; shown wherever something is locked.
    #[schemars(title = "Who manages Fairlead", length(min = 1, max = 200), example = "it@lender.example")]
    pub contact: Option<String>,
    /// Profiles of other environments are not opened and not added.
    #[schemars(title = "Environments that may be used", example = [Environment::Production])]
    pub environments: Option<Vec<Environment>>,
    /// Profiles of other names are not opened and not added. Where it is one name, the key window suggests it.
    #[schemars(title = "Profiles that may be used", example = ["Lender"])]
    pub profiles: Option<Vec<String>>,
    /// Whether profiles may be added. A new key in an old one's place is always allowed.
    #[schemars(title = "New profiles", example = true)]
    pub new_profiles: Option<bool>,
    /// Whether the built-in demo may be opened. It holds no customer's data.
    #[schemars(title = "Demo", example = false)]
    pub demo: Option<bool>,
    /// Where API keys and database keys may be kept. Profiles that keep them elsewhere are not opened; the demo is not asked.
    #[schemars(title = "Where secrets may live", example = [VaultKind::Keychain])]
    pub vaults: Option<Vec<VaultKind>>,
    /// How a customer's return is caught. With another than the loopback page no port of this computer is opened.
    #[schemars(title = "Way back from the bank", example = Doorbell::Loopback)]
    pub doorbell: Option<Doorbell>,
    /// The port of the page on 127.0.0.1.
    #[schemars(title = "Port of the loopback page", range(min = 1_024, max = 65_535), example = 47_811)]
    pub loopback_port: Option<u16>,
    /// The https address of the organisation's own page that forwards returns.
    #[schemars(title = "Address of the bounce page", length(min = 1, max = 1_000), example = "https://lender.example/codat-return")]
    pub bounce_url: Option<String>,
    /// Minutes without a person after which Fairlead locks itself at the latest. Sooner may be chosen.
    #[schemars(title = "Locked after, at most", range(min = 1, max = 240), example = 10)]
    pub lock_after_minutes: Option<u32>,
    /// Whether the window shows customers only once a PIN is set. A profile behind a passphrase needs none.
    #[schemars(title = "PIN required", example = true)]
    pub pin_required: Option<bool>,
    /// Months for which rows are kept on this computer at most. What is older is erased when the window starts and once a day.
    #[schemars(title = "Rows are kept for, at most", range(min = 3, max = 120), example = 24)]
    pub keep_months: Option<u32>,
    /// Formats in which transactions, lists of companies and evidence packs (CSV and Parquet) may be written to files. An empty list: none.
    #[schemars(title = "Exports", example = [ExportFormat::Csv, ExportFormat::Parquet])]
    pub exports: Option<Vec<ExportFormat>>,
    /// Whether notices of the system name company and bank, also on a lock screen.
    #[schemars(title = "Names in notices", example = false)]
    pub names_in_notices: Option<bool>,
    /// Whether banks' log-ins for private customers are offered.
    #[schemars(title = "Personal banks", example = false)]
    pub personal_banks: Option<bool>,
    /// Whole months of history that a credit file needs of each account.
    #[schemars(title = "Months that a credit file needs", range(min = 1, max = 60), example = 12)]
    pub required_months: Option<u8>,
}

impl Policy {
    /// Reads one from JSON; the sentence names the member that is wrong.
    ///
    /// # Errors
    /// When it is no JSON, a member is unknown, or a value is out of its bounds.
    pub fn read(json: &[u8]) -> std::result::Result<Self, String> {
        serde_json::from_slice::<Self>(json).map_err(|error| error.to_string())?.checked()
    }

    /// The same from what another system keeps. Only macOS and Windows keep theirs otherwise than as JSON.
    #[cfg(any(test, windows, target_os = "macos"))]
    fn of(value: Value) -> std::result::Result<Self, String> {
        serde_json::from_value::<Self>(value).map_err(|error| error.to_string())?.checked()
    }

    /// Held against its own description.
    fn checked(self) -> std::result::Result<Self, String> {
        let told = serde_json::to_value(&self).map_err(|error| error.to_string())?;
        for member in templates::members() {
            let value = &told[&member.key];
            let (least, most) = member.bounds();
            let size = match value {
                Value::Number(number) => number.as_u64(),
                Value::String(text) => Some(text.chars().count() as u64),
                _ => None,
            };
            if size.is_some_and(|size| size < least || size > most) {
                return Err(format!("{}: from {least} to {most}, and it is {value}", member.key));
            }
        }
        if let Some(address) = &self.bounce_url {
            bounce_address(address).map_err(|error| format!("bounceUrl: {error}"))?;
        }
        if self.doorbell == Some(Doorbell::Bounce) && self.bounce_url.is_none() {
            return Err("doorbell: a bounce page needs its address, bounceUrl".into());
        }
        Ok(self)
    }

    /// Members that are set, by name, each with its title.
    pub fn set(&self) -> Vec<(String, String, Value)> {
        let told = serde_json::to_value(self).unwrap_or_default();
        let set = templates::members().iter().filter(|member| !told[&member.key].is_null());
        set.map(|member| (member.key.clone(), member.title.clone(), told[&member.key].clone())).collect()
    }

    /// Who is to be asked, as a sentence.
    pub(crate) fn ask(&self) -> String {
        let contact = self.contact.as_deref().map(domain::display::shown);
        contact.map_or_else(|| say!("Ask whoever looks after this computer."), |contact| say!("Ask {contact}.", contact))
    }

    pub(crate) fn refused(&self, what: &str) -> Error {
        Error::Managed(say!("Your organisation sets this (policy): {what}. {ask}", what, ask = self.ask()))
    }

    fn hold(&self, is_so: bool, what: impl Into<String>) -> Result<()> {
        if is_so { Ok(()) } else { Err(self.refused(&what.into())) }
    }

    /// Whether a profile may be used.
    pub(crate) fn allow(&self, profile: &Profile) -> Result<()> {
        if profile.is_demo {
            return self.allow_demo();
        }
        self.allow_such(&profile.name, profile.environment, profile.vault)
    }

    pub(crate) fn allow_demo(&self) -> Result<()> {
        self.hold(self.demo != Some(false), say!("the demo is not used here"))
    }

    /// Whether one may be added.
    pub(crate) fn allow_new(&self, name: &str, environment: Environment, vault: VaultKind) -> Result<()> {
        self.hold(self.new_profiles != Some(false), say!("no profile is added here"))?;
        self.allow_such(name, environment, vault)
    }

    fn allow_such(&self, name: &str, environment: Environment, vault: VaultKind) -> Result<()> {
        let named = |allowed: &Vec<String>| allowed.iter().any(|allowed| allowed == name);
        self.hold(
            is_among(self.environments.as_ref(), &environment),
            say!("no profile of the environment {environment}", environment = word(environment)),
        )?;
        self.hold(self.profiles.as_ref().is_none_or(named), say!("no profile named \u{201c}{name}\u{201d}", name))?;
        self.hold(is_among(self.vaults.as_ref(), &vault), say!("no secrets in the vault {vault}", vault = word(vault)))
    }

    /// Whether rows may be written to files of this format.
    pub(crate) fn allow_export(&self, format: ExportFormat) -> Result<()> {
        let none = self.exports.as_ref().is_some_and(Vec::is_empty);
        let what = if none { say!("nothing is exported") } else { say!("nothing is exported as {format}", format = format.ending()) };
        self.hold(is_among(self.exports.as_ref(), &format), what)
    }

    /// The profile that is meant where there is only one.
    pub(crate) fn only_profile(&self) -> Option<&str> {
        match self.profiles.as_deref() {
            Some([only]) => Some(only),
            _ => None,
        }
    }

    /// Whether the page on this computer is wanted at all.
    pub(crate) fn wants_page(&self) -> bool {
        self.doorbell.is_none_or(|doorbell| doorbell == Doorbell::Loopback)
    }

    /// How returns are caught, whatever was chosen.
    pub(crate) fn returns(&self, chosen: &Stored) -> Stored {
        Stored {
            chosen: self.doorbell.unwrap_or(chosen.chosen),
            port: self.loopback_port.unwrap_or(chosen.port),
            bounce_url: self.bounce_url.as_deref().and_then(|url| bounce_address(url).ok()).or_else(|| chosen.bounce_url.clone()),
        }
    }

    /// When it locks itself, whatever was chosen.
    pub(crate) fn lock(&self, chosen: &LockKept) -> LockKept {
        LockKept { pin: chosen.pin, after: least(self.lock_after_minutes, chosen.after) }
    }

    /// Whether the PIN may be taken away. At a terminal it may all the same, where it was forgotten: the window asks for a new one before it shows anything.
    pub(crate) fn hold_pin(&self) -> Result<()> {
        self.hold(self.pin_required != Some(true), say!("the PIN stays; choose another one in its place"))
    }

    /// How long rows are kept, whatever was chosen.
    pub(crate) fn months(&self, chosen: Option<u32>) -> Option<u32> {
        least(self.keep_months, chosen)
    }

    /// How the app behaves, whatever was chosen.
    pub(crate) fn preferences(&self, mut chosen: Preferences) -> Preferences {
        chosen.show_personal_banks = self.personal_banks.unwrap_or(chosen.show_personal_banks);
        chosen.required_months = self.required_months.unwrap_or(chosen.required_months);
        chosen.notices.names = self.names_in_notices.unwrap_or(chosen.notices.names);
        chosen
    }

    /// A choice is refused exactly where it would not come true.
    pub(crate) fn hold_choice<T: PartialEq>(&self, chosen: &T, comes_true: &T, what: &str) -> Result<()> {
        self.hold(chosen == comes_true, what)
    }
}

/// A policy in force, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ManagedView {
    /// The file or the registry's key.
    pub place: String,
    /// What it says.
    pub policy: Policy,
}

impl Home {
    /// What the organisation sets; read anew each time, so that a policy that comes while Fairlead runs counts from then on.
    pub(crate) fn policy(&self) -> Result<Policy> {
        self.inner.ports.policy.in_force()
    }
}

impl Engine {
    /// The same.
    pub(crate) fn policy(&self) -> Result<Policy> {
        self.inner.ports.policy.in_force()
    }
}

fn is_among<T: PartialEq>(allowed: Option<&Vec<T>>, one: &T) -> bool {
    allowed.is_none_or(|allowed| allowed.contains(one))
}

fn least(most: Option<u32>, chosen: Option<u32>) -> Option<u32> {
    match (most, chosen) {
        (Some(most), Some(chosen)) => Some(most.min(chosen)),
        (one, other) => one.or(other),
    }
}

/// As a policy writes it.
fn word(value: impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}
