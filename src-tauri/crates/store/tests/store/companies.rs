//! The home list and what it goes by.

use crate::*;
use proptest::prelude::*;

#[test]
fn the_home_list_stays_quick_at_a_hundred_thousand_companies() {
    let (_folder, store) = fresh();
    let started = std::time::Instant::now();
    for block in 0..20 {
        let page: Vec<_> = (0..5000)
            .map(|n| {
                let number = block * 5000 + n;
                let company = CompanyEntry {
                    id: format!("c{number}"),
                    name: format!("Company {number}"),
                    folded: format!("company {number}"),
                    ..CompanyEntry::default()
                };
                let connection = ConnectionEntry {
                    id: format!("k{number}"),
                    company: format!("c{number}"),
                    bank_name: "Bank".into(),
                    status: "Linked".into(),
                    ..ConnectionEntry::default()
                };
                (company, vec![connection])
            })
            .collect();
        store.take_companies(&page, 1).expect("kept");
    }
    let filled = started.elapsed();
    let started = std::time::Instant::now();
    let window = store.companies(&CompanyFilter { limit: 100, ..CompanyFilter::default() }).expect("window");
    assert_eq!((window.total, window.items.len()), (100_000, 100));
    let first = started.elapsed();
    let started = std::time::Instant::now();
    let deep = CompanyFilter { limit: 100, offset: 99_900, order: CompanyOrder::Status, descending: true, ..CompanyFilter::default() };
    assert_eq!(store.companies(&deep).expect("window").items.len(), 100);
    let last = started.elapsed();
    let started = std::time::Instant::now();
    let words = CompanyFilter { limit: 100, words: vec!["99999".into()], ..CompanyFilter::default() };
    assert_eq!(store.companies(&words).expect("window").total, 1);
    println!("100,000 companies: filled in {filled:?}, first window in {first:?}, last in {last:?}, words in {:?}", started.elapsed());
    for text in ["9", "99999", "company", "zzz"] {
        let started = std::time::Instant::now();
        let found = store.find_companies(&[text.to_owned()], 8).expect("found").len();
        println!("jumping to {text}: {found} in {:?}", started.elapsed());
    }
}

#[test]
fn the_list_is_narrowed_by_state_bank_and_the_end_of_consent() {
    let (_folder, store) = fresh();
    let linked =
        |id: &str, company: &str, bank: &str, at| ConnectionEntry { linked_at: Some(at), ..connection(id, company, bank, "Linked") };
    let page = [
        (folded_company("1", "One"), vec![linked("k1", "1", "NatWest", 50), connection("k2", "1", "Tide", "Deauthorized")]),
        (folded_company("2", "Two"), vec![linked("k3", "2", "NatWest", 150)]),
        (folded_company("3", "Three"), vec![connection("k4", "3", "Tide", "Unlinked")]),
        (folded_company("4", "Four"), vec![]),
    ];
    store.take_companies(&page, 1).expect("kept");
    let of = |filter: CompanyFilter| listed(&store, &filter);
    let state = |standing| of(CompanyFilter { standing: Some(standing), ..CompanyFilter::default() });
    assert_eq!(state(Standing::Ended), ["1"]);
    assert_eq!(state(Standing::Linked), ["2"]);
    assert_eq!(state(Standing::Other), ["4", "3"], "by name");
    assert_eq!(of(CompanyFilter { bank: Some("NatWest".into()), ..CompanyFilter::default() }), ["1", "2"]);
    const TERM: i64 = 90 * 86_400_000;
    assert_eq!(of(CompanyFilter { ends_before: Some(TERM + 100), ..CompanyFilter::default() }), ["1"]);
    assert_eq!(of(CompanyFilter { view: View::Ending, ending_before: TERM + 200, ..CompanyFilter::default() }), ["1", "2"]);
    assert_eq!(store.company_counts(0, TERM + 100).expect("counts").ending, 1);
    let banks: Vec<_> = store.banks_held().expect("banks").into_iter().map(|bank| (bank.name, bank.companies)).collect();
    assert_eq!(banks, [("NatWest".to_owned(), 2), ("Tide".to_owned(), 2)]);
}

