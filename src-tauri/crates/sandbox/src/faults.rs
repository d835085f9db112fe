//! Faults by script. A rule says which requests it meets, how often, and what goes wrong; every fault that fires is counted.

use crate::world::Dice;
use serde::{Deserialize, Serialize};

/// One rule of a script.
#[derive(Clone, Debug, Serialize, Deserialize)]
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
    /// Does it, then breaks the connection.
    ApplyThenDrop,
    /// Breaks the connection without doing it.
    DropBefore,
    /// Does it and sends half of the answer.
    CutBody,
    /// A page in HTML with status 200, as a hotel's network would send.
    Html200,
    /// Status 200 with nothing.
    EmptyBody,
    /// Waits, then does it.
    SlowBefore {
        /// Milliseconds.
        ms: u64,
    },
    /// Does it, then waits before answering.
    SlowAfter {
        /// Milliseconds.
        ms: u64,
    },
    /// A list in the wrong order.
    WrongOrder,
    /// A new read of the data type lands before this page is served: rows shift.
    SyncLands,
    /// Rows of a list name another company or account than asked.
    WrongCompany,
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
        let rule = Rule { matches: "* **".into(), after: 1, times: Some(2), per_mille: None, fault: Fault::CutBody };
        let mut faults = Faults::new(vec![rule], 1);
        let struck: Vec<bool> = (0..5).map(|_| faults.strike("GET", "/x").is_some()).collect();
        assert_eq!(struck, [false, true, true, false, false]);
        assert_eq!(
            (faults.counts()[0].met, faults.counts()[0].fired),
            (5, 2),
            "what fired is counted, or a check could pass without a fault"
        );
    }
}
