//! How a person left the desk: what was opened last, where they were. It names customers, so it is kept in the profile's own database.

use crate::companies::row;
use crate::engine::Engine;
use crate::error::Result;
use crate::view::{CompanyRow, Desk};
use domain::bank_search::fold;

const FACT: &str = "desk";
/// Companies that are remembered as opened last.
const RECENT: usize = 12;
/// Companies that a jump offers.
const OFFERED: usize = 8;
/// Views that are kept.
const VIEWS: usize = 30;
/// Longest id that is kept; an address may be four times as long.
const LONGEST: usize = 200;

impl Engine {
    /// The desk as it was left; with `keep`, as it is left now.
    ///
    /// # Errors
    /// When the database cannot be read or written.
    pub async fn desk(&self, keep: Option<Desk>) -> Result<Desk> {
        let Some(desk) = keep.map(tidy) else {
            // A desk that an older or newer Fairlead left differently is an empty one: nothing on it is data.
            let kept = self.store(|store| store.fact(FACT)).await?;
            return Ok(kept.and_then(|kept| serde_json::from_str(&kept).ok()).unwrap_or_default());
        };
        let text = serde_json::to_string(&desk).unwrap_or_default();
        self.store(move |store| store.set_fact(FACT, &text)).await?;
        Ok(desk)
    }

    /// Companies to jump to: by words of name or reference, nearest first; without words the ones opened last.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn find_companies(&self, text: String) -> Result<Vec<CompanyRow>> {
        let text: String = text.chars().take(100).collect();
        let words: Vec<String> = fold(&text).split_whitespace().take(8).map(str::to_owned).collect();
        let items = if words.is_empty() {
            let recent = self.desk(None).await?.recent;
            self.store(move |store| store.companies_with(&recent)).await?
        } else {
            self.store(move |store| store.find_companies(&words, OFFERED)).await?
        };
        let now = self.now();
        Ok(items.iter().take(OFFERED).map(|item| row(item, self.is_reading(item), now)).collect())
    }
}

fn tidy(mut desk: Desk) -> Desk {
    let mut seen = std::collections::BTreeSet::new();
    desk.recent.retain(|id| id.len() <= LONGEST && seen.insert(id.clone()));
    desk.recent.truncate(RECENT);
    for kept in [&mut desk.views, &mut desk.filters] {
        kept.retain(|own| own.id.len() <= LONGEST && own.name.len() <= LONGEST && own.address.len() <= 4 * LONGEST);
        kept.truncate(VIEWS);
    }
    if let Some(hidden) = &mut desk.hidden {
        hidden.retain(|column| column.len() <= LONGEST);
        hidden.truncate(VIEWS);
    }
    desk.route = desk.route.filter(|route| route.len() <= 4 * LONGEST);
    desk
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_desk_remembers_each_company_once_and_only_the_last_twelve() {
        let recent = (0..20).map(|n| format!("c{}", n / 2 * 2)).chain(["x".repeat(300)]).collect();
        let desk = tidy(Desk { recent, route: Some("y".repeat(900)), ..Desk::default() });
        assert_eq!(desk.recent.len(), 10);
        assert_eq!(desk.route, None, "nobody was there");
        assert_eq!(tidy(Desk { recent: (0..20).map(|n| n.to_string()).collect(), ..Desk::default() }).recent.len(), RECENT);
    }
}
