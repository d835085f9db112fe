use super::*;
use proptest::prelude::*;
use std::time::{Duration, Instant};

const BANKS: &[(&str, &str)] = &[
    ("demobank_truelayer", "Demo Bank"),
    ("natwest_business_uk", "NatWest"),
    ("natwest_uk", "NatWest (Personal)"),
    ("natwest_bankline_uk", "NatWest Bankline"),
    ("natwest_international_business_uk", "NatWest International"),
    ("natwest_international_uk", "NatWest International (Personal)"),
    ("rbs_business_uk", "Royal Bank of Scotland"),
    ("rbs_uk", "Royal Bank of Scotland (Personal)"),
    ("rbs_bankline_uk", "Royal Bank of Scotland Bankline"),
    ("rbs_international_business_uk", "RBS International"),
    ("ulster_business_uk", "Ulster Bank"),
    ("coutts_uk", "Coutts"),
    ("barclays_business_uk", "Barclays Business"),
    ("barclays_uk", "Barclays (Personal)"),
    ("hsbc_business_uk", "HSBC Business"),
    ("hsbcnet_uk", "HSBCnet"),
    ("first_direct_uk", "first direct (Personal)"),
    ("ms_uk", "M&S Bank (Personal)"),
    ("lloyds_business_uk", "Lloyds Business"),
    ("bos_business_uk", "Bank of Scotland Business"),
    ("santander_business_uk", "Santander Business"),
    ("tsb_business_uk", "TSB Business"),
    ("virgin_money_business_uk", "Virgin Money Business"),
    ("cooperative_business_uk", "The Co-operative Bank Business"),
    ("sainsburys_uk", "Sainsbury's Bank"),
    ("wise_business_uk", "Wise Business"),
    ("tide_uk", "Tide"),
    ("monzo_business_uk", "Monzo Business"),
    ("starling_business_uk", "Starling Business"),
    ("cba_uk", "Commonwealth Bank of Australia"),
    ("nationwide_uk", "Nationwide Building Society"),
    ("reading_building_society_uk", "Reading Building Society"),
    ("aib_business_ie", "AIB Business"),
    ("aib_gb_business_uk", "Allied Irish Bank (GB) Business"),
    ("boi_business_ie", "Bank of Ireland"),
    ("boi_ie", "Bank of Ireland (Personal)"),
    ("ptsb_business_ie", "Permanent TSB Business"),
    ("ing_nl", "ING"),
    ("ing_business_nl", "ING Zakelijk"),
    ("ing_be", "ING Belgium"),
    ("ing_de", "ING Deutschland"),
    ("volksbank_ingolstadt_de", "Volksbank Ingolstadt"),
    ("rabobank_nl", "Rabobank"),
    ("abn_amro_nl", "ABN AMRO"),
    ("socgen_business_fr", "Société Générale"),
    ("socgen_pro_fr", "Société Générale Entreprises"),
    ("socgen_fr", "Société Générale (Particuliers)"),
    ("lcl_business_fr", "LCL Entreprises"),
    ("caisse_d_epargne_aquitaine_fr", "Caisse d'Épargne Aquitaine"),
    ("bnp_business_fr", "BNP Paribas Entreprises"),
    ("sparkasse_giessen_de", "Sparkasse Gießen"),
    ("sparda_bank_muenchen_de", "Sparda-Bank München"),
    ("banca_popolare_di_sondrio_it", "Banca Popolare di Sondrio"),
    ("bank_spoldzielczy_lomza_pl", "Bank Spółdzielczy Łomża"),
    ("danske_business_uk", "Danske Bank UK Business"),
    ("zempler_business_uk", "Zempler Bank"),
];

fn index() -> Index {
    Index::new(BANKS.iter().map(|(key, name)| BankName { key: (*key).to_owned(), name: (*name).to_owned() }))
}

fn keys(found: &Matches) -> Vec<&'static str> {
    found.hits.iter().map(|hit| BANKS[hit.bank].0).collect()
}

