//! Other programs of the computer: the system browser and the mail program. The bank's pages never open inside our own window.

use engine::ports::LinkOpener;
use engine::view::Mail;
use secrecy::{ExposeSecret as _, SecretString};
use std::fmt::Write as _;

/// The browser that the person chose for their system.
pub(crate) struct SystemBrowser;

impl LinkOpener for SystemBrowser {
    fn open(&self, url: &SecretString) -> Result<(), String> {
        // The engine has checked scheme and host; here only the shape once more, since what follows starts a program.
        let url = url.expose_secret();
        if !is_web_address(url) {
            return Err("not a web address".into());
        }
        open::that_detached(url).map_err(|error| error.kind().to_string())
    }
}

/// Opens the mail program on a ready mail, to its addressee where one is known. Where there is none, the screen still has the text.
pub(crate) fn write_mail(mail: &Mail) {
    if let Err(error) = open::that_detached(mail_address(mail)) {
        tracing::info!(kind = %error.kind(), "no mail program could be started");
    }
}

fn is_web_address(url: &str) -> bool {
    let plain = url.bytes().all(|byte| byte.is_ascii_graphic());
    plain && (url.starts_with("https://") || url.starts_with("http://127.0.0.1:"))
}

fn mail_address(mail: &Mail) -> String {
    // An address is one: whatever stands in it is escaped, so that it can add neither another nor a header.
    let to = mail.to.as_deref().map(escaped).unwrap_or_default();
    format!("mailto:{to}?subject={}&body={}", escaped(&mail.subject), escaped(&mail.body.replace('\n', "\r\n")))
}

/// Percent-encoded, all but the characters that no mail program reads as anything else.
pub(crate) fn escaped(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len() * 2), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing into a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_web_address_starts_a_browser() {
        assert!(is_web_address("https://link.codat.io/x?state=a") && is_web_address("http://127.0.0.1:4711/x"));
        let others =
            ["http://evil.example", "file:///etc/passwd", "--new-window", "https://a b", "javascript:alert(1)", "https://a\u{202e}b", ""];
        for other in others {
            assert!(!is_web_address(other), "{other}");
        }
    }

    #[test]
    fn a_company_cannot_add_addressees_or_headers_to_a_mail() {
        let mail = Mail { to: None, subject: "A&to=x@evil.example".into(), body: "Müller\n&bcc=y".into() };
        assert_eq!(mail_address(&mail), "mailto:?subject=A%26to%3Dx%40evil.example&body=M%C3%BCller%0D%0A%26bcc%3Dy");
        let named = Mail { to: Some("ann@acme.example?bcc=x@evil.example".into()), ..mail };
        assert!(mail_address(&named).starts_with("mailto:ann%40acme.example%3Fbcc%3Dx%40evil.example?subject="));
    }
}
