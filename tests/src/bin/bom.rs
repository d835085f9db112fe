//! Writes the bills of materials of both halves as CycloneDX, and the licence notices, into `artifacts/`. Reads them again, and fails on
//! what nobody could check: a package from a git repository or a folder, one without a licence, a run-time package of the UI that is not
//! named here with its reason.

use fairlead_tests::needle::files_below;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What of npm is compiled into the page, and why. Everything else only builds or tests it.
const IN_THE_PAGE: [(&str, &str); 3] = [
    ("svelte", "draws the screens"),
    ("@lucide/svelte", "the icons"),
    ("@tauri-apps/api", "calls the named commands and hears the one event"),
];

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = root.join("artifacts");
    std::fs::create_dir_all(&folder).expect("a folder for what is written");
    let rust = rust_packages(&root);
    let npm = npm_bill(&root);
    write(&folder.join("bom-rust.json"), &rust_bill(&rust));
    write(&folder.join("bom-ui.json"), &npm);
    std::fs::write(folder.join("NOTICES.md"), notices(&rust)).expect("the notices are written");
    let count = |name: &str| {
        let told = std::fs::read(folder.join(name)).expect("the bill is there");
        let bill: Value = serde_json::from_slice(&told).expect("the bill is JSON");
        assert_eq!(bill["bomFormat"], "CycloneDX", "{name}");
        bill["components"].as_array().map_or(0, Vec::len)
    };
    let (crates, packages) = (count("bom-rust.json"), count("bom-ui.json"));
    assert!(crates > 100 && packages > 0, "an empty bill proves nothing: {crates}, {packages}");
    println!("{crates} crates and {packages} packages of the UI in the bills, none from a git repository, all with a licence");
}

/// A crate that is linked into what is shipped.
struct Package {
    name: String,
    version: String,
    license: String,
    folder: PathBuf,
    checksum: Option<String>,
}

/// Everything the desktop app and the command line are made of, without what only builds or tests them.
fn rust_packages(root: &Path) -> Vec<Package> {
    let out = Command::new("cargo")
        .args(["metadata", "--locked", "--offline", "--format-version", "1", "--filter-platform", "x86_64-unknown-linux-gnu"])
        .current_dir(root)
        .output()
        .expect("cargo answers");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let told: Value = serde_json::from_slice(&out.stdout).expect("cargo speaks JSON");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let nodes: BTreeMap<String, Value> = list(&told["resolve"]["nodes"]).into_iter().map(|node| (text(&node["id"]), node)).collect();
    let packages: BTreeMap<String, Value> = list(&told["packages"]).into_iter().map(|package| (text(&package["id"]), package)).collect();
    let shipped = |package: &&Value| ["fairlead-desktop", "fairlead-cli"].contains(&text(&package["name"]).as_str());
    let mut open: Vec<String> = packages.values().filter(shipped).map(|package| text(&package["id"])).collect();
    let mut reached = BTreeSet::new();
    while let Some(id) = open.pop() {
        if !reached.insert(id.clone()) {
            continue;
        }
        for dep in list(&nodes[&id]["deps"]) {
            if list(&dep["dep_kinds"]).iter().any(|kind| kind["kind"].is_null()) {
                open.push(text(&dep["pkg"]));
            }
        }
    }
    let checksums = checksums(root);
    let ours = |package: &Value| package["source"].is_null();
    let mut found = vec![];
    for package in reached.iter().map(|id| &packages[id]).filter(|package| !ours(package)) {
        let (name, version) = (text(&package["name"]), text(&package["version"]));
        assert!(text(&package["source"]).starts_with("registry+"), "{name} comes from {}", package["source"]);
        let license = text(&package["license"]);
        assert!(!license.is_empty() || !package["license_file"].is_null(), "{name} names no licence");
        let checksum = checksums.get(&(name.clone(), version.clone())).cloned();
        assert!(checksum.is_some(), "{name} {version} is not locked by its hash");
        let manifest = PathBuf::from(text(&package["manifest_path"]));
        found.push(Package { name, version, license, folder: manifest.parent().expect("a folder").to_path_buf(), checksum });
    }
    found
}

/// Hashes by name and version, from `Cargo.lock`.
fn checksums(root: &Path) -> BTreeMap<(String, String), String> {
    let lock = std::fs::read_to_string(root.join("Cargo.lock")).expect("the lock file");
    let value = |block: &str, member: &str| {
        let line = block.lines().find_map(|line| line.strip_prefix(member)?.strip_prefix(" = "));
        line.map(|text| text.trim_matches('"').to_owned())
    };
    let entry = |block: &str| Some(((value(block, "name")?, value(block, "version")?), value(block, "checksum")?));
    lock.split("[[package]]").filter_map(entry).collect()
}

