//! How long the rest of a fetch takes: by its own pages once there are a few, before that by what the same type took at the same bank.

/// Pages after which a fetch knows its own pace.
const OWN: usize = 3;
/// Fewer cases are no habit.
const CASES: usize = 3;

/// Milliseconds that a million rows usually take in these cases of rows and milliseconds.
pub(crate) fn usual(cases: impl IntoIterator<Item = (u64, i64)>) -> Option<i64> {
    let with_rows = cases.into_iter().filter(|(rows, ms)| *rows > 0 && *ms >= 0);
    let mut each: Vec<i64> = with_rows.map(|(rows, ms)| ms.saturating_mul(1_000_000) / i64::try_from(rows).unwrap_or(i64::MAX)).collect();
    each.sort_unstable();
    each.get(each.len() / 2).copied()
}

/// The same, where few cases say nothing.
pub(crate) fn learned(cases: &[(u64, i64)]) -> Option<i64> {
    (cases.len() >= CASES).then(|| usual(cases.iter().copied())).flatten()
}

/// Milliseconds until the rest is here.
pub(crate) fn left_ms(left: u64, own: &[(u64, i64)], learned: Option<i64>) -> Option<i64> {
    let own_pace = usual(own.iter().copied());
    let pace = if own.len() >= OWN { own_pace } else { learned.or(own_pace) }?;
    Some(i64::try_from(left).ok()?.saturating_mul(pace) / 1_000_000)
}

/// Rows a second.
pub(crate) fn rows_a_second(pace: i64) -> u32 {
    u32::try_from(1_000_000_000 / pace.max(1)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fetch_is_judged_by_its_own_pages_once_there_are_three_and_by_its_bank_before() {
        let page = (5_000, 1_000);
        assert_eq!(left_ms(50_000, &[], None), None, "nothing is known");
        assert_eq!(left_ms(50_000, &[page], None), Some(10_000));
        assert_eq!(left_ms(50_000, &[page], Some(400_000)), Some(20_000), "one page is chance");
        assert_eq!(left_ms(50_000, &[page; 3], Some(400_000)), Some(10_000));
        assert_eq!(left_ms(0, &[page; 3], None), Some(0));
    }

    #[test]
    fn one_long_wait_among_the_pages_does_not_count() {
        assert_eq!(usual([(5_000, 1_000), (5_000, 36_000_000), (5_000, 1_100)]), Some(220_000));
        assert_eq!(usual([(0, 900)]), None, "a page without rows has no pace");
        assert_eq!(rows_a_second(220_000), 4_545);
    }

    #[test]
    fn two_cases_are_no_habit() {
        assert_eq!(learned(&[(5_000, 1_000); 2]), None);
        assert_eq!(learned(&[(5_000, 1_000); 3]), Some(200_000));
    }
}
