//! Words in the transactions of all companies, on rows that a sync brought.

use super::*;

async fn searchable(world: &World) {
    let waiting = async {
        while world.engine().search_transactions("zzz".into(), 1).await.expect("a search").indexed < 100 {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), waiting).await.expect("the index follows the rows");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_sync_brought_is_found_in_all_companies_newest_first_also_after_a_restart() {
    let mut world = World::new(Options { companies: 6, transactions: Some(1_200), ..Options::default() }).await;
    world.engine().sync_and_wait(None).await.expect("a sync");
    // Ended in the middle of indexing: what waits is written with the rows.
    world.restart().await;
    searchable(&world).await;
    let engine = world.engine();
    let state = world.control("state?all=true").await;
    let mut words = BTreeMap::<String, Vec<(String, String)>>::new();
    for company in state["list"].as_array().expect("companies") {
        let id = company["id"].as_str().expect("id").to_owned();
        let query = TransactionQuery { company_id: id.clone(), limit: 500, ..TransactionQuery::default() };
        let Ok(page) = engine.transactions(query).await else { continue };
        for row in page.rows {
            for word in row.description.to_lowercase().split(|letter: char| !letter.is_alphabetic()).filter(|word| word.len() >= 5) {
                words.entry(word.to_owned()).or_default().push((id.clone(), row.id.clone()));
            }
        }
    }
    let companies_of =
        |rows: &[(String, String)]| rows.iter().map(|(company, _)| company.clone()).collect::<std::collections::BTreeSet<_>>();
    let (word, rows) = words
        .iter()
        .filter(|(_, rows)| companies_of(rows).len() >= 2 && rows.len() <= 150)
        .max_by_key(|(_, rows)| rows.len())
        .expect("a common word");
    let found = engine.search_transactions(word.to_uppercase(), 200).await.expect("a search");
    assert!(!found.cut && found.rows.is_sorted_by(|one, other| one.row.date >= other.row.date), "newest first");
    let told: Vec<(String, String)> = found.rows.iter().map(|found| (found.company_id.clone(), found.row.id.clone())).collect();
    for row in rows {
        assert!(told.contains(row), "{word} in {row:?} of {} rows is among {}", rows.len(), told.len());
    }
    assert!(found.rows.iter().all(|found| !found.company_name.is_empty()));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_newest_question_counts_and_nothing_is_asked_of_codat() {
    let world = World::new(Options { companies: 4, transactions: Some(2_000), ..Options::default() }).await;
    let engine = world.engine();
    engine.sync_and_wait(None).await.expect("a sync");
    searchable(&world).await;
    let sent = engine.requests();
    let questions = (0..20).map(|_| engine.search_transactions("a".into(), 200));
    let answers = futures::future::join_all(questions).await;
    let last = answers.into_iter().next_back().expect("twenty").expect("a search");
    assert!(last.indexed == 100 && !last.rows.is_empty(), "the last one is answered");
    assert_eq!(engine.requests(), sent);
}
