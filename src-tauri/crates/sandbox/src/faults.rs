//! Faults by script. A rule says which requests it meets, how often, and what goes wrong; every fault that fires is counted.
//! How an answer is spoilt is done elsewhere (`spoil`, `server`).

use crate::world::Dice;
use serde::{Deserialize, Serialize};

/// One rule of a script.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rule {
    /// Method and path, with `*` for one segment and `**` for the rest: `POST /companies`, `GET /companies/*/connections/**`, `* **`.
    #[serde(rename = "match")]
    pub matches: String,
    /// Let this many matching requests pass first.
    #[serde(default)]
    pub after: u32,
    /// Fire this often in all; none = always.
    #[serde(default)]
    pub times: Option<u32>,
    /// Fire for about this many of a thousand matching requests; none = all. Decided by the seed.
    #[serde(default)]
    pub per_mille: Option<u32>,
    /// What goes wrong.
    pub fault: Fault,
}

impl Rule {
    /// A rule that fires at every request that matches.
    #[must_use]
    pub fn always(matches: &str, fault: Fault) -> Self {
        Self { matches: matches.to_owned(), after: 0, times: None, per_mille: None, fault }
    }

    /// A rule that fires at the first request that matches, and never again.
    #[must_use]
    pub fn once(matches: &str, fault: Fault) -> Self {
        Self { times: Some(1), ..Self::always(matches, fault) }
    }

    /// Reads a script: a JSON list of rules.
    ///
    /// # Errors
    /// When it is not one, with the place where it goes wrong.
    pub fn script(text: &str) -> Result<Vec<Self>, serde_json::Error> {
        serde_json::from_str(text)
    }
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Fault {
    /// Answers this status without doing anything. `retryAfter` is sent as it stands; `httpDate:5` makes a date five seconds away.
    Status {
        /// HTTP status.
        status: u16,
        /// `Retry-After`.
        #[serde(default)]
        retry_after: Option<String>,
    },
    /// Does it, then answers 500.
    ApplyThen500,
    /// Does it, then breaks the connection before a byte of the answer.
    ApplyThenDrop,
    /// Breaks the connection without doing it.
    DropBefore,
    /// Does it and sends half of the answer.
    CutBody,
    /// A page in HTML with status 200, as a hotel's network would send.
    Html200,
    /// Status 200 with nothing.
    EmptyBody,
    /// Waits, then does it. The caller may be gone by then.
    SlowBefore {
        /// Milliseconds.
        ms: u64,
    },
    /// Does it, then waits before answering.
    SlowAfter {
        /// Milliseconds.
        ms: u64,
    },
    /// Does it, sends half of the answer, and then nothing, while the connection stays open.
    Stall,
    /// Does it and sends the answer in small pieces.
    Drip {
        /// Milliseconds between pieces of 256 bytes.
        ms: u64,
    },
    /// Answers with this many mebibytes of JSON.
    HugeBody {
        /// Mebibytes.
        mib: u32,
    },
    /// Answers 302 to another address.
    Redirect {
        /// Where to.
        to: String,
    },
    /// A list whose rows stand in the wrong order.
    WrongOrder,
    /// A list's next page instead of the one asked for.
    WrongPage,
    /// A new sync of the data type lands before this page is served: some records are stamped anew, so rows shift.
    SyncLands,
    /// Rows of a list name another company, connection or account than asked.
    WrongCompany,
    /// One row of a list cannot be read: its id is a number and its amount text.
    BadRow,
    /// One row of a list has an amount of 28 digits.
    LongAmount,
    /// What somebody named or wrote in a list's rows is these, one after the other: names, descriptions, merchants, holders.
    Texts {
        /// The texts.
        texts: Vec<String>,
    },
    /// A list tells so many more results than there are, or fewer.
    WrongTotal {
        /// More; fewer when it is below zero.
        by: i64,
    },
    /// A list's first page, whichever is asked for, with a count that no walk reaches.
    EndlessNext,
}

impl Fault {
    /// The fault's name in a script.
    pub(crate) fn kind(&self) -> String {
        let value = serde_json::to_value(self).unwrap_or_default();
        value["kind"].as_str().unwrap_or_default().to_owned()
    }
}

/// The rules at work, and what fired.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    seed: u64,
    rules: Vec<Armed>,
}

#[derive(Debug)]
struct Armed {
    rule: Rule,
    met: u32,
    fired: u32,
}

/// A rule's count.
#[derive(Debug, Serialize)]
pub(crate) struct Count {
    rule: Rule,
    met: u32,
    fired: u32,
}

