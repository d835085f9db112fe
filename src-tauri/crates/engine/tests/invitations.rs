//! What customers are sent, at the real sandbox: their language, the version of the words, files, and another person who has the log-in.

mod support;

use base64::Engine as _;
use engine::view::*;
use engine::{LeafletTo, LinksTo, RenewTo};
use sandbox::Options;
use std::path::Path;
use support::World;

const BANK: &str = "demobank_truelayer";

async fn ready(world: &World, name: &str, language: Language) -> AttemptView {
    let engine = world.engine();
    let save = SaveDraft {
        name: Some(name.into()),
        reference: Some(name.into()),
        bank_key: Some(BANK.into()),
        sheet_seen: true,
        language: Some(language),
        ..SaveDraft::default()
    };
    let draft = engine.save_draft(save).await.expect("a draft");
    assert_eq!(draft.language, language);
    let attempt = engine.begin_link(draft.id).await.expect("begun");
    world.until(&attempt.id, &[AttemptStage::Ready]).await
}

async fn mail(world: &World, attempt: &str) -> HandOver {
    world.engine().hand_over(attempt.to_owned(), Door::Mail).await.expect("handed over")
}

/// The text of a draft as a mail program shows it.
fn body(eml: &str) -> String {
    let (_, body) = eml.split_once("\r\n\r\n").expect("a head and a body");
    let bytes = base64::engine::general_purpose::STANDARD.decode(body.replace("\r\n", "")).expect("base64");
    String::from_utf8(bytes).expect("text")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_is_written_to_in_their_language_and_the_version_stays_with_the_case() {
    let mut world = World::new(Options { transactions: Some(20), ..Options::default() }).await;
    let attempt = ready(&world, "Acme Ltd", Language::De).await;
    world.restart().await;
    let first = mail(&world, &attempt.id).await;
    let german = first.mail.clone().expect("a mail");
    assert!(german.body.starts_with("Guten Tag,\n") && german.body.contains("24 Stunden") && german.to.is_none(), "{german:?}");
    assert!(german.body.contains(first.link_url.as_deref().expect("a link")), "the link stands in it");
    assert_eq!(first.text_version.as_deref(), Some("invitation 2026-12-de-1"));

    let to = Addressee { language: Language::Fr, name: Some("Ann Dupont".into()), mail: Some("ann@acme.example".into()) };
    let wrong = Addressee { mail: Some("ann@acme.example, bob@evil.example".into()), ..to.clone() };
    assert!(world.engine().address_attempt(attempt.id.clone(), wrong).await.is_err(), "one address and nothing else");
    let addressed = world.engine().address_attempt(attempt.id.clone(), to.clone()).await.expect("kept");
    assert_eq!(addressed.addressee, to);
    world.restart().await;
    let again = mail(&world, &attempt.id).await;
    let french = again.mail.clone().expect("a mail");
    assert!(french.to.as_deref() == Some("ann@acme.example") && french.body.starts_with("Bonjour Ann Dupont,\n"), "{french:?}");
    assert_ne!(first.link_url, again.link_url, "sent again, the link is a fresh one");
    let audit = world.engine().audit().await.expect("a log");
    assert!(audit.lines.iter().all(|line| !line.detail.contains("Ann") && !line.detail.contains("acme.example")), "no person in the log");
    assert_eq!(audit.lines.iter().filter(|line| line.act == "link-addressed").count(), 1);

    let back = world.customer(again.link_url.as_deref().expect("a link"), "authorise").await.expect("a redirect");
    world.engine().ring(back).await.expect("rung");
    let done = world.until(&attempt.id, &[AttemptStage::Complete]).await;
    let company = world.engine().company(done.company_id.clone().expect("a company")).await.expect("a page");
    let told: Vec<&str> = company.timeline.iter().filter_map(|line| line.detail.as_deref()).collect();
    for wanted in ["By mail, text invitation 2026-12-de-1", "By mail, text invitation 2026-12-fr-1"] {
        assert!(told.contains(&wanted), "{wanted} in {told:?}");
    }

    let folder = tempfile::tempdir().expect("folder");
    let of = RenewOf { company_id: company.row.id.clone(), connection_id: done.connection_id.expect("a connection") };
    let out = folder.path().join("renewals");
    let to = RenewTo { folder: out.clone(), codes: false, language: None };
    assert_eq!(
        world.engine().send_renewals(vec![of.clone()], to).await.expect("sent").addressed,
        1,
        "the address is kept with the company"
    );
    let renewal = read(&out.join("0001 Acme Ltd.eml"));
    assert!(
        renewal.starts_with("To: ann@acme.example\r\n") && body(&renewal).contains("Bonjour Ann Dupont"),
        "in the language that was kept: {renewal}"
    );
    assert!(body(&renewal).contains("de temps à autre"), "it asks to confirm, not to connect");
    let codes = folder.path().join("codes");
    let to = RenewTo { folder: codes.clone(), codes: true, language: Some(Language::Es) };
    world.engine().send_renewals(vec![of], to).await.expect("sent");
    let code = read(&codes.join("0001 Acme Ltd.svg"));
    assert!(code.contains("Confirmar de nuevo") && code.contains("Funciona una sola vez"), "{code}");

    let pack = folder.path().join("pack.zip");
    world.engine().make_evidence(company.row.id, pack.clone(), false).await.expect("a pack");
    let mut zip = zip::ZipArchive::new(std::fs::File::open(&pack).expect("the pack")).expect("a zip");
    let names: Vec<String> = (0..zip.len()).map(|at| zip.by_index(at).expect("a file").name().expect("a name").into_owned()).collect();
    let mut text = |part: &str| {
        let name = names.iter().find(|name| name.contains(part)).unwrap_or_else(|| panic!("{part} in {names:?}")).clone();
        std::io::read_to_string(zip.by_name(&name).expect("a file")).expect("text")
    };
    assert!(text("consent-texts/2026-12-de-1").contains("Demo Bank"), "what was read out, in the language it was read out in");
    assert!(text("consent-texts/renewal 2026-12-fr-1").contains("{link}"), "what was sent, names left open");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_goes_into_a_draft_a_picture_or_a_sheet_to_print_and_is_fetched_at_that_moment() {
    let world = World::new(Options::default()).await;
    let attempt = ready(&world, "Söhne & Co", Language::Es).await;
    let folder = tempfile::tempdir().expect("folder");
    let write =
        async |file: HandFile, name: &str| world.engine().hand_over_as(attempt.id.clone(), file, folder.path().join(name), false).await;
    let draft = write(HandFile::Eml, "a.eml").await.expect("a draft");
    let text = read(&folder.path().join("a.eml"));
    assert!(text.contains("X-Unsent: 1") && body(&text).contains(draft.link_url.as_deref().expect("a link")), "{text}");
    assert!(body(&text).starts_with("Buenos días:"), "{}", body(&text));
    let picture = write(HandFile::Png, "a.png").await.expect("a picture");
    assert_ne!(draft.link_url, picture.link_url, "each is fetched at its moment");
    let drawn = image::open(folder.path().join("a.png")).expect("a picture").to_luma8();
    assert!(drawn.width() >= 300 && drawn.pixels().all(|dot| matches!(dot.0[0], 0 | 255)), "black and white, large enough to print");
    write(HandFile::Sheet, "a.html").await.expect("a sheet");
    let sheet = read(&folder.path().join("a.html"));
    assert!(
        sheet.contains("<html lang=\"es\">") && sheet.contains("Funciona una sola vez, hasta el") && sheet.contains("<path d=\"M"),
        "{sheet}"
    );
    assert!(write(HandFile::Eml, "a.eml").await.is_err(), "nothing is written over");
    assert_eq!(
        world.engine().attempt(attempt.id.clone()).await.expect("a case").doors.len(),
        3,
        "each is a door that was used; the refused one is not"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_says_who_reads_which_language() {
    let world = World::new(Options::default()).await;
    let csv = "Company,Reference,E-mail,Language\nAcme Ltd,R-1,a@acme.example,Deutsch\nBee Ltd,R-2,b@bee.example,\nCat Ltd,R-3,c@cat.example,nl\n";
    let engine = world.engine();
    let check = engine.check_bulk("list.csv", csv.as_bytes(), None).await.expect("checked");
    assert_eq!((check.columns.language, check.make), (Some(3), 3));
    assert!(check.lines[2].notes.iter().any(|note| note.contains("\u{201c}nl\u{201d}")), "{:?}", check.lines[2]);
    let list = engine.begin_bulk("list.csv", csv.as_bytes(), None).await.expect("begun");
    engine.run_bulk(&list.id).await.expect("made");
    let folder = tempfile::tempdir().expect("folder");
    let mails = folder.path().join("mails");
    let to = LinksTo { out: folder.path().join("links.csv"), mails: Some(mails.clone()), overwrite: false, language: Language::Fr };
    assert_eq!(engine.bulk_links(&list.id, to).await.expect("links").mails, 3);
    assert!(body(&read(&mails.join("00002.eml"))).contains("wählen Sie dort Ihre Bank"), "the row's own language");
    assert!(body(&read(&mails.join("00003.eml"))).contains("y choisir votre banque"), "the one that was asked for where the row has none");
    let links = read(&folder.path().join("links.csv"));
    assert!(links.contains("invitation 2026-12-de-1") && links.contains("invitation 2026-12-fr-1"), "which words each was sent: {links}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sheet_is_a_leaflet_in_four_languages() {
    let world = World::new(Options::default()).await;
    let folder = tempfile::tempdir().expect("folder");
    for language in Language::ALL {
        for ending in ["pdf", "html"] {
            let out = folder.path().join(format!("{}.{ending}", language.code()));
            let made = world
                .engine()
                .write_leaflet(BANK.into(), language, LeafletTo { out: out.clone(), overwrite: false })
                .await
                .expect("written");
            let told = world.engine().data_access_sheet(BANK.into(), language).await.expect("a sheet");
            assert_eq!((made.version.as_str(), made.language), (told.version.as_str(), language), "the words that were read out");
            let bytes = std::fs::read(&out).expect("a file");
            assert!(if ending == "pdf" { bytes.starts_with(b"%PDF") } else { String::from_utf8_lossy(&bytes).contains(&told.version) });
        }
    }
    let elsewhere = LeafletTo { out: folder.path().join("a.doc"), overwrite: false };
    assert!(world.engine().write_leaflet(BANK.into(), Language::En, elsewhere).await.is_err());
}
