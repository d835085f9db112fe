//! Logos: fetched politely, decoded here under limits, handed on as a small PNG. What cannot be decoded is no logo; SVG never is one.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::links::passes;
use crate::view::{BankQuery, Topic};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::io::Cursor;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Side of the picture that is kept.
const SIDE: u32 = 96;
/// A failure is not tried again for a day, a success not for a month.
const RETRY_MS: i64 = 24 * 3600 * 1000;
const RENEW_MS: i64 = 30 * RETRY_MS;
/// Logos that wait to be fetched; what was wanted longest ago falls out.
const MOST_WANTED: usize = 120;
/// So many at once are said to be there.
const SAID_TOGETHER: usize = 12;
const LOST_IN_A_ROW: u32 = 3;
/// Between two fetches.
const PAUSE: Duration = Duration::from_millis(30);

/// Logos by their address: those at hand, and those to be fetched.
#[derive(Default)]
pub(crate) struct Shelf {
    /// `None` = there is none to be had.
    at_hand: Mutex<HashMap<String, Option<Arc<str>>>>,
    wanted: Mutex<Wanted>,
}

#[derive(Default)]
struct Wanted {
    queue: VecDeque<String>,
    is_fetching: bool,
}

impl Shelf {
    fn at_hand(&self) -> std::sync::MutexGuard<'_, HashMap<String, Option<Arc<str>>>> {
        self.at_hand.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wanted(&self) -> std::sync::MutexGuard<'_, Wanted> {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts addresses in the queue. True when somebody has to begin fetching.
    fn want(&self, urls: Vec<String>) -> bool {
        let mut wanted = self.wanted();
        for url in urls {
            if !wanted.queue.contains(&url) {
                wanted.queue.push_back(url);
            }
        }
        while wanted.queue.len() > MOST_WANTED {
            wanted.queue.pop_front();
        }
        !wanted.queue.is_empty() && !std::mem::replace(&mut wanted.is_fetching, true)
    }

    /// The next address; without one, fetching has ended.
    fn next(&self) -> Option<String> {
        let mut wanted = self.wanted();
        let next = wanted.queue.pop_front();
        wanted.is_fetching = next.is_some();
        next
    }

    fn give_up(&self) {
        *self.wanted() = Wanted::default();
    }
}

impl Engine {
    /// The logos of these addresses that are here, as `data:` addresses. The others are fetched in the background.
    pub(super) async fn logos(&self, urls: impl Iterator<Item = &str>) -> Result<HashMap<String, Arc<str>>> {
        let (mut found, mut unknown) = (HashMap::new(), BTreeSet::new());
        {
            let at_hand = self.inner.logos.at_hand();
            for url in urls {
                match at_hand.get(url) {
                    Some(Some(logo)) => _ = found.insert(url.to_owned(), Arc::clone(logo)),
                    Some(None) => {}
                    None => _ = unknown.insert(url.to_owned()),
                }
            }
        }
        if unknown.is_empty() {
            return Ok(found);
        }
        let now = self.now();
        let kept = self
            .store(move |store| {
                let mut kept = vec![];
                for url in unknown {
                    let logo = store.logo(&url)?;
                    kept.push((url, logo));
                }
                Ok(kept)
            })
            .await?;
        let mut wanted = vec![];
        for (url, logo) in kept {
            let is_old = logo.as_ref().is_none_or(|(png, at)| now - at >= if png.is_some() { RENEW_MS } else { RETRY_MS });
            let picture = logo.and_then(|(png, _)| png).map(|png| address(&png));
            if is_old {
                wanted.push(url.clone());
            } else {
                self.inner.logos.at_hand().insert(url.clone(), picture.clone());
            }
            found.extend(picture.map(|picture| (url, picture)));
        }
        if self.inner.logos.want(wanted) {
            let engine = self.clone();
            self.spawn(async move { engine.fetch_wanted_logos().await });
        }
        Ok(found)
    }

    /// A bank's logo, when it is here.
    pub(crate) async fn logo_of(&self, key: &str) -> Result<Option<String>> {
        let Some(url) = self.bank(key).await.ok().and_then(|bank| bank.logo_url) else { return Ok(None) };
        Ok(self.logos([url.as_str()].into_iter()).await?.get(&url).map(ToString::to_string))
    }

    /// Logos of the banks that are looked at first.
    pub(super) async fn fetch_likely_logos(&self) {
        self.inner.logos.at_hand().clear();
        if let Err(error) = Box::pin(self.search_banks(BankQuery { limit: 40, ..BankQuery::default() })).await {
            tracing::info!(%error, "the likely banks could not be listed");
        }
    }

    async fn fetch_wanted_logos(&self) {
        let (mut unsaid, mut lost) = (0, 0);
        while let Some(url) = self.inner.logos.next() {
            let bytes = match self.inner.source.logo(&url).await {
                Ok(bytes) => Some(bytes),
                // No network, or a host that is asleep: that says nothing about the logo, and three in a row say that it is the network.
                Err(error) if passes(&Error::Source(error.clone())) => {
                    lost += 1;
                    if lost == LOST_IN_A_ROW {
                        self.inner.logos.give_up();
                        break;
                    }
                    continue;
                }
                Err(_) => None,
            };
            lost = 0;
            let png = match bytes {
                Some(bytes) => tokio::task::spawn_blocking(move || small_png(&bytes)).await.ok().flatten(),
                None => None,
            };
            let (now, kept, at) = (self.now(), png.clone(), url.clone());
            if let Err(error) = self.store(move |store| store.keep_logo(&at, kept.as_deref(), now)).await {
                tracing::warn!(%error, "a logo could not be kept");
            }
            unsaid += usize::from(png.is_some());
            self.inner.logos.at_hand().insert(url, png.map(|png| address(&png)));
            if unsaid >= SAID_TOGETHER {
                self.stale([Topic::Banks]);
                unsaid = 0;
            }
            tokio::time::sleep(PAUSE).await;
        }
        if unsaid > 0 {
            self.stale([Topic::Banks]);
        }
    }
}

