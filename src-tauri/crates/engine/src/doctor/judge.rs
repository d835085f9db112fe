//! What the facts mean: a sentence, whose side it is on, what to do. Pure.

use super::facts::{Facts, Inside};
use super::system::SchemeOwner;
use crate::banks::is_plaid;
use crate::links::doorbells::compared;
use crate::links::loopback::Standing;
use crate::ports::{Schedule, SourceError};
use crate::view::{Check, Doorbell, Environment, Finding, Ring, VaultKind, Verdict};
use domain::data_type::DataType;
use say::{say, word};
use store::Soundness;

/// Less room than this and reading stops soon.
const TIGHT: u64 = 1 << 30;
/// Less than this and nothing more is read.
const FULL: u64 = 200 << 20;
/// A clock may be off by this without anybody noticing.
const SLIGHT_MS: i64 = 90_000;
/// Beyond this, days and quotas are counted wrongly.
const GRAVE_MS: i64 = 600_000;

pub(super) fn findings(facts: &Facts) -> Vec<Finding> {
    let mut found = vec![profile(facts), policy(facts)];
    if let Some(inside) = &facts.inside {
        found.extend([network(facts, inside), key(inside), banks(inside), provider(inside), first_link(inside), schedule(inside)]);
        found.extend([redirect(inside), loopback(inside)]);
    }
    found.push(scheme(facts));
    if let Some(inside) = &facts.inside {
        found.push(quota(inside));
    }
    found.push(keychain(facts));
    if let Some(inside) = &facts.inside {
        found.push(clock(inside));
    }
    found.push(disk(facts));
    if let Some(inside) = &facts.inside {
        found.push(database(inside));
    }
    found
}

fn title(check: Check) -> &'static str {
    match check {
        Check::Profile => word("Profile"),
        Check::Policy => word("Policy"),
        Check::Network => word("Network"),
        Check::Key => word("API key"),
        Check::Banks => word("Banks"),
        Check::Provider => word("Provider"),
        Check::FirstLink => word("Read on first link"),
        Check::Schedule => word("Codat\u{2019}s schedule"),
        Check::Redirect => word("Way back from the bank"),
        Check::Loopback => word("Page on this computer"),
        Check::Scheme => "fairlead:// addresses",
        Check::Quota => word("Requests"),
        Check::Keychain => word("Keychain"),
        Check::Clock => word("Clock"),
        Check::Disk => word("Disk"),
        Check::Database => word("Database"),
    }
}

fn finding(check: Check, verdict: Verdict, says: impl Into<String>) -> Finding {
    Finding { check, title: title(check).to_owned(), verdict, says: says.into(), fix: None, route: None }
}

fn good(check: Check, says: impl Into<String>) -> Finding {
    finding(check, Verdict::Good, says)
}

fn note(check: Check, says: impl Into<String>) -> Finding {
    finding(check, Verdict::Note, says)
}

fn wrong(check: Check, says: impl Into<String>) -> Finding {
    finding(check, Verdict::Wrong, says)
}

impl Finding {
    fn fixed_by(self, fix: impl Into<String>) -> Self {
        Self { fix: Some(fix.into()), ..self }
    }

    fn at(self, route: &str) -> Self {
        Self { route: Some(route.to_owned()), ..self }
    }
}

fn not_asked(check: Check) -> Finding {
    finding(check, Verdict::Unknown, word("Codat could not be asked."))
}

fn workers_do(check: Check) -> Finding {
    good(check, word("Not needed here: the team\u{2019}s workers see to it."))
}

fn profile(facts: &Facts) -> Finding {
    let check = Check::Profile;
    match (&facts.profile, &facts.trouble) {
        (Some(profile), _) if profile.is_demo || profile.environment == Environment::Sandbox => note(
            check,
            say!("\u{201c}{name}\u{201d} is open, on a practice world: no real bank and no real customer.", name = profile.name),
        ),
        (Some(profile), _) => good(check, say!("\u{201c}{name}\u{201d} is open.", name = profile.name)),
        (None, Some(trouble)) => wrong(check, trouble.clone()).fixed_by(word("Nothing was changed. Put this right and look again.")),
        (None, None) => {
            note(check, word("No profile is open.")).fixed_by(word("Try the demo, or enter a key of Codat.")).at("/settings/profiles")
        }
    }
}

fn policy(facts: &Facts) -> Finding {
    let check = Check::Policy;
    match &facts.policy {
        Ok(None) => good(check, word("None on this computer: whoever uses it sets everything.")),
        Ok(Some(managed)) => {
            let set = managed.policy.set().len();
            let settings = if set == 1 { "1 setting".to_owned() } else { format!("{set} settings") };
            good(
                check,
                say!(
                    "Your organisation sets {settings}, in {place}. {policy}",
                    settings,
                    place = managed.place,
                    policy = managed.policy.ask()
                ),
            )
        }
        Err(trouble) => {
            wrong(check, crate::error::unreadable(trouble)).fixed_by(word("fairlead policy check FILE says what is wrong with a file."))
        }
    }
}

