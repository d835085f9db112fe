//! Doorbells rung for real: over TCP, through whatever opens an address, and by hand.

mod support;

use engine::view::*;
use sandbox::Options;
use secrecy::SecretString;
use support::World;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const BANK: &str = "demobank_truelayer";

async fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    listener.local_addr().expect("bound").port()
}

/// Waits until the loopback page says something that holds.
async fn page_says(world: &World, ring: Ring) -> ReturnSettings {
    let mut events = world.home.events();
    let waiting = async {
        loop {
            let settings = world.engine().return_settings().await.expect("settings");
            if settings.doorbells.iter().any(|door| door.kind == Doorbell::Loopback && door.status.ring == ring) {
                return settings;
            }
            let _ = tokio::time::timeout(std::time::Duration::from_secs(1), events.recv()).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), waiting).await.expect("the page settles")
}

async fn get(port: u16, target: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.expect("somebody answers");
    stream.write_all(format!("GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n").as_bytes()).await.expect("asked");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("answered");
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn the_loopback_page_thanks_the_customer_and_rings_and_moves_at_once() {
    let world = World::new(Options::default()).await;
    let engine = world.engine();
    let (first, second) = (free_port().await, free_port().await);
    engine.set_return(SetReturn { port: Some(first), ..SetReturn::default() }).await.expect("set");
    engine.attend().await;
    let settings = page_says(&world, Ring::Moored).await;
    assert!(settings.doorbells.iter().any(|door| door.template.as_deref().is_some_and(|text| text.contains(&first.to_string()))));
    assert_eq!(engine.test_doorbell(Doorbell::Loopback).await.expect("tested").ring, Ring::Moored);

    engine.set_return(SetReturn { port: Some(second), ..SetReturn::default() }).await.expect("set");
    page_says(&world, Ring::Moored).await;
    assert_eq!(engine.test_doorbell(Doorbell::Loopback).await.expect("tested").ring, Ring::Moored, "it moved without a restart");

    let attempt = world.begin("Acme Ltd", "HF-1", BANK).await;
    world.until(&attempt.id, &[AttemptStage::Ready]).await;
    let link = engine.hand_over(attempt.id.clone(), Door::Copy).await.expect("handed over").link_url.expect("address");
    world.customer(&link, "authorise").await.expect("a redirect");
    let state = link.rsplit("state=").next().expect("state");
    let answer = get(second, &format!("/return?state={state}&statuscode=200")).await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("You can close this tab"), "{answer}");
    let done = world.until(&attempt.id, &[AttemptStage::Complete]).await;
    assert!(done.history.expect("linked").met);
    let again = get(second, &format!("/return?state={state}&statuscode=200")).await;
    assert_eq!(again, answer, "a stranger learns nothing from the page");
    assert!(get(second, "/favicon.ico").await.starts_with("HTTP/1.1 404"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_that_is_taken_is_said_and_never_mistaken_for_ours() {
    let world = World::new(Options::default()).await;
    let engine = world.engine();
    let stranger = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let port = stranger.local_addr().expect("bound").port();
    tokio::spawn(async move {
        while let Ok((mut visitor, _)) = stranger.accept().await {
            let _ = visitor.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").await;
        }
    });
    engine.set_return(SetReturn { port: Some(port), ..SetReturn::default() }).await.expect("set");
    let quiet = engine.return_settings().await.expect("settings");
    assert!(quiet.doorbells.iter().all(|door| door.status.ring != Ring::Crossed), "a terminal does not listen, and that is no fault");
    engine.attend().await;
    let settings = page_says(&world, Ring::Crossed).await;
    let said = settings.doorbells.into_iter().find(|door| door.kind == Doorbell::Loopback).expect("there").status.word;
    assert!(said.contains(&port.to_string()) && said.contains("taken"), "{said}");
    assert_eq!(engine.test_doorbell(Doorbell::Loopback).await.expect("tested").ring, Ring::Crossed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scheme_is_tested_by_opening_it_and_hearing_it_come_back() {
    let world = World::new(Options::default()).await;
    let engine = world.engine();
    let (ringing, opener) = (engine.clone(), std::sync::Arc::clone(&world.opener));
    let computer = tokio::spawn(async move {
        loop {
            let opened = opener.0.lock().expect("opener").pop();
            if let Some(address) = opened {
                return ringing.ring(address).await.expect("rung");
            }
            tokio::task::yield_now().await;
        }
    });
    let before = engine.content_hash().await.expect("hash");
    let said = engine.test_doorbell(Doorbell::Scheme).await.expect("tested");
    assert_eq!(said.ring, Ring::Moored, "{said:?}");
    assert_eq!(computer.await.expect("rang").reason, "unknown", "a test is nobody's return");
    assert_eq!(engine.content_hash().await.expect("hash"), before, "and changes nothing");
    let missing = engine.test_doorbell(Doorbell::Bounce).await.expect_err("no page is set");
    assert_eq!(missing.code(), ErrorCode::BadRequest);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bounce_page_is_written_whole_and_its_address_is_understood() {
    let world = World::new(Options::default()).await;
    let engine = world.engine();
    let folder = tempfile::tempdir().expect("folder");
    let path = engine.write_bounce_page(folder.path()).await.expect("written");
    assert!(std::fs::read_to_string(path).expect("read").contains("fairlead://return?"));
    for (change, good) in [
        (SetReturn { chosen: Some(Doorbell::Bounce), ..SetReturn::default() }, false),
        (SetReturn { bounce_url: Some("http://lender.example/".into()), ..SetReturn::default() }, false),
        (SetReturn { port: Some(80), ..SetReturn::default() }, false),
        (SetReturn { chosen: Some(Doorbell::Bounce), bounce_url: Some(" https://lender.example ".into()), ..SetReturn::default() }, true),
        (SetReturn { bounce_url: Some(String::new()), ..SetReturn::default() }, false),
    ] {
        assert_eq!(engine.set_return(change.clone()).await.is_ok(), good, "{change:?}");
    }
    let heard = engine.ring(format!("https://lender.example/?state={}", "A".repeat(43))).await.expect("rung");
    assert_eq!(heard.reason, "unknown", "well formed, and nobody's");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_replaced_only_by_one_of_the_same_client() {
    let world = World::new(Options::default()).await;
    let other =
        sandbox::Sandbox::start(Options { seed: 9, client_name: "Another Lender".into(), ..Options::default() }).await.expect("starts");
    let new = |sandbox: &sandbox::Sandbox| engine::NewProfile {
        name: "Test".into(),
        key: SecretString::from(sandbox.api_key().to_owned()),
        environment: Environment::Sandbox,
        base_url: Some(sandbox.base_url().to_owned()),
        vault: VaultKind::Session,
    };
    let refused = world.home.add_profile(new(&other)).await.expect_err("another client");
    let said = refused.wire(String::new()).message;
    assert!(said.contains("Another Lender"), "{said}");
    let before = world.engine();
    world.home.add_profile(new(&world.sandbox)).await.expect("the same client");
    world.engine().refresh_companies().await.expect("the open profile uses the new key at once");
    before.stopped().await;
    let wrong = engine::NewProfile { key: SecretString::from("0123456789abcdef0123456789abcdef01234567"), ..new(&world.sandbox) };
    assert_eq!(world.home.add_profile(wrong).await.expect_err("wrong").code(), ErrorCode::KeyRefused);
    for (name, environment, base_url) in [
        ("Demo", Environment::Sandbox, Some(world.sandbox.base_url().to_owned())),
        ("Fine", Environment::Sandbox, None),
        ("  ", Environment::Test, None),
    ] {
        let bad = engine::NewProfile { name: name.into(), environment, base_url, ..new(&world.sandbox) };
        assert_eq!(world.home.add_profile(bad).await.expect_err(name).code(), ErrorCode::BadRequest, "{name}");
    }
    world.home.remove_profile("Test").await.expect("removed");
    assert_eq!(world.home.engine().err().map(|error| error.code()), Some(ErrorCode::NoProfile));
    assert!(world.home.app_state().await.expect("state").profiles.is_empty());
}