#[test]
fn jumping_finds_the_reference_and_the_beginning_of_a_name_first() {
    let (_folder, store) = fresh();
    let company = |id: &str, folded: &str| (folded_company(id, folded), vec![]);
    let page =
        [company("1", "duncaster roofing drs-0117"), company("2", "castellan cafe cas-2291"), company("3", "old castle brewery ocb-3120")];
    store.take_companies(&page, 1).expect("kept");
    let found = |text: &str| -> Vec<String> {
        let words: Vec<String> = text.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
        store.find_companies(&words, 8).expect("found").into_iter().map(|item| item.company.id).collect()
    };
    assert_eq!(found("cas"), ["2", "3", "1"]);
    assert_eq!(found("drs-0117"), ["1"]);
    assert_eq!(found("brew old"), ["3"]);
    assert!(found("").is_empty() && found("castle cafe").is_empty());
    let kept = store.companies_with(&["3".into(), "none".into(), "1".into()]).expect("read");
    assert_eq!(kept.iter().map(|item| item.company.id.as_str()).collect::<Vec<_>>(), ["3", "1"], "in the order asked for");
}

fn listed(store: &Store, filter: &CompanyFilter) -> Vec<String> {
    store
        .companies(&CompanyFilter { limit: 500, ..filter.clone() })
        .expect("window")
        .items
        .into_iter()
        .map(|item| item.company.id)
        .collect()
}

fn matching(store: &Store, words: &[&str]) -> Vec<String> {
    listed(store, &CompanyFilter { words: words.iter().map(|word| (*word).to_owned()).collect(), ..CompanyFilter::default() })
}

#[test]
fn a_company_moves_between_views_with_its_connections() {
    let (_folder, store) = fresh();
    let company = folded_company("c1", "Acme Bakery");
    let view = |view| listed(&store, &CompanyFilter { view, stale_before: 100, ..CompanyFilter::default() }).len();
    let views = || [view(View::NeedsYou), view(View::Waiting), view(View::Stale)];
    let told = |k: ConnectionEntry| store.take_companies(&[(company.clone(), vec![k])], 1).expect("kept");

    told(connection("k1", "c1", "NatWest", "PendingAuth"));
    assert_eq!(views(), [0, 1, 0]);
    told(ConnectionEntry { problem_code: Some("403".into()), ..connection("k1", "c1", "NatWest", "PendingAuth") });
    assert_eq!(views(), [1, 0, 0], "the customer cancelled: somebody must act");
    store.keep_connection(&ConnectionEntry { last_sync: Some(50), ..connection("k1", "c1", "NatWest", "Linked") }, 2).expect("kept");
    assert_eq!(views(), [0, 0, 1]);
    store.keep_connection(&ConnectionEntry { last_sync: Some(150), ..connection("k1", "c1", "NatWest", "Linked") }, 3).expect("kept");
    assert_eq!(views(), [0, 0, 0]);
    told(ConnectionEntry { problem_code: Some("403".into()), ..connection("k1", "c1", "NatWest", "PendingAuth") });
    assert_eq!(views(), [1, 0, 0], "told before, but not what stands now");
    store.take_companies(&[(company.clone(), vec![])], 4).expect("kept");
    assert_eq!((views(), view(View::All)), ([0, 0, 0], 1), "the connection was deleted at Codat");
    store.finish_company_pass(5).expect("a pass without it");
    assert_eq!(view(View::All), 0);
    told(connection("k1", "c1", "NatWest", "Linked"));
    assert_eq!(view(View::All), 1, "it came back, the same as ever");
}

