//! The data-access sheet as a leaflet to send or to print, in the customer's language.

use super::{About, sheet};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::links::xml;
use crate::paper::{heading, line, pdf, title};
use crate::place::refuse_taken;
use crate::view::{DataAccessSheet, Language, LeafletMade};
use std::fmt::Write as _;
use std::path::PathBuf;

/// Where a leaflet goes, and as what: by the ending of its name.
#[derive(Clone, Debug)]
pub struct LeafletTo {
    /// The file: `.pdf` or `.html`.
    pub out: PathBuf,
    /// What lies there may be written over.
    pub overwrite: bool,
}

/// Who asks, where nobody has told.
pub(crate) const UNNAMED: &str = "The lender";

impl Engine {
    /// Writes what customers of a bank are told.
    ///
    /// # Errors
    /// When the bank is not known, the name ends otherwise, or the file is there or cannot be written.
    pub async fn write_leaflet(&self, bank_key: String, language: Language, to: LeafletTo) -> Result<LeafletMade> {
        let LeafletTo { out, overwrite } = to;
        refuse_taken(out.exists(), overwrite, say::word("Something"))?;
        let told = self.data_access_sheet(bank_key, language).await?;
        let bytes = match out.extension().and_then(|ending| ending.to_str()) {
            Some("pdf") => paper(&told),
            Some("html") => page(&told).into_bytes(),
            _ => return Err(Error::BadRequest("A leaflet is a .pdf or an .html file.".into())),
        };
        let place = out.display().to_string();
        self.write_file(out, bytes, overwrite, "writing the leaflet").await?;
        Ok(LeafletMade { version: told.version, language, place })
    }

    /// What customers of a bank are told, with the team's note for the one who tells it.
    ///
    /// # Errors
    /// When the bank is not known.
    pub async fn data_access_sheet(&self, bank_key: String, language: Language) -> Result<DataAccessSheet> {
        let (bank, client) = (self.bank(&bank_key).await?.name, self.client_name().await);
        let about = About { client: &client, bank: &bank, ..About::default() };
        Ok(sheet(language, about, self.bank_note(&bank_key).await))
    }

    /// As Codat told it, where it did.
    pub(crate) async fn kept_client_name(&self) -> Option<String> {
        self.store(|store| store.fact("client_name")).await.ok().flatten()
    }

    pub(crate) async fn client_name(&self) -> String {
        if let Some(name) = self.kept_client_name().await {
            return name;
        }
        match self.inner.source.client().await {
            Ok(client) => {
                let name = client.name.clone();
                let _ = self.store(move |store| store.set_fact("client_name", &name)).await;
                client.name
            }
            Err(_) => UNNAMED.into(),
        }
    }
}

fn paper(sheet: &DataAccessSheet) -> Vec<u8> {
    let mut lines = vec![title(sheet.title.clone()), line(sheet.lead.clone())];
    lines.extend(sheet.points.iter().map(|point| line(format!("\u{2022} {point}"))));
    for section in &sheet.sections {
        lines.extend([heading(&section.heading), line(section.lead.clone())]);
        lines.extend(section.detail.iter().map(|detail| line(format!("\u{2022} {detail}"))));
    }
    lines.extend([heading(""), line(sheet.binding.clone()), line(sheet.version.clone())]);
    pdf(&lines)
}

/// It loads nothing and runs nothing.
fn page(sheet: &DataAccessSheet) -> String {
    let points: String = sheet.points.iter().map(|point| format!("<li>{}</li>", xml(point))).collect();
    let mut sections = String::new();
    for section in &sheet.sections {
        let detail: String = section.detail.iter().map(|line| format!("<li>{}</li>", xml(line))).collect();
        let _ = writeln!(sections, "<section><h2>{}</h2><p>{}</p><ul>{detail}</ul></section>", xml(&section.heading), xml(&section.lead));
    }
    format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<meta \
         http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n<title>{1}</title>\n<style>@page {{ size: A4; margin: 20mm; }} body {{ \
         font: 12pt/1.5 sans-serif; color: #111; background: #fff; max-width: 42rem; margin: 2rem auto; padding: 0 1rem; }} h1 {{ font-size: 20pt; line-height: 1.25; }} h2 {{ \
         font-size: 13pt; margin: 1.2em 0 0.2em; }} p {{ margin: 0.3em 0; }} ul {{ margin: 0.3em 0; padding-left: 1.2em; }} section {{ break-inside: avoid; }} .small {{ \
         font-size: 10pt; margin-top: 1.5em; }} @media print {{ body {{ margin: 0 auto; padding: 0; }} }}</style>\n</head>\n<body>\n<h1>{1}</h1>\n<p>{2}</p>\n<ul>{points}</ul>\n{sections}<p \
         class=\"small\">{3}<br>{4}</p>\n</body>\n</html>\n",
        sheet.language.code(),
        xml(&sheet.title),
        xml(&sheet.lead),
        xml(&sheet.binding),
        xml(&sheet.version),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leaflet_says_in_every_language_what_the_sheet_says_and_is_no_place_for_markup() {
        for language in Language::ALL {
            let about = About { client: "Harbour <b>Finance</b>", bank: "Crédit & Söhne", ..About::default() };
            let told = sheet(language, about, vec![]);
            let page = page(&told);
            assert!(page.contains(&format!("<html lang=\"{}\">", language.code())) && page.contains(&told.version), "{page}");
            assert!(page.contains("Crédit &amp; Söhne") && page.contains("&lt;b&gt;Finance") && !page.contains("<b>"), "{page}");
            assert_eq!(page.matches("<section>").count(), 5);
            let paper = paper(&told);
            assert!(paper.starts_with(b"%PDF-") && paper.len() > 2_000);
            // What the standard fonts do not have would be a question mark.
            let said = std::iter::once(&told.title).chain(told.sections.iter().map(|section| &section.lead)).chain(&told.points);
            for text in said {
                assert!(!encoding_rs::WINDOWS_1252.encode(text).2, "{text}");
            }
        }
    }
}
