//! The TypeScript twins of views and commands. `cargo xtask bindings` writes them; tests fail when they are out of date.
//!
//! Types come from the engine's views through ts-rs; commands are read from the signatures in `commands/`.

#![cfg(test)]

use crate::commands::analysis::*;
use crate::commands::bulk::*;
use crate::commands::companies::*;
use crate::commands::consents::*;
use crate::commands::data::*;
use crate::commands::desk::*;
use crate::commands::freshness::*;
use crate::commands::links::*;
use crate::commands::profiles::*;
use crate::commands::returns::*;
use crate::commands::setup::*;
use crate::lock::{LockStep, SetPin};
use engine::view::*;
use std::path::Path;
use ts_rs::{Config, TS};

const HEAD: &str = "// Generated from the engine's views and the shell's commands by `cargo xtask bindings`. Do not edit.\n\n";

const FAMILIES: [&str; 10] = [
    include_str!("commands/analysis.rs"),
    include_str!("commands/companies.rs"),
    include_str!("commands/data.rs"),
    include_str!("commands/desk.rs"),
    include_str!("commands/freshness.rs"),
    include_str!("commands/keys.rs"),
    include_str!("commands/links.rs"),
    include_str!("commands/profiles.rs"),
    include_str!("commands/returns.rs"),
    include_str!("commands/setup.rs"),
];