impl Faults {
    pub(crate) fn new(rules: Vec<Rule>, seed: u64) -> Self {
        Self { seed, rules: rules.into_iter().map(|rule| Armed { rule, met: 0, fired: 0 }).collect() }
    }

    /// The fault for this request, if a rule fires. The first one that does wins.
    pub(crate) fn strike(&mut self, method: &str, path: &str) -> Option<Fault> {
        let seed = self.seed;
        for (index, armed) in self.rules.iter_mut().enumerate() {
            if !meets(&armed.rule.matches, method, path) {
                continue;
            }
            armed.met += 1;
            let spent = armed.rule.times.is_some_and(|times| armed.fired >= times);
            let lucky = armed.rule.per_mille.is_some_and(|per_mille| {
                Dice::new(seed, &[0xfa17, index as u64, u64::from(armed.met)]).below(1000) >= u64::from(per_mille)
            });
            if armed.met > armed.rule.after && !spent && !lucky {
                armed.fired += 1;
                return Some(armed.rule.fault.clone());
            }
        }
        None
    }

    pub(crate) fn counts(&self) -> Vec<Count> {
        self.rules.iter().map(|armed| Count { rule: armed.rule.clone(), met: armed.met, fired: armed.fired }).collect()
    }

    pub(crate) fn fired(&self) -> u32 {
        self.rules.iter().map(|armed| armed.fired).sum()
    }
}

fn meets(pattern: &str, method: &str, path: &str) -> bool {
    let (wanted_method, wanted_path) = pattern.split_once(' ').unwrap_or(("*", pattern));
    if wanted_method != "*" && !wanted_method.eq_ignore_ascii_case(method) {
        return false;
    }
    let mut segments = path.trim_matches('/').split('/');
    for wanted in wanted_path.trim_matches('/').split('/') {
        if wanted == "**" {
            return true;
        }
        match segments.next() {
            Some(segment) if wanted == "*" || wanted == segment => {}
            _ => return false,
        }
    }
    segments.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_meet_whole_paths() {
        assert!(meets("POST /companies", "POST", "/companies"));
        assert!(!meets("POST /companies", "POST", "/companies/1/connections"), "a pattern is not a prefix");
        assert!(meets("GET /companies/*/connections", "GET", "/companies/1/connections"));
        assert!(meets("* /companies/**", "GET", "/companies/1/connections/2"));
        assert!(!meets("GET /companies", "POST", "/companies"));
    }

    #[test]
    fn a_rule_lets_pass_fires_and_is_spent() {
        let rule = Rule { after: 1, times: Some(2), ..Rule::always("* **", Fault::CutBody) };
        let mut faults = Faults::new(vec![rule], 1);
        let struck: Vec<bool> = (0..5).map(|_| faults.strike("GET", "/x").is_some()).collect();
        assert_eq!(struck, [false, true, true, false, false]);
        assert_eq!(
            (faults.counts()[0].met, faults.counts()[0].fired),
            (5, 2),
            "what fired is counted, or a check could pass without a fault"
        );
    }

    #[test]
    fn a_share_of_a_thousand_is_kept_and_follows_the_seed() {
        let rule = Rule { per_mille: Some(300), ..Rule::always("* **", Fault::EmptyBody) };
        let run = |seed| {
            let mut faults = Faults::new(vec![rule.clone()], seed);
            (0..2000).map(|_| faults.strike("GET", "/x").is_some()).collect::<Vec<bool>>()
        };
        let fired = run(7).into_iter().filter(|fired| *fired).count();
        assert!((500..700).contains(&fired), "about 30 percent of 2,000: {fired}");
        assert_eq!(run(7), run(7));
        assert_ne!(run(7), run(8));
    }

    #[test]
    fn a_script_reads_as_documented() {
        let script = r#"[
            {"match": "POST /companies", "times": 1, "fault": {"kind": "applyThenDrop"}},
            {"match": "GET /companies/*/connections/**", "after": 2, "fault": {"kind": "status", "status": 429, "retryAfter": "httpDate:5"}},
            {"match": "* **", "perMille": 50, "fault": {"kind": "slowAfter", "ms": 40}}
        ]"#;
        let rules = Rule::script(script).expect("a good script");
        assert_eq!(rules[0], Rule::once("POST /companies", Fault::ApplyThenDrop));
        assert_eq!(rules[1].fault, Fault::Status { status: 429, retry_after: Some("httpDate:5".into()) });
        assert!(Rule::script(r#"[{"match": "x", "fault": {"kind": "nonsense"}}]"#).is_err(), "a typing slip must not pass for a fault");
    }
}
