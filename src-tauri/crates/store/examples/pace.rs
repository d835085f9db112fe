//! How fast the store is, as ratios inside one run: what a row costs against a bare insert of the same rows, whether that grows, what screens wait.
//!
//! `cargo run --release -p fairlead-store --example pace -- write 200000`, `grow 1000000`, `query 1000000`. A timing counts only when rows and exact
//! sums agree with what went in. CPU is the thread's own, from `/proc`; elsewhere it is wall time.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    clippy::float_arithmetic,
    reason = "a measuring tool, not the product"
)]

use domain::money::{Amount, Total};
use rusqlite::{Connection, params};
use std::time::{Duration, Instant};
use store::{CompanyEntry, ConnectionEntry, DbKey, PageDone, Records, Run, Store, TransactionFilter, TransactionRecord};

const PAGE: i64 = 5_000;
const TRADES: [&str; 8] =
    ["Mill & Sons", "Harbour Fuel", "North Grid", "Corner Paper", "Blue Van Hire", "Old Town Bakery", "Swift Post", "Green Grocer"];

fn main() {
    let mut words = std::env::args().skip(1);
    let what = words.next().unwrap_or_else(|| "write".into());
    let rows: i64 = words.next().map_or(200_000, |rows| rows.parse().unwrap());
    match what.as_str() {
        "write" => write(rows),
        "grow" => grow(rows),
        "query" => query(rows),
        other => println!("{other}? There are: write, grow, query."),
    }
}

/// Seeded and reproducible: the n-th number of a stream.
fn dice(seed: u64) -> u64 {
    let mut z = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(0x1234_5678_9ABC_DEF1);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

fn row(company: i64, n: i64, per_company: i64) -> TransactionRecord {
    let seed = company.cast_unsigned() << 32 | n.cast_unsigned();
    let (a, b) = (dice(seed), dice(seed ^ 0xFFFF_0000_0000));
    let id = format!("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", a >> 32, a >> 16 & 0xFFFF, a & 0xFFFF, b >> 48, b & 0xFFFF_FFFF_FFFF);
    let trade = TRADES[usize::try_from(b % 8).unwrap()];
    let merchant = format!("{trade} {}", b / 8 % 40);
    TransactionRecord {
        id,
        account: format!("acc-{company}-{}", a % 4).into(),
        // In the order of days, as Codat sends them, within three years.
        day: 19_500 + n * 1_095 / per_company,
        date_text: format!("{}T00:00:00", day_text(19_500 + n * 1_095 / per_company)),
        amount: Amount::from_units(i64::try_from(a % 1_000_000).unwrap() - 700_000, 2).unwrap(),
        currency: if a.is_multiple_of(10) { "EUR".into() } else { "GBP".into() },
        description: Some(format!("CARD PAYMENT TO {} REF {:07}", trade.to_uppercase(), a % 10_000_000)),
        merchant: Some(merchant.into()),
        code: if a.is_multiple_of(3) { "Payment".into() } else { "Transfer".into() },
        category: Some(format!("cat-{}", b % 30).into()),
        category_name: Some(format!("Category {}", b % 30).into()),
    }
}

fn day_text(day: i64) -> jiff::civil::Date {
    jiff::civil::date(1970, 1, 1).checked_add(jiff::Span::new().days(day)).unwrap()
}

/// On-CPU time of this thread.
fn cpu() -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanos = told.and_then(|text| text.split_whitespace().next().and_then(|nanos| nanos.parse().ok()));
    static START: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
    nanos.map_or_else(|| START.elapsed(), Duration::from_nanos)
}

fn timed<T>(spent: &mut Duration, body: impl FnOnce() -> T) -> T {
    let before = cpu();
    let value = body();
    *spent += cpu().saturating_sub(before);
    value
}

struct Filled {
    folder: tempfile::TempDir,
    store: Store,
    sum: Total,
    rows: i64,
}