#[test]
fn the_right_bank_comes_first() {
    let index = index();
    for (text, first, why) in [
        ("natwset", "natwest_business_uk", "two letters swapped"),
        ("société generale", "socgen_business_fr", "one accent typed, one not"),
        ("societe generale", "socgen_business_fr", "no accents typed"),
        ("rbs business", "rbs_business_uk", "a short form and what the log-in is for"),
        ("rbs", "rbs_business_uk", "a short form stands for the whole name, a longer name that holds it comes after"),
        ("ing", "ing_nl", "the whole name, not a part of another (Ingolstadt, Building)"),
        ("ING Belgium", "ing_be", "capitals do not matter"),
        ("belgium ing", "ing_be", "nor does the order"),
        ("natwest", "natwest_business_uk", "business before personal"),
        ("bankline", "natwest_bankline_uk", "a later word of the name"),
        ("bank of ireland", "boi_business_ie", "small words count when they are all there"),
        ("boi", "boi_business_ie", "a short form"),
        ("aib", "aib_business_ie", "a short form that is the name"),
        ("allied irish", "aib_gb_business_uk", "a beginning of the name"),
        ("socgen", "socgen_business_fr", "what everyone calls it"),
        ("hsbc", "hsbc_business_uk", "the whole name before a name that begins with it"),
        ("midland", "hsbc_business_uk", "a former name"),
        ("clydesdale", "virgin_money_business_uk", "a former name"),
        ("credit lyonnais", "lcl_business_fr", "a former name of two words"),
        ("cashplus", "zempler_business_uk", "a former name"),
        ("tsb", "tsb_business_uk", "not Permanent TSB, and not Lloyds TSB of old"),
        ("cba", "cba_uk", "a short form"),
        ("co-op", "cooperative_business_uk", "a hyphen in the short form"),
        ("coop", "cooperative_business_uk", "no hyphen"),
        ("sainsburys", "sainsburys_uk", "an apostrophe left out"),
        ("nat west", "natwest_business_uk", "one word typed as two"),
        ("sparkasse giessen", "sparkasse_giessen_de", "ß typed as ss"),
        ("muenchen", "sparda_bank_muenchen_de", "ü typed as ue"),
        ("munchen", "sparda_bank_muenchen_de", "ü typed as u"),
        ("lomza", "bank_spoldzielczy_lomza_pl", "Polish letters"),
        ("epargne", "caisse_d_epargne_aquitaine_fr", "the word behind an apostrophe"),
        ("bps", "banca_popolare_di_sondrio_it", "initials"),
        ("barclys", "barclays_business_uk", "a letter missing"),
        ("llotds", "lloyds_business_uk", "a neighbouring key"),
        ("santandeer", "santander_business_uk", "a letter too many"),
        ("natws", "natwest_business_uk", "still typing, a letter left out"),
        ("the barclays bank", "barclays_business_uk", "small words the name does not have"),
        ("barclays ltd", "barclays_business_uk", "small words the name does not have"),
        ("natwest_business_uk", "natwest_business_uk", "the platform key itself"),
        ("GB29 NWBK 6016 1331 9268 19", "natwest_business_uk", "an account number names its bank"),
        ("20-00-00", "barclays_business_uk", "a sort code names its bank"),
    ] {
        let found = index.search(text, Options::default());
        assert_eq!(keys(&found).first().copied(), Some(first), "{text}: {why}; got {:?}", keys(&found));
    }
}

#[test]
fn personal_log_ins_are_hidden_until_asked_for() {
    let index = index();
    let found = index.search("natwest", Options::default());
    assert!(!keys(&found).contains(&"natwest_uk"));
    assert_eq!(found.hidden_personal, 3, "NatWest, NatWest International, and by group Royal Bank of Scotland");
    let asked = index.search("natwest", Options { personal: true, ..Options::default() });
    assert!(keys(&asked).contains(&"natwest_uk"));
    assert_eq!(asked.hidden_personal, 0);
    assert_eq!(keys(&asked)[0], "natwest_business_uk", "business still comes first");
    let said = index.search("natwest personal", Options::default());
    assert_eq!(keys(&said)[0], "natwest_uk", "who says personal means it");
    let only = index.search("firstdirect", Options::default());
    assert_eq!((only.total, only.hidden_personal), (0, 1), "an empty list says what it hides");
}

