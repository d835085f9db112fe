//! German.

use super::{Section, Words};

pub(super) const WORDS: Words = Words {
    letters: "2026-12-de-1",
    sheet: "2026-12-de-1",
    invite_subject: "{client}: {bank} für {company} verbinden",
    invite: "{client} bittet Sie, das Konto von {company} bei {bank} zu verbinden. Bitte verwenden Sie dafür diesen Link:",
    open_subject: "{client}: Bankkonto von {company} verbinden",
    open: "{client} bittet Sie, das Bankkonto von {company} zu verbinden. Bitte öffnen Sie diesen Link und wählen Sie dort Ihre Bank aus:",
    renew_subject: "{client}: Bitte bestätigen Sie {bank} für {company} erneut",
    renew: "{bank} wurde für {company} mit {client} verbunden. Banken lassen sich das von Zeit zu Zeit erneut bestätigen; das dauert eine Minute. Bitte verwenden \
            Sie dafür diesen Link:",
    hello: "Guten Tag,",
    hello_name: "Guten Tag {name},",
    delegate: "Sie erhalten diese Nachricht, weil Sie den Bankzugang von {company} haben.",
    safe: "Sie melden sich auf der Seite Ihrer Bank an; Ihr Passwort sehen wir nie. Der Zugriff erlaubt nur das Lesen, und Sie können ihn jederzeit beenden.",
    once: "Der Link funktioniert ein einziges Mal und 24 Stunden lang. Wenn er nicht mehr funktioniert, sagen Sie uns Bescheid, und wir senden Ihnen einen neuen.",
    bye: "Mit freundlichen Grüßen\n{client}",
    title: "Womit Sie einverstanden sind, wenn Sie {bank} verbinden",
    lead: "{client} bittet darum, Ihre Geschäftskonten bei {bank} lesen zu dürfen.",
    points: [
        "Nur lesen: Niemand kann damit Geld bewegen.",
        "Sie werden zur Anmeldung zu {bank} weitergeleitet. Das Passwort sehen wir nie.",
    ],
    sections: [
        Section {
            heading: "Warum wir fragen",
            lead: "{client} braucht die Kontoinformationen für die Entscheidung und um den Vertrag mit Ihnen zu begleiten.",
            detail: &["Das ersetzt Kontoauszüge auf Papier.", "Für anderes werden sie nicht verwendet, ohne Sie noch einmal zu fragen."],
        },
        Section {
            heading: "Was geteilt wird",
            lead: "Namen und Nummern der Konten, Salden, Umsätze und deren Kategorien.",
            detail: &[
                "In der Regel bis zu 24 Monate rückwirkend, soweit die Bank sie bereitstellt.",
                "Nur lesen: Niemand kann damit Geld bewegen.",
                "Nur die Konten, die Sie auf der Seite der Bank auswählen.",
            ],
        },
        Section {
            heading: "Wie es geht",
            lead: "Sie werden zur Anmeldung zu {bank} weitergeleitet. Das Passwort sehen wir nie.",
            detail: &[
                "Die Verbindung läuft über Codat und einen zugelassenen Kontoinformationsdienst.",
                "Bei manchen Banken muss eine zweite Person zustimmen.",
            ],
        },
        Section {
            heading: "Wie lange",
            lead: "Bis Sie den Zugriff beenden oder die Bank um eine erneute Bestätigung bittet, meist nach 90 bis 180 Tagen.",
            detail: &[
                "Danach wird nichts Neues gelesen; was gelesen wurde, bleibt so lange gespeichert, wie Gesetz und Vertrag es vorsehen.",
            ],
        },
        Section {
            heading: "Wie Sie es beenden",
            lead: "Sagen Sie uns Bescheid, oder entfernen Sie den Zugriff in Ihrem Online-Banking, jederzeit.",
            detail: &[
                "Was vorher gelesen wurde, wird dadurch nicht ungeschehen.",
                "Sie können eine Kopie der gespeicherten Daten oder deren Löschung verlangen.",
            ],
        },
    ],
    binding: "Dieses Blatt informiert Sie. Die verbindliche Einwilligung geben Sie auf den Seiten der Bank.",
    scan_title: "{bank} für {company} verbinden",
    scan_again: "{bank} für {company} erneut bestätigen",
    scan: "Scannen Sie diesen Code mit dem Telefon, das Sie für die Bank benutzen, und melden Sie sich dort an.",
    scan_until: "Funktioniert einmal, bis zum {until}.",
    months: ["Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"],
    moment: "{day}. {month} {year}, {time}",
};