/// The parts of a command under names of their own, and questions that are another one with fixed words. They cost no command.
const SHORT_FORMS: &str = r#"  coverage: (companyId: string) => command.analysis({ kind: "coverage", of: companyId }) as Promise<CoverageView>,
  cashFlow: (query: PeriodQuery) => command.analysis({ kind: "cashFlow", of: query }) as Promise<CashFlowView>,
  lens: (query: PeriodQuery) => command.analysis({ kind: "lens", of: query }) as Promise<LensView>,
  findCompanies: (text: string) => command.find({ kind: "companies", of: text }) as Promise<CompanyRow[]>,
  searchTransactions: (text: string) => command.find({ kind: "transactions", of: text }) as Promise<FoundTransactions>,
  heldBanks: () => command.find({ kind: "banks" }) as Promise<Held[]>,
  labels: () => command.find({ kind: "labels" }) as Promise<Labels>,
  checkCompanyName: (name: string) => command.find({ kind: "name", of: name }) as Promise<NameCheck>,
  accountNumbers: (of: AccountOf) => command.find({ kind: "numbers", of }) as Promise<NumberView[]>,
  lockNow: () => command.appState({ kind: "now" }),
  unlock: (pin: string) => command.appState({ kind: "pin", of: pin }),
  setPin: (change: SetPin) => command.appState({ kind: "set", of: change }),
  lockAfter: (minutes: number | null) => command.appState({ kind: "after", of: minutes }),
  doctor: () => command.doctor({ kind: "checkUp" }) as Promise<DoctorView>,
  support: () => command.doctor({ kind: "support" }) as Promise<SupportView>,
  saveSupport: () => command.doctor({ kind: "saveSupport" }) as Promise<SupportWritten>,
  activity: () => command.activity({ kind: "everything" }) as Promise<ActivityView>,
  openAttempts: () => command.activity({ kind: "attempts" }) as Promise<AttemptView[]>,
  audit: () => command.activity({ kind: "audit" }) as Promise<AuditView>,
  saveAudit: () => command.activity({ kind: "saveAudit" }) as Promise<AuditWritten>,
  kept: () => command.activity({ kind: "kept" }) as Promise<KeptView>,
  olderThan: (months: number) => command.activity({ kind: "older", of: months }) as Promise<OlderView>,
  keepFor: (months: number | null) => command.activity({ kind: "keepFor", of: months }) as Promise<KeptView>,
  budget: () => command.activity({ kind: "budget" }) as Promise<BudgetView>,
  queue: (step: QueuedStep) => command.activity({ kind: "queued", of: step }) as Promise<QueueView>,
  course: (step: CourseStep) => command.activity({ kind: "course", of: step }) as Promise<CourseView>,
  inbox: (step: InboxStep) => command.activity({ kind: "inbox", of: step }) as Promise<InboxView>,
  freshness: (change: SetFreshness) => command.freshness({ kind: "ours", of: change }) as Promise<FreshnessView>,
  codatSchedule: (change: SetCodatSchedule) => command.freshness({ kind: "codat", of: change }) as Promise<CodatScheduleAnswer>,
  setReturn: (change: SetReturn) => command.returns({ kind: "settings", of: change }) as Promise<ReturnSettings>,
  returnSettings: () => command.returns({ kind: "settings", of: { chosen: null, port: null, bounceUrl: null } }) as Promise<ReturnSettings>,
  ring: (text: string) => command.returns({ kind: "pasted", of: text }) as Promise<RingOutcome>,
  testDoorbell: (bell: Doorbell) => command.returns({ kind: "test", of: bell }) as Promise<StatusPill>,
  writeBouncePage: () => command.returns({ kind: "page" }) as Promise<string>,
  searchBanks: (query: BankQuery) => command.banks({ kind: "search", of: query }) as Promise<BankPage>,
  dataAccessSheet: (bankKey: string, language: Language) => command.banks({ kind: "sheet", of: { bankKey, language } }) as Promise<DataAccessSheet>,
  bankMirror: (query: MirrorQuery) => command.banks({ kind: "mirror", of: query }) as Promise<MirrorView>,
  changeOffer: (change: OfferChange) => command.banks({ kind: "offer", of: change }) as Promise<null>,
  drawNote: (text: string) => command.banks({ kind: "note", of: text }) as Promise<NoteBlock[]>,
  writeLeaflet: (bankKey: string, language: Language, pdf: boolean) => command.banks({ kind: "leaflet", of: { sheet: { bankKey, language }, pdf } }) as Promise<LeafletMade>,
  drafts: () => command.drafts({ kind: "all" }) as Promise<DraftView[]>,
  saveDraft: (draft: SaveDraft) => command.drafts({ kind: "save", of: draft }) as Promise<DraftView>,
  discardDraft: (id: string) => command.drafts({ kind: "discard", of: id }) as Promise<DraftView[]>,
  lists: () => command.drafts({ kind: "bulk", of: { kind: "all" } }) as Promise<BulkView[]>,
  checkList: (file: BulkFile, columns: BulkColumns | null) => command.drafts({ kind: "bulk", of: { kind: "check", file, columns } }) as Promise<BulkCheck>,
  beginList: (file: BulkFile, columns: BulkColumns) => command.drafts({ kind: "bulk", of: { kind: "begin", file, columns } }) as Promise<BulkView>,
  listBoard: (query: BulkQuery) => command.drafts({ kind: "bulk", of: { kind: "board", query } }) as Promise<BulkBoard>,
  goOnWithList: (id: string) => command.drafts({ kind: "bulk", of: { kind: "goOn", id } }) as Promise<BulkView>,
  cancelList: (id: string) => command.drafts({ kind: "bulk", of: { kind: "cancel", id } }) as Promise<BulkView>,
  undoList: (id: string) => command.drafts({ kind: "bulk", of: { kind: "undo", id } }) as Promise<BulkView>,
  consents: (query: ConsentQuery) => command.drafts({ kind: "consents", of: { kind: "desk", query } }) as Promise<ConsentsView>,
  sendRenewals: (of: RenewOf[], codes: boolean, language: Language | null) => command.drafts({ kind: "consents", of: { kind: "renew", of, codes, language } }) as Promise<RenewalsSent>,
  consentCalendar: () => command.drafts({ kind: "consents", of: { kind: "calendar" } }) as Promise<CalendarFile>,
  sayBusiness: (companyId: string, connectionId: string, right: boolean) => command.drafts({ kind: "consents", of: { kind: "business", companyId, connectionId, right } }) as Promise<CompanyView>,
  makeEvidence: (companyId: string) => command.drafts({ kind: "consents", of: { kind: "evidence", companyId } }) as Promise<EvidenceMade>,
  listLinks: (id: string, mails: boolean, language: Language) => command.drafts({ kind: "bulk", of: { kind: "links", id, mails, language } }) as Promise<BulkLinks>,
  beginLink: (draftId: string) => command.beginLink({ kind: "draft", id: draftId }),
  renew: (companyId: string, connectionId: string) => command.beginLink({ kind: "connection", companyId, id: connectionId }),
  exportTransactions: (query: TransactionQuery, format: ExportFormat) => command.exportTransactions({ kind: "begin", query, format }) as Promise<ExportDone>,
  categoriesOf: (companyId: string) => command.categories({ kind: "of", companyId }),
  keepCategories: (companyId: string, rules: CategoryRule[]) => command.categories({ kind: "keep", companyId, rules }),
  exportedRows: () => command.exportTransactions({ kind: "look" }) as Promise<number | null>,
  endExport: () => command.exportTransactions({ kind: "end" }) as Promise<null>,
  showExport: () => command.exportTransactions({ kind: "show" }) as Promise<null>,
  checkNow: (id: string) => command.attempt(id, "checkNow"),
  parkAttempt: (id: string) => command.attempt(id, "park"),
  addressAttempt: (id: string, to: Addressee) => command.attempt(id, { address: to }),
  handOver: (attemptId: string, door: Door) => command.handOver(attemptId, door, null),
  handOverAs: (attemptId: string, file: HandFile) => command.handOver(attemptId, file === "eml" ? "mail" : "qr", file),
  startDemo: () => command.openProfile("Demo"),
  refreshBanks: command.refresh,
  refreshCompanies: command.refresh,
  startSync: (request: StartSync) => command.sync({ kind: "start", of: request }),
  stopSync: (which: RunKey | null) => command.sync({ kind: "stop", of: which }),
  goOnSync: (companyId: string | null) => command.sync({ kind: "goOn", of: companyId }),
  lookAtSetup: () => command.setup({ kind: "look" }) as Promise<SetupView>,
  chooseSetup: (path: SetupPath) => command.setup({ kind: "choose", of: path }) as Promise<SetupView>,
  markSetup: (marked: MarkSetup) => command.setup({ kind: "mark", of: marked }) as Promise<SetupView>,
  openSetupPage: (step: string) => command.setup({ kind: "open", of: step }),
  accounts: async (companyId: string) => (await command.company(companyId)).connections.flatMap((card) => card.accounts),
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
        ManagedView,
        Policy,
        Preferences,
        NoticeSettings,
        QuietHours,
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
        Held,
        Labels,
        KeepDesk,
        ActivityView,
        OpenRead,
        HistoryLine,
        QueuedView,
        Discard,
        QueuedStep,
        QueueView,
        NoticeKind,
        NoticeView,
        InboxView,
        InboxStep,
        CourseKey,
        CourseStep,
        CourseView,
        CourseCase,
        CourseState,
        CourseRun,
        CourseCheck,
        CoursePart,
        BankRecordView,
        Pick,
        PickAction,
        PickDone,
        BankMark,
        Ring,
        StatusPill,
        CompanyView,
        BusinessCheck,
        BusinessDifference,
        BusinessTwin,
        BusinessAnswer,
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
        AwayBank,
        MirrorWhich,
        MirrorQuery,
        MirrorView,
        SourceView,
        BankChangeView,
        MirrorRow,
        OfferChange,
        NoteBlock,
        NoteRun,
        Evidence,
        DraftView,
        SaveDraft,
        DataAccessSheet,
        SheetSection,
        Door,
        HandFile,
        LeafletMade,
        SheetOf,
        LeafletOf,
        Language,
        Addressee,
        HandOver,
        Mail,
        AttemptView,
        DoorUse,
        AttemptStage,
        AttemptStep,
        RingOutcome,
        StartSync,
        SyncStep,
        RunKey,
        SyncNow,
        FoundTransactions,
        FoundTransaction,
        SyncRun,
        RunState,
        Pass,
        SyncOutcome,
        AccountView,
        TransactionQuery,
        TransactionPage,
        QueryChip,
        CurrencySum,
        TransactionRow,
        RuleWhen,
        CategoryRule,
        CategoryTold,
        CategoriesView,
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
        End,
        Ending,
        SetupPath,
        SetupMark,
        MarkSetup,
        SetupSaid,
        SetupState,
        SetupCopy,
        SetupPage,
        SetupStep,
        SetupView,
        SetupAsk,
        ErasureView,
        ErasedRows,
        LeftBehindView,
        KeptView,
        AuditView,
        AuditStanding,
        AuditWritten,
        AuditLineView,
        LockBy,
        LockView,
        LockStep,
        SetPin,
        OlderView,
        DoctorAsk,
        Doctor,
        DoctorView,
        SupportView,
        SupportFile,
        SupportWritten,
        Check,
        Verdict,
        Finding,
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
        AnalysisAsk,
        Analysis,
        AccountOf,
        NumberView,
        FindAsk,
        Found,
        ActivityAsk,
        Activity,
        FreshnessAsk,
        Freshness,
        ReturnsAsk,
        Returns,
        BanksAsk,
        Banks,
        DraftsAsk,
        Drafts,
        Fits,
        BulkAsk,
        BulkAnswer,
        BulkFile,
        BulkColumns,
        BulkCheck,
        BulkLine,
        BulkVerdict,
        BulkView,
        BulkStage,
        BulkWhich,
        BulkQuery,
        BulkBoard,
        BulkRowView,
        BulkLinks,
        ConsentsAsk,
        ConsentsAnswer,
        CalendarFile,
        ConsentQuery,
        ConsentsView,
        ConsentGroup,
        ConsentCounts,
        ConsentRow,
        EndDay,
        RenewOf,
        BatchView,
        RenewalRow,
        RenewalsSent,
        EvidenceMade,
        LinkOf,
        ExportAsk,
        Exported,
        CategoriesAsk,
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
        let sent = args.filter(|(_, kind)| !["AppHandle", "State<'_", "WebviewWindow"].iter().any(|ours| kind.starts_with(ours)));
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
    let named = kinds.map(|kind| typescript(kind)).chain([SHORT_FORMS.to_owned()]).collect::<Vec<_>>().join(" ");
    let known = types();
    let mut views: Vec<&str> =
        named.split(|c: char| !c.is_alphanumeric()).filter(|word| known.contains(&format!("export type {word} "))).collect();
    views.sort_unstable();
    views.dedup();
    let imports = views.iter().map(|view| format!("  {view},\n")).collect::<String>();
    let mut out =
        format!("{HEAD}import {{ host }} from \"./host\";\nimport type {{\n{imports}}} from \"./types\";\n\nconst command = {{\n");
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
    out.push_str("};\n\nexport const call = {\n  ...command,\n");
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
    assert!(crate::COMMAND_NAMES.len() <= 30, "every command is a door: at most thirty");
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
