//! French.

use super::{Section, Words};

pub(super) const WORDS: Words = Words {
    letters: "2026-12-fr-1",
    sheet: "2026-12-fr-1",
    invite_subject: "{client} : connecter {bank} pour {company}",
    invite: "{client} vous invite à connecter le compte de {company} chez {bank}. Veuillez utiliser ce lien :",
    open_subject: "{client} : connecter le compte bancaire de {company}",
    open: "{client} vous invite à connecter le compte bancaire de {company}. Veuillez ouvrir ce lien et y choisir votre banque :",
    renew_subject: "{client} : veuillez confirmer à nouveau {bank} pour {company}",
    renew: "{bank} a été connectée pour {company} auprès de {client}. Les banques demandent de temps à autre de le confirmer ; cela prend une minute. Veuillez \
            utiliser ce lien :",
    hello: "Bonjour,",
    hello_name: "Bonjour {name},",
    delegate: "Vous recevez ce message parce que vous disposez de l’accès bancaire de {company}.",
    safe: "Vous vous identifiez sur la page de votre banque ; nous ne voyons jamais votre mot de passe. L’accès est en lecture seule et vous pouvez y mettre fin à \
           tout moment.",
    once: "Le lien fonctionne une seule fois, pendant 24 heures. S’il ne fonctionne plus, dites-le-nous et nous vous en enverrons un nouveau.",
    bye: "Cordialement,\n{client}",
    title: "Ce que vous acceptez en connectant {bank}",
    lead: "{client} demande à lire vos comptes professionnels chez {bank}.",
    points: [
        "Lecture seule : personne ne peut transférer d’argent.",
        "Vous êtes dirigé vers {bank} pour vous identifier. Nous ne voyons jamais le mot de passe.",
    ],
    sections: [
        Section {
            heading: "Pourquoi nous le demandons",
            lead: "{client} utilise les informations de compte pour prendre sa décision et pour suivre le dossier avec vous.",
            detail: &["Elles remplacent les relevés sur papier.", "Elles ne servent à rien d’autre sans que nous vous le redemandions."],
        },
        Section {
            heading: "Ce qui est partagé",
            lead: "Les noms et numéros des comptes, les soldes, les opérations et leurs catégories.",
            detail: &[
                "En général jusqu’à 24 mois d’historique, dans la mesure où la banque le fournit.",
                "Lecture seule : personne ne peut transférer d’argent.",
                "Uniquement les comptes que vous cochez sur la page de la banque.",
            ],
        },
        Section {
            heading: "Comment cela se passe",
            lead: "Vous êtes dirigé vers {bank} pour vous identifier. Nous ne voyons jamais le mot de passe.",
            detail: &[
                "La connexion passe par Codat et par un prestataire agréé d’information sur les comptes.",
                "Certaines banques demandent l’accord d’une deuxième personne.",
            ],
        },
        Section {
            heading: "Pour combien de temps",
            lead: "Jusqu’à ce que vous y mettiez fin, ou que la banque vous demande de confirmer à nouveau, en général après 90 à 180 jours.",
            detail: &[
                "Ensuite, rien de nouveau n’est lu ; ce qui a été lu est conservé aussi longtemps que la loi et votre contrat le prévoient.",
            ],
        },
        Section {
            heading: "Comment y mettre fin",
            lead: "Dites-le-nous, ou retirez l’accès dans votre banque en ligne, à tout moment.",
            detail: &[
                "Cela n’annule pas ce qui a été lu auparavant.",
                "Vous pouvez demander une copie des données conservées, ou leur effacement.",
            ],
        },
    ],
    binding: "Cette fiche vous informe. Le consentement qui vous engage se donne sur les pages de la banque.",
    scan_title: "Connecter {bank} pour {company}",
    scan_again: "Confirmer à nouveau {bank} pour {company}",
    scan: "Scannez ce code avec le téléphone que vous utilisez pour la banque et identifiez-vous.",
    scan_until: "Fonctionne une seule fois, jusqu’au {until}.",
    months: ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"],
    moment: "{day} {month} {year} à {time}",
};
