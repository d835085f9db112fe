//! What is said while a window speaks German. Alone in its process: a process speaks one language.

use say::{Language, again, say};

#[test]
fn what_was_kept_is_said_again_and_what_leaves_is_said_plainly() {
    let bank = "Bank of {what}";
    let kept = say!("{bank} or the connection service had a problem. It is not something the customer did.", bank);
    assert_eq!(again(&kept), kept, "a command line says what it says");

    say::speak(Language::German, Language::German);
    assert_eq!((say!("{bank} linked", bank), say::word("Fresh")), ("Bank of {what} verknüpft".to_owned(), "Aktuell"));
    assert_eq!((say::day(2026, 3, 2), say::month(2026, 5), say::marks()), ("2. März 2026".to_owned(), "Mai 2026".to_owned(), (".", ",")));
    assert_eq!(say::plainly(|| say!("{bank} linked", bank)), "Bank of {what} linked");
    let elsewhere = say::plainly(say::is_plain);
    assert_eq!(say::like(elsewhere, || say::word("Fresh")), "Fresh", "work in another thread speaks as whoever gave it");

    assert_eq!(
        again(&kept),
        "Bank of {what} oder der Verbindungsdienst hatte eine Störung. Der Kunde hat nichts falsch gemacht.",
        "what fills a gap is never looked into"
    );
    let (good, last) = (3, 5);
    let longer = say::plainly(|| say!("{what} {good} of your last {last} attempts here worked.", what = kept, good, last));
    assert!(again(&longer).ends_with("falsch gemacht. 3 Ihrer letzten 5 Versuche hier gelangen."), "{}", again(&longer));
    for foreign in ["FetchError", "a bank's own words, whatever they are", ""] {
        assert_eq!(again(foreign), foreign);
    }
}
