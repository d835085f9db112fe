//! The TypeScript twins of views and commands. `cargo xtask bindings` writes them; a test fails when they are out of date.

#![cfg(test)]

use engine::view::*;
use std::path::{Path, PathBuf};
use ts_rs::{Config, TS};

const HEAD: &str = "// Generated from the engine's views and the shell's commands by `cargo xtask bindings`. Do not edit.\n\n";

macro_rules! declarations {
    ($($view:ident),* $(,)?) => {{
        let config = Config::default();
        let mut out = String::from(HEAD);
        $(out.push_str("export "); out.push_str(&<$view as TS>::decl(&config)); out.push_str("\n\n");)*
        out
    }};
}

fn types() -> String {
    declarations![
        Millis,
        MoneyView,
        Environment,
        ProfileView,
        VaultKind,
        AppState,
        KeychainState,
        Preferences,
        Theme,
        Density,
        StatusView,
        Line,
        ViewCounts,
        KeyCheck,
        SaveKey,
        SavedView,
        CompanySort,
        CompanyQuery,
        CompanyPage,
        CompanyRow,
        BankMark,
        Ring,
        StatusPill,
        CompanyView,
        ConnectionCard,
        HistoryWindow,
        Problem,
        Side,
        DataTypeSync,
        SyncStage,
        Stage,
        TimelineEvent,
        NameCheck,
        PickerMode,
        BankQuery,
        BankPage,
        BankRow,
        Evidence,
        DraftView,
        SaveDraft,
        DataAccessSheet,
        SheetSection,
        Door,
        HandOver,
        Mail,
        AttemptView,
        DoorUse,
        AttemptStage,
        RingOutcome,
        StartSync,
        SyncOutcome,
        AccountView,
        TransactionQuery,
        TransactionPage,
        QueryChip,
        CurrencySum,
        TransactionRow,
        ExportFormat,
        ExportDone,
        Stats,
        Doorbell,
        ReturnSettings,
        DoorbellView,
        SetReturn,
        Stale,
        Topic,
        WireError,
        ErrorCode,
    ]
}

/// Name, arguments (name and type), answer. Held against the handlers' list by a test.
const COMMANDS: &[(&str, &[(&str, &str)], &str)] = &[
    ("app_state", &[], "AppState"),
    ("attempt", &[("id", "string")], "AttemptView"),
    ("begin_link", &[("draftId", "string")], "AttemptView"),
    ("check_company_name", &[("name", "string")], "NameCheck"),
    ("check_key", &[("key", "string")], "KeyCheck"),
    ("check_now", &[("attemptId", "string")], "AttemptView"),
    ("company", &[("id", "string")], "CompanyView"),
    ("data_access_sheet", &[("bankKey", "string")], "DataAccessSheet"),
    ("discard_draft", &[("id", "string")], "null"),
    ("drafts", &[], "DraftView[]"),
    ("export_transactions", &[("query", "TransactionQuery"), ("format", "ExportFormat")], "ExportDone"),
    ("hand_over", &[("attemptId", "string"), ("door", "Door")], "HandOver"),
    ("list_companies", &[("query", "CompanyQuery")], "CompanyPage"),
    ("open_attempts", &[], "AttemptView[]"),
    ("open_key_window", &[], "null"),
    ("open_profile", &[("name", "string")], "ProfileView"),
    ("park_attempt", &[("attemptId", "string")], "AttemptView"),
    ("refresh", &[], "null"),
    ("remove_profile", &[("name", "string")], "null"),
    ("ring", &[("text", "string")], "RingOutcome"),
    ("save_draft", &[("draft", "SaveDraft")], "DraftView"),
    ("save_key", &[("save", "SaveKey")], "ProfileView"),
    ("search_banks", &[("query", "BankQuery")], "BankPage"),
    ("set_preferences", &[("preferences", "Preferences")], "Preferences"),
    ("set_return", &[("change", "SetReturn")], "ReturnSettings"),
    ("start_demo", &[], "ProfileView"),
    ("start_sync", &[("request", "StartSync")], "null"),
    ("status", &[], "StatusView"),
    ("test_doorbell", &[("kind", "Doorbell")], "StatusPill"),
    ("transactions", &[("query", "TransactionQuery")], "TransactionPage"),
];

fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| name + &word[..1].to_uppercase() + &word[1..])
}

fn commands() -> String {
    let mut used: Vec<&str> = COMMANDS.iter().flat_map(|(_, args, answer)| args.iter().map(|(_, kind)| *kind).chain([*answer])).map(|kind| kind.trim_end_matches("[]")).collect();
    used.retain(|kind| *kind != "string" && *kind != "null");
    used.sort_unstable();
    used.dedup();
    let mut out = format!("{HEAD}import {{ host }} from \"./host\";\nimport type {{ {} }} from \"./types\";\n\nexport const call = {{\n", used.join(", "));
    for (name, args, answer) in COMMANDS {
        let typed: Vec<String> = args.iter().map(|(arg, kind)| format!("{arg}: {kind}")).collect();
        let names: Vec<&str> = args.iter().map(|(arg, _)| *arg).collect();
        let sent = if names.is_empty() { String::new() } else { format!(", {{ {} }}", names.join(", ")) };
        out.push_str(&format!("  {}: ({}) => host.invoke<{answer}>(\"{name}\"{sent}),\n", camel(name), typed.join(", ")));
    }
    out.push_str("};\n");
    out
}

fn check(file: &str, wanted: &str) {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/src/bridge").join(file);
    if std::env::var_os("WRITE_BINDINGS").is_some() {
        std::fs::write(&path, wanted).expect("writing the bindings");
    }
    let there = std::fs::read_to_string(&path).expect("the committed bindings");
    assert!(there == wanted, "ui/src/bridge/{file} is out of date: cargo xtask bindings");
}

#[test]
fn bindings_of_views_are_up_to_date() {
    check("types.ts", &types());
}

#[test]
fn bindings_of_commands_are_up_to_date() {
    check("commands.ts", &commands());
}

#[test]
fn bindings_handlers_and_access_list_name_the_same_thirty_commands() {
    let handlers = include_str!("commands/mod.rs");
    let listed = handlers.split("generate_handler![").nth(1).and_then(|rest| rest.split(']').next()).expect("the list");
    let mut handled: Vec<&str> = listed.split(',').filter_map(|path| path.trim().rsplit("::").next()).filter(|name| !name.is_empty()).collect();
    handled.sort_unstable();
    let mut bound: Vec<&str> = COMMANDS.iter().map(|(name, ..)| *name).collect();
    bound.sort_unstable();
    assert_eq!(handled, crate::COMMAND_NAMES, "the handler and the access list");
    assert_eq!(bound, crate::COMMAND_NAMES, "the bindings and the access list");
    assert!(crate::COMMAND_NAMES.len() <= 30, "every command is a door");
    for (file, wanted) in [("main.json", true), ("key-entry.json", false)] {
        let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src-tauri/capabilities").join(file)).expect("a capability");
        for name in ["check_key", "save_key"] {
            let permission = format!("\"allow-{}\"", name.replace('_', "-"));
            assert_eq!(text.contains(&permission), !wanted, "only the key window may {name}");
        }
        assert!(!text.contains("emit") && !text.contains("default"), "{file} grants nothing by the handful");
    }
}