#[test]
fn words_are_found_in_name_reference_and_bank() {
    let (_folder, store) = fresh();
    let acme = CompanyEntry { folded: "acme bakery ref 77".into(), ..folded_company("c1", "Acme Bakery") };
    let zeta = folded_company("c2", "Zeta Ltd");
    let page = [
        (acme, vec![connection("k1", "c1", "Soci\u{e9}t\u{e9} G\u{e9}n\u{e9}rale", "Linked")]),
        (zeta, vec![connection("k2", "c2", "NatWest", "Linked")]),
    ];
    store.take_companies(&page, 1).expect("kept");
    assert_eq!(matching(&store, &["generale"]), ["c1"]);
    assert_eq!(matching(&store, &["77", "societe"]), ["c1"], "all words, wherever they stand");
    assert_eq!(matching(&store, &["zeta", "societe"]), Vec::<String>::new());
    store.keep_connection(&connection("k2", "c2", "Barclays", "Linked"), 2).expect("kept");
    assert_eq!((matching(&store, &["natwest"]).len(), matching(&store, &["barclays"]).len()), (0, 1));
    let similar = store.similar_companies(&["acme".into(), "bakery".into(), "limited".into()], 5).expect("similar");
    assert_eq!(similar.iter().map(|item| item.company.id.as_str()).collect::<Vec<_>>(), ["c1"]);
}

#[test]
fn what_lacks_a_value_comes_last_both_ways_and_windows_join_without_gaps() {
    let (_folder, store) = fresh();
    let page: Vec<_> = (0..40_i64)
        .map(|n| {
            let id = format!("c{n:02}");
            let created = if n % 3 == 0 { None } else { Some(n / 2) };
            let status = ["Linked", "PendingAuth", "Deauthorized", "Unlinked"][usize::try_from(n % 4).expect("small")];
            let connections = if n % 5 == 0 { vec![] } else { vec![connection(&format!("k{n}"), &id, "Bank", status)] };
            (CompanyEntry { created, ..folded_company(&id, &format!("Name {}", n % 7)) }, connections)
        })
        .collect();
    store.take_companies(&page, 1).expect("kept");
    for order in [CompanyOrder::Name, CompanyOrder::Status, CompanyOrder::DataTo, CompanyOrder::Created] {
        for descending in [false, true] {
            let filter = CompanyFilter { order, descending, ..CompanyFilter::default() };
            let whole = listed(&store, &filter);
            let mut joined = vec![];
            for offset in (0..49).step_by(7) {
                let window = store.companies(&CompanyFilter { offset, limit: 7, ..filter.clone() }).expect("window");
                assert_eq!(window.total, 40);
                joined.extend(window.items.into_iter().map(|item| item.company.id));
            }
            assert_eq!(joined, whole, "{order:?} {descending}");
            assert_eq!(whole.len(), 40);
        }
    }
    let value = |order, descending| -> Vec<Option<i64>> {
        let window = store.companies(&CompanyFilter { order, descending, limit: 40, ..CompanyFilter::default() }).expect("window");
        window.items.into_iter().map(|item| item.company.created).collect()
    };
    for descending in [false, true] {
        let created = value(CompanyOrder::Created, descending);
        let (known, unknown): (Vec<_>, Vec<_>) = created.iter().partition(|created| created.is_some());
        assert_eq!(created, [known.clone(), unknown].concat(), "unknown last");
        assert!(if descending { known.is_sorted_by(|a, b| a >= b) } else { known.is_sorted() });
    }
    let by_need = listed(&store, &CompanyFilter { order: CompanyOrder::Status, ..CompanyFilter::default() });
    assert_eq!(by_need.first().map(String::as_str), Some("c14"), "consent ended comes first, then by name");
}