impl Filled {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(&folder.path().join("fairlead.db"), &DbKey::from_bytes(&[7; 32]).unwrap()).unwrap();
        Self { folder, store, sum: Total::default(), rows: 0 }
    }

    fn company(&self, n: i64) -> Run {
        let company =
            CompanyEntry { id: format!("c{n}"), name: format!("Company {n}"), folded: format!("company {n}"), ..CompanyEntry::default() };
        let bank = ConnectionEntry {
            id: format!("k{n}"),
            company: format!("c{n}"),
            bank_name: "Bank".into(),
            status: "Linked".into(),
            ..ConnectionEntry::default()
        };
        self.store.take_companies(&[(company, vec![bank])], 1).unwrap();
        self.store.begin_run(&format!("c{n}"), &format!("k{n}"), "banking-transactions", None, None, 5_000, 1).unwrap()
    }

    /// Stores a page; only the storing is timed.
    fn put(&mut self, run: &Run, rows: Vec<TransactionRecord>, spent: &mut Duration) {
        rows.iter().for_each(|row| self.sum.add(row.amount));
        self.rows += i64::try_from(rows.len()).unwrap();
        let page = Records::Transactions(rows);
        timed(spent, || self.store.apply_page(run, &page, &[], &PageDone { page: 1, watermark: None, at: 2 }).unwrap());
    }

    fn check(&self) {
        let totals = self.store.totals().unwrap();
        let mut sum = Total::default();
        totals.sums.values().for_each(|part| sum.add_total(part));
        assert_eq!(i64::try_from(totals.transactions).unwrap(), self.rows, "rows");
        assert_eq!(sum, self.sum, "sums");
    }

    fn bytes(&self) -> u64 {
        std::fs::metadata(self.folder.path().join("fairlead.db")).unwrap().len()
    }
}

/// The floor: the same columns through one prepared statement into a bare packed table of a `SQLCipher` file, words and keys made beforehand.
struct Bare {
    _folder: tempfile::TempDir,
    conn: Connection,
    rows: i64,
}

impl Bare {
    fn new(index: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let conn = Connection::open(folder.path().join("bare.db")).unwrap();
        conn.execute_batch(&format!("PRAGMA key = \"x'{}'\"; PRAGMA cipher_page_size = 16384; PRAGMA cipher_hmac_algorithm = HMAC_SHA256; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384;
            CREATE TABLE t (k INTEGER PRIMARY KEY, units INTEGER NOT NULL, scale INTEGER NOT NULL, currency INTEGER NOT NULL, book INTEGER NOT NULL, absent INTEGER NOT NULL DEFAULT 0,
              amount TEXT, day INTEGER, merchant INTEGER, category INTEGER, category_name INTEGER, code INTEGER NOT NULL, connection INTEGER NOT NULL, id ANY NOT NULL, seen INTEGER NOT NULL, rest TEXT, description TEXT) STRICT;
            {index}", "07".repeat(32))).unwrap();
        Self { _folder: folder, conn, rows: 0 }
    }

    fn put(&mut self, company: i64, rows: &[TransactionRecord], spent: &mut Duration) {
        let base = company << 41;
        let ready: Vec<(i64, i64, u32, Vec<u8>)> = (0_i64..)
            .zip(rows)
            .map(|(n, row)| {
                let (units, scale) = row.amount.units().unwrap();
                let hex: String = row.id.chars().filter(|c| *c != '-').collect();
                let id = (0..16).map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).unwrap()).collect();
                (base | (row.day << 24) | (self.rows + n), units, scale, id)
            })
            .collect();
        self.rows += i64::try_from(rows.len()).unwrap();
        timed(spent, || {
            let tx = self.conn.transaction().unwrap();
            {
                let mut put = tx.prepare_cached("INSERT INTO t (k, units, scale, currency, book, amount, day, merchant, category, category_name, code, connection, id, seen, rest, description)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)").unwrap();
                for ((k, units, scale, id), row) in ready.iter().zip(rows) {
                    put.execute(params![
                        k,
                        units,
                        scale,
                        1,
                        2,
                        None::<String>,
                        None::<i64>,
                        300,
                        17,
                        18,
                        3,
                        company,
                        id,
                        1,
                        None::<String>,
                        row.description
                    ])
                    .unwrap();
                }
            }
            tx.commit().unwrap();
        });
    }
}

fn page(company: i64, from: i64, per_company: i64) -> Vec<TransactionRecord> {
    (from..(from + PAGE).min(per_company)).map(|n| row(company, n, per_company)).collect()
}