fn network(facts: &Facts, inside: &Inside) -> Finding {
    let check = Check::Network;
    let through = facts.proxy.as_ref().map(|proxy| say!(" through the proxy {proxy}", proxy)).unwrap_or_default();
    match &inside.client {
        Err(SourceError::Offline | SourceError::Lost) => match &facts.proxy {
            Some(proxy) => wrong(check, say!("Codat cannot be reached through the proxy {proxy}.", proxy))
                .fixed_by(word("Ask IT whether the proxy lets api.codat.io through, or take it out of HTTPS_PROXY.")),
            None => wrong(check, word("Codat cannot be reached from this computer."))
                .fixed_by(word("Check the network. A firewall must let https to api.codat.io through.")),
        },
        Err(SourceError::Team(error)) => wrong(check, error.to_string()),
        _ if inside.is_teams => good(check, word("The team\u{2019}s server answers. Nothing is asked of Codat from here.")),
        Err(SourceError::Untrusted) => wrong(
            check,
            word("What answers in Codat\u{2019}s place shows a certificate that this computer does not trust. The key was not sent."),
        )
        .fixed_by(
            word("If your company inspects traffic, IT must add its certificate authority to this computer. Otherwise use another network."),
        ),
        Err(SourceError::CaptivePortal) => wrong(check, word("A sign-in page of the network answers in Codat\u{2019}s place."))
            .fixed_by(word("Open a browser, sign in to the network, and look again.")),
        Err(SourceError::Down(_)) => note(check, word("Codat is reached and has trouble of its own."))
            .fixed_by(word("Wait: Fairlead goes on by itself. Codat tells more on its status page.")),
        _ if inside.is_inspected => note(
            check,
            say!("Codat answers{through}, under a certificate of your company: whoever runs this network can read the key and the data on their way.", through),
        )
        .fixed_by(word("If that is not meant, ask IT to let api.codat.io through uninspected.")),
        _ => good(check, say!("Codat answers{through}.", through)),
    }
}

fn key(inside: &Inside) -> Finding {
    let check = Check::Key;
    if inside.is_teams {
        return workers_do(check);
    }
    match &inside.client {
        Ok(client) => good(check, say!("Codat takes the key. It belongs to \u{201c}{name}\u{201d}.", name = client.name)),
        Err(SourceError::KeyRefused(_)) => wrong(check, word("Codat refuses the API key: it was deleted, or is not whole."))
            .fixed_by(word("Make a new key in Codat\u{2019}s Portal under Developers, API keys, and enter it here."))
            .at("/settings/profiles"),
        Err(SourceError::Forbidden(_)) => wrong(check, word("Codat knows the key and does not let it in."))
            .fixed_by(word("Ask your Codat administrator whether the key or the account was closed.")),
        Err(SourceError::PlanLimit(_)) => {
            wrong(check, word("Codat says that the account has expired or has reached its plan\u{2019}s limit."))
                .fixed_by(word("Talk to your account manager at Codat."))
        }
        Err(_) => not_asked(check),
    }
}

fn banks(inside: &Inside) -> Finding {
    let check = Check::Banks;
    match &inside.banks {
        Ok(banks) if banks.is_empty() => wrong(check, word("No banking source is enabled at Codat, so there is no bank to offer."))
            .fixed_by(word("In Codat\u{2019}s Portal, Settings, Integrations, Banking: enable TrueLayer or Plaid, then its sources. A new account may need Codat\u{2019}s go-ahead first."))
            .at("/settings/setup"),
        Ok(banks) if banks.len() == 1 => good(check, say!("One source is enabled, {name}: customers skip the choice.", name = banks[0].name)),
        Ok(banks) => good(check, say!("{count} banks are enabled.", count = banks.len())),
        Err(_) => not_asked(check),
    }
}

fn provider(inside: &Inside) -> Finding {
    let check = Check::Provider;
    let Ok(banks) = &inside.banks else { return not_asked(check) };
    let plaid = banks.iter().filter(|bank| is_plaid(bank)).count();
    match (plaid, banks.len() - plaid) {
        (0, 0) => finding(check, Verdict::Unknown, word("Nobody, while no source is enabled.")),
        (0, _) => good(check, word("Each bank is a source of its own, as with TrueLayer: customers choose it here.")),
        (_, 0) => good(check, word("Plaid: customers choose their bank on Plaid\u{2019}s own page. Its first read may take longer.")),
        (_, others) => {
            note(check, say!("Plaid and {others} single banks are both enabled, so customers may meet the same bank twice.", others))
                .fixed_by(word("If that is not meant, switch one of them off in Codat\u{2019}s Portal."))
        }
    }
}

