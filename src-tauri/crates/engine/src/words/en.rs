//! English.

use super::{Section, Words};

pub(super) const WORDS: Words = Words {
    letters: "2026-12-en-1",
    sheet: "2026-12-en-1",
    invite_subject: "{client}: connect {bank} for {company}",
    invite: "{client} asks you to connect the account of {company} at {bank}. Please use this link:",
    open_subject: "{client}: connect your bank account for {company}",
    open: "{client} asks you to connect the bank account of {company}. Please use this link and choose your bank there:",
    renew_subject: "{client}: please confirm {bank} for {company} again",
    renew: "{bank} was connected for {company} with {client}. Banks ask from time to time to confirm that again; it takes a minute. Please use this link:",
    hello: "Hello,",
    hello_name: "Hello {name},",
    delegate: "You receive this because you have the bank log-in of {company}.",
    safe: "You sign in on your bank’s own page; we never see your password. The access is read-only, and you can stop it at any time.",
    once: "The link works once and for 24 hours. If it no longer works, tell us and we send a new one.",
    bye: "Kind regards\n{client}",
    title: "What you agree to when you connect {bank}",
    lead: "{client} asks to read your business accounts at {bank}.",
    points: ["Read-only. Nobody can move money with it.", "You are sent to {bank} to sign in. We never see the password."],
    sections: [
        Section {
            heading: "Why we ask",
            lead: "{client} uses the account information to make its decision and to look after the account with you.",
            detail: &["It replaces statements on paper.", "It is not used for anything else without asking again."],
        },
        Section {
            heading: "What is shared",
            lead: "Account names and numbers, balances, transactions and their categories.",
            detail: &[
                "Usually up to 24 months of history, as far as the bank gives it.",
                "Read-only: nobody can move money with it.",
                "Only the accounts you tick on the bank’s page.",
            ],
        },
        Section {
            heading: "How it works",
            lead: "You are sent to {bank} to sign in. We never see the password.",
            detail: &[
                "The connection runs through Codat and a regulated account information provider.",
                "Some banks ask a second person to approve.",
            ],
        },
        Section {
            heading: "For how long",
            lead: "Until you stop it, or until the bank asks you to confirm again, usually after 90 to 180 days.",
            detail: &["After that nothing new is read; what was read is kept as long as the law and your agreement say."],
        },
        Section {
            heading: "How to stop",
            lead: "Tell us, or remove the access in your online banking, at any time.",
            detail: &["Stopping does not undo what was read before.", "You can ask for a copy of what is held, or for its erasure."],
        },
    ],
    binding: "This is for your information. You give the binding consent on the bank’s own pages.",
    scan_title: "Connect {bank} for {company}",
    scan_again: "Confirm {bank} for {company} again",
    scan: "Scan this code with the phone you use for the bank, and sign in there.",
    scan_until: "Works once, until {until}.",
    months: ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
    moment: "{day} {month} {year}, {time}",
};