/// One company against the bare insert, page by page in turn.
fn write(rows: i64) {
    for per_company in [rows, 10_000] {
        let (mut filled, mut bare) = (Filled::new(), Bare::new("CREATE UNIQUE INDEX u ON t (connection, id);"));
        let mut table = Bare::new("");
        let (mut ours, mut floor, mut lowest) = (Duration::ZERO, Duration::ZERO, Duration::ZERO);
        let mut again = Duration::ZERO;
        for company in 1..=rows / per_company {
            let run = filled.company(company);
            let mut from = 0;
            while from < per_company {
                let rows = page(company, from, per_company);
                bare.put(company, &rows, &mut floor);
                table.put(company, &rows, &mut lowest);
                filled.put(&run, rows, &mut ours);
                from += PAGE;
            }
        }
        filled.check();
        // A second pass over the first pages: nothing changes but when they were seen.
        let confirmed = per_company.min(50_000);
        let run = filled.store.begin_run("c1", "k1", "banking-transactions", None, None, 5_000, 1).unwrap();
        for from in (0..confirmed).step_by(5_000) {
            let page = Records::Transactions(page(1, from, per_company));
            timed(&mut again, || filled.store.apply_page(&run, &page, &[], &PageDone { page: 1, watermark: None, at: 2 }).unwrap());
        }
        filled.check();
        println!(
            "write {rows} rows, {per_company} a company: {:.0} ns/row; bare with a unique index {:.0}: {:.2}; bare without {:.0}: {:.2}; seen again {:.0} ns/row; {} MB",
            ours.as_nanos() as f64 / rows as f64,
            floor.as_nanos() as f64 / rows as f64,
            ours.as_secs_f64() / floor.as_secs_f64(),
            lowest.as_nanos() as f64 / rows as f64,
            ours.as_secs_f64() / lowest.as_secs_f64(),
            again.as_nanos() as f64 / confirmed as f64,
            filled.bytes() / 1_000_000
        );
    }
}

/// What a row costs around 10k, 100k, 1 M: in one company, and in companies of 10,000.
fn grow(rows: i64) {
    for per_company in [rows, 10_000] {
        let (mut filled, mut bare) = (Filled::new(), Bare::new("CREATE UNIQUE INDEX u ON t (connection, id);"));
        let mut steps = vec![];
        let (mut ours, mut floor, mut done) = (Duration::ZERO, Duration::ZERO, 0);
        let mut mark = 10_000;
        let mut since = (Duration::ZERO, Duration::ZERO, 0);
        for company in 1..=rows / per_company {
            let run = filled.company(company);
            for from in (0..per_company).step_by(5_000) {
                let rows_here = page(company, from, per_company);
                done += i64::try_from(rows_here.len()).unwrap();
                bare.put(company, &rows_here, &mut floor);
                filled.put(&run, rows_here, &mut ours);
                if done == mark {
                    let count = (done - since.2) as f64;
                    steps.push((
                        done,
                        ours.as_nanos() as f64 / done as f64,
                        floor.as_nanos() as f64 / done as f64,
                        (ours - since.0).as_nanos() as f64 / count,
                    ));
                    since = (ours, floor, done);
                    mark = if mark < 100_000 { 100_000 } else { mark + rows.max(500_000) / 5 };
                }
            }
        }
        filled.check();
        println!("grow {per_company} a company: {} MB", filled.bytes() / 1_000_000);
        let at_100k = steps.iter().find(|step| step.0 == 100_000).map_or(1.0, |step| step.1);
        for (done, ours, floor, last) in steps {
            println!(
                "  {done:>9}: {ours:.0} ns/row so far ({:.2} of 100k), last stretch {last:.0}; bare {floor:.0}; ratio {:.2}",
                ours / at_100k,
                ours / floor
            );
        }
    }
}

fn p(times: &mut [Duration], share: f64) -> f64 {
    times.sort_unstable();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index")]
    let at = ((times.len() - 1) as f64 * share).round() as usize;
    times[at].as_secs_f64() * 1e3
}

fn ask<T>(name: &str, times: usize, mut body: impl FnMut(u64) -> T) {
    let mut spent: Vec<Duration> = (0..times)
        .map(|n| {
            let started = Instant::now();
            std::hint::black_box(body(dice(n as u64 ^ 0xABCD)));
            started.elapsed()
        })
        .collect();
    println!("  {name}: p50 {:.2} ms, p95 {:.2} ms", p(&mut spent, 0.5), p(&mut spent, 0.95));
}

