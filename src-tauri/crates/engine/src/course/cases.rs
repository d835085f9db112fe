//! The twelve cases as data: what is to be reached, what will be seen, hints, and how the stage is set.

use crate::view::CourseKey;
use say::later;
use serde_json::{Value, json};

/// A bank of the sandbox whose accounts tell everything.
const DEMO_BANK: &str = "demobank_truelayer";
/// A bank of the sandbox that knows its accounts by their numbers, whoever links them.
const NUMBERED_BANK: &str = "natwest_business_uk";

/// How far the stage goes before the learner's turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Prepared {
    /// A case is written down and nothing is made.
    Draft,
    /// Company and connection are made; the link is not handed over.
    Made,
    /// The link was handed over, and opened once.
    LinkUsed,
    /// The customer agreed and the first reads ended.
    Read,
    /// The same, and the first read of transactions ran a quarter of an hour.
    ReadTooLong,
    /// Another connection to the same bank is linked too.
    LinkedTwice,
    /// The same as read, and then the bank ended the consent.
    Ended,
    /// A colleague made and linked it in Codat's Portal ten minutes ago, and it was read just now.
    ElsewhereTenMinutesAgo,
}

/// One case.
pub(super) struct Case {
    pub(super) key: CourseKey,
    pub(super) title: &'static str,
    pub(super) goal: &'static str,
    pub(super) see: &'static str,
    pub(super) hints: &'static [&'static str],
    pub(super) company: &'static str,
    pub(super) bank: &'static str,
    pub(super) prepared: Prepared,
    /// How the sandbox behaves while the stage is set.
    pub(super) before: fn() -> Value,
    /// How it behaves during the case.
    pub(super) during: fn() -> Value,
    /// Rules of faults during the case.
    pub(super) faults: fn() -> Value,
}

fn as_ever() -> Value {
    json!({})
}

fn none() -> Value {
    json!([])
}

/// Every switch that a case may turn, as it stands otherwise.
pub(super) fn untouched() -> Value {
    json!({ "pauses": {}, "pauseSeconds": 60, "failSyncs": {}, "holder": null, "secondApprover": false, "firstSyncGivesUp": false })
}

pub(super) fn case(key: CourseKey) -> &'static Case {
    CASES.iter().find(|case| case.key == key).unwrap_or(&CASES[0])
}

/// Its place in the course, from 1.
pub(super) fn number(key: CourseKey) -> u32 {
    CASES.iter().zip(1..).find(|(case, _)| case.key == key).map_or(1, |(_, number)| number)
}