#[test]
fn a_slip_is_said_and_a_right_word_is_not() {
    let index = index();
    let found = index.search("natwset", Options::default());
    assert_eq!(found.note.as_deref(), Some("Showing natwest. You typed natwset, two letters swapped."));
    assert_eq!(found.hits[0].matched, [(0, 7)], "the corrected word is underlined");
    assert!(keys(&found).contains(&"natwest_bankline_uk"));
    assert_eq!(
        index.search("barclys", Options::default()).note.as_deref(),
        Some("Showing barclays. You typed barclys, one letter missing.")
    );
    assert_eq!(index.search("natwest", Options::default()).note, None);
    assert_eq!(index.search("rbs business", Options::default()).note, None);
    let pasted = index.search("GB29NWBK60161331926819", Options::default()).note.expect("a note");
    assert_eq!(pasted, "Showing NatWest. You pasted an IBAN, and it names that bank.");
}

#[test]
fn reasons_explain_what_the_name_does_not_show() {
    let index = index();
    let reason = |text: &str, key: &str| {
        let found = index.search(text, Options { personal: true, ..Options::default() });
        found.hits.iter().find(|hit| BANKS[hit.bank].0 == key).unwrap_or_else(|| panic!("{text} lists {key}")).reason.clone()
    };
    for (text, key, why) in [
        ("rbs", "rbs_business_uk", Some("Also known as RBS")),
        ("natwest", "ulster_business_uk", Some("Part of NatWest Group")),
        ("clydesdale", "virgin_money_business_uk", Some("Formerly Clydesdale Bank")),
        ("bps", "banca_popolare_di_sondrio_it", Some("Initials BPS")),
        ("ing belgie", "ing_be", Some("In Belgium")),
        ("natwest", "natwest_business_uk", None),
    ] {
        assert_eq!(reason(text, key).as_deref(), why, "{text} and {key}");
    }
}

#[test]
fn group_members_come_after_the_bank_itself() {
    let found = index().search("natwest", Options::default());
    let keys = keys(&found);
    let place = |key: &str| keys.iter().position(|other| *other == key).unwrap_or_else(|| panic!("{key} is listed"));
    assert!(place("natwest_international_business_uk") < place("rbs_business_uk"));
    assert!(place("natwest_bankline_uk") < place("ulster_business_uk"));
}

#[test]
fn matched_letters_are_those_of_the_name() {
    let index = index();
    for (text, key, matched) in [
        ("soc gen", "socgen_business_fr", vec![(0, 3), (8, 3)]),
        ("giess", "sparkasse_giessen_de", vec![(10, 4)]),
        ("rabo", "rabobank_nl", vec![(0, 4)]),
        ("bank", "rabobank_nl", vec![(4, 4)]),
        ("sainsburys", "sainsburys_uk", vec![(0, 9), (10, 1)]),
        ("bps", "banca_popolare_di_sondrio_it", vec![(0, 1), (6, 1), (18, 1)]),
    ] {
        let found = index.search(text, Options { personal: true, ..Options::default() });
        let hit = found.hits.iter().find(|hit| BANKS[hit.bank].0 == key).unwrap_or_else(|| panic!("{text} lists {key}"));
        assert_eq!(hit.matched, matched, "{text} in {}", BANKS[hit.bank].1);
    }
}

#[test]
fn an_empty_text_lists_all_and_the_well_known_first() {
    let index = index();
    let found = index.search("  ", Options { limit: 5, ..Options::default() });
    assert_eq!(found.total + found.hidden_personal, BANKS.len());
    assert_eq!(found.hits.len(), 5, "the window, not the list");
    assert!(found.hits.iter().all(|hit| hit.matched.is_empty()));
    let next = index.search("", Options { offset: 5, limit: 5, ..Options::default() });
    assert!(found.hits.iter().all(|hit| next.hits.iter().all(|other| other.bank != hit.bank)), "windows do not overlap");
}

#[test]
fn nonsense_finds_nothing() {
    let found = index().search("qqqqqq", Options::default());
    assert_eq!((found.total, found.note), (0, None));
}

