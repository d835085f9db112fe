//! A link as a file: a mail draft, a picture of its code, a sheet to print. Each is fetched at that moment, and kept nowhere but in the file.

use crate::bulk::eml;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::place::refuse_taken;
use crate::view::{Door, HandFile, HandOver, Language};
use crate::words::{About, fill, words, works_until};
use image::{GrayImage, ImageFormat, Luma};
use std::fmt::Write as _;
use std::io::Cursor;
use std::path::PathBuf;

/// Light modules around a code, as readers want them.
pub(crate) const QUIET: usize = 4;
/// Dots of a module in a picture.
const DOTS: u32 = 12;

impl Engine {
    /// Hands the link over as a file.
    ///
    /// # Errors
    /// As [`Engine::hand_over`], and when the file is there already or cannot be written.
    pub async fn hand_over_as(&self, attempt_id: String, file: HandFile, out: PathBuf, overwrite: bool) -> Result<HandOver> {
        refuse_taken(out.exists(), overwrite, say::word("Something"))?;
        let door = match file {
            HandFile::Eml => Door::Mail,
            HandFile::Png | HandFile::Sheet => Door::Qr,
        };
        let handed = self.hand_over(attempt_id.clone(), door).await?;
        let attempt = self.kept_attempt(&attempt_id).await?;
        let client = self.client_name().await;
        let about = About { client: &client, company: &handed.company_name, bank: &attempt.bank_name, name: None };
        let bytes = match (file, &handed.mail, &handed.qr) {
            (HandFile::Eml, Some(mail), _) => eml(mail, mail.to.as_deref()).into_bytes(),
            (HandFile::Png, _, Some(code)) => png(code)?,
            (HandFile::Sheet, _, Some(code)) => page(handed.language, about, code, handed.expires_at.0).into_bytes(),
            _ => return Err(Error::Internal("a door without what goes through it".into())),
        };
        let place = out.display().to_string();
        self.write_file(out, bytes, overwrite, "writing the link").await?;
        Ok(HandOver { place: Some(place), ..handed })
    }
}

/// Black on white, with the light frame that readers want.
fn png(code: &[Vec<bool>]) -> Result<Vec<u8>> {
    let side = u32::try_from(code.len() + 2 * QUIET).unwrap_or(u32::MAX) * DOTS;
    let dark = |x: u32, y: u32| {
        let of = |at: u32| usize::try_from(at / DOTS).ok()?.checked_sub(QUIET);
        of(y).and_then(|y| code.get(y)?.get(of(x)?).copied()).unwrap_or(false)
    };
    let picture = GrayImage::from_fn(side, side, |x, y| Luma([if dark(x, y) { 0 } else { 255 }]));
    let mut bytes = Cursor::new(vec![]);
    picture.write_to(&mut bytes, ImageFormat::Png).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(bytes.into_inner())
}

/// The dark modules as one path, a unit each, inside a light frame.
pub(crate) fn path(code: &[Vec<bool>]) -> String {
    let mut path = String::new();
    for (y, row) in code.iter().enumerate() {
        for (x, _) in row.iter().enumerate().filter(|(_, dark)| **dark) {
            let _ = write!(path, "M{} {}h1v1h-1z", x + QUIET, y + QUIET);
        }
    }
    path
}

/// Text inside markup.
pub(crate) fn xml(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A sheet to print, in the customer's language. It loads nothing and runs nothing.
fn page(language: Language, about: About<'_>, code: &[Vec<bool>], expires_at: i64) -> String {
    let words = words(language);
    let say = |text: &str| xml(&fill(text, about));
    let side = code.len() + 2 * QUIET;
    format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src \
         'unsafe-inline'\">\n<title>{}</title>\n<style>@page {{ size: A4; margin: 24mm; }} body {{ font: 14pt/1.5 sans-serif; color: #000; background: #fff; max-width: \
         160mm; margin: 12mm auto; text-align: center; }} h1 {{ font-size: 20pt; line-height: 1.25; }} svg {{ width: 90mm; height: 90mm; }} .once {{ font-weight: 600; }} \
         .small {{ font-size: 10pt; }} @media print {{ body {{ margin: 0 auto; }} }}</style>\n</head>\n<body>\n<h1>{}</h1>\n<p>{}</p>\n<svg viewBox=\"0 0 {side} {side}\" \
         role=\"img\" aria-label=\"{}\" shape-rendering=\"crispEdges\"><path d=\"{}\"/></svg>\n<p class=\"once\">{}</p>\n<p class=\"small\">{}</p>\n<p \
         class=\"small\">{}</p>\n</body>\n</html>\n",
        language.code(),
        say(words.scan_title),
        say(words.scan_title),
        say(words.scan),
        say(words.scan_title),
        path(code),
        xml(&works_until(language, expires_at)),
        say(words.safe),
        say("{client}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code() -> Vec<Vec<bool>> {
        let code = qrcode::QrCode::new("https://link.codat.io/x?otp=123456").expect("a code");
        let width = code.width();
        let dark: Vec<bool> = code.to_colors().into_iter().map(|color| color == qrcode::Color::Dark).collect();
        dark.chunks(width).map(<[bool]>::to_vec).collect()
    }

    #[test]
    fn a_picture_has_every_module_and_the_light_frame() {
        let code = code();
        let picture = image::load_from_memory(&png(&code).expect("a picture")).expect("it is one").to_luma8();
        let side = u32::try_from(code.len() + 8).expect("small") * DOTS;
        assert_eq!(picture.dimensions(), (side, side));
        let at = |x: usize, y: usize| {
            let dot = |at: usize| u32::try_from(at + QUIET).expect("small") * DOTS + DOTS / 2;
            picture.get_pixel(dot(x), dot(y)).0[0] == 0
        };
        assert!(code.iter().enumerate().all(|(y, row)| row.iter().enumerate().all(|(x, dark)| at(x, y) == *dark)));
        assert!((0..side).all(|along| picture.get_pixel(along, 0).0[0] == 255 && picture.get_pixel(0, along).0[0] == 255));
    }

    #[test]
    fn a_printed_sheet_speaks_the_customers_language_and_a_hostile_name_stays_a_name() {
        let about = About { client: "Harbour", company: "<script>alert(1)</script> & Söhne", bank: "Sparkasse \"X\"", name: None };
        let page = page(Language::De, about, &code(), 1_800_000_000_000);
        assert!(
            page.contains("<html lang=\"de\">") && page.contains("Scannen Sie diesen Code") && page.contains("15. Januar 2027, 08:00 UTC"),
            "{page}"
        );
        assert!(!page.contains("<script") && page.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; Söhne"), "{page}");
        assert!(!page.contains("http:") && !page.contains("https:") && page.contains("default-src 'none'"), "it loads nothing");
    }
}
