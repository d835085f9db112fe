//! Writing HTML so that text stays text: [`Html::raw`] takes only what is written in this crate, [`Html::text`] takes
//! anything and escapes it.

use super::Form;

const STYLE: &str = include_str!("style.css");

/// A document being written.
pub(super) struct Html(String);

impl Html {
    /// Begins a document; `whose` names the bank in the bar on top.
    pub(super) fn open(title: &str, whose: &str) -> Self {
        let mut page = Self(String::with_capacity(12_000));
        page.raw("<!doctype html><html lang=\"en-GB\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
        page.raw("<meta name=\"referrer\" content=\"no-referrer\"><meta name=\"robots\" content=\"noindex\"><title>").text(title);
        page.raw(", sandbox bank</title><link rel=\"icon\" href=\"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 14 14'%3E%3Ccircle cx='7' cy='7' r='5' fill='none' stroke='%230a7c96' stroke-width='2'/%3E%3C/svg%3E\"><style>");
        page.raw(STYLE).raw("</style></head><body><div class=\"env\" aria-hidden=\"true\"></div><header class=\"top\"><span><b>Sandbox bank: no real data</b>");
        if !whose.is_empty() {
            page.raw("</span><span aria-hidden=\"true\">/</span><span>").text(whose);
        }
        page.raw("</span></header><main>");
        page
    }

    /// Markup of our own.
    pub(super) fn raw(&mut self, markup: &str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Text from anywhere, for content and for quoted attributes.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            match c {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                c => self.0.push(c),
            }
        }
        self
    }

    /// Begins a form with its hidden fields.
    pub(super) fn form(&mut self, form: &Form<'_>) -> &mut Self {
        self.raw("<form method=\"post\" action=\"").text(form.action).raw("\">");
        for (name, value) in form.hidden {
            self.raw("<input type=\"hidden\" name=\"").text(name).raw("\" value=\"").text(value).raw("\">");
        }
        self
    }

    /// A button that posts a decision.
    pub(super) fn button(&mut self, decision: &str, class: &str, label: &str) -> &mut Self {
        self.raw("<button type=\"submit\" id=\"").text(decision).raw("\" name=\"decision\" value=\"").text(decision);
        self.raw("\" class=\"").text(class).raw("\">").text(label).raw("</button>")
    }

    /// Ends the document.
    pub(super) fn close(mut self) -> String {
        self.raw("</main><footer class=\"small\">Made up by the sandbox on this computer. No bank, no account and no person here is real.</footer></body></html>");
        self.0
    }
}

/// Two letters for a plate.
pub(super) fn initials(name: &str) -> String {
    let mut words =
        name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty() && !matches!(*word, "of" | "the" | "and" | "de"));
    let (Some(first), second) = (words.next(), words.next()) else { return "?".to_owned() };
    match second {
        Some(second) => first.chars().take(1).chain(second.chars().take(1)).flat_map(char::to_uppercase).collect(),
        None => first.chars().take(2).collect(),
    }
}

/// Can this address stand in a link without running code?
pub(super) fn is_harmless(address: &str) -> bool {
    let scheme = address.trim_start().split(':').next().unwrap_or_default().to_ascii_lowercase();
    !scheme.is_empty()
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '.' | '-'))
        && !matches!(scheme.as_str(), "javascript" | "data" | "vbscript" | "file" | "blob" | "about")
}
