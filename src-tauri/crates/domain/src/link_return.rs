//! The way back: one strict parser for every address that claims to come from an authorisation.
//!
//! Anyone can ring this bell: a web page, another program, a customer with an old link. So what comes out has no room for a status, a message or an
//! address: it names a one-time `state`, and ids that may only confirm what we know by it. What must happen then is decided by asking Codat.

use url::Url;

/// A return that is well formed. Whether we know it is another question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Return {
    /// 43 characters of base64url: 32 bytes.
    pub state: String,
    /// May only confirm the company found by `state`.
    pub company: Option<String>,
    /// May only confirm the connection found by `state`.
    pub connection: Option<String>,
}

/// Why an address was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reject {
    /// Longer than 2,048 bytes, or not printable ASCII.
    #[error("too long, or with characters that no address has")]
    Bytes,
    /// Another scheme, host or path, or a user, port or fragment where none belongs.
    #[error("not the address of a return")]
    Address,
    /// A name twice, or more than 16 names.
    #[error("a name that stands twice, or too many names")]
    Names,
    /// No state, or a value of the wrong form.
    #[error("no state, or a value of the wrong form")]
    Values,
}

/// Which addresses are ours beside the custom scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doors {
    /// Port of the loopback page.
    pub loopback_port: u16,
    /// The team's bounce page, as configured.
    pub bounce: Option<String>,
}

const LONGEST: usize = 2_048;

/// Reads an address. Pure: no I/O, no clock.
///
/// # Errors
/// `Reject` says the first thing that is wrong.
pub fn parse(text: &str, doors: &Doors) -> Result<Return, Reject> {
    if text.len() > LONGEST || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Reject::Bytes);
    }
    let url = Url::parse(text).map_err(|_| Reject::Address)?;
    if !is_ours(&url, text, doors) {
        return Err(Reject::Address);
    }
    let mut found = Found::default();
    let mut names: Vec<String> = vec![];
    for (name, value) in url.query_pairs() {
        if names.len() == 16 || names.iter().any(|known| *known == name) {
            return Err(Reject::Names);
        }
        match name.as_ref() {
            "state" => found.state = Some(value.into_owned()),
            "companyId" => found.company = Some(value.into_owned()),
            "connectionId" => found.connection = Some(value.into_owned()),
            "statuscode" => found.status = Some(value.into_owned()),
            // Unknown names are dropped without being read.
            _ => {}
        }
        names.push(name.into_owned());
    }
    found.check()
}

#[derive(Default)]
struct Found {
    state: Option<String>,
    company: Option<String>,
    connection: Option<String>,
    status: Option<String>,
}

impl Found {
    fn check(self) -> Result<Return, Reject> {
        let state = self.state.filter(|state| is_state(state)).ok_or(Reject::Values)?;
        // Codat sends empty ids when nothing was linked.
        let id = |id: Option<String>| id.filter(|id| !id.is_empty());
        let (company, connection) = (id(self.company), id(self.connection));
        let ids_fit = [&company, &connection].into_iter().flatten().all(|id| is_guid(id));
        let status_fits = self.status.is_none_or(|status| ["200", "201", "403", "500", "501"].contains(&status.as_str()));
        if ids_fit && status_fits { Ok(Return { state, company, connection }) } else { Err(Reject::Values) }
    }
}

fn is_ours(url: &Url, text: &str, doors: &Doors) -> bool {
    let bare = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    let before_query = text.split('?').next().unwrap_or_default();
    // The text itself must be the constant: what a parser makes equal is not equal.
    let loopback = format!("http://127.0.0.1:{}/return", doors.loopback_port);
    let bounce =
        doors.bounce.as_deref().map(|bounce| bounce.split('?').next().unwrap_or_default()).filter(|bounce| bounce.starts_with("https://"));
    bare && (before_query == "fairlead://return" || before_query == loopback || bounce == Some(before_query))
}

/// 32 bytes as base64url: 43 characters, of which the last carries four bits.
fn is_state(text: &str) -> bool {
    let alphabet = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    text.len() == 43 && text.bytes().all(alphabet) && text.ends_with(|last| "AEIMQUYcgkosw048".contains(last))
}

fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte),
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const STATE: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPA";
    const GUID: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";

    fn doors() -> Doors {
        Doors { loopback_port: 47_811, bounce: Some("https://lender.example/codat-return".into()) }
    }

    #[test]
    fn all_doors_and_what_codat_sends_are_understood() {
        for door in ["fairlead://return", "http://127.0.0.1:47811/return", "https://lender.example/codat-return"] {
            for rest in ["", "&statuscode=200", "&companyId=&connectionId=&statuscode=201", "&errorMessage=User%20cancelled&other=1"] {
                let text = format!("{door}?state={STATE}{rest}");
                assert_eq!(parse(&text, &doors()).map(|found| found.state), Ok(STATE.into()), "{text}");
            }
        }
        let full = format!("fairlead://return?state={STATE}&companyId={GUID}&connectionId={GUID}&statuscode=403");
        assert_eq!(parse(&full, &doors()).expect("full").company.as_deref(), Some(GUID));
    }

    #[test]
    fn sixty_forged_addresses_are_refused() {
        let s = STATE;
        let attacks = [
            String::new(),
            " ".into(),
            "fairlead:".into(),
            "fairlead://".into(),
            "fairlead://return".into(),
            "fairlead://return?".into(),
            "fairlead://return?state=".into(),
            "fairlead://return?state=short".into(),
            format!("fairlead://return?state={s}x"),
            format!("fairlead://return?state={}", &s[1..]),
            format!("fairlead://return?state={}", s.replace('A', "B")),
            format!("fairlead://return?state={}%00", &s[..42]),
            format!("fairlead://return?State={s}"),
            format!("fairlead://return?state={s}&state={s}"),
            format!("fairlead://return?state={s}&companyId={GUID}&companyId={GUID}"),
            format!("fairlead://return?state={s}&statuscode=200&statuscode=403"),
            format!("fairlead://return?state={s}&companyId=1"),
            format!("fairlead://return?state={s}&companyId={}", GUID.to_uppercase()),
            format!("fairlead://return?state={s}&connectionId={{connectionId}}"),
            format!("fairlead://return?state={s}&connectionId={GUID}0"),
            format!("fairlead://return?state={s}&connectionId=../../etc/passwd"),
            format!("fairlead://return?state={s}&statuscode=204"),
            format!("fairlead://return?state={s}&statuscode=200%20"),
            format!("fairlead://return?state={s}&statuscode=OK"),
            format!("fairlead://return/?state={s}"),
            format!("fairlead://return/x?state={s}"),
            format!("fairlead://return//?state={s}"),
            format!("fairlead://Return?state={s}"),
            format!("FAIRLEAD://return?state={s}"),
            format!("Fairlead://return?state={s}"),
            format!("fairlead:return?state={s}"),
            format!("fairlead:/return?state={s}"),
            format!("fairlead:///return?state={s}"),
            format!("fairlead://user@return?state={s}"),
            format!("fairlead://user:pass@return?state={s}"),
            format!("fairlead://return:80?state={s}"),
            format!("fairlead://return?state={s}#frag"),
            format!("fairlead://return#?state={s}"),
            format!("fairlead://return.evil.example?state={s}"),
            format!("fairlead://evil?state={s}"),
            format!("fairleads://return?state={s}"),
            format!("xfairlead://return?state={s}"),
            format!(" fairlead://return?state={s}"),
            format!("fairlead://return?state={s} "),
            format!("fairlead://return?state={s}\n"),
            format!("fairlead://return?state={s}\0"),
            format!("fairlead://return?state={s}&x=\u{202e}"),
            format!("fairlead://ret%75rn?state={s}"),
            format!("fairlead:\\\\return?state={s}"),
            format!("javascript:fairlead://return?state={s}"),
            format!("file:///return?state={s}"),
            format!("http://127.0.0.1/return?state={s}"),
            format!("http://127.0.0.1:47812/return?state={s}"),
            format!("http://127.0.0.1:47811/return/?state={s}"),
            format!("http://127.0.0.1:47811/Return?state={s}"),
            format!("http://127.0.0.1:47811/../return?state={s}"),
            format!("http://127.0.0.1:47811@evil.example/return?state={s}"),
            format!("http://127.1:47811/return?state={s}"),
            format!("http://2130706433:47811/return?state={s}"),
            format!("http://localhost:47811/return?state={s}"),
            format!("http://[::1]:47811/return?state={s}"),
            format!("https://127.0.0.1:47811/return?state={s}"),
            format!("http://lender.example/codat-return?state={s}"),
            format!("https://lender.example/codat-return/../x?state={s}"),
            format!("https://lender.example:444/codat-return?state={s}"),
            format!("https://lender.example.evil.example/codat-return?state={s}"),
            format!("https://evil.example/codat-return?state={s}"),
            format!("fairlead://return?state={s}&{}", (0..20).map(|n| format!("x{n}=1")).collect::<Vec<_>>().join("&")),
            format!("fairlead://return?state={s}&x={}", "y".repeat(2_048)),
        ];
        assert!(attacks.len() >= 60, "{}", attacks.len());
        for attack in &attacks {
            assert!(parse(attack, &doors()).is_err(), "{attack:?} must be refused");
        }
    }

    #[test]
    fn without_a_bounce_page_no_https_address_is_ours() {
        let doors = Doors { bounce: None, ..doors() };
        assert_eq!(parse(&format!("https://lender.example/codat-return?state={STATE}"), &doors), Err(Reject::Address));
        let doors = Doors { bounce: Some("http://lender.example/x".into()), ..doors };
        assert_eq!(
            parse(&format!("http://lender.example/x?state={STATE}"), &doors),
            Err(Reject::Address),
            "a bounce page is https or nothing"
        );
    }

    proptest! {
        #[test]
        fn any_text_is_answered_and_what_passes_is_well_formed(text in ".{0,300}") {
            if let Ok(found) = parse(&text, &doors()) {
                prop_assert!(is_state(&found.state));
            }
        }

        #[test]
        fn noise_after_a_good_address_never_panics(noise in "[ -~]{0,200}") {
            let _ = parse(&format!("fairlead://return?state={STATE}{noise}"), &doors());
        }
    }
}
