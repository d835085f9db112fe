//! Where the main window stood and how large it was, kept beside the profiles: it names nobody.

use serde::{Deserialize, Serialize};
use std::path::Path;
use tauri::{PhysicalPosition, PhysicalSize, WebviewWindow};

const FILE: &str = "window.json";
/// The smallest window, and the size of the first one.
pub(crate) const LEAST: (i32, i32) = (720, 520);
pub(crate) const USUAL: (i32, i32) = (1280, 820);
/// So much of a title bar must be on a screen to be taken hold of.
const GRIP: (i32, i32) = (160, 32);

const LARGEST: i32 = 16_384;

/// In logical pixels, so that another screen's scale makes it neither huge nor tiny.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Place {
    pub(crate) x: i32,
    pub(crate) y: i32,
    pub(crate) width: i32,
    pub(crate) height: i32,
    pub(crate) maximized: bool,
}

/// A rectangle of a screen: its corner, then its size.
type Screen = (i32, i32, i32, i32);

/// Where it stood, when that can still be seen.
pub(crate) fn kept(folder: &Path, screens: &[Screen]) -> Option<Place> {
    let place: Place = serde_json::from_str(&std::fs::read_to_string(folder.join(FILE)).ok()?).ok()?;
    place.fits(screens)
}

/// Notes where it stands. What cannot be told or written is left: the next start opens as usual.
pub(crate) fn note(window: &WebviewWindow, folder: &Path) {
    let stands = || -> tauri::Result<Option<Place>> {
        if window.is_minimized()? {
            return Ok(None);
        }
        let (scale, maximized) = (window.scale_factor()?, window.is_maximized()?);
        let (at, size): (PhysicalPosition<i32>, PhysicalSize<u32>) = (window.outer_position()?, window.inner_size()?);
        let (at, size) = (at.to_logical::<i32>(scale), size.to_logical::<i32>(scale));
        Ok(Some(Place { x: at.x, y: at.y, width: size.width, height: size.height, maximized }))
    };
    let Ok(Some(place)) = stands() else { return };
    let Ok(text) = serde_json::to_string(&place) else { return };
    if let Err(error) = std::fs::write(folder.join(FILE), text) {
        tracing::debug!(%error, "where the window stands was not kept");
    }
}

impl Place {
    /// `None` when its title bar would be out of reach.
    fn fits(self, screens: &[Screen]) -> Option<Self> {
        let (width, height) = (self.width.clamp(LEAST.0, LARGEST), self.height.clamp(LEAST.1, LARGEST));
        let right = self.x.saturating_add(width);
        let seen = screens.iter().any(|(left, top, wide, high)| {
            let across = right.min(left.saturating_add(*wide)).saturating_sub(self.x.max(*left));
            across >= GRIP.0 && self.y >= *top && self.y.saturating_add(GRIP.1) <= top.saturating_add(*high)
        });
        seen.then_some(Self { width, height, ..self })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_comes_back_only_where_its_title_can_be_reached() {
        let place = |x, y| Place { x, y, width: 900, height: 300, maximized: false };
        let screens = [(0, 0, 1920, 1080), (1920, 200, 1280, 1024)];
        let fits = |x, y| place(x, y).fits(&screens).is_some();
        assert!(fits(0, 0) && fits(-700, 40) && fits(2000, 300), "also half off the edge, and on the second screen");
        assert!(!fits(-800, 0), "a rest too small to take hold of");
        assert!(!fits(100, -200) && !fits(100, 1070), "the title is above or below every screen");
        assert!(!fits(4000, 300), "that screen is gone");
        assert!(!fits(i32::MAX, i32::MAX), "nor does a broken number");
        assert_eq!(place(0, 0).fits(&screens).map(|kept| (kept.width, kept.height)), Some((900, LEAST.1)), "never below the least");
    }

    #[test]
    fn what_is_kept_is_read_again_and_nonsense_is_not() {
        let folder = std::env::temp_dir().join(format!("fairlead-place-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("folder");
        let screens = [(0, 0, 1920, 1080)];
        let place = Place { x: 10, y: 20, width: 1000, height: 700, maximized: true };
        std::fs::write(folder.join(FILE), serde_json::to_string(&place).expect("JSON")).expect("written");
        assert_eq!(kept(&folder, &screens), Some(place));
        std::fs::write(folder.join(FILE), "{\"x\":").expect("written");
        assert_eq!(kept(&folder, &screens), None);
        std::fs::remove_dir_all(&folder).expect("removed");
    }
}
