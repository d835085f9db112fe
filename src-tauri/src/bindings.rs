//! The TypeScript twins of views and commands. `cargo xtask bindings` writes them; tests fail when they are out of date.
//!
//! Types come from the engine's views through ts-rs; commands are read from the signatures in `commands/`.

#![cfg(test)]

use engine::view::*;
use std::path::Path;
use ts_rs::{Config, TS};

const HEAD: &str = "// Generated from the engine's views and the shell's commands by `cargo xtask bindings`. Do not edit.\n\n";

const FAMILIES: [&str; 9] = [
    include_str!("commands/analysis.rs"),
    include_str!("commands/companies.rs"),
    include_str!("commands/data.rs"),
    include_str!("commands/desk.rs"),
    include_str!("commands/freshness.rs"),
    include_str!("commands/keys.rs"),
    include_str!("commands/links.rs"),
    include_str!("commands/profiles.rs"),
    include_str!("commands/returns.rs"),
];

/// Questions that are another one with fixed words, or a part of its answer. They cost no command of their own.
const SHORT_FORMS: &str = r#"  startDemo: () => host.invoke<ProfileView>("open_profile", { name: "Demo" }),
  returnSettings: () => host.invoke<ReturnSettings>("set_return", { change: { chosen: null, port: null, bounceUrl: null } }),
  checkNow: (id: string) => host.invoke<AttemptView>("attempt", { id, step: "checkNow" }),
  parkAttempt: (id: string) => host.invoke<AttemptView>("attempt", { id, step: "park" }),
  discardDraft: (id: string) => host.invoke<DraftView[]>("drafts", { discard: id }),
  refreshBanks: () => host.invoke<null>("refresh"),
  refreshCompanies: () => host.invoke<null>("refresh"),
  accounts: async (companyId: string) => (await host.invoke<CompanyView>("company", { id: companyId })).connections.flatMap((card) => card.accounts),
"#;

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
        Desk,
        OwnView,
        Theme,
        Density,
        StatusView,
        Line,
        WaitReason,
        BudgetView,
        MinuteBudget,
        DayBudget,
        SpentOn,
        ViewCounts,
        KeyCheck,
        SaveKey,
        SavedView,
        StatusFilter,
        CompanySort,
        CompanyQuery,
        CompanyPage,
        CompanyRow,
        HeldBank,
        ActivityView,
        OpenRead,
        HistoryLine,
        BankRecordView,
        Pick,
        PickAction,
        PickDone,
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
        AttemptStep,
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
        CoverageView,
        CoverageAccount,
        CoverageCell,
        CoverageKind,
        CoverageFix,
        PeriodQuery,
        CountedAccount,
        CashFlowView,
        CashMonth,
        PartyList,
        PartyView,
        RowsOf,
        LensView,
        FigureKey,
        FigureUnit,
        FigureView,
        RecurringView,
        Doorbell,
        ReturnSettings,
        DoorbellView,
        SetReturn,
        Cadence,
        FreshnessView,
        TypeFreshness,
        SetFreshness,
        CodatSchedule,
        CodatScheduleChange,
        SetCodatSchedule,
        CodatScheduleAnswer,
        OnScreen,
        Stale,
        Topic,
        WireError,
        ErrorCode,
    ]
}

/// One command as its signature tells it.
struct Signature {
    name: String,
    /// Name and Rust type of what the page sends.
    args: Vec<(String, String)>,
    answer: String,
}

/// Reads the signatures of a family. Whatever it does not understand is a failing test, not a gap in the list.
fn signatures(source: &str) -> Vec<Signature> {
    let marked = source.split("#[tauri::command]").skip(1);
    let read = marked.map(|text| {
        let text = text.split('{').next().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
        let (name, rest) = text.trim_start_matches("pub(crate) async fn ").split_once('(').expect("a command is an async fn");
        let (args, answer) = rest.rsplit_once(") -> Answer<").expect("a command gives an Answer");
        let args = args.split(", ").flat_map(|arg| arg.split_once(": "));
        let sent = args.filter(|(_, kind)| !["AppHandle", "State<'_"].iter().any(|ours| kind.starts_with(ours)));
        Signature {
            name: name.to_owned(),
            args: sent.map(|(name, kind)| (camel(name), kind.trim_end_matches(',').to_owned())).collect(),
            answer: answer.trim_end_matches('>').to_owned() + &">".repeat(answer.matches('<').count()),
        }
    });
    read.collect()
}

