//! Banks as Codat lists them, look by look; what the team makes of them; their logos.

use crate::{Store, StoreError};
use rusqlite::{OptionalExtension as _, Transaction, params};
use std::collections::HashMap;

/// A bank as Codat lists it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BankEntry {
    /// Platform key.
    pub key: String,
    /// Name.
    pub name: String,
    /// Where its logo is.
    pub logo_url: Option<String>,
    /// Switched on.
    pub enabled: bool,
    /// Source.
    pub source_id: Option<String>,
    /// Provider.
    pub integration_id: Option<String>,
    /// Kind of source.
    pub source_type: Option<String>,
    /// Who provides its data, as Codat names them.
    pub provider: Option<String>,
}

/// What is different about a bank since the look before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Change {
    /// It was not listed.
    Appeared,
    /// It is not listed any more.
    Disappeared,
    /// It has another name.
    Renamed,
    /// It can be connected now.
    SwitchedOn,
    /// It cannot be connected any more.
    SwitchedOff,
}

impl Change {
    const WORDS: [(Self, &'static str); 5] = [
        (Self::Appeared, "appeared"),
        (Self::Disappeared, "disappeared"),
        (Self::Renamed, "renamed"),
        (Self::SwitchedOn, "on"),
        (Self::SwitchedOff, "off"),
    ];

    fn word(self) -> &'static str {
        Self::WORDS.into_iter().find_map(|(change, word)| (change == self).then_some(word)).unwrap_or_default()
    }

    fn of(word: &str) -> Option<Self> {
        Self::WORDS.into_iter().find_map(|(change, known)| (known == word).then_some(change))
    }
}

/// A change with the look that showed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BankChange {
    /// When it was seen, UTC milliseconds.
    pub at: i64,
    /// Platform key.
    pub key: String,
    /// Name; of a renamed one the new.
    pub name: String,
    /// Who provides it.
    pub provider: Option<String>,
    /// What changed.
    pub change: Change,
    /// The name before.
    pub was: Option<String>,
}

/// What the team makes of a bank.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offer {
    /// Platform key.
    pub key: String,
    /// Place among the favourites, from 0.
    pub place: Option<u32>,
    /// Not offered, and why; an empty text gives no reason.
    pub hidden: Option<String>,
    /// What a customer will see there, as Markdown.
    pub note: String,
}

/// A decoded logo as PNG, `None` when it could not be had; and when that was, UTC milliseconds.
pub type Logo = (Option<Vec<u8>>, i64);

