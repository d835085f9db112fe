//! The command line.

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use engine::view::{Language, TransactionQuery, VaultKind};
use std::path::PathBuf;
use std::str::FromStr;

/// Connect business customers' bank accounts through Codat, follow the data as it arrives, and work with it.
#[derive(Debug, Parser)]
#[command(name = "fairlead", version, propagate_version = true, disable_help_subcommand = true)]
#[command(after_help = "Exit codes: 0 done, 1 failed, 2 usage, 3 needs the operator (key, consent), 4 offline or limited.")]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Before or after the command.
#[derive(Clone, Debug, ClapArgs)]
pub(crate) struct Global {
    /// Data folder; as a rule the folder `fairlead` among this account's application data.
    #[arg(long, global = true, value_name = "DIR", env = "FAIRLEAD_HOME", hide_env_values = true)]
    pub(crate) home: Option<PathBuf>,
    /// Which profile; not needed where there is only one.
    #[arg(long, global = true, value_name = "NAME", env = "FAIRLEAD_PROFILE", hide_env_values = true)]
    pub(crate) profile: Option<String>,
    /// One JSON document on standard output; progress goes to standard error.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Where secrets live: `keychain`, `session` (this process only, so of use to `demo` alone), or `passphrase-file=PATH`, whose PATH holds the
    /// passphrase of the vault in the data folder.
    #[arg(long, global = true, value_name = "VAULT", env = "FAIRLEAD_VAULT", hide_env_values = true)]
    pub(crate) vault: Option<Vault>,
    /// Try this policy, on a computer that has none of its own.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
}

/// Where secrets live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Vault {
    Keychain,
    Session,
    PassphraseFile(PathBuf),
}

impl Vault {
    pub(crate) fn kind(&self) -> VaultKind {
        match self {
            Self::Keychain => VaultKind::Keychain,
            Self::Session => VaultKind::Session,
            Self::PassphraseFile(_) => VaultKind::PassphraseFile,
        }
    }
}

