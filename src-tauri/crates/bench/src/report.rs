//! What a bench found, as a table or as JSON.

use crate::rounds::{Middle, Runs};
use serde_json::{Value, json};

/// A ratio, and what it must be.
pub(crate) struct Ratio {
    pub(crate) what: String,
    pub(crate) found: Middle,
    /// What it must not pass, and what we aim at; none = told only.
    pub(crate) bounds: Option<(f64, f64)>,
}

/// A number that is no ratio of times.
pub(crate) struct Fact {
    pub(crate) what: String,
    pub(crate) value: f64,
    pub(crate) unit: &'static str,
}

/// All of one bench.
#[derive(Default)]
pub(crate) struct Report {
    pub(crate) title: String,
    pub(crate) sides: Vec<Runs>,
    pub(crate) ratios: Vec<Ratio>,
    pub(crate) facts: Vec<Fact>,
    /// What the figures do not show by themselves.
    pub(crate) notes: Vec<String>,
}

impl Ratio {
    pub(crate) fn new(what: impl Into<String>, found: Middle, bounds: Option<(f64, f64)>) -> Self {
        Self { what: what.into(), found, bounds }
    }

    /// One number, counted and not timed.
    pub(crate) fn counted(what: impl Into<String>, value: f64, bounds: Option<(f64, f64)>) -> Self {
        Self::new(what, Middle { median: value, spread: 0.0 }, bounds)
    }

    /// Passed by more than the spread.
    fn fails(&self) -> bool {
        self.bounds.is_some_and(|(must, _)| self.found.median - self.found.spread > must)
    }

    fn verdict(&self) -> &'static str {
        match self.bounds {
            None => "",
            Some(_) if self.fails() => "FAILS",
            Some((must, _)) if self.found.median > must => "must, within the spread",
            Some((_, aim)) if self.found.median > aim => "good",
            Some(_) => "aim",
        }
    }
}

impl Report {
    pub(crate) fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), ..Self::default() }
    }

    pub(crate) fn fact(&mut self, what: impl Into<String>, value: f64, unit: &'static str) {
        self.facts.push(Fact { what: what.into(), value, unit });
    }

    /// Whether every ratio keeps what it must.
    pub(crate) fn passes(&self) -> bool {
        !self.ratios.iter().any(Ratio::fails)
    }

    pub(crate) fn print(&self) {
        println!("\n{}", self.title);
        if !self.sides.is_empty() {
            println!("{:<34}{:>10}{:>10}{:>12}{:>10}{:>10}{:>10}", "", "CPU s", "wall s", "rows/s", "requests", "MB", "peak MiB");
        }
        for side in &self.sides {
            let middle = |of: fn(&crate::measure::Ran) -> f64| Middle::over(side, of).median;
            let (cpu, wall) = (middle(|ran| ran.cpu), middle(|ran| ran.wall));
            println!(
                "{:<34}{cpu:>10.3}{wall:>10.3}{:>12}{:>10}{:>10}{:>10}",
                side.name,
                told(middle(|ran| count(ran.holds.transactions)) / wall.max(1e-9), 0),
                told(middle(|ran| count(ran.requests)), 0),
                told(middle(|ran| count(ran.bytes)) / 1e6, 1),
                told(middle(|ran| count(ran.peak_rss)) / 1_048_576.0, 0),
            );
        }
        if !self.ratios.is_empty() {
            println!("{:<64}{:>9}{:>9}{:>8}{:>8}", "", "median", "± spread", "must", "aim");
        }
        for ratio in &self.ratios {
            let (must, aim) = ratio.bounds.map_or((String::new(), String::new()), |(must, aim)| (format!("{must}"), format!("{aim}")));
            println!("{:<64}{:>9.3}{:>9.3}{must:>8}{aim:>8}  {}", ratio.what, ratio.found.median, ratio.found.spread, ratio.verdict());
        }
        for fact in &self.facts {
            println!("{:<64}{:>9} {}", fact.what, told_always(fact.value), fact.unit);
        }
        for note in &self.notes {
            println!("note: {note}");
        }
    }

    pub(crate) fn json(&self) -> Value {
        let middle = |found: Middle| json!({ "median": found.median, "spread": found.spread });
        let side = |runs: &Runs| json!({ "name": runs.name, "cpu": middle(Middle::over(runs, |ran| ran.cpu)), "wall": middle(Middle::over(runs, |ran| ran.wall)), "rounds": runs.rounds });
        let ratio = |ratio: &Ratio| {
            json!({
                "what": ratio.what, "median": ratio.found.median, "spread": ratio.found.spread,
                "must": ratio.bounds.map(|(must, _)| must), "aim": ratio.bounds.map(|(_, aim)| aim), "verdict": ratio.verdict(),
            })
        };
        json!({
            "title": self.title, "passes": self.passes(), "sides": self.sides.iter().map(side).collect::<Vec<_>>(),
            "ratios": self.ratios.iter().map(ratio).collect::<Vec<_>>(),
            "facts": self.facts.iter().map(|fact| json!({ "what": fact.what, "value": fact.value, "unit": fact.unit })).collect::<Vec<_>>(),
            "notes": self.notes,
        })
    }
}

/// Exact enough for a table.
#[allow(clippy::cast_precision_loss)]
pub(crate) fn count(number: u64) -> f64 {
    number as f64
}

/// A number that was not measured is not shown.
fn told(number: f64, digits: usize) -> String {
    if number > 0.0 { format!("{number:.digits$}") } else { String::from("–") }
}

fn told_always(number: f64) -> String {
    if number.fract().abs() < 1e-9 { format!("{number:.0}") } else { format!("{number:.3}") }
}