pub(super) static CASES: [Case; 12] = [
    Case {
        key: CourseKey::SlowBank,
        title: later!("A slow bank"),
        goal: later!("Link Bramble Bakery Ltd and wait until all four data types are here, without beginning anything a second time."),
        see: later!(
            "The customer agrees and comes back. Three types arrive soon; the transactions pause at the bank for the better part of a minute."
        ),
        hints: &[
            later!("Open the case of Bramble Bakery and hand the link over. You play the customer: agree on the bank\u{2019}s page."),
            later!("The rows under the connection say what is read and since when. A pause at the bank ends by itself."),
            later!("There is nothing to press. A second connection would only be read as slowly, and stand twice in the file."),
        ],
        company: "Bramble Bakery Ltd",
        bank: DEMO_BANK,
        prepared: Prepared::Made,
        before: as_ever,
        during: || json!({ "pauses": { "banking-transactions": 1 }, "pauseSeconds": 45 }),
        faults: none,
    },
    Case {
        key: CourseKey::BankDown,
        title: later!("The bank did not answer"),
        goal: later!("Bring the data of Cobble Lane Cycles Ltd here, on the consent that its customer has given."),
        see: later!("The company is linked, but all four reads failed: the bank did not answer in time. It answers again by now."),
        hints: &[
            later!(
                "Open the company. Each data type says what went wrong and whose side it is on. Neither the customer nor the consent is at fault."
            ),
            later!("Ask for the data once more with Refresh. Fairlead itself does so five minutes after a first failure."),
        ],
        company: "Cobble Lane Cycles Ltd",
        bank: DEMO_BANK,
        prepared: Prepared::Read,
        before: || json!({ "failSyncs": every_type("FetchError") }),
        during: as_ever,
        faults: none,
    },
    Case {
        key: CourseKey::Cancelled,
        title: later!("The customer left"),
        goal: later!(
            "Let the customer of Dune Street Dental Ltd leave the bank\u{2019}s page, and link them after all on the same connection."
        ),
        see: later!("Whoever presses Cancel at the bank comes back with nothing. Fairlead says that it is nobody\u{2019}s fault."),
        hints: &[
            later!("Hand the link over and play the customer: on the bank\u{2019}s page, press Cancel."),
            later!("Wait until Fairlead says that they left before finishing. Then hand over a new link of the same case."),
            later!("This time, agree."),
        ],
        company: "Dune Street Dental Ltd",
        bank: DEMO_BANK,
        prepared: Prepared::Made,
        before: as_ever,
        during: as_ever,
        faults: none,
    },
    Case {
        key: CourseKey::SecondApprover,
        title: later!("A second person approves"),
        goal: later!("Link Eastgate Print Ltd, where two people decide at the bank, and keep with the case who the second one is."),
        see: later!("The bank thanks the first person and waits for another. Until then Codat says pending, and Fairlead goes on asking."),
        hints: &[
            later!("Hand the link over and agree as the first person. The bank\u{2019}s page then says that another person must approve."),
            later!("Write down who that is: under \u{201c}Somebody else has the log-in\u{201d} of the case, enter a name."),
            later!("Go on with the button of the waiting page: it opens what the second person sees. Approve there."),
        ],
        company: "Eastgate Print Ltd",
        bank: DEMO_BANK,
        prepared: Prepared::Made,
        before: as_ever,
        during: || json!({ "secondApprover": true }),
        faults: none,
    },
    Case {
        key: CourseKey::LinkExpired,
        title: later!("The link has expired"),
        goal: later!(
            "Link Fernhill Garage Ltd, whose customer says that the link does not open any more, without making anything new at Codat."
        ),
        see: later!(
            "A link was handed over and opened once. Links work once, for a day: the customer reads \u{201c}This link has expired\u{201d}."
        ),
        hints: &[
            later!("The case waits, and its connection is as good as before: only the address was used up."),
            later!("Open the case and hand over the link again. It is fetched fresh at that moment; then agree as the customer."),
        ],
        company: "Fernhill Garage Ltd",
        bank: DEMO_BANK,
        prepared: Prepared::LinkUsed,
        before: as_ever,
        during: as_ever,
        faults: none,
    },
    Case {
        key: CourseKey::WindowMissed,
        title: later!("The history window was missed"),
        goal: later!("Bring the full history of Glasshouse Flowers Ltd here, on the connection that it has."),
        see: later!(
            "A colleague linked the company in Codat\u{2019}s Portal, and it was first read ten minutes later. Such banks then give ninety days only."
        ),
        hints: &[
            later!("Look at the transactions: they begin three months ago. Refreshing reads the same ninety days again."),
            later!(
                "The five minutes begin with a consent. The one that stands must end first: End, then \u{201c}Unlink\u{201d}, which keeps the connection."
            ),
            later!("Now renew the same connection and agree as the customer. Fairlead asks for all four types at once."),
        ],
        company: "Glasshouse Flowers Ltd",
        bank: DEMO_BANK,
        prepared: Prepared::ElsewhereTenMinutesAgo,
        before: as_ever,
        during: as_ever,
        faults: none,
    },
    Case {
        key: CourseKey::PartialData,
        title: later!("One data type is missing"),
        goal: later!(
            "Get the transactions of Harrow Dairy Ltd with the help of a person there who may share them, on the same connection."
        ),
        see: later!("Accounts and balances arrived. The transactions did not: whoever signed in may not share them."),
        hints: &[
            later!("The company\u{2019}s page says which type is missing and why. Asking again helps only when somebody else signs in."),
            later!(
                "Renew the same connection: its case takes another person\u{2019}s name under \u{201c}Somebody else has the log-in\u{201d}."
            ),
            later!("Hand the link over to them, and agree in their place. Where the data does not come by itself, Refresh."),
        ],
        company: "Harrow Dairy Ltd",
        bank: DEMO_BANK,
        prepared: Prepared::Read,
        before: || json!({ "failSyncs": { "banking-transactions": "PermissionsError" } }),
        during: || json!({ "failSyncs": { "banking-transactions": "PermissionsError" } }),
        faults: none,
    },
    Case {
        key: CourseKey::Duplicate,
        title: later!("An account twice"),
        goal: later!("See to it that each account of Ivy Stone Ltd counts once."),
        see: later!("The customer linked the same bank twice. The same accounts come by both connections, and every sum is doubled."),
        hints: &[
            later!("Under \u{201c}Whose accounts\u{201d} the company\u{2019}s page names the accounts that another connection holds too."),
            later!("Unlinking one would leave its data here, still counted. One connection must be deleted, and one must stay linked."),
        ],
        company: "Ivy Stone Ltd",
        bank: NUMBERED_BANK,
        prepared: Prepared::LinkedTwice,
        before: as_ever,
        during: as_ever,
        faults: none,
    },
    Case {
        key: CourseKey::ConsentEnded,
        title: later!("The consent ended"),
        goal: later!("Renew the consent of Juniper Yards Ltd on the same connection, and have its data read again."),
        see: later!("The bank stopped sharing. What was read before is still here and says how old it is."),
        hints: &[
            later!("The company stands under \u{201c}Needs you\u{201d}, and on the desk of consents under those that ended."),
            later!("Renew its connection; adding the bank anew would begin a second history. Hand the link over and agree."),
        ],
        company: "Juniper Yards Ltd",
        bank: DEMO_BANK,
        prepared: Prepared::Ended,
        before: as_ever,
        during: as_ever,
        faults: none,
    },
    Case {
        key: CourseKey::RateLimited,
        title: later!("Codat asks to wait"),
        goal: later!(
            "Begin the case of Kiln Works Ltd and have its company and connection made once, though Codat turns the first request away."
        ),
        see: later!(
            "Codat answers that there are too many requests, and when to come back. The status line says so, and the case waits in the queue."
        ),
        hints: &[
            later!("The draft of Kiln Works stands among the drafts, with its bank chosen. Begin it."),
            later!(
                "The request limit passes in a few seconds, and Fairlead goes on by itself. Nothing is taken out of the queue, and nothing begun anew."
            ),
        ],
        company: "Kiln Works Ltd",
        bank: DEMO_BANK,
        prepared: Prepared::Draft,
        before: as_ever,
        during: as_ever,
        faults: || json!([{ "match": "POST /companies", "times": 1, "fault": { "kind": "status", "status": 429, "retryAfter": "8" } }]),
    },
    Case {
        key: CourseKey::PlaidFirst,
        title: later!("Plaid\u{2019}s first read"),
        goal: later!("Bring the transactions of Lark Rise Logistics Ltd here, without troubling its customer again."),
        see: later!(
            "This bank behaves as banks through Plaid do: the first read of transactions runs for a quarter of an hour and then gives up."
        ),
        hints: &[
            later!("The consent stands, and the other types are here. Only the transactions failed, at the bank."),
            later!(
                "Ask for them once more with Refresh: the second read finds what the first one prepared. Fairlead itself does so after five minutes."
            ),
        ],
        company: "Lark Rise Logistics Ltd",
        bank: DEMO_BANK,
        prepared: Prepared::ReadTooLong,
        before: || json!({ "firstSyncGivesUp": true }),
        during: || json!({ "firstSyncGivesUp": true }),
        faults: none,
    },
    Case {
        key: CourseKey::WrongBusiness,
        title: later!("The wrong business"),
        goal: later!("Find out whose accounts came back for Mill Pond Nursery Ltd, say so, and let nothing more be read from them."),
        see: later!("The customer signed in with the wrong log-in: the accounts belong to somebody else."),
        hints: &[
            later!(
                "Under \u{201c}Whose accounts\u{201d} the company\u{2019}s page shows the holder the bank names, beside the company\u{2019}s own name."
            ),
            later!("Say that it is another business. That stands in the ledger, and in the evidence pack."),
            later!("Then end that consent: unlink the connection, or delete it."),
        ],
        company: "Mill Pond Nursery Ltd",
        bank: NUMBERED_BANK,
        prepared: Prepared::Read,
        before: || json!({ "holder": OTHER_BUSINESS }),
        during: as_ever,
        faults: none,
    },
];