fn first_link(inside: &Inside) -> Finding {
    let check = Check::FirstLink;
    let Ok(schedules) = &inside.schedules else { return not_asked(check) };
    let off: Vec<&str> = Schedule::missing_on_first_link(schedules).map(DataType::label).collect();
    if off.is_empty() {
        return good(check, word("Codat reads all four types as soon as a bank is linked."));
    }
    wrong(
        check,
        say!(
            "Codat does not read {off} when a bank is linked. Some banks give their full history for five minutes only.",
            off = listed(&off)
        ),
    )
    .fixed_by(word(
        "Switch on \u{201c}Fetch on first link\u{201d} for these types. Fairlead asks for them itself meanwhile, while it runs.",
    ))
    .at("/settings/freshness")
}

fn schedule(inside: &Inside) -> Finding {
    let check = Check::Schedule;
    let Ok(schedules) = &inside.schedules else { return not_asked(check) };
    let ours = || schedules.iter().filter(|schedule| DataType::ALL.contains(&schedule.data_type));
    let never: Vec<&str> = ours().filter(|schedule| schedule.hours == 0).map(|schedule| schedule.data_type.label()).collect();
    let short = ours().filter_map(|schedule| schedule.months.or(schedule.from_months)).filter(|months| (1..12).contains(months)).min();
    if let Some(months) = short {
        return note(check, say!("Codat reads {months} months back only, so a year cannot be covered.", months))
            .fixed_by(word("Widen the sync window in Codat\u{2019}s Portal, Settings, Data types."));
    }
    if never.is_empty() {
        return good(check, word("Codat reads all four types again by itself."));
    }
    note(check, say!("Codat reads {never} only when asked. Fairlead asks, while it runs.", never = listed(&never)))
        .fixed_by(word("Set a schedule at Codat if data must be fresh while no Fairlead runs."))
        .at("/settings/freshness")
}

fn redirect(inside: &Inside) -> Finding {
    let check = Check::Redirect;
    if inside.is_teams {
        return workers_do(check);
    }
    let Ok(client) = &inside.client else { return not_asked(check) };
    if inside.returns.chosen == Doorbell::Bounce && inside.returns.bounce_url.is_none() {
        return wrong(check, word("Returns are to come over a page of your own, and no address is set."))
            .fixed_by(word("Enter its address."))
            .at("/settings/returns");
    }
    let there = client.redirect_url.as_deref();
    let told = compared(there, &inside.returns);
    let says = format!("{}.", told.word);
    let found = match told.ring {
        Ring::Moored => return good(check, says),
        Ring::Half if there.is_some_and(|there| !there.contains("state={state}")) => wrong(check, says),
        _ => note(check, says),
    };
    found
        .fixed_by(word("The template stands under Returns; at Codat it goes under Settings, Auth flow, Redirects."))
        .at("/settings/returns")
}

fn loopback(inside: &Inside) -> Finding {
    let (check, port) = (Check::Loopback, inside.returns.port);
    match inside.loopback {
        Standing::Rung => good(check, say!("It was visited on port {port}, and the bell rang.", port)),
        Standing::Free => good(check, say!("Port {port} is free; the page is up while the Fairlead window is open.", port)),
        Standing::OtherFairlead => good(check, say!("Another Fairlead on this computer answers on port {port}.", port)),
        Standing::Taken => wrong(check, say!("Another program holds port {port}.", port))
            .fixed_by(word("Choose another port, and put its template at Codat."))
            .at("/settings/returns"),
    }
}

fn scheme(facts: &Facts) -> Finding {
    let check = Check::Scheme;
    match &facts.scheme {
        SchemeOwner::Ours => good(check, word("This computer hands them to Fairlead.")),
        SchemeOwner::Other(entry) => wrong(check, say!("This computer hands them to another program, {entry}.", entry))
            .fixed_by(word("Start the Fairlead window once: it registers itself. Or use another way back."))
            .at("/settings/returns"),
        SchemeOwner::Nobody => note(check, word("No program takes them on this computer yet."))
            .fixed_by(word("Start the Fairlead window once: it registers itself."))
            .at("/settings/returns"),
        SchemeOwner::Untold => finding(check, Verdict::Unknown, word("This system does not say who takes them."))
            .fixed_by(word("Test it under How people come back."))
            .at("/settings/returns"),
    }
}