#[test]
fn the_history_window_is_noted_once_per_consent() {
    let (_folder, store) = fresh();
    with_company(&store);
    let entry = || store.company("c1").expect("read").expect("there").connections.remove(0);
    assert!(store.first_seen_linked("k1", 100).expect("noted"));
    assert!(!store.first_seen_linked("k1", 200).expect("noted"), "the first time counts");
    store.all_queued("k1", 150).expect("noted");
    store.all_queued("k1", 999).expect("noted");
    assert_eq!((entry().linked_at, entry().queued_at), (Some(100), Some(150)));
    store.keep_connection(&connection("k1", "c1", "NatWest", "Deauthorized"), 2).expect("kept");
    store.keep_connection(&connection("k1", "c1", "NatWest", "Linked"), 3).expect("kept");
    assert!(store.first_seen_linked("k1", 500).expect("noted"), "a new consent has its own window");
    assert_eq!((entry().linked_at, entry().queued_at), (Some(500), None));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]
    #[test]
    fn counts_agree_with_their_lists(statuses in prop::collection::vec((0_usize..4, any::<bool>(), 0_i64..200), 0..30)) {
        let (_folder, store) = fresh();
        for (n, (status, failed, read)) in statuses.iter().enumerate() {
            let id = format!("c{}", n % 10);
            let k = ConnectionEntry {
                problem_code: failed.then(|| "403".into()),
                last_sync: Some(*read),
                ..connection(&format!("k{n}"), &id, "Bank", ["Linked", "PendingAuth", "Deauthorized", "Unlinked"][*status])
            };
            store.take_companies(&[(folded_company(&id, &id), vec![k])], i64::try_from(n).expect("small")).expect("kept");
        }
        let list = |view| u32::try_from(listed(&store, &CompanyFilter { view, stale_before: 100, ..CompanyFilter::default() }).len()).expect("small");
        let counts = store.company_counts(100, 0).expect("counts");
        prop_assert_eq!(counts, Counts { needs_you: list(View::NeedsYou), waiting: list(View::Waiting), ending: list(View::Ending), stale: list(View::Stale), all: list(View::All) });
    }
}

#[test]
fn what_the_team_keeps_is_found_filtered_by_and_outlives_what_codat_tells_again() {
    let (_folder, store) = fresh();
    let told = |name: &str| (folded_company("1", name), vec![connection("k1", "1", "NatWest", "Linked")]);
    store.take_companies(&[told("One"), (folded_company("2", "Two"), vec![])], 1).expect("taken");
    let of = |filter: CompanyFilter| listed(&store, &filter);
    let both = ["1".to_owned(), "2".to_owned()];
    let assign = |owner: &str| Keep { owner: Some(owner.into()), ..Keep::default() };
    assert_eq!(store.keep(&both, &Keep { add: vec!["Asset finance".into()], ..assign("Zoë") }).expect("kept"), 2);
    assert_eq!(store.keep(&both, &Keep { add: vec!["asset FINANCE".into()], ..assign("Zoë") }).expect("kept"), 0, "the same tag");
    store
        .keep(&["2".into()], &Keep { owner: Some(String::new()), note: Some("Ring the accountant".into()), ..Keep::default() })
        .expect("kept");
    assert_eq!(of(CompanyFilter { owner: Some("zOë".into()), ..CompanyFilter::default() }), ["1"]);
    assert_eq!(of(CompanyFilter { owner: Some(String::new()), ..CompanyFilter::default() }), ["2"], "nobody's");
    assert_eq!(of(CompanyFilter { tag: Some("asset finance".into()), ..CompanyFilter::default() }), ["1", "2"]);
    store.take_companies(&[told("One and only")], 2).expect("told again");
    assert_eq!((matching(&store, &["zoe"]), matching(&store, &["accountant"])), (vec!["1".to_owned()], vec!["2".to_owned()]));
    let kept = store.company("1").expect("read").expect("there").kept;
    assert_eq!((kept.owner.as_deref(), kept.tags), (Some("Zoë"), vec!["Asset finance".to_owned()]));
    let names = |held: Vec<Held>| held.into_iter().map(|one| (one.name, one.companies)).collect::<Vec<_>>();
    assert_eq!(names(store.owners().expect("owners")), [("Zoë".to_owned(), 1)]);
    assert_eq!(names(store.tags().expect("tags")), [("Asset finance".to_owned(), 2)]);
    store.keep(&both, &Keep { remove: vec!["ASSET FINANCE".into()], ..Keep::default() }).expect("taken away");
    assert!(store.tags().expect("tags").is_empty() && matching(&store, &["finance"]).is_empty());
    let many = (0..30).map(|n| format!("tag {n:02}")).collect();
    store.keep(&["1".into()], &Keep { add: many, ..Keep::default() }).expect("kept");
    assert_eq!(store.company("1").expect("read").expect("there").kept.tags.len(), 20, "and no more");
}
