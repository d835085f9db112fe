//! What IT needs to set a policy: a JSON Schema, templates for Group Policy, a configuration profile. All four are written from the struct alone.

use super::Policy;
use crate::links::xml;
use schemars::generate::SchemaSettings;
use serde_json::Value;
use std::fmt::Write as _;
use std::sync::LazyLock;

/// Where Group Policy keeps it, below the machine's part of the registry.
pub(super) const REGISTRY_KEY: &str = r"Software\Policies\Fairlead";
/// The app, as macOS names it.
const DOMAIN: &str = "app.fairlead.desktop";

/// A file for IT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyFile {
    /// JSON Schema of `policy.json`.
    Schema,
    /// Template for Group Policy and Intune.
    Admx,
    /// Its texts in English.
    Adml,
    /// Configuration profile for macOS with a value for every member.
    Mobileconfig,
}

impl PolicyFile {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Schema, Self::Admx, Self::Adml, Self::Mobileconfig];

    /// As it is called.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Schema => "policy.schema.json",
            Self::Admx => "fairlead.admx",
            Self::Adml => "fairlead.adml",
            Self::Mobileconfig => "fairlead.mobileconfig",
        }
    }
}

/// The text of a file for IT.
#[must_use]
pub fn policy_file(file: PolicyFile) -> String {
    match file {
        PolicyFile::Schema => format!("{:#}\n", schema()),
        PolicyFile::Admx => admx(members()),
        PolicyFile::Adml => adml(members()),
        PolicyFile::Mobileconfig => mobileconfig(members()),
    }
}

/// One member of the struct, as its description has it.
pub(super) struct Member {
    pub(super) key: String,
    pub(super) title: String,
    says: String,
    kind: Kind,
    example: Value,
}

/// A word that may be chosen, and what it means.
struct Word {
    word: String,
    says: String,
}

enum Kind {
    Flag,
    Number(u64, u64),
    Text(u64, u64),
    One(Vec<Word>),
    Some(Vec<Word>),
    Texts,
}

impl Member {
    #[cfg(any(test, windows))]
    pub(super) fn is_flag(&self) -> bool {
        matches!(self.kind, Kind::Flag)
    }

    /// Of a number, or of a text's length.
    pub(super) fn bounds(&self) -> (u64, u64) {
        match self.kind {
            Kind::Number(least, most) | Kind::Text(least, most) => (least, most),
            Kind::Flag | Kind::One(_) | Kind::Some(_) | Kind::Texts => (0, u64::MAX),
        }
    }
}

fn schema() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    settings.into_generator().into_root_schema_for::<Policy>().to_value()
}

/// The members, in the order of their names. A policy is read anew for every answer, so they are worked out once.
static MEMBERS: LazyLock<Vec<Member>> = LazyLock::new(described);

pub(super) fn members() -> &'static [Member] {
    &MEMBERS
}

fn described() -> Vec<Member> {
    let schema = schema();
    let text = |of: &Value, name: &str| of[name].as_str().unwrap_or_default().to_owned();
    let member = |(key, told): (&String, &Value)| Member {
        key: key.clone(),
        title: text(told, "title"),
        says: text(told, "description"),
        kind: kind(told),
        example: told["examples"][0].clone(),
    };
    let mut members: Vec<Member> = schema["properties"].as_object().into_iter().flatten().map(member).collect();
    members.sort_by(|one, other| one.key.cmp(&other.key));
    members
}

fn kind(told: &Value) -> Kind {
    let told = one_of(told);
    let number = |name: &str, otherwise| told[name].as_u64().unwrap_or(otherwise);
    match first(&told["type"]) {
        Some("boolean") => Kind::Flag,
        Some("integer") => Kind::Number(number("minimum", 0), number("maximum", u64::from(u32::MAX))),
        Some("array") => match words(&told["items"]) {
            words if words.is_empty() => Kind::Texts,
            words => Kind::Some(words),
        },
        _ => match words(told) {
            words if words.is_empty() => Kind::Text(number("minLength", 0), number("maxLength", 1_000)),
            words => Kind::One(words),
        },
    }
}