fn quota(inside: &Inside) -> Finding {
    let (check, today) = (Check::Quota, &inside.budget.today);
    if inside.is_teams {
        return workers_do(check);
    }
    match today.limit {
        Some(0) => wrong(check, word("Codat allows no request today."))
            .fixed_by(word("Talk to your account manager at Codat: the plan has no quota.")),
        Some(limit) if u64::from(today.used) * 10 >= u64::from(limit) * 9 => {
            note(check, say!("{used} of today\u{2019}s {limit} requests are used. The rest is kept for persons.", used = today.used, limit))
                .fixed_by(word("Wait until midnight UTC, or read less often."))
                .at("/settings/freshness")
        }
        Some(limit) => good(check, say!("{used} of today\u{2019}s {limit} requests are used.", used = today.used, limit)),
        None => good(check, say!("{used} requests today; Codat has not told the quota yet.", used = today.used)),
    }
}

fn keychain(facts: &Facts) -> Finding {
    let check = Check::Keychain;
    let vault = facts.profile.as_ref().map(|profile| profile.vault);
    let why = facts.keychain.message.as_deref().map_or_else(|| say!("The keychain does not answer."), say::again);
    match (facts.keychain.available, vault) {
        (true, None | Some(VaultKind::Keychain)) => good(check, word("It answers; keys are kept there.")),
        (true, Some(_)) => note(check, word("It answers, and this profile\u{2019}s key is kept elsewhere."))
            .fixed_by(word("Enter the key again to move it into the keychain."))
            .at("/settings/profiles"),
        (false, Some(VaultKind::Keychain) | None) => {
            wrong(check, why).fixed_by(word("Unlock or start the keychain of this account. Without one, keep the key behind a passphrase."))
        }
        (false, Some(VaultKind::PassphraseFile)) => {
            good(check, word("This profile\u{2019}s key is behind a passphrase; no keychain is needed."))
        }
        (false, Some(VaultKind::Session)) => note(check, say!("{why} The key is kept until Fairlead ends.", why))
            .fixed_by(word("Keep it behind a passphrase if it is to stay.")),
    }
}

fn clock(inside: &Inside) -> Finding {
    let (check, off) = (Check::Clock, inside.clock_off);
    if inside.client.is_err() {
        return not_asked(check);
    }
    if off.abs() <= SLIGHT_MS {
        return good(check, word("It agrees with Codat\u{2019}s."));
    }
    let says = if off < 0 {
        say!("This computer\u{2019}s clock is {off} ahead of Codat\u{2019}s.", off = span(off.abs()))
    } else {
        say!("This computer\u{2019}s clock is {off} behind Codat\u{2019}s.", off = span(off.abs()))
    };
    let found = if off.abs() > GRAVE_MS { wrong(check, says) } else { note(check, says) };
    found.fixed_by(word("Let the system set its clock by itself. Fairlead goes by Codat\u{2019}s meanwhile where limits are concerned."))
}

fn disk(facts: &Facts) -> Finding {
    let check = Check::Disk;
    if facts.is_private == Some(false) {
        return wrong(check, word("Other accounts of this computer may look into the data folder."))
            .fixed_by(word("Take their rights away (chmod 700), or choose another folder."));
    }
    match facts.free {
        Some(free) if free < FULL => wrong(check, say!("Only {free} are free where the data folder is.", free = size(free)))
            .fixed_by(word("Make room: nothing more can be kept soon.")),
        Some(free) if free < TIGHT => note(check, say!("{free} are free where the data folder is.", free = size(free)))
            .fixed_by(word("Make room before large reads.")),
        Some(free) => good(check, say!("{free} are free, and the data folder is for this account alone.", free = size(free))),
        None => finding(check, Verdict::Unknown, word("The system does not say how much room is left.")),
    }
}

fn database(inside: &Inside) -> Finding {
    let check = Check::Database;
    match &inside.database {
        Ok(Soundness::Sound) => good(check, word("Every page was read and is whole.")),
        Ok(Soundness::SoFar) => good(check, word("It is large: what could be read in five seconds is whole.")),
        Ok(Soundness::Damaged) => wrong(check, word("The database is damaged. It was left as it is."))
            .fixed_by(word("Keep a copy of the data folder for support, remove the profile, and add it again: everything but notes and views comes back from Codat.")),
        Err(error) => wrong(check, error.wire(String::new()).message),
    }
}

fn listed(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| crate::companies::timeline::within(name)).collect();
    match names.as_slice() {
        [] => String::new(),
        [only] => only.clone(),
        [before @ .., last] => say!("{one} and {other}", one = before.join(", "), other = last),
    }
}

fn span(ms: i64) -> String {
    match ms / 60_000 {
        1 => say!("1 minute"),
        minutes if minutes < 120 => say!("{count} minutes", count = minutes),
        minutes if minutes < 2_880 => say!("{count} hours", count = minutes / 60),
        minutes => say!("{count} days", count = minutes / 1_440),
    }
}

fn size(bytes: u64) -> String {
    match bytes {
        bytes if bytes < 1 << 30 => format!("{} MB", bytes / 1_000_000),
        bytes => format!("{} GB", bytes / 1_000_000_000),
    }
}
