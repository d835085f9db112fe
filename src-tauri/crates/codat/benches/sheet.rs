//! Reading a page of 5,000 transactions: as little as `serde_json` can do with borrowed structs, and as it is done here. Rows and sums are checked.
//!
//! `cargo bench -p fairlead-codat`; only ratios within one run mean anything.

use codat::model::Transaction;
use codat::{Page, Sheet, Take};
use serde::Deserialize;
use std::borrow::Cow;
use std::fmt::Write as _;
use std::sync::LazyLock;

const ROWS: u64 = 5_000;

/// A page as Codat sends it, about 400 bytes a row.
static BODY: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut body = String::from(r#"{"results":["#);
    for n in 0..ROWS {
        let (comma, day, hex) = (if n == 0 { "" } else { "," }, n % 28 + 1, n.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        write!(
            body,
            r#"{comma}{{"id":"{:08x}-6988-11ed-a1eb-{:012x}","accountId":"8a210b68-6988-11ed-a1eb-0242ac120002","description":"CARD PAYMENT {n} HARBOUR SUPPLIES","amount":-{n}.25,"currency":"GBP","code":"Payment","postedDate":"2026-03-{day:02}T00:00:00","merchantName":"Harbour Supplies","transactionCategoryRef":{{"id":"GENERAL.SUPPLIES","name":"Supplies"}},"modifiedDate":"2026-03-{day:02}T10:22:43.{:07}Z","sourceModifiedDate":"2026-03-{day:02}T09:00:00Z"}}"#,
            hex >> 32,
            hex & 0xffff_ffff_ffff,
            n * 7 % 10_000_000,
        )
        .expect("a text grows");
    }
    write!(body, r#"],"pageNumber":1,"pageSize":5000,"totalResults":{ROWS},"_links":{{"self":{{"href":"/x"}}}}}}"#).expect("a text grows");
    body.into_bytes()
});

/// What every way must come to: rows and hundredths.
fn check((rows, hundredths): (u64, i64)) {
    assert_eq!((rows, hundredths), (ROWS, -((ROWS * (ROWS - 1) / 2 * 100 + ROWS * 25).cast_signed())));
}

fn hundredths(digits: &str) -> i64 {
    digits.replace('.', "").parse().expect("two decimals")
}

/// The floor: the same members, borrowed, into a vector.
mod plain {
    use super::{Cow, Deserialize, hundredths};
    use serde_json::value::RawValue;

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    #[expect(dead_code, reason = "members are read to be paid for")]
    struct Row<'a> {
        #[serde(borrow)]
        id: Cow<'a, str>,
        #[serde(borrow)]
        account_id: Cow<'a, str>,
        #[serde(borrow)]
        amount: &'a RawValue,
        currency: &'a str,
        description: &'a str,
        posted_date: &'a str,
        code: &'a str,
        merchant_name: &'a str,
        transaction_category_ref: Category<'a>,
        modified_date: &'a str,
        source_modified_date: &'a str,
    }

    #[derive(Deserialize)]
    #[expect(dead_code, reason = "members are read to be paid for")]
    struct Category<'a> {
        id: &'a str,
        name: &'a str,
    }

    #[derive(Deserialize)]
    struct List<'a> {
        #[serde(borrow)]
        results: Vec<Row<'a>>,
    }

    pub fn read(body: &[u8]) -> (u64, i64) {
        let list: List<'_> = serde_json::from_slice(body).expect("a page");
        (list.results.len() as u64, list.results.iter().map(|row| hundredths(row.amount.get())).sum())
    }
}

/// As it was before: every record owned, and its text beside it.
mod owned {
    use super::{Deserialize, Page, hundredths};
    use serde_json::value::RawValue;

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    #[expect(dead_code, reason = "members are read to be paid for")]
    struct Row {
        id: String,
        account_id: String,
        amount: Box<RawValue>,
        currency: Option<String>,
        description: Option<String>,
        posted_date: Option<String>,
        code: Option<String>,
        merchant_name: Option<String>,
        transaction_category_ref: Option<Category>,
        modified_date: Option<String>,
        source_modified_date: Option<String>,
    }

    #[derive(Deserialize)]
    #[expect(dead_code, reason = "members are read to be paid for")]
    struct Category {
        id: String,
        name: Option<String>,
    }

    pub fn read(body: &[u8]) -> (u64, i64) {
        let page: Page<Row> = Page::read(body, "transactions").expect("a page");
        (page.records.len() as u64, page.records.iter().map(|record| hundredths(record.value.amount.get())).sum())
    }
}

#[derive(Default)]
struct Sum(u64, i64);

impl Take for Sum {
    type Told<'a> = Transaction<'a>;

    fn take(&mut self, told: Transaction<'_>, _text: &str) -> Result<(), &'static str> {
        self.0 += 1;
        self.1 += hundredths(told.amount.ok_or("amount: missing")?.as_str());
        divan::black_box(told);
        Ok(())
    }
}

/// The same with care, record by record: what a page with one bad record costs.
#[derive(Default)]
struct SumWithText(Sum);

impl Take for SumWithText {
    type Told<'a> = Transaction<'a>;
    const WITH_TEXT: bool = true;

    fn take(&mut self, told: Transaction<'_>, text: &str) -> Result<(), &'static str> {
        self.0.take(told, text)
    }
}

fn main() {
    divan::main();
}

#[divan::bench(sample_count = 60)]
fn a_plain_borrowed_structs(bencher: divan::Bencher<'_, '_>) {
    bencher.counter(divan::counter::ItemsCount::new(ROWS)).bench_local(|| check(plain::read(&BODY)));
}

#[divan::bench(sample_count = 60)]
fn b_sheet_at_once(bencher: divan::Bencher<'_, '_>) {
    let sheet = Sheet::new(BODY.clone(), "transactions");
    bencher.counter(divan::counter::ItemsCount::new(ROWS)).bench_local(|| {
        let Sum(rows, sum) = sheet.read().expect("a page").records;
        check((rows, sum));
    });
}

#[divan::bench(sample_count = 60)]
fn c_sheet_with_care(bencher: divan::Bencher<'_, '_>) {
    let sheet = Sheet::new(BODY.clone(), "transactions");
    bencher.counter(divan::counter::ItemsCount::new(ROWS)).bench_local(|| {
        let SumWithText(Sum(rows, sum)) = sheet.read().expect("a page").records;
        check((rows, sum));
    });
}

#[divan::bench(sample_count = 60)]
fn d_owned_records_with_their_text(bencher: divan::Bencher<'_, '_>) {
    bencher.counter(divan::counter::ItemsCount::new(ROWS)).bench_local(|| check(owned::read(&BODY)));
}
