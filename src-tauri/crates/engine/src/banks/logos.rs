//! Logos: fetched politely, decoded here under limits, handed on as a small PNG. What cannot be decoded is no logo; SVG never is one.

use crate::engine::Engine;
use crate::error::Result;
use crate::ports::Wait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::io::Cursor;
use std::time::Duration;

/// Side of the picture that is kept.
const SIDE: u32 = 96;
/// A failure is not tried again for a day, a success not for a month.
const RETRY_MS: i64 = 24 * 3600 * 1000;
const RENEW_MS: i64 = 30 * RETRY_MS;
/// Fetched in one go; the rest waits for the next refresh.
const AT_ONCE: usize = 60;

impl Engine {
    /// A kept logo as a `data:` address.
    pub(crate) async fn kept_logo(&self, url: &str) -> Result<Option<String>> {
        let url = url.to_owned();
        let kept = self.store(move |store| store.logo(&url)).await?;
        Ok(kept.and_then(|(png, _)| png).map(|png| format!("data:image/png;base64,{}", STANDARD.encode(png))))
    }

    /// A bank's kept logo.
    pub(crate) async fn logo_of(&self, key: &str) -> Result<Option<String>> {
        match self.bank(key).await.ok().and_then(|bank| bank.logo_url) {
            Some(url) => self.kept_logo(&url).await,
            None => Ok(None),
        }
    }

    /// Boxed: reading the banks fetches logos, and choosing the likely ones asks for the banks.
    pub(super) fn logos(self) -> Wait<'static, ()> {
        Box::pin(async move { self.fetch_logos().await })
    }

    /// Fetches logos that are not here, the likely ones first, one by one.
    async fn fetch_logos(&self) {
        let Ok(page) = self.search_banks(crate::view::BankQuery { limit: 40, ..Default::default() }).await else { return };
        let wanted: Vec<String> = page.recent.iter().chain(&page.popular).chain(&page.rows).map(|row| row.key.clone()).collect();
        let mut fetched = 0;
        for key in wanted {
            let Ok(Some(url)) = self.bank(&key).await.map(|bank| bank.logo_url) else { continue };
            let address = url.clone();
            let kept = self.store(move |store| store.logo(&address)).await.ok().flatten();
            let life = if kept.as_ref().is_some_and(|(png, _)| png.is_some()) { RENEW_MS } else { RETRY_MS };
            if kept.is_some_and(|(_, at)| self.now() - at < life) {
                continue;
            }
            let png = match self.inner.source.logo(&url).await {
                Ok(bytes) => tokio::task::spawn_blocking(move || small_png(&bytes)).await.ok().flatten(),
                Err(_) => None,
            };
            let now = self.now();
            let _ = self.store(move |store| store.keep_logo(&url, png.as_deref(), now)).await;
            fetched += 1;
            if fetched == AT_ONCE {
                break;
            }
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
        if fetched > 0 {
            self.stale([crate::view::Topic::Banks]);
        }
    }
}

/// Decodes a raster picture under limits and draws it small. `None` for everything else.
fn small_png(bytes: &[u8]) -> Option<Vec<u8>> {
    let format = image::guess_format(bytes).ok()?;
    let mut reader = image::ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = image::Limits::default();
    limits.max_image_width = Some(4096);
    limits.max_image_height = Some(4096);
    limits.max_alloc = Some(64 << 20);
    reader.limits(limits);
    let picture = reader.decode().ok()?;
    let small = picture.resize(SIDE, SIDE, image::imageops::FilterType::Triangle);
    let mut png = Cursor::new(vec![]);
    small.write_to(&mut png, image::ImageFormat::Png).ok()?;
    Some(png.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pictures_made_of_pixels_become_logos() {
        let mut png = Cursor::new(vec![]);
        image::RgbaImage::from_pixel(300, 200, image::Rgba([9, 8, 7, 255])).write_to(&mut png, image::ImageFormat::Png).expect("png");
        let small = small_png(png.get_ref()).expect("a picture");
        let drawn = image::load_from_memory(&small).expect("png again");
        assert_eq!((drawn.width(), drawn.height()), (96, 64), "drawn small, its shape kept");
        let hostile: [&[u8]; 5] =
            [b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", b"", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"%PDF-1.7"];
        for bytes in hostile {
            assert_eq!(small_png(bytes), None);
        }
        let cut = &png.get_ref()[..png.get_ref().len() / 2];
        assert_eq!(small_png(cut), None, "half a picture is none");
    }
}