/// Whose accounts come back in the last case.
const OTHER_BUSINESS: &str = "Orchard Fabrications Ltd";

fn every_type(word: &str) -> Value {
    domain::data_type::DataType::ALL
        .iter()
        .map(|data_type| (data_type.wire().to_owned(), json!(word)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_twelve_and_each_says_its_goal_in_one_sentence_of_its_company() {
        let mut keys: Vec<CourseKey> = CASES.iter().map(|case| case.key).collect();
        keys.dedup();
        assert_eq!(keys.len(), 12);
        for case in &CASES {
            assert!(case.goal.ends_with('.') && !case.goal.trim_end_matches('.').contains(". "), "one sentence: {}", case.goal);
            let name = case.company.split(' ').next().unwrap_or_default();
            assert!(case.goal.contains(name), "{}: the goal names its company", case.title);
            assert!(!case.hints.is_empty() && case.hints.iter().all(|hint| hint.ends_with('.')), "{}", case.title);
        }
    }

    #[test]
    fn whatever_a_case_turns_is_turned_back() {
        let untouched = untouched();
        for case in &CASES {
            for turned in [(case.before)(), (case.during)()] {
                let names: Vec<String> = turned.as_object().expect("switches").keys().cloned().collect();
                assert!(names.iter().all(|name| untouched.get(name).is_some()), "{}: {names:?}", case.title);
            }
        }
    }
}
