//! The analyst's figures over the sandbox's world: they come to what the rows come to.

mod support;

use domain::money::{Amount, Total};
use engine::view::*;
use sandbox::Options;
use support::World;

fn total<'a>(texts: impl Iterator<Item = &'a str>) -> Total {
    texts.map(|text| Amount::parse(text).expect("an amount")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn months_cells_and_figures_come_to_what_their_rows_come_to() {
    let world = World::new(Options { companies: 4, transactions: Some(4_000), ..Options::default() }).await;
    let engine = world.engine();
    engine.sync_and_wait(None).await.expect("a sync");
    let list = engine.list_companies(CompanyQuery { limit: 10, ..CompanyQuery::default() }).await.expect("companies");
    let mut currencies = 0;
    for company in list.rows {
        let id = company.id;
        let coverage = engine.coverage(id.clone()).await.expect("coverage");
        let accounts = engine.accounts(id.clone()).await.expect("accounts");
        assert_eq!(coverage.accounts.len(), accounts.len());
        for account in &coverage.accounts {
            for cell in account.cells.iter().filter(|cell| cell.rows > 0) {
                let query = TransactionQuery {
                    company_id: id.clone(),
                    account_id: Some(account.account_id.clone()),
                    text: cell.month.clone(),
                    limit: 1,
                    ..TransactionQuery::default()
                };
                let page = engine.transactions(query).await.expect("rows");
                assert_eq!(page.sums.iter().map(|sum| sum.count).sum::<u32>(), cell.rows, "{} {}", account.name, cell.month);
            }
        }
        let all = engine.cash_flow(PeriodQuery { company_id: id.clone(), currency: None, months: 12 }).await.expect("cash flow");
        for currency in &all.currencies {
            currencies += 1;
            let query = PeriodQuery { company_id: id.clone(), currency: Some(currency.clone()), months: 12 };
            let flow = engine.cash_flow(query.clone()).await.expect("cash flow");
            let rows = TransactionQuery {
                company_id: id.clone(),
                from: Some(flow.from.clone()),
                to: Some(flow.to.clone()),
                text: currency.clone(),
                limit: 1,
                ..TransactionQuery::default()
            };
            let page = engine.transactions(rows).await.expect("rows");
            let (money_in, money_out) =
                page.sums.first().map_or_else(Default::default, |sum| (sum.money_in.clone(), sum.money_out.clone()));
            assert_eq!(total(flow.months.iter().map(|month| month.money_in.as_str())), total(std::iter::once(flow.money_in.as_str())));
            if !page.sums.is_empty() {
                assert_eq!((flow.money_in, flow.money_out), (money_in, money_out), "bars and rows of {currency}");
            }
            assert_eq!(flow.months.iter().map(|month| month.rows).sum::<u32>(), page.sums.first().map_or(0, |sum| sum.count));

            let lens = engine.lens(query).await.expect("lens");
            assert_eq!(lens.figures.len(), 9);
            assert_eq!(lens.transfers % 2, 0, "a transfer has two sides");
            for found in lens.recurring_in.iter().chain(&lens.recurring_out) {
                let rows = TransactionQuery {
                    company_id: id.clone(),
                    from: Some(found.opens.from.clone()),
                    to: Some(found.opens.to.clone()),
                    text: found.opens.text.clone(),
                    limit: 1,
                    ..TransactionQuery::default()
                };
                let page = engine.transactions(rows).await.expect("rows");
                assert!(page.chips.iter().all(|chip| chip.valid), "{}", found.opens.text);
                assert!(page.total >= found.rows, "{}: {} rows found, {} counted", found.opens.text, page.total, found.rows);
            }
        }
    }
    assert!(currencies > 0, "the world has rows");
}