fn rust_bill(packages: &[Package]) -> Value {
    let component = |package: &Package| {
        let mut told = json!({
            "type": "library",
            "name": package.name,
            "version": package.version,
            "purl": format!("pkg:cargo/{}@{}", package.name, package.version),
            "licenses": [{ "expression": package.license.replace('/', " OR ") }],
        });
        if let Some(hash) = &package.checksum {
            told["hashes"] = json!([{ "alg": "SHA-256", "content": hash }]);
        }
        told
    };
    let mut components: Vec<Value> = packages.iter().map(component).collect();
    // Compiled in from the sources of their crate: no package of their own says so.
    if let Some(sys) = packages.iter().find(|package| package.name == "libsqlite3-sys") {
        let told = std::fs::read_to_string(sys.folder.join("sqlcipher/bindgen_bundled_version.rs")).expect("what it brings");
        let line = told.lines().find_map(|line| line.trim().strip_prefix("pub const SQLITE_VERSION: "));
        let version = line.and_then(|line| line.split('"').nth(1)).expect("the version of what it brings").to_owned();
        components.push(json!({
            "type": "library", "name": "sqlite", "version": version,
            "description": "with SQLCipher, compiled from the sources that libsqlite3-sys brings",
            "licenses": [{ "license": { "name": "Public Domain" } }, { "license": { "id": "BSD-3-Clause" } }],
        }));
    }
    json!({
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
        "metadata": { "component": { "type": "application", "name": "fairlead", "version": env!("CARGO_PKG_VERSION") } },
        "components": components,
    })
}

/// npm's own bill, of what is shipped.
fn npm_bill(root: &Path) -> Value {
    let manifest: Value = serde_json::from_slice(&std::fs::read(root.join("ui/package.json")).expect("the UI's manifest")).expect("JSON");
    assert!(
        manifest["dependencies"].as_object().is_none_or(serde_json::Map::is_empty),
        "everything is compiled in: nothing is a run-time package"
    );
    for name in imported(&root.join("ui/src")) {
        assert!(IN_THE_PAGE.iter().any(|(known, _)| name == *known), "{name} goes into the page and no reason is given for it");
    }
    let out = Command::new("npm")
        .args(["sbom", "--sbom-format", "cyclonedx", "--package-lock-only"])
        .current_dir(root.join("ui"))
        .output()
        .expect("npm answers");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    serde_json::from_slice(&out.stdout).expect("npm speaks JSON")
}

/// The packages that the page's sources name.
fn imported(folder: &Path) -> BTreeSet<String> {
    let sources = files_below(folder).into_iter().filter(|path| !path.to_string_lossy().contains(".test."));
    let mut found = BTreeSet::new();
    for path in sources.filter(|path| path.extension().is_some_and(|kind| kind == "ts" || kind == "svelte")) {
        let text = std::fs::read_to_string(&path).expect("a source");
        let named = text.lines().filter(|line| line.trim_start().starts_with("import") || line.contains("} from ")).filter_map(|line| {
            let (_, named) = line.split_once("from ").or_else(|| line.split_once("import "))?;
            let named = named.trim().trim_matches([';', '"', '\'']).to_owned();
            // What only Node has is for tests: no page could load it.
            (!named.starts_with(['.', '/', '$', '{']) && !named.starts_with("node:") && !named.contains(' ')).then_some(named)
        });
        found.extend(named.map(|name| {
            let parts = if name.starts_with('@') { 2 } else { 1 };
            name.split('/').take(parts).collect::<Vec<_>>().join("/")
        }));
    }
    assert!(found.contains("svelte"), "control: what the page is drawn with is found: {found:?}");
    found
}

/// Every licence text that a crate brings, told once with all who bring it.
fn notices(packages: &[Package]) -> String {
    let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for package in packages {
        let name = format!("{} {} ({})", package.name, package.version, package.license);
        let entries = std::fs::read_dir(&package.folder).expect("the crate's folder");
        let mut found = false;
        for path in entries.filter_map(|entry| entry.ok().map(|entry| entry.path())) {
            let file = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_ascii_uppercase();
            let is_one = ["LICENSE", "LICENCE", "COPYING", "NOTICE", "UNLICENSE"].iter().any(|start| file.starts_with(start));
            if let Some(text) = is_one.then(|| std::fs::read_to_string(&path).ok()).flatten() {
                texts.entry(text.trim().to_owned()).or_default().push(name.clone());
                found = true;
            }
        }
        if !found {
            texts.entry(format!("No text comes with the package; its licence is {}.", package.license)).or_default().push(name);
        }
    }
    let mut out = String::from("# Licences of what Fairlead is built from\n");
    for (text, names) in texts {
        let _ = write!(out, "\n## {}\n\n```text\n{text}\n```\n", names.join(", "));
    }
    out
}

fn write(path: &Path, bill: &Value) {
    std::fs::write(path, serde_json::to_vec_pretty(bill).expect("JSON")).expect("the bill is written");
}