impl Store {
    /// Takes in what Codat lists now and notes what changed since the look before. When not all of it could be read (`whole`), what is missing stays. The
    /// first whole look has nothing to be compared with.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn look_at_banks(&self, banks: &[BankEntry], whole: bool, at: i64) -> Result<Vec<BankChange>, StoreError> {
        self.write("keeping the banks", |tx| {
            let before: HashMap<String, BankEntry> = listed(tx)?.into_iter().map(|bank| (bank.key.clone(), bank)).collect();
            let is_watched: bool = tx.query_row("SELECT EXISTS (SELECT 1 FROM meta WHERE name = 'banks_since')", [], |row| row.get(0))?;
            let mut after: Vec<BankEntry> = banks.to_vec();
            if !whole {
                let there: std::collections::HashSet<&str> = banks.iter().map(|bank| bank.key.as_str()).collect();
                let mut missing: Vec<BankEntry> = before.values().filter(|bank| !there.contains(bank.key.as_str())).cloned().collect();
                missing.sort_by(|one, other| one.key.cmp(&other.key));
                after.extend(missing);
            }
            let changes = if is_watched { changes(&before, &after, at) } else { vec![] };
            replace(tx, &after)?;
            let mut note =
                tx.prepare_cached("INSERT INTO bank_changes (at, key, name, provider, change, was) VALUES (?, ?, ?, ?, ?, ?)")?;
            for one in &changes {
                note.execute(params![one.at, one.key, one.name, one.provider, one.change.word(), one.was])?;
            }
            let mut put =
                tx.prepare_cached("INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value")?;
            put.execute(params!["banks_at", at.to_string()])?;
            if whole && !is_watched {
                put.execute(params!["banks_since", at.to_string()])?;
            }
            Ok(changes)
        })
    }

    /// All of them, in Codat's order.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn banks(&self) -> Result<Vec<BankEntry>, StoreError> {
        self.read("reading the banks", listed)
    }

    /// What changed since that moment, newest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn bank_changes(&self, since: i64, limit: u32) -> Result<Vec<BankChange>, StoreError> {
        self.read("reading what changed of the banks", |conn| {
            let mut rows =
                conn.prepare_cached("SELECT at, key, name, provider, change, was FROM bank_changes WHERE at >= ? ORDER BY n DESC LIMIT ?")?;
            let read = rows.query_map(params![since, limit], |row| {
                let change = Change::of(row.get_ref(4)?.as_str()?);
                let (at, key, name) = (row.get(0)?, row.get(1)?, row.get(2)?);
                let (provider, was) = (row.get(3)?, row.get(5)?);
                // A word of a newer Fairlead is not for this one.
                Ok(change.map(|change| BankChange { at, key, name, provider, change, was }))
            })?;
            read.filter_map(Result::transpose).collect()
        })
    }

    /// What the team makes of its banks: favourites in their order, then the rest by key.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn offers(&self) -> Result<Vec<Offer>, StoreError> {
        self.read("reading the offer", |conn| {
            let mut rows = conn.prepare_cached("SELECT key, place, hidden, note FROM offers ORDER BY place IS NULL, place, key")?;
            rows.query_map([], |row| Ok(Offer { key: row.get(0)?, place: row.get(1)?, hidden: row.get(2)?, note: row.get(3)? }))?.collect()
        })
    }

    /// Keeps whether a bank is offered and its note; its place among the favourites stays.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn keep_offer(&self, key: &str, hidden: Option<&str>, note: &str) -> Result<(), StoreError> {
        self.write("keeping the offer", |tx| {
            tx.execute(
                "INSERT INTO offers (key, hidden, note) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET hidden = excluded.hidden, note = excluded.note",
                params![key, hidden, note],
            )?;
            tidy(tx)
        })
    }

    /// Makes these the favourites, in this order.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn keep_favourites(&self, keys: &[String]) -> Result<(), StoreError> {
        self.write("keeping the favourites", |tx| {
            tx.execute("UPDATE offers SET place = NULL WHERE place IS NOT NULL", [])?;
            let mut put =
                tx.prepare_cached("INSERT INTO offers (key, place) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET place = excluded.place")?;
            for (place, key) in (0_u32..).zip(keys) {
                put.execute(params![key, place])?;
            }
            tidy(tx)
        })
    }

    /// A logo that was fetched, or failed to be.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn logo(&self, url: &str) -> Result<Option<Logo>, StoreError> {
        self.read("reading a logo", |conn| {
            conn.query_row("SELECT png, at FROM logos WHERE url = ?", [url], |row| Ok((row.get(0)?, row.get(1)?))).optional()
        })
    }

    /// Keeps a logo, or that there is none to be had now: one that is here stays.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn keep_logo(&self, url: &str, png: Option<&[u8]>, at: i64) -> Result<(), StoreError> {
        self.write("keeping a logo", |tx| {
            tx.execute(
                "INSERT INTO logos (url, png, at) VALUES (?, ?, ?) ON CONFLICT (url) DO UPDATE SET png = coalesce(excluded.png, png), at = excluded.at",
                params![url, png, at],
            )?;
            Ok(())
        })
    }
}

