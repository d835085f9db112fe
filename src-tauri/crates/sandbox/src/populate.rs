//! Companies that are there from the start, so that a list looks alive.

use crate::state::{Company, Connection, ErrorRow, LinkState, Read, State, guid};
use crate::syncs::TYPES;
use crate::world::Dice;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

const FIRST: [&str; 40] = [
    "Ashdown",
    "Birchwood",
    "Calder",
    "Dunmore",
    "Eastgate",
    "Fernhill",
    "Glenavon",
    "Harrow",
    "Inverlea",
    "Juniper",
    "Kestrel",
    "Larkfield",
    "Marlow",
    "Northmoor",
    "Oakridge",
    "Penrose",
    "Quayside",
    "Rowan",
    "Selwood",
    "Thornbury",
    "Upton",
    "Verity",
    "Westbrook",
    "Yarrow",
    "Zephyr",
    "Brightwater",
    "Copperfield",
    "Driftwood",
    "Elmhurst",
    "Foxglove",
    "Greystone",
    "Hollybank",
    "Ivybridge",
    "Kingsmere",
    "Lindale",
    "Millrace",
    "Newlyn",
    "Oldcastle",
    "Pinecrest",
    "Redshank",
];
const TRADE: [&str; 24] = [
    "Joinery",
    "Bakery",
    "Freight",
    "Dental Studio",
    "Coffee Roasters",
    "Print Works",
    "Roofing",
    "Landscapes",
    "Motor Spares",
    "Recruitment",
    "Catering",
    "Textiles",
    "Veterinary Group",
    "Brewing",
    "Flooring",
    "Design Studio",
    "Marine Services",
    "Plumbing and Heating",
    "Childcare",
    "Opticians",
    "Farm Supplies",
    "Packaging",
    "Software",
    "Electrical",
];
const FORM: [&str; 6] = ["Ltd", "Limited", "LLP", "Ltd", "and Sons Ltd", "Group Ltd"];

/// Fills a fresh state with `options.companies` companies and one or two connections for most.
pub(crate) fn populate(state: &mut State) {
    let seed = state.options.seed;
    let banks: Vec<String> =
        state.catalogue.banks().iter().filter(|bank| bank.enabled && !bank.personal).take(160).map(|bank| bank.key.clone()).collect();
    if banks.is_empty() {
        return;
    }
    for number in 0..u64::from(state.options.companies) {
        let mut dice = Dice::new(seed, &[0xc0fe, number]);
        let name = format!("{} {} {}", dice.pick(&FIRST), dice.pick(&TRADE), dice.pick(&FORM));
        let now = state.now();
        let created = ago(now, dice.between(2, 360), dice.between(0, 86_399));
        let id = guid(seed, &[0xc0fe, 1, number]).to_string();
        let tags = BTreeMap::from([("reference".to_owned(), format!("HF-{:05}", 10_000 + number))]);
        state.add_company(Company { id: id.clone(), name, description: None, tags, created, connections: vec![], legacy_platform: None });
        let connections = [0, 1, 1, 1, 1, 2][usize::try_from(dice.below(6)).unwrap_or(0)];
        for nth in 0..connections {
            let bank = dice.pick(&banks).clone();
            state.add_connection(connection(seed, &id, number, nth, bank, created, now, &mut dice));
        }
    }
}

#[expect(clippy::too_many_arguments, reason = "one call, in the loop above")]
fn connection(
    seed: u64,
    company: &str,
    number: u64,
    nth: u64,
    bank: String,
    created: Timestamp,
    now: Timestamp,
    dice: &mut Dice,
) -> Connection {
    let status = match dice.below(20) {
        0 | 1 => LinkState::PendingAuth,
        2 => LinkState::Deauthorized,
        3 => LinkState::Unlinked,
        _ => LinkState::Linked,
    };
    let linked = (status != LinkState::PendingAuth).then(|| created.checked_add(SignedDuration::from_mins(7)).unwrap_or(created));
    let last_sync = linked
        .map(|linked| if status == LinkState::Linked { ago(now, dice.between(0, 9), dice.between(0, 80_000)).max(linked) } else { linked });
    let mut reads = BTreeMap::new();
    if let (Some(linked), Some(last)) = (linked, last_sync) {
        for data_type in TYPES {
            let first = Read { at: linked.checked_add(SignedDuration::from_secs(30)).unwrap_or(linked), from: None, drop_every: None };
            reads.insert(data_type.to_owned(), if last > first.at { vec![first, Read { at: last, ..first }] } else { vec![first] });
        }
    }
    let errors = if status == LinkState::Deauthorized {
        vec![ErrorRow {
            code: "401".into(),
            text: "Unauthorized".into(),
            message: "The consent has ended.".into(),
            at: ago(now, 3, 0),
            resolved: None,
        }]
    } else {
        vec![]
    };
    Connection {
        id: guid(seed, &[0xc0fe, 2, number, nth]).to_string(),
        company: company.to_owned(),
        bank,
        status,
        created,
        linked_at: linked,
        opened: linked,
        linking: None,
        errors,
        otp: None,
        reads,
        last_sync,
    }
}

fn ago(now: Timestamp, days: i64, seconds: i64) -> Timestamp {
    now.checked_sub(SignedDuration::from_secs(days * 86_400 + seconds)).unwrap_or(now)
}