/// What it is when it is something at all.
fn one_of(told: &Value) -> &Value {
    let choices = told["anyOf"].as_array();
    choices.and_then(|choices| choices.iter().find(|choice| choice["type"] != "null")).unwrap_or(told)
}

fn first(kinds: &Value) -> Option<&str> {
    kinds.as_str().or_else(|| kinds.as_array()?.iter().filter_map(Value::as_str).find(|kind| *kind != "null"))
}

fn words(told: &Value) -> Vec<Word> {
    let named = |word: &Value, says: &Value| {
        let word = word.as_str()?.to_owned();
        Some(Word { says: says.as_str().map_or_else(|| word.clone(), |says| says.trim_end_matches('.').replace('`', "")), word })
    };
    let listed = told["enum"].as_array().into_iter().flatten().filter_map(|word| named(word, &Value::Null));
    let told = told["oneOf"].as_array().into_iter().flatten();
    let told = told.flat_map(|one| match one["enum"].as_array() {
        Some(words) => words.iter().filter_map(|word| named(word, &Value::Null)).collect(),
        None => named(&one["const"], &one["description"]).into_iter().collect::<Vec<Word>>(),
    });
    listed.chain(told).collect()
}

fn admx(members: &[Member]) -> String {
    let mut out = String::from(
        r#"<?xml version="1.0" encoding="utf-8"?>
<policyDefinitions revision="1.0" schemaVersion="1.0" xmlns="http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions">
  <policyNamespaces>
    <target prefix="fairlead" namespace="Fairlead.Policies.Fairlead" />
  </policyNamespaces>
  <resources minRequiredRevision="1.0" />
  <supportedOn>
    <definitions>
      <definition name="anyVersion" displayName="$(string.anyVersion)" />
    </definitions>
  </supportedOn>
  <categories>
    <category name="fairleadApp" displayName="$(string.fairleadApp)" />
  </categories>
  <policies>
"#,
    );
    for member in members {
        let key = &member.key;
        let _ = write!(
            out,
            r#"    <policy name="{key}" class="Machine" displayName="$(string.title_{key})" explainText="$(string.says_{key})" key="{REGISTRY_KEY}""#
        );
        out.push_str(&match member.kind {
            Kind::Flag => format!(r#" valueName="{key}">"#),
            _ => format!(r#" presentation="$(presentation.{key})">"#),
        });
        out.push_str("\n      <parentCategory ref=\"fairleadApp\" />\n      <supportedOn ref=\"anyVersion\" />\n");
        out.push_str(&elements(member));
        out.push_str("    </policy>\n");
    }
    out.push_str("  </policies>\n</policyDefinitions>\n");
    out
}

fn elements(member: &Member) -> String {
    let key = &member.key;
    let inner = match &member.kind {
        Kind::Flag => {
            return "      <enabledValue><decimal value=\"1\" /></enabledValue>\n      <disabledValue><decimal value=\"0\" /></disabledValue>\n".into();
        }
        Kind::Number(least, most) => {
            format!("        <decimal id=\"{key}\" valueName=\"{key}\" required=\"true\" minValue=\"{least}\" maxValue=\"{most}\" />\n")
        }
        Kind::Text(_, most) => format!("        <text id=\"{key}\" valueName=\"{key}\" required=\"true\" maxLength=\"{most}\" />\n"),
        Kind::Texts => format!("        <list id=\"{key}\" key=\"{REGISTRY_KEY}\\{key}\" valuePrefix=\"\" />\n"),
        Kind::One(words) => {
            let item = |word: &Word| {
                format!("          <item displayName=\"$(string.word_{key}_{0})\"><value><string>{0}</string></value></item>\n", word.word)
            };
            let items: String = words.iter().map(item).collect();
            format!("        <enum id=\"{key}\" valueName=\"{key}\" required=\"true\">\n{items}        </enum>\n")
        }
        Kind::Some(words) => {
            let tick = |word: &Word| {
                format!(
                    "        <boolean id=\"{key}_{0}\" key=\"{REGISTRY_KEY}\\{key}\" valueName=\"{0}\">\n          <trueValue><decimal value=\"1\" /></trueValue>\n          <falseValue><decimal value=\"0\" /></falseValue>\n        </boolean>\n",
                    word.word
                )
            };
            words.iter().map(tick).collect()
        }
    };
    format!("      <elements>\n{inner}      </elements>\n")
}

fn adml(members: &[Member]) -> String {
    let (mut strings, mut shown) = (String::new(), String::new());
    let mut string = |id: &str, text: &str| {
        let _ = writeln!(strings, "      <string id=\"{id}\">{}</string>", xml(text));
    };
    string("fairleadApp", "Fairlead");
    string("anyVersion", "Fairlead 0.1 and later");
    for Member { key, title, says, kind, .. } in members {
        string(&format!("title_{key}"), title);
        string(&format!("says_{key}"), says);
        if let Kind::One(words) = kind {
            words.iter().for_each(|word| string(&format!("word_{key}_{}", word.word), &word.says));
        }
        let label = xml(title);
        let control = match kind {
            Kind::Flag => continue,
            Kind::Number(..) => format!("<decimalTextBox refId=\"{key}\">{label}</decimalTextBox>"),
            Kind::Text(..) => format!("<textBox refId=\"{key}\"><label>{label}</label></textBox>"),
            Kind::Texts => format!("<listBox refId=\"{key}\">{label}</listBox>"),
            Kind::One(_) => format!("<dropdownList refId=\"{key}\" noSort=\"true\">{label}</dropdownList>"),
            Kind::Some(words) => {
                let tick = |word: &Word| format!("<checkBox refId=\"{key}_{}\">{}</checkBox>", word.word, xml(&word.says));
                words.iter().map(tick).collect::<Vec<_>>().join("\n        ")
            }
        };
        let _ = writeln!(shown, "      <presentation id=\"{key}\">\n        {control}\n      </presentation>");
    }
    format!(
        r#"<?xml version="1.0" encoding="utf-8"?>
<policyDefinitionResources revision="1.0" schemaVersion="1.0" xmlns="http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions">
  <displayName>Fairlead</displayName>
  <description>Settings of Fairlead for everybody on a computer</description>
  <resources>
    <stringTable>
{strings}    </stringTable>
    <presentationTable>
{shown}    </presentationTable>
  </resources>
</policyDefinitionResources>
"#
    )
}

fn mobileconfig(members: &[Member]) -> String {
    let mut set = String::new();
    for Member { key, says, example, .. } in members {
        let _ = write!(set, "      <!-- {} -->\n      <key>{key}</key>\n{}", xml(says), plist_value(example, 6));
    }
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<!-- Examples: take out what is to stay free, and give both UUIDs new values (uuidgen). -->
<plist version="1.0">
<dict>
  <key>PayloadType</key>
  <string>Configuration</string>
  <key>PayloadVersion</key>
  <integer>1</integer>
  <key>PayloadIdentifier</key>
  <string>{DOMAIN}.policy</string>
  <key>PayloadUUID</key>
  <string>00000000-0000-4000-8000-000000000001</string>
  <key>PayloadDisplayName</key>
  <string>Fairlead</string>
  <key>PayloadScope</key>
  <string>System</string>
  <key>PayloadContent</key>
  <array>
    <dict>
      <key>PayloadType</key>
      <string>{DOMAIN}</string>
      <key>PayloadVersion</key>
      <integer>1</integer>
      <key>PayloadIdentifier</key>
      <string>{DOMAIN}.policy.settings</string>
      <key>PayloadUUID</key>
      <string>00000000-0000-4000-8000-000000000002</string>
{set}    </dict>
  </array>
</dict>
</plist>
"#
    )
}

fn plist_value(value: &Value, indent: usize) -> String {
    let margin = " ".repeat(indent);
    match value {
        Value::Bool(is_so) => format!("{margin}<{is_so}/>\n"),
        Value::Number(number) => format!("{margin}<integer>{number}</integer>\n"),
        Value::String(text) => format!("{margin}<string>{}</string>\n", xml(text)),
        Value::Array(values) => {
            let values: String = values.iter().map(|value| plist_value(value, indent + 2)).collect();
            format!("{margin}<array>\n{values}{margin}</array>\n")
        }
        Value::Null | Value::Object(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::place::preferences;
    use super::*;
    use std::collections::BTreeSet;
    use std::path::Path;

    fn names() -> BTreeSet<String> {
        let all = serde_json::to_value(Policy::default()).expect("a struct");
        all.as_object().expect("an object").keys().cloned().collect()
    }

    /// Every attribute of this name, and every text inside elements of this name; fails where it is no XML.
    fn read(text: &str, attribute: &str) -> Vec<String> {
        let mut reader = quick_xml::Reader::from_str(text);
        let (mut found, mut open) = (vec![], 0);
        loop {
            let event = reader.read_event().expect("well-formed");
            match event {
                quick_xml::events::Event::Start(ref tag) | quick_xml::events::Event::Empty(ref tag) => {
                    for pair in tag.attributes() {
                        let pair = pair.expect("an attribute");
                        if pair.key.as_ref() == attribute {
                            found.push(pair.value.into_owned());
                        }
                    }
                    open += i32::from(matches!(event, quick_xml::events::Event::Start(_)));
                }
                quick_xml::events::Event::End(_) => open -= 1,
                quick_xml::events::Event::Eof => break,
                _ => {}
            }
        }
        assert_eq!(open, 0, "every element is closed");
        found
    }

    #[test]
    fn the_files_kept_for_it_are_those_that_the_struct_gives() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packaging/policy");
        for file in PolicyFile::ALL {
            let path = folder.join(file.name());
            if std::env::var_os("WRITE_POLICY").is_some() {
                std::fs::write(&path, policy_file(file)).expect("written");
            }
            let kept = std::fs::read_to_string(&path).unwrap_or_default();
            assert_eq!(kept, policy_file(file), "WRITE_POLICY=1 writes {} anew", file.name());
        }
    }

    #[test]
    fn every_member_is_in_every_file_and_says_what_it_does() {
        let members = members();
        let guide = include_str!("../../../../../docs/guide/policy.md");
        for name in names() {
            assert!(guide.contains(&format!("| `{name}` |")), "the guide tells of {name}");
        }
        let described: BTreeSet<String> = members.iter().map(|member| member.key.clone()).collect();
        assert_eq!(described, names(), "the description has the members of the struct");
        for Member { key, title, says, example, .. } in members {
            assert!(!title.is_empty() && says.len() > 20 && !example.is_null(), "{key}");
        }
        assert_eq!(read(&admx(members), "name").into_iter().filter(|name| names().contains(name)).collect::<BTreeSet<_>>(), names());
        let profile: plist::Value = plist::from_bytes(mobileconfig(members).as_bytes()).expect("a property list");
        let settings = &profile.as_dictionary().expect("a dict")["PayloadContent"].as_array().expect("an array")[0];
        let settings = settings.as_dictionary().expect("a dict");
        assert_eq!(settings.keys().filter(|key| !key.starts_with("Payload")).cloned().collect::<BTreeSet<_>>(), names());
        let mut managed = vec![];
        plist::to_writer_binary(&mut managed, settings).expect("as the system keeps it");
        let policy = preferences::read(&managed).expect("what the profile sets is a policy");
        assert_eq!(policy.set().len(), names().len());
    }

    #[test]
    fn the_template_for_group_policy_has_every_text_and_no_other() {
        let (admx, adml) = (admx(members()), adml(members()));
        let pointed = |kind: &str| -> BTreeSet<String> {
            admx.split(&format!("$({kind}.")).skip(1).filter_map(|rest| rest.split(')').next()).map(str::to_owned).collect()
        };
        let ids: BTreeSet<String> = read(&adml, "id").into_iter().collect();
        assert_eq!(pointed("string").union(&pointed("presentation")).cloned().collect::<BTreeSet<_>>(), ids);
        let controls: BTreeSet<String> = read(&admx, "id").into_iter().collect();
        assert_eq!(read(&adml, "refId").into_iter().collect::<BTreeSet<_>>(), controls, "a box for every value");
        assert!(pointed("string").len() > 2 * names().len() && controls.len() > 10);
    }
}
