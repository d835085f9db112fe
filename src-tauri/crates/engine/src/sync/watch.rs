//! From polled statuses to stretches of stages. Pure.

use domain::status::Phase;
use store::StageSpan;

fn word(phase: Phase) -> Option<&'static str> {
    Some(match phase {
        Phase::Queued => "queued",
        Phase::Fetching => "fetching",
        Phase::Mapping => "mapping",
        Phase::Validating => "validating",
        Phase::Processing => "processing",
        Phase::Done | Phase::Failed => return None,
    })
}

/// Credits what passed since the last look. `elapsed` is the time since the read was requested; an ended read closes its last stage.
pub(crate) fn advance(stages: &mut Vec<StageSpan>, phase: Phase, elapsed_ms: i64) {
    let credited: i64 = stages.iter().filter(|span| span.stage != "downloading").map(|span| i64::from(span.ms)).sum();
    let passed = u32::try_from((elapsed_ms - credited).max(0)).unwrap_or(u32::MAX);
    match word(phase) {
        Some(word) if stages.last().is_some_and(|last| last.stage == word) => {
            if let Some(last) = stages.last_mut() {
                last.ms = last.ms.saturating_add(passed);
            }
        }
        Some(word) => stages.push(StageSpan { stage: word.to_owned(), ms: passed }),
        None if stages.is_empty() && passed > 0 => stages.push(StageSpan { stage: "fetching".to_owned(), ms: passed }),
        None => {
            if let Some(last) = stages.last_mut().filter(|last| last.stage != "downloading") {
                last.ms = last.ms.saturating_add(passed);
            }
        }
    }
}

/// Our own fetch, after Codat's.
pub(crate) fn downloaded(stages: &mut Vec<StageSpan>, ms: u32) {
    stages.push(StageSpan { stage: "downloading".to_owned(), ms });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_add_up_to_what_passed_even_when_steps_were_missed() {
        let mut stages = vec![];
        for (phase, at) in [
            (Phase::Queued, 100),
            (Phase::Fetching, 1_200),
            (Phase::Fetching, 3_000),
            (Phase::Processing, 4_100),
            (Phase::Done, 4_900),
            (Phase::Done, 4_900),
        ] {
            advance(&mut stages, phase, at);
        }
        let told: Vec<(&str, u32)> = stages.iter().map(|span| (span.stage.as_str(), span.ms)).collect();
        assert_eq!(told, [("queued", 100), ("fetching", 2_900), ("processing", 1_900)]);
        assert_eq!(stages.iter().map(|span| span.ms).sum::<u32>(), 4_900);
    }
}