fn address(png: &[u8]) -> Arc<str> {
    format!("data:image/png;base64,{}", STANDARD.encode(png)).into()
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
    fn what_is_wanted_is_fetched_once_by_one_and_the_oldest_wish_falls_out() {
        let shelf = Shelf::default();
        assert!(shelf.want(vec!["a".into(), "b".into(), "a".into()]));
        assert!(!shelf.want(vec!["b".into(), "c".into()]), "somebody fetches already");
        assert_eq!([shelf.next(), shelf.next(), shelf.next(), shelf.next()], [Some("a".into()), Some("b".into()), Some("c".into()), None]);
        assert!(shelf.want((0..200).map(|n| n.to_string()).collect()));
        assert_eq!(shelf.next().as_deref(), Some("80"));
        shelf.give_up();
        assert_eq!(shelf.next(), None);
        assert!(!shelf.want(vec![]), "nothing to fetch");
    }

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

    /// A PNG that says it is this large and brings next to nothing.
    fn boasting(width: u32, height: u32) -> Vec<u8> {
        let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        png.extend(width.to_be_bytes());
        png.extend(height.to_be_bytes());
        png.extend([8, 6, 0, 0, 0]);
        let sum = png[12..].iter().fold(!0_u32, |sum, byte| {
            (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 1 { (sum >> 1) ^ 0xEDB8_8320 } else { sum >> 1 })
        });
        png.extend((!sum).to_be_bytes());
        png.extend(b"\0\0\0\0IDAT\x35\xaf\x06\x1e\0\0\0\0IEND\xae\x42\x60\x82");
        png
    }

    #[test]
    fn forty_hostile_pictures_become_a_small_png_or_nothing() {
        let drawn = |format| {
            let mut bytes = Cursor::new(vec![]);
            let picture = image::RgbImage::from_fn(300, 200, |x, y| image::Rgb([x.to_le_bytes()[0], y.to_le_bytes()[0], 7]));
            picture.write_to(&mut bytes, format).expect("a picture");
            bytes.into_inner()
        };
        let (png, jpeg, webp) = (drawn(image::ImageFormat::Png), drawn(image::ImageFormat::Jpeg), drawn(image::ImageFormat::WebP));
        let mut hostile: Vec<Vec<u8>> = [
            "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
            "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
            "<svg xmlns='http://www.w3.org/2000/svg'><foreignObject><body onload='alert(1)'/></foreignObject></svg>",
            "<svg xmlns='http://www.w3.org/2000/svg'><image href='http://169.254.169.254/latest/meta-data'/></svg>",
            "<svg xmlns='http://www.w3.org/2000/svg'><use href='file:///etc/passwd#x'/></svg>",
            "<?xml version='1.0'?><!DOCTYPE s [<!ENTITY a 'aaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]><svg>&b;</svg>",
            "<!doctype html><script>alert(1)</script>",
            "GIF89a\x01\0\x01\0\u{80}\0\0\0\0\0\0\0\0;",
            "BM\u{1}\0\0\0\0\0\0\0",
            "%PDF-1.7",
            "\0\0\u{1}\0\u{1}\0",
            "8BPS\0\u{1}",
            "P6 99999 99999 255\n",
            "RIFF\u{7f}\u{7f}\u{7f}\u{7f}WEBPVP8X",
            "II*\0\u{8}\0\0\0",
            "qoif\0\u{1}\0\0\0\u{1}\0\0\u{4}\0",
            "",
        ]
        .map(|text| text.as_bytes().to_vec())
        .into();
        hostile.extend([boasting(50_000, 50_000), boasting(u32::MAX, 1), boasting(0, 0), boasting(4_097, 1), boasting(4_096, 4_096)]);
        for good in [&png, &jpeg, &webp] {
            hostile.extend([1, 3, 7, 20, 99].map(|part| good[..good.len() * part / 100].to_vec()));
            let mut spoilt = good.clone();
            let middle = spoilt.len() / 2;
            spoilt[middle..middle + 8].fill(0xFF);
            hostile.push(spoilt);
            // A page behind a picture: only the pixels are taken.
            hostile.push([good.as_slice(), b"<script>alert(1)</script>"].concat());
        }
        let (mut nothing, mut small) = (0, 0);
        for bytes in &hostile {
            match small_png(bytes) {
                None => nothing += 1,
                Some(png) => {
                    let drawn = image::load_from_memory_with_format(&png, image::ImageFormat::Png).expect("a PNG of our own");
                    assert!(drawn.width() <= SIDE && drawn.height() <= SIDE, "{}×{}", drawn.width(), drawn.height());
                    assert!(!png.windows(7).any(|window| window == b"<script"), "nothing but pixels comes through");
                    small += 1;
                }
            }
        }
        println!("measured: {} hostile pictures: {nothing} refused, {small} drawn again as a small PNG", hostile.len());
        assert!(hostile.len() >= 40 && nothing >= 30 && small >= 3, "{nothing} and {small} of {}", hostile.len());
    }
}
