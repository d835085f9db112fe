//! A mail as a file that a mail program opens as a draft: one plain text, to one person. Nothing is sent by Fairlead.

use crate::view::Mail;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Bytes of text in one piece of an encoded subject.
const PIECE: usize = 42;
/// Characters of a line of an encoded body.
const LINE: usize = 76;

/// RFC 5322 with an encoded subject and body: no text of a customer can become a line of the head. Without an address the person fills it in.
pub(crate) fn eml(mail: &Mail, to: Option<&str>) -> String {
    let to = to.map(|to| format!("To: {to}\r\n")).unwrap_or_default();
    let body = STANDARD.encode(mail.body.replace('\n', "\r\n"));
    let lines: Vec<&str> = body.as_bytes().chunks(LINE).filter_map(|line| std::str::from_utf8(line).ok()).collect();
    format!(
        "{to}Subject: {}\r\nX-Unsent: 1\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n",
        subject(&mail.subject),
        lines.join("\r\n")
    )
}

fn subject(text: &str) -> String {
    let mut pieces: Vec<String> = vec![String::new()];
    for c in text.chars() {
        if pieces.last().is_none_or(|piece| piece.len() + c.len_utf8() > PIECE) {
            pieces.push(String::new());
        }
        if let Some(piece) = pieces.last_mut() {
            piece.push(c);
        }
    }
    pieces.iter().map(|piece| format!("=?UTF-8?B?{}?=", STANDARD.encode(piece))).collect::<Vec<_>>().join("\r\n ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::Language;
    use crate::words::{About, Letter, letter};

    #[test]
    fn a_name_cannot_write_into_the_head_of_a_mail_and_all_of_it_arrives() {
        let about = About { client: "Harbour", company: "Evil\r\nBcc: all@example.com\r\n\r\nMüller", ..About::default() };
        let mail = letter(Language::De, Letter::Open, about, "https://link.codat.io/company/c?link.otp=1");
        let text = eml(&mail, Some("ann@acme.example"));
        let (head, body) = text.split_once("\r\n\r\n").expect("a head and a body");
        assert!(head.lines().all(|line| line.len() <= 78 && !line.starts_with("Bcc")), "{head}");
        assert!(head.starts_with("To: ann@acme.example\r\nSubject: =?UTF-8?B?") && head.contains("X-Unsent: 1"), "{head}");
        let decode = |text: &str| String::from_utf8(STANDARD.decode(text).expect("base64")).expect("text");
        let subject: String = head.split("=?UTF-8?B?").skip(1).map(|piece| decode(piece.split("?=").next().expect("its end"))).collect();
        assert_eq!(subject, mail.subject);
        assert_eq!(decode(&body.replace("\r\n", "")), mail.body.replace('\n', "\r\n"));
        assert!(mail.body.contains("https://link.codat.io/company/c?link.otp=1\n") && mail.body.contains("Müller"));
    }
}