impl FromStr for Vault {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            None if text == "keychain" => Ok(Self::Keychain),
            None if text == "session" => Ok(Self::Session),
            Some(("passphrase-file", path)) if !path.is_empty() => Ok(Self::PassphraseFile(path.into())),
            _ => Err("use keychain, session, or passphrase-file=PATH".into()),
        }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve a local stand-in for Codat until stopped.
    Sandbox(Sandbox),
    /// Codat clients on this computer: add, list, remove.
    #[command(subcommand)]
    Profile(Profile),
    /// Banks that can be connected, best match first; or all that Codat's Portal has, and what changed there within a week.
    Banks(Banks),
    /// What the team makes of those banks: favourites, the default, hidden ones, and a note of what a customer will see. Codat is not touched.
    #[command(subcommand)]
    Offer(Offer),
    /// Connect a bank of a company: makes both at Codat once and prints the link for the customer.
    Connect(Connect),
    /// Write the link of a company's open case as a file: a mail draft, a picture of its code, or a sheet to print. It is fetched fresh and works once.
    Invite(Invite),
    /// Write what customers of a bank agree to as a leaflet, in their language.
    Leaflet(Leaflet),
    /// Companies from a list of customers (CSV or XLSX): check it, make them, give their links out, undo.
    #[command(subcommand)]
    Bulk(Bulk),
    /// Companies of the Codat client.
    Companies(Companies),
    /// How a company stands, per connection and data type.
    Status(Company),
    /// When consents end, by estimate, and which have ended.
    Consents(Consents),
    /// Open connections again: a folder with a fresh link for each, as a mail draft or a code to print. Nothing is sent, and what is linked stays so.
    Renew(Renew),
    /// Evidence packs: one ZIP per company with what was agreed to, read and done, or a look whether one is whole.
    #[command(subcommand)]
    Evidence(Evidence),
    /// End consent, delete a connection, or delete a company at Codat: three different things, none of which can be taken back.
    End(End),
    /// Erase what is on this computer: a company, what is older than it should be, or a whole profile. Each leaves a receipt; Codat is not touched.
    #[command(subcommand)]
    Erase(Erase),
    /// Who did what on this computer, and whether anybody changed that log. Ends with 3 when somebody did.
    #[command(subcommand)]
    Audit(Audit),
    /// A code on paper that brings the key of a profile's database back when the keychain is lost.
    #[command(subcommand)]
    Recovery(Recovery),
    /// Put a profile's database under a new key. A recovery code of before is void then.
    Rekey,
    /// The lock of the window.
    #[command(subcommand)]
    Lock(Lock),
    /// Bring this computer up to what Codat holds.
    Sync(Sync),
    /// How often data is read: by the team's schedule while the app runs, and by Codat's own.
    #[command(subcommand)]
    Schedule(Schedule),
    /// Transactions of a company, newest first.
    Transactions(Transactions),
    /// Write a company's transactions to a file.
    Export(Export),
    /// The whole store in figures, exact.
    Stats,
    /// A portfolio that a team shares on a PostgreSQL server: make it, bring it up to date, look at it, let people in.
    #[command(subcommand)]
    Team(Team),
    /// Keep a team's portfolio up to what Codat holds, together with any number of other workers, until stopped. Only workers hold the Codat key.
    Worker(Worker),
    /// Requests that may still be sent, what today's were for, and when more come. Sends none.
    Budget,
    /// What waits to be made at Codat, why, and what taking it out would mean.
    Outbox(Outbox),
    /// What happened that a person may want to know of, newest first; reading it here marks nothing unless told to.
    Inbox(Inbox),
    /// What the organisation sets on this computer, and the files with which IT sets it.
    #[command(subcommand)]
    Policy(Policy),
    /// Look through everything that must be right: network, key, banks, way back, keychain, clock, disk, database. Changes nothing.
    Doctor,
    /// What support needs: the check-up and numbers around it, no customer and no secret. Without a file it shows every word of it.
    Support {
        /// Where to write the same as a ZIP.
        out: Option<PathBuf>,
    },
    /// What is left to do until the first bank can be connected, and who did what.
    Setup(Setup),
    /// Hand over an address that a customer came back with.
    Ring(Ring),
    /// Walk the whole journey against an embedded sandbox, without a window.
    Demo,
    /// The training course of the demo: twelve cases, each with a goal, hints, and a check of what became of it.
    Course(Course),
    /// What completes these commands in a shell, on standard output.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Manual pages, one for each command, into a folder.
    #[command(hide = true)]
    Manual {
        /// The folder; it is made.
        out: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Team {
    /// Make the portfolio in an empty database: tables, roles and who may see what. The login must be allowed to make roles.
    Init(TeamServer),
    /// Bring the portfolio up to what this version of Fairlead needs.
    Migrate(TeamServer),
    /// Whether the server can be reached, what stands there, and what this login may do.
    Status(TeamServer),
    /// Make a profile on this computer that reads from the team's server. It needs no API key, and works offline with what it read.
    Join {
        /// Name of the profile.
        name: String,
        /// The team's companies are those of a test client.
        #[arg(long)]
        test_client: bool,
        #[command(flatten)]
        server: TeamServer,
    },
    /// Give a login of the server a role, and the companies that it sees.
    Admit {
        /// Login; whoever administers the server has made it.
        login: String,
        /// What it may do.
        #[arg(long, value_enum)]
        role: TeamRole,
        /// Scope of the companies it sees; `*` is all of them.
        #[arg(long, value_name = "SCOPE", default_value = "*")]
        scope: String,
        #[command(flatten)]
        server: TeamServer,
    },
}

/// Where a team's server is, and as whom.
#[derive(Debug, ClapArgs)]
pub(crate) struct TeamServer {
    /// postgresql://LOGIN@HOST[:PORT]/DATABASE, or postgresql:///DATABASE?host=/FOLDER&user=LOGIN over a socket. Never with a password.
    #[arg(long, value_name = "URL", env = "FAIRLEAD_TEAM", hide_env_values = true)]
    pub(crate) server: String,
    /// Read the login's password from standard input. Without it the vault is asked.
    #[arg(long)]
    pub(crate) password_stdin: bool,
    /// Keep the password in the vault, once the server took it.
    #[arg(long, requires = "password_stdin")]
    pub(crate) keep: bool,
    /// The authority that signed the server's certificate (PEM), instead of those that this computer believes.
    #[arg(long, value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Worker {
    #[command(flatten)]
    pub(crate) server: TeamServer,
    /// Read the API key from the first line of standard input; with --password-stdin the password is the second.
    #[arg(long)]
    pub(crate) key_stdin: bool,
    /// A sandbox on this computer instead of Codat, for example http://127.0.0.1:4010.
    #[arg(long, value_name = "URL")]
    pub(crate) sandbox_url: Option<String>,
    /// Companies at once.
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=32))]
    pub(crate) hands: u32,
    /// How often the list of companies is looked through, by whichever worker comes first.
    #[arg(long, value_name = "SECONDS", default_value_t = 900, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) look: u64,
    /// After so long without a sign of life another worker takes a company over.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(2..))]
    pub(crate) lease: u64,
    /// At most so many requests a minute by all workers together; give each of them the same.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) rate: Option<u32>,
    /// End when all is here.
    #[arg(long)]
    pub(crate) once: bool,
    /// Listen for Codat's webhooks on this address; the secret that signs them is the next line of standard input.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) webhooks: Option<std::net::SocketAddr>,
    /// Serve figures for Prometheus and a health check on this address of this computer, for example 127.0.0.1:9464.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) metrics: Option<std::net::SocketAddr>,
}