fn listed(conn: &rusqlite::Connection) -> rusqlite::Result<Vec<BankEntry>> {
    let mut rows = conn.prepare_cached(
        "SELECT key, name, logo_url, enabled, source_id, integration_id, source_type, provider FROM banks ORDER BY position",
    )?;
    rows.query_map([], |row| {
        Ok(BankEntry {
            key: row.get(0)?,
            name: row.get(1)?,
            logo_url: row.get(2)?,
            enabled: row.get(3)?,
            source_id: row.get(4)?,
            integration_id: row.get(5)?,
            source_type: row.get(6)?,
            provider: row.get(7)?,
        })
    })?
    .collect()
}

fn replace(tx: &Transaction<'_>, banks: &[BankEntry]) -> rusqlite::Result<()> {
    tx.execute("DELETE FROM banks", [])?;
    let mut insert = tx.prepare_cached(
        "INSERT OR IGNORE INTO banks (key, name, logo_url, enabled, source_id, integration_id, source_type, provider) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    )?;
    for bank in banks {
        insert.execute(params![
            bank.key,
            bank.name,
            bank.logo_url,
            bank.enabled,
            bank.source_id,
            bank.integration_id,
            bank.source_type,
            bank.provider
        ])?;
    }
    Ok(())
}

fn tidy(tx: &Transaction<'_>) -> rusqlite::Result<()> {
    tx.execute("DELETE FROM offers WHERE place IS NULL AND hidden IS NULL AND note = ''", [])?;
    Ok(())
}

/// A bank may be renamed and switched at once; one that comes or goes did nothing else.
fn changes(before: &HashMap<String, BankEntry>, after: &[BankEntry], at: i64) -> Vec<BankChange> {
    let of = |bank: &BankEntry, change, was: Option<&str>| BankChange {
        at,
        key: bank.key.clone(),
        name: bank.name.clone(),
        provider: bank.provider.clone(),
        change,
        was: was.map(str::to_owned),
    };
    let (mut found, mut there) = (vec![], std::collections::HashSet::new());
    for bank in after {
        if !there.insert(bank.key.as_str()) {
            continue;
        }
        let Some(old) = before.get(&bank.key) else {
            found.push(of(bank, Change::Appeared, None));
            continue;
        };
        if old.name != bank.name {
            found.push(of(bank, Change::Renamed, Some(&old.name)));
        }
        match (old.enabled, bank.enabled) {
            (false, true) => found.push(of(bank, Change::SwitchedOn, None)),
            (true, false) => found.push(of(bank, Change::SwitchedOff, None)),
            _ => {}
        }
    }
    let mut gone: Vec<&BankEntry> = before.values().filter(|bank| !there.contains(bank.key.as_str())).collect();
    gone.sort_by(|one, other| one.name.cmp(&other.name).then_with(|| one.key.cmp(&other.key)));
    found.extend(gone.into_iter().map(|bank| of(bank, Change::Disappeared, None)));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bank(key: &str, name: &str, enabled: bool) -> BankEntry {
        BankEntry { key: key.into(), name: name.into(), enabled, ..BankEntry::default() }
    }

    #[test]
    fn what_is_different_is_named_once_and_what_is_the_same_is_not() {
        let before = [bank("a", "Alder", true), bank("b", "Birch", true), bank("c", "Cedar", false), bank("d", "Date", true)];
        let before: HashMap<_, _> = before.into_iter().map(|bank| (bank.key.clone(), bank)).collect();
        let after = [bank("a", "Alder", true), bank("b", "Birch Business", false), bank("c", "Cedar", true), bank("e", "Elm", false)];
        let found = changes(&before, &after, 7);
        let told: Vec<_> = found.iter().map(|one| (one.key.as_str(), one.change, one.was.as_deref())).collect();
        assert_eq!(
            told,
            [
                ("b", Change::Renamed, Some("Birch")),
                ("b", Change::SwitchedOff, None),
                ("c", Change::SwitchedOn, None),
                ("e", Change::Appeared, None),
                ("d", Change::Disappeared, None),
            ]
        );
        assert!(Change::WORDS.into_iter().all(|(change, word)| Change::of(word) == Some(change) && change.word() == word));
    }
}