/// 2,200 banks: the list above and places to fill it up.
fn many() -> Vec<BankName> {
    let mut banks: Vec<BankName> = BANKS.iter().map(|(key, name)| BankName { key: (*key).into(), name: (*name).into() }).collect();
    let (heads, places) = (
        [
            "Sparkasse",
            "Volksbank",
            "Raiffeisenbank",
            "Banca Popolare di",
            "Caja Rural de",
            "Crédit Agricole",
            "Caisse d'Épargne",
            "Bank Spółdzielczy",
        ],
        [
            "Alden", "Bergau", "Colmar", "Dornach", "Elvas", "Fermo", "Gandía", "Husum", "Ivrea", "Jülich", "Kehl", "Łowicz", "Mölln",
            "Nîmes",
        ],
    );
    let mut number = 0;
    while banks.len() < 2_200 {
        let (head, place) = (heads[number % heads.len()], places[number / heads.len() % places.len()]);
        banks.push(BankName {
            key: format!("regional{number}_de"),
            name: format!("{head} {place}{}", ["", "feld", "burg", "ingen", "stadt"][number % 5]),
        });
        number += 1;
    }
    banks
}

#[test]
fn a_keystroke_over_2200_banks_takes_under_four_milliseconds() {
    let index = Index::new(many());
    let mut times: Vec<Duration> = Vec::new();
    for text in [
        "natwset",
        "société generale",
        "rbs business",
        "ing",
        "sparkasse muenchen",
        "bank",
        "xqzwvk",
        "caja rural de gandia",
        "the royal bank of scotland plc",
    ] {
        for end in 1..=text.chars().count() {
            let typed: String = text.chars().take(end).collect();
            // The best of a few: what a busy machine does to one of them is not the search's.
            let tries = (0..5).map(|_| {
                let start = Instant::now();
                let found = index.search(&typed, Options { limit: 60, ..Options::default() });
                assert!(found.hits.len() <= 60);
                start.elapsed()
            });
            times.extend(tries.min());
        }
    }
    times.sort_unstable();
    let (middle, high, worst) = (times[times.len() / 2], times[times.len() * 99 / 100], times[times.len() - 1]);
    println!("{} keystrokes over {} banks: median {middle:?}, p99 {high:?}, worst {worst:?}", times.len(), index.len());
    assert!(high < Duration::from_millis(4), "p99 {high:?}");
}

proptest! {
    #[test]
    fn any_text_is_searched_without_harm(text in "\\PC{0,40}|.{0,12}|[a-zé ]{0,30}", personal: bool, offset in 0..80_usize, limit in 0..80_usize) {
        let found = index().search(&text, Options { personal, offset, limit });
        prop_assert!(found.hits.len() <= limit && found.total <= BANKS.len());
        for hit in &found.hits {
            let length = u32::try_from(BANKS[hit.bank].1.chars().count()).expect("short");
            let mut end = 0;
            for (at, (start, count)) in hit.matched.iter().enumerate() {
                prop_assert!(*count > 0 && (at == 0 || *start > end), "ranges are in order and apart");
                end = start + count;
                prop_assert!(end <= length, "{text:?}: {:?} in {}", hit.matched, BANKS[hit.bank].1);
            }
        }
    }

    #[test]
    fn any_names_can_be_indexed(names in proptest::collection::vec(("[a-z_]{0,12}", "\\PC{0,24}"), 0..12), text in "\\PC{0,12}") {
        let banks: Vec<BankName> = names.iter().map(|(key, name)| BankName { key: key.clone(), name: name.clone() }).collect();
        let index = Index::new(banks);
        for text in names.iter().map(|(_, name)| name.as_str()).chain([text.as_str()]) {
            for hit in index.search(text, Options { personal: true, ..Options::default() }).hits {
                let length = u32::try_from(names[hit.bank].1.chars().count()).expect("short");
                prop_assert!(hit.matched.iter().all(|(start, count)| start + count <= length));
            }
        }
    }

    #[test]
    fn one_slip_in_a_known_name_still_lists_it(at in 0..7_usize, letter in "[a-z]") {
        let mut typed: Vec<char> = "barclays".chars().collect();
        typed[at] = letter.chars().next().expect("one letter");
        let typed: String = typed.into_iter().collect();
        let found = index().search(&typed, Options::default());
        prop_assert!(keys(&found).contains(&"barclays_business_uk"), "{typed}");
    }
}
