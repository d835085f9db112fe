//! What the engine says, in the language of the window. A sentence stands in English where it is used and is the key to its translation, so that
//! the source reads as the screen does; `languages/*.json` holds the others.
//!
//! One language is in force per process. A desktop sets it; the command line never does, so it speaks English. What leaves the house as a
//! file, and what is kept, is said `plainly`: in English, whatever the window speaks.

mod catalog;
mod dates;
mod plain;

pub use catalog::{again, told, word};
pub use dates::{day, marks, month};
pub use plain::{all_plainly, is_plain, like, plainly};
use std::sync::atomic::{AtomicU8, Ordering};

/// A language that the window speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Language {
    #[default]
    English,
    German,
    French,
    Spanish,
}

impl Language {
    const ALL: [Self; 4] = [Self::English, Self::German, Self::French, Self::Spanish];
}

static LANGUAGE: AtomicU8 = AtomicU8::new(0);
static FORMATS: AtomicU8 = AtomicU8::new(0);

/// From now on everything is said in `language`, with days and numbers as `formats` writes them.
pub fn speak(language: Language, formats: Language) {
    LANGUAGE.store(language as u8, Ordering::Relaxed);
    FORMATS.store(formats as u8, Ordering::Relaxed);
}

/// What is spoken here and now.
#[must_use]
pub fn language() -> Language {
    of(&LANGUAGE)
}

/// Whose days and numbers are written here and now.
#[must_use]
pub fn formats() -> Language {
    of(&FORMATS)
}

fn of(kept: &AtomicU8) -> Language {
    if is_plain() {
        return Language::English;
    }
    Language::ALL.get(usize::from(kept.load(Ordering::Relaxed))).copied().unwrap_or_default()
}

/// A sentence in the language of the window, its gaps named: `say!("{bank} linked", bank = name)`, or `say!("{bank} linked", bank)`. That
/// names and gaps agree is seen when it is compiled.
#[macro_export]
macro_rules! say {
    ($sentence:literal $(,)?) => {
        $crate::word($sentence).to_owned()
    };
    ($sentence:literal, $($name:ident $(= $value:expr)?),+ $(,)?) => {{
        let _ = ::std::format_args!($sentence, $($name = ""),+);
        $crate::told($sentence, &[$((::std::stringify!($name), &$crate::gap!($name $($value)?) as &dyn ::std::fmt::Display)),+])
    }};
}

/// What fills a gap: the value, or what has the gap's name.
#[doc(hidden)]
#[macro_export]
macro_rules! gap {
    ($name:ident) => {
        $name
    };
    ($name:ident $value:expr) => {
        $value
    };
}

/// A sentence that stands in a table and is said later, by [`word`].
#[macro_export]
macro_rules! later {
    ($sentence:literal) => {
        $sentence
    };
}