fn all_signatures() -> Vec<Signature> {
    let mut all: Vec<Signature> = FAMILIES.into_iter().flat_map(signatures).collect();
    all.sort_by(|one, other| one.name.cmp(&other.name));
    all
}

/// The TypeScript type of a Rust one.
fn typescript(kind: &str) -> String {
    let inner = |wrapper: &str| kind.strip_prefix(wrapper).and_then(|rest| rest.strip_suffix('>'));
    if let Some(inner) = inner("Vec<") {
        format!("{}[]", typescript(inner))
    } else if let Some(inner) = inner("Option<") {
        format!("{} | null", typescript(inner))
    } else {
        match kind {
            "String" => "string".into(),
            "()" => "null".into(),
            view => view.into(),
        }
    }
}

fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| name + &word[..1].to_uppercase() + &word[1..])
}

fn commands() -> String {
    let all = all_signatures();
    let kinds = all.iter().flat_map(|command| command.args.iter().map(|(_, kind)| kind).chain([&command.answer]));
    let mut views: Vec<String> = kinds.map(|kind| typescript(kind).trim_end_matches("[]").replace(" | null", "")).collect();
    views.retain(|kind| kind != "string" && kind != "null");
    views.sort();
    views.dedup();
    let imports = views.iter().map(|view| format!("  {view},\n")).collect::<String>();
    let mut out =
        format!("{HEAD}import {{ host }} from \"./host\";\nimport type {{\n{imports}}} from \"./types\";\n\nexport const call = {{\n");
    for Signature { name, args, answer } in &all {
        let typed: Vec<String> = args
            .iter()
            .map(|(arg, kind)| format!("{arg}{}: {}", if kind.starts_with("Option<") { "?" } else { "" }, typescript(kind)))
            .collect();
        let names: Vec<&str> = args.iter().map(|(arg, _)| arg.as_str()).collect();
        let sent = if names.is_empty() { String::new() } else { format!(", {{ {} }}", names.join(", ")) };
        let line = format!("  {}: ({}) => host.invoke<{}>(\"{name}\"{sent}),\n", camel(name), typed.join(", "), typescript(answer));
        out.push_str(&line);
    }
    out.push_str(SHORT_FORMS);
    out.push_str("};\n");
    out
}

fn check(file: &str, wanted: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/src/bridge").join(file);
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
fn bindings_handler_and_access_list_name_the_same_commands() {
    let handler = include_str!("commands/mod.rs");
    let listed = handler.split("generate_handler![").nth(1).and_then(|rest| rest.split(']').next()).expect("the list");
    let mut handled: Vec<&str> =
        listed.split(',').filter_map(|path| path.trim().rsplit("::").next()).filter(|name| !name.is_empty()).collect();
    handled.sort_unstable();
    let written = all_signatures();
    let written: Vec<&str> = written.iter().map(|command| command.name.as_str()).collect();
    assert_eq!(handled, crate::COMMAND_NAMES, "the handler and the access list");
    assert_eq!(written, crate::COMMAND_NAMES, "the commands and the access list");
    assert!(crate::COMMAND_NAMES.len() <= 40, "every command is a door: at most forty");
}

#[test]
fn no_window_may_do_more_than_its_work() {
    let permissions = |file: &str| -> Vec<String> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src-tauri/capabilities").join(file);
        let text = std::fs::read_to_string(path).expect("a capability");
        let capability: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let list = capability["permissions"].as_array().expect("permissions");
        list.iter().map(|permission| permission.as_str().expect("a name").to_owned()).collect()
    };
    let allow = |name: &str| format!("allow-{}", name.replace('_', "-"));
    let key_only = ["check_key", "save_key"];
    let mut main = vec!["core:event:allow-listen".to_owned(), "core:event:allow-unlisten".to_owned()];
    main.extend(crate::COMMAND_NAMES.iter().filter(|name| !key_only.contains(name)).map(|name| allow(name)));
    assert_eq!(permissions("main.json"), main, "all commands but the two that take a key; of the core, hearing events");
    let key = ["app_state", "check_key", "open_profile", "save_key"].map(allow);
    assert_eq!(permissions("key-entry.json"), key, "a key or a passphrase, and what to show around it");
}