/// Half of the rows in companies of 10,000, the other half in one company.
fn query(rows: i64) {
    let mut filled = Filled::new();
    let mut spent = Duration::ZERO;
    let small = rows / 2 / 10_000;
    let large = rows - small * 10_000;
    let started = Instant::now();
    for (company, per_company) in (1..=small).map(|n| (n, 10_000)).chain([(small + 1, large)]) {
        let run = filled.company(company);
        for from in (0..per_company).step_by(5_000) {
            let rows = page(company, from, per_company);
            filled.put(&run, rows, &mut spent);
        }
    }
    filled.check();
    println!(
        "filled {rows} in {:.0} s, {:.0} ns/row CPU; {} MB",
        started.elapsed().as_secs_f64(),
        spent.as_nanos() as f64 / rows as f64,
        filled.bytes() / 1_000_000
    );
    let mut indexing = Duration::ZERO;
    while timed(&mut indexing, || filled.store.index_some(500).unwrap()).waiting > 0 {}
    println!("indexed at {:.0} ns/row CPU; {} MB", indexing.as_nanos() as f64 / rows as f64, filled.bytes() / 1_000_000);
    questions(&filled.store, small, large);
    for words in [&["bakery"][..], &["bakery", "17"], &["4711"], &["harbour", "category 7"], &["nowhere"]] {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let mut told = (0, false);
        ask(&format!("everywhere, {words:?}"), 20, |_| {
            let found = filled.store.search_all(&words, 100, None, &store::Stop::default()).unwrap();
            told = (found.rows.len(), found.cut);
        });
        println!("    {} rows{}", told.0, if told.1 { ", cut" } else { "" });
    }
    // The same questions while another thread stores pages.
    let writes = std::sync::atomic::AtomicBool::new(true);
    std::thread::scope(|threads| {
        let (store, writes) = (filled.store.clone(), &writes);
        let run = filled.company(small + 2);
        threads.spawn(move || {
            let mut from = 0;
            while writes.load(std::sync::atomic::Ordering::Relaxed) {
                let page = Records::Transactions(page(small + 2, from, 1 << 40));
                store.apply_page(&run, &page, &[], &PageDone { page: 1, watermark: None, at: 2 }).unwrap();
                from += PAGE;
            }
        });
        println!("while a backfill writes:");
        questions(&filled.store, small, large);
        writes.store(false, std::sync::atomic::Ordering::Relaxed);
    });
}

fn questions(store: &Store, small: i64, large: i64) {
    let any = |seed: u64| format!("c{}", 1 + i64::try_from(seed % small.cast_unsigned()).unwrap());
    let all = |company: String| TransactionFilter { company, ..TransactionFilter::default() };
    let big = || all(format!("c{}", small + 1));
    ask("list, a company's newest 100", 200, |seed| store.transactions(&all(any(seed)), 0, 100).unwrap());
    ask("list deep, row 9,000 of 10,000", 200, |seed| store.transactions(&all(any(seed)), 9_000, 100).unwrap());
    let deep = u32::try_from(large * 9 / 10).unwrap();
    ask(&format!("list deep, row {deep} of {large}"), 20, |_| store.transactions(&big(), deep, 100).unwrap());
    ask("filter, 90 days", 200, |seed| {
        store.transactions(&TransactionFilter { from: Some(19_800), to: Some(19_890), ..all(any(seed)) }, 0, 100).unwrap()
    });
    ask("filter, one account", 200, |seed| {
        let company = any(seed);
        let account = format!("acc-{}-1", &company[1..]);
        store.transactions(&TransactionFilter { account: Some(account), ..all(company) }, 0, 100).unwrap()
    });
    ask("filter, one account of the large company", 5, |_| {
        let account = format!("acc-{}-1", small + 1);
        store.transactions(&TransactionFilter { account: Some(account), ..big() }, 0, 100).unwrap()
    });
    ask("filter, 90 days of the large company", 20, |seed| {
        let from = 19_500 + i64::try_from(seed % 1_000).unwrap();
        store.transactions(&TransactionFilter { from: Some(from), to: Some(from + 90), ..big() }, 0, 100).unwrap()
    });
    ask("filter, out and over 1,000", 100, |seed| {
        let filter = TransactionFilter { money_in: Some(false), at_least: Amount::parse("1000").ok(), ..all(any(seed)) };
        store.transactions(&filter, 0, 100).unwrap()
    });
    ask("chart, months", 200, |seed| store.months(&any(seed)).unwrap());
    ask("words in one company of 10,000", 100, |seed| {
        store.transactions(&TransactionFilter { words: vec!["bakery".into()], ..all(any(seed)) }, 0, 100).unwrap()
    });
    ask("words in the large company", 5, |_| {
        store.transactions(&TransactionFilter { words: vec!["bakery".into(), "17".into()], ..big() }, 0, 100).unwrap()
    });
    ask("totals", 20, |_| store.totals().unwrap());
}