/// What a login may do.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum TeamRole {
    Worker,
    Onboarding,
    Analyst,
    Administrator,
    ReadOnly,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Consents {
    /// Only what ended, or ends within so many days.
    #[arg(long, value_name = "DAYS")]
    pub(crate) within: Option<u32>,
    /// Also write the estimated ends as a calendar.
    #[arg(long, value_name = "FILE")]
    pub(crate) ics: Option<PathBuf>,
    /// Write over the calendar that is there.
    #[arg(long, requires = "ics")]
    pub(crate) force: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Renew {
    /// Company: id, reference or name. What ended or ends within 30 days is renewed, or all of it when nothing does.
    #[arg(required_unless_present = "within", conflicts_with = "within")]
    pub(crate) company: Option<String>,
    /// Everything that ended, or ends within so many days.
    #[arg(long, value_name = "DAYS")]
    pub(crate) within: Option<u32>,
    /// A folder that is not there yet.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Codes to print instead of mails.
    #[arg(long)]
    pub(crate) codes: bool,
    /// Language of what customers read: en, de, fr or es; the one that is kept with each when not given.
    #[arg(long, value_parser = language)]
    pub(crate) language: Option<Language>,
}

fn language(text: &str) -> Result<Language, String> {
    Language::read(text).ok_or_else(|| "use en, de, fr or es".into())
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Invite {
    /// Company: id, reference or name.
    pub(crate) company: String,
    #[command(flatten)]
    pub(crate) what: InviteAs,
    /// Language of what the customer reads: en, de, fr or es; kept with the case.
    #[arg(long, value_parser = language)]
    pub(crate) language: Option<Language>,
    /// The person who has the log-in, where it is another than the one who was asked; kept with the case, not sent to Codat.
    #[arg(long, value_name = "NAME")]
    pub(crate) to: Option<String>,
    /// Their mail address.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) mail: Option<String>,
    /// Write over what lies there.
    #[arg(long)]
    pub(crate) force: bool,
}

#[derive(Debug, ClapArgs)]
#[group(required = true, multiple = false)]
pub(crate) struct InviteAs {
    /// A draft for your mail program; nothing is sent.
    #[arg(long, value_name = "FILE")]
    pub(crate) eml: Option<PathBuf>,
    /// A picture of the code.
    #[arg(long, value_name = "FILE")]
    pub(crate) png: Option<PathBuf>,
    /// A sheet to print (HTML), with the code and what to do.
    #[arg(long, value_name = "FILE")]
    pub(crate) sheet: Option<PathBuf>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Leaflet {
    /// The bank's key, from `banks`.
    pub(crate) bank: String,
    /// Language: en, de, fr or es.
    #[arg(long, value_parser = language, default_value = "en")]
    pub(crate) language: Language,
    /// File to write, .pdf or .html.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// Write over what lies there.
    #[arg(long)]
    pub(crate) force: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Evidence {
    /// Write a company's pack. The same data on the same day gives the same bytes.
    Make(MakeEvidence),
    /// Look whether a pack is what its manifest says; ends with 1 and the names of what differs when it is not. Needs no profile.
    Verify {
        /// The pack.
        file: PathBuf,
    },
}

#[derive(Debug, ClapArgs)]
pub(crate) struct MakeEvidence {
    /// Company: id, reference or name.
    pub(crate) company: String,
    /// The file.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// Write over what is there.
    #[arg(long)]
    pub(crate) force: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Outbox {
    /// Take this case out of the queue.
    #[arg(long, value_name = "CASE")]
    pub(crate) discard: Option<String>,
    /// Also where Codat may have made it: nobody finds out any more.
    #[arg(long, requires = "discard")]
    pub(crate) even_unknown: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Inbox {
    /// Only what nobody has read.
    #[arg(long)]
    pub(crate) unread: bool,
    /// Mark everything that is shown as read.
    #[arg(long)]
    pub(crate) mark_read: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Sandbox {
    /// Port on 127.0.0.1; any free one when not given.
    #[arg(long)]
    pub(crate) port: Option<u16>,
    /// Everything that looks random follows from it.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Companies that are there from the start, linked.
    #[arg(long, default_value_t = 0)]
    pub(crate) companies: u32,
    /// Accounts of each connection.
    #[arg(long, default_value_t = 0, hide_default_value = true)]
    pub(crate) accounts: u32,
    /// Transactions of each connection before it was linked.
    #[arg(long)]
    pub(crate) transactions: Option<u32>,
    /// Months of history of each connection before it was linked.
    #[arg(long, default_value_t = 24, hide_default_value = true)]
    pub(crate) months: u32,
    /// Provider whose behaviour is played.
    #[arg(long, value_enum, default_value = "truelayer")]
    pub(crate) mode: Mode,
    /// Faults: a JSON list of rules.
    #[arg(long, value_name = "FILE")]
    pub(crate) script: Option<PathBuf>,
    /// Where customers are sent after their bank; the loopback doorbell when not given.
    #[arg(long, value_name = "TEMPLATE")]
    pub(crate) redirect: Option<String>,
    /// Keep the state in this file over restarts.
    #[arg(long, value_name = "FILE")]
    pub(crate) state: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Mode {
    #[value(name = "truelayer")]
    TrueLayer,
    #[value(name = "plaid")]
    Plaid,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Policy {
    /// What is set, where, and by whom. Ends with 3 when it cannot be read.
    Show,
    /// Look whether a file would be understood; ends with 1 and the member that is wrong when not.
    Check {
        /// The policy, as JSON.
        file: PathBuf,
    },
    /// JSON Schema of a policy, for an editor.
    Schema,
    /// Template for Group Policy and Intune.
    Admx,
    /// Its texts in English.
    Adml,
    /// Configuration profile for macOS, with an example for everything that can be set.
    Mobileconfig,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Profile {
    /// Add one after verifying its key with one call.
    Add(AddProfile),
    /// All of them.
    List,
    /// Remove one with its key and its data on this computer; Codat is not touched.
    Remove {
        /// Its name.
        name: String,
    },
}

#[derive(Debug, ClapArgs)]
pub(crate) struct AddProfile {
    /// Name, unique on this computer.
    pub(crate) name: String,
    /// Read the API key from standard input: raw, or the ready `Basic …` header. There is no other way to give it.
    #[arg(long)]
    pub(crate) key_stdin: bool,
    /// A sandbox on this computer instead of Codat, for example http://127.0.0.1:4010.
    #[arg(long, value_name = "URL")]
    pub(crate) sandbox_url: Option<String>,
    /// The key is of a Codat test client.
    #[arg(long, conflicts_with = "sandbox_url")]
    pub(crate) test_client: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Banks {
    /// As typed: other names, accents, word order and small slips are understood.
    pub(crate) query: Option<String>,
    /// Rows, at most.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) limit: u32,
    /// As Codat's Portal has them: by provider, switched on or off, and what changed. Codat is asked again.
    #[arg(long)]
    pub(crate) portal: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Offer {
    /// All that the team made of its banks.
    List,
    /// These banks come first in the picker, in this order; none for no favourites.
    Favourites {
        /// Keys, from `banks`.
        keys: Vec<String>,
    },
    /// This bank is chosen unless another is.
    Default {
        /// Its key, from `banks`.
        #[arg(required_unless_present = "none", conflicts_with = "none")]
        key: Option<String>,
        /// No default any more.
        #[arg(long)]
        none: bool,
    },
    /// Keep a bank out of the list; a search by its name still reaches it, and says why.
    Hide {
        /// Its key, from `banks`.
        key: String,
        /// Why, for the colleague who looks for it.
        #[arg(long, value_name = "TEXT")]
        why: Option<String>,
    },
    /// Offer a hidden bank again.
    Unhide {
        /// Its key.
        key: String,
    },
    /// Say what a customer will see at a bank, as Markdown from a file.
    Note {
        /// Its key, from `banks`.
        key: String,
        /// The note.
        #[arg(long, value_name = "FILE", required_unless_present = "none", conflicts_with = "none")]
        file: Option<PathBuf>,
        /// No note any more.
        #[arg(long)]
        none: bool,
    },
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Connect {
    /// The company's name.
    #[arg(long, value_name = "NAME")]
    pub(crate) company: String,
    /// Your own reference: the same one goes on where it was, and never makes a second company.
    #[arg(long, value_name = "REF")]
    pub(crate) reference: Option<String>,
    /// The bank's key, from `banks`; the team's default when not given.
    #[arg(long, value_name = "KEY")]
    pub(crate) bank: Option<String>,
    /// Wait this long for the customer and the first reads.
    #[arg(long, value_name = "SECONDS")]
    pub(crate) wait: Option<u64>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Bulk {
    /// Dry run: what would become of each row, and what it costs. Makes nothing.
    Check(BulkFile),
    /// Make a company for every row, each once. Cut at any moment, the same command goes on.
    Run(BulkRun),
    /// Where all lists stand, or one with its rows.
    Board {
        /// The list, as `run` names it.
        list: Option<String>,
    },
    /// Write a fresh link for every row whose bank is not linked, as CSV; each works once and for a day.
    Links(BulkLinks),
    /// Stop a list that another copy of Fairlead is making, before its next row.
    Cancel {
        /// The list.
        list: String,
    },
    /// Delete at Codat what was made for a list and never linked.
    Undo {
        /// The list.
        list: String,
        /// Do it: without this nothing is deleted.
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Debug, ClapArgs)]
pub(crate) struct BulkFile {
    /// CSV or XLSX.
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) columns: BulkColumns,
}

/// Columns, where the guess is wrong: a heading, or a number from 1.
#[derive(Debug, Default, ClapArgs)]
pub(crate) struct BulkColumns {
    /// Column of the companies' names.
    #[arg(long, value_name = "COLUMN")]
    pub(crate) name: Option<String>,
    /// Column of your own references: `none` for no column.
    #[arg(long, value_name = "COLUMN")]
    pub(crate) reference: Option<String>,
    /// Column of mail addresses: `none` for no column.
    #[arg(long, value_name = "COLUMN")]
    pub(crate) mail: Option<String>,
    /// Column of languages: `none` for no column.
    #[arg(long, value_name = "COLUMN")]
    pub(crate) language: Option<String>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct BulkRun {
    /// CSV or XLSX, or a list that was begun.
    pub(crate) list: String,
    #[command(flatten)]
    pub(crate) columns: BulkColumns,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct BulkLinks {
    /// The list.
    pub(crate) list: String,
    /// File to write.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// Also write a mail for each row with an address, as a draft for your mail program, into this folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) mails: Option<PathBuf>,
    /// Language of the mails where the list names none: en, de, fr or es.
    #[arg(long, value_parser = language, default_value = "en")]
    pub(crate) language: Language,
    /// Write over what lies there.
    #[arg(long)]
    pub(crate) force: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct End {
    /// Id, reference or name of the company.
    pub(crate) company: String,
    #[command(flatten)]
    pub(crate) what: EndWhat,
    /// The company's name, exactly as it stands: without it nothing ends.
    #[arg(long, value_name = "NAME")]
    pub(crate) confirm: String,
}

#[derive(Debug, ClapArgs)]
#[group(required = true, multiple = false)]
pub(crate) struct EndWhat {
    /// End this connection's consent; what was read stays readable at Codat.
    #[arg(long, value_name = "CONNECTION")]
    pub(crate) unlink: Option<String>,
    /// Delete this connection and access to its data.
    #[arg(long, value_name = "CONNECTION")]
    pub(crate) delete_connection: Option<String>,
    /// Delete the company, its connections and its data.
    #[arg(long)]
    pub(crate) delete_company: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Erase {
    /// Everything that is here of a company. However often Codat lists it, it stays out.
    Company {
        /// Id, reference or name.
        company: String,
        /// The company's name, exactly as it stands: without it nothing is erased.
        #[arg(long, value_name = "NAME")]
        confirm: String,
    },
    /// Keep transactions and balances for so many months; what is older goes now and every day.
    Older {
        /// 3 to 120; without --yes it only tells what would go.
        #[arg(long, required_unless_present = "never")]
        months: Option<u32>,
        /// Keep rows of any age again.
        #[arg(long, conflicts_with = "months")]
        never: bool,
        /// Do it.
        #[arg(long)]
        yes: bool,
    },
    /// The whole profile, with its keys and its data.
    Everything {
        /// The profile's name: without it nothing is erased.
        #[arg(long, value_name = "NAME")]
        confirm: String,
    },
    /// Receipts, newest first, and companies that are gone at Codat and still here.
    List,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Audit {
    /// The newest lines, newest first.
    List {
        /// So many of them.
        #[arg(long, default_value_t = 100)]
        limit: u32,
    },
    /// Holds every line against its code, and the newest against what the vault knows.
    Verify,
    /// Write all lines to a file, one JSON document each, oldest first.
    Export {
        /// File to write; what lies there is not written over.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Recovery {
    /// Make one and show it, this once.
    Make {
        /// Make the one of before void.
        #[arg(long)]
        replace: bool,
    },
    /// Put the key back into the vault.
    Use {
        /// Read the code from standard input. There is no other way to give it.
        #[arg(long)]
        code_stdin: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Lock {
    /// Take a forgotten PIN away. The window is not locked by it any more from its next start on.
    Off,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Companies {
    /// Words of the name, the reference or a bank.
    #[arg(long)]
    pub(crate) query: Option<String>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Company {
    /// Id, reference or name.
    pub(crate) company: String,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Sync {
    /// Id, reference or name.
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    pub(crate) company: Option<String>,
    /// Every company of the Codat client, also those made elsewhere.
    #[arg(long)]
    pub(crate) all: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Schedule {
    /// How often each type is wanted, and who reads it.
    Show {
        /// Id, reference or name; what holds for all companies when not given.
        company: Option<String>,
    },
    /// How often the app keeps data fresh while it runs.
    Set(SetSchedule),
    /// Codat's own schedule: shows it, and changes it after a warning.
    Codat(AtCodat),
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Setup {
    /// Without one, the list is shown.
    #[command(subcommand)]
    pub(crate) step: Option<SetupStep>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Course {
    /// Without one, the list is shown.
    #[command(subcommand)]
    pub(crate) step: Option<CourseAct>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CourseAct {
    /// All cases, and the one under way.
    List,
    /// Set the stage of a case; one that is under way ends.
    Start {
        /// Its number in the list.
        #[arg(value_parser = clap::value_parser!(u32).range(1..=12))]
        number: u32,
    },
    /// One more hint.
    Hint,
    /// Is it done? Ends with 1 while something is missing.
    Check,
    /// The case under way from its beginning.
    Reset,
    /// Leave the case: the demo's bank is as before.
    End,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SetupStep {
    /// Take a way. What was said of steps stays.
    Choose {
        /// How you reach banks.
        #[arg(value_enum)]
        path: SetupWay,
    },
    /// Note how a step stands.
    Mark {
        /// Name of the step, as the list tells it.
        step: String,
        /// How it stands.
        #[arg(value_enum)]
        mark: SetupWord,
        /// Who says so.
        #[arg(long, value_name = "NAME")]
        by: String,
    },
    /// Tell it as Markdown, with everything that was said.
    Report,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum SetupWay {
    /// TrueLayer, registered for by Codat.
    ThroughCodat,
    /// TrueLayer, with an account of your own.
    OwnTruelayer,
    /// Plaid, with an account of your own.
    Plaid,
    /// Codat's banking sandbox.
    BankingSandbox,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum SetupWord {
    /// Not done; takes back what was said.
    Open,
    /// Begun, and now somebody else's turn.
    Waiting,
    /// Done.
    Done,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct SetSchedule {
    /// Id, reference or name; all companies without a schedule of their own when not given.
    pub(crate) company: Option<String>,
    /// One type, like banking-transactions; all four when not given.
    #[arg(long = "type", value_name = "TYPE")]
    pub(crate) data_type: Option<String>,
    /// How often; `default` takes an own choice back.
    #[arg(long, value_enum)]
    pub(crate) every: Every,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Every {
    Off,
    Hourly,
    Daily,
    Weekly,
    Monthly,
    Default,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct AtCodat {
    /// Id, reference or name; the whole Codat client when not given.
    pub(crate) company: Option<String>,
    /// The type to change, like banking-transactions.
    #[arg(long = "type", value_name = "TYPE")]
    pub(crate) data_type: Option<String>,
    /// Hours between reads: 0, 1, 24, 168 or 720.
    #[arg(long, requires = "data_type")]
    pub(crate) hours: Option<u32>,
    /// Whether Codat reads it as soon as a bank links.
    #[arg(long, requires = "data_type", value_name = "true|false")]
    pub(crate) first_link: Option<bool>,
    /// Months back that are read; what is older is deleted or voided at Codat.
    #[arg(long, requires = "data_type")]
    pub(crate) months: Option<u32>,
    /// Make the change.
    #[arg(long)]
    pub(crate) yes: bool,
}

/// Which of a company's transactions.
#[derive(Debug, ClapArgs)]
pub(crate) struct Narrow {
    /// First day, like 2026-03-01.
    #[arg(long, value_name = "DAY")]
    pub(crate) from: Option<String>,
    /// Last day.
    #[arg(long, value_name = "DAY")]
    pub(crate) to: Option<String>,
    /// Words, and chips such as `>1000`, `out`, `2026-03`.
    #[arg(long)]
    pub(crate) query: Option<String>,
}

impl Narrow {
    /// Asked of one company.
    pub(crate) fn of(self, company_id: String) -> TransactionQuery {
        TransactionQuery { company_id, from: self.from, to: self.to, text: self.query.unwrap_or_default(), ..TransactionQuery::default() }
    }
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Transactions {
    /// Id, reference or name of the company.
    #[arg(required_unless_present = "all")]
    pub(crate) company: Option<String>,
    /// Search the words of --query in all companies, newest first.
    #[arg(long, conflicts_with_all = ["company", "from", "to"], requires = "query")]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) narrow: Narrow,
    /// Rows, at most.
    #[arg(long, default_value_t = 100)]
    pub(crate) limit: u32,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Export {
    /// Id, reference or name of the company.
    pub(crate) company: String,
    /// Format.
    #[arg(long, value_enum)]
    pub(crate) format: Format,
    /// File to write; a manifest goes beside it, as FILE.manifest.json.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    #[command(flatten)]
    pub(crate) narrow: Narrow,
    /// One account alone, by its id.
    #[arg(long, value_name = "ID")]
    pub(crate) account: Option<String>,
    /// Write over what lies there.
    #[arg(long)]
    pub(crate) force: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Format {
    Csv,
    Xlsx,
    Jsonl,
    Json,
    Parquet,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Ring {
    /// The whole address.
    #[arg(allow_hyphen_values = true)]
    pub(crate) url: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    fn parse(words: &[&str]) -> Result<Args, clap::Error> {
        Args::try_parse_from(std::iter::once(&"fairlead").chain(words))
    }

    #[test]
    fn the_command_line_is_consistent() {
        Args::command().debug_assert();
    }

    #[test]
    fn global_options_stand_before_or_after_the_command() {
        for words in [
            ["--home", "/h", "--profile", "p", "--json", "--vault", "passphrase-file=/x=y", "profile", "list"],
            ["profile", "list", "--home", "/h", "--profile", "p", "--json", "--vault", "passphrase-file=/x=y"],
            ["--json", "profile", "--home", "/h", "list", "--profile", "p", "--vault", "passphrase-file=/x=y"],
        ] {
            let args = parse(&words).expect("parses");
            assert_eq!(args.global.vault, Some(Vault::PassphraseFile("/x=y".into())));
            assert!(args.global.json && args.global.profile.as_deref() == Some("p") && args.global.home == Some("/h".into()), "{words:?}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for words in [
            &["--vault", "file", "stats"][..],
            &["--vault", "passphrase-file=", "stats"],
            &["sync"],
            &["erase"],
            &["audit", "export"],
            &["erase", "company", "X"],
            &["erase", "older", "--months", "12", "--never"],
            &["sync", "X", "--all"],
            &["offer", "default"],
            &["offer", "note", "X"],
            &["invite", "X"],
            &["invite", "X", "--png", "a", "--eml", "b"],
            &["leaflet", "X", "--language", "nl", "--out", "a.pdf"],
            &["schedule", "set", "--every", "yearly"],
            &["schedule", "codat", "--hours", "24"],
            &["export", "X", "--format", "xml", "--out", "f"],
            &["profile", "add", "p", "--key", "SECRET"],
            &["profile", "add", "p", "--test-client", "--sandbox-url", "http://127.0.0.1:1"],
            &["sandbox", "--mode", "other"],
            &["banks", "--limit", "0"],
            &["bulk", "run"],
            &["bulk", "links", "x"],
            &[],
        ] {
            assert_eq!(parse(words).expect_err("refused").exit_code(), 2, "{words:?}");
        }
    }
}
