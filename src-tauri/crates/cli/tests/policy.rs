//! A policy at the command line: it is shown and checked, it refuses, and no variable leads around it.

#[allow(dead_code, reason = "each suite uses its own part of this world")]
mod support;

use sandbox::Options;
use serde_json::json;
use support::{BANK, World, write_private};

fn written(world: &World, name: &str, text: &str) -> String {
    let path = world.folder().join(name);
    write_private(&path, text);
    path.display().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_is_checked_shown_and_refuses_an_export_that_it_does_not_allow() {
    let world = World::new(Options { transactions: Some(20), ..Options::default() }).await;
    world.run(&["connect", "--company", "Acme Ltd", "--reference", "R-1", "--bank", BANK]).await.with(0);
    let none = written(&world, "none.json", r#"{"exports": [], "contact": "it@lender.example"}"#);
    let wrong = written(&world, "wrong.json", r#"{"exprots": []}"#);
    assert_eq!(world.run(&["policy", "check", &none]).await.with(0)["policy"]["exports"], json!([]));
    let told = world.run(&["policy", "check", &wrong]).await.with(1);
    assert!(told["error"]["message"].as_str().is_some_and(|why| why.contains("exprots")), "{told}");
    assert_eq!(world.run(&["policy", "show"]).await.with(0)["managed"], json!(null), "this computer has none");
    assert_eq!(world.run(&["policy", "show", "--policy", &none]).await.with(0)["managed"]["policy"]["contact"], "it@lender.example");

    let out = world.folder().join("out.csv");
    let export = ["export", "R-1", "--format", "csv", "--out", out.to_str().expect("text")];
    let refused = world.run(&[&export[..], &["--policy", &none]].concat()).await.with(3);
    assert_eq!(refused["error"]["code"], "managed");
    let message = refused["error"]["message"].as_str().expect("a sentence");
    assert_eq!(message, "Your organisation sets this (policy): nothing is exported. Ask it@lender.example.");
    assert!(!out.exists(), "nothing was begun");
    world.run(&export).await.with(0);

    let broken = world.run(&["companies", "--policy", &wrong]).await.with(3);
    assert!(broken["error"]["message"].as_str().is_some_and(|why| why.contains("opens nothing") && why.contains("exprots")), "{broken}");
    let seen = world.run(&["doctor", "--policy", &wrong]).await.with(3);
    let line = seen["findings"].as_array().expect("findings").iter().find(|finding| finding["check"] == "policy").expect("a line").clone();
    assert_eq!(line["verdict"], "wrong", "the check-up works where nothing else does: {line}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_variable_that_the_command_line_reads_stands_in_the_table_for_it_and_none_is_about_the_policy() {
    let source = [include_str!("../src/args.rs"), include_str!("../src/main.rs"), include_str!("../src/computer.rs")].concat();
    let mut read: Vec<&str> =
        source.split("FAIRLEAD_").skip(1).filter_map(|rest| rest.split(|c: char| !c.is_ascii_uppercase()).next()).collect();
    read.sort_unstable();
    read.dedup();
    assert!(read.len() >= 4, "the search finds them: {read:?}");
    let table = include_str!("../../../../docs/guide/it.md");
    for name in read {
        assert!(!name.contains("POLICY"), "a variable is set by whoever runs the program");
        assert!(table.contains(&format!("| `FAIRLEAD_{name}` |")), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_files_for_it_come_out_whole() {
    let world = World::empty(Options::default()).await;
    for (which, name, begins) in [
        ("schema", "policy.schema.json", "{"),
        ("admx", "fairlead.admx", "<?xml"),
        ("adml", "fairlead.adml", "<?xml"),
        ("mobileconfig", "fairlead.mobileconfig", "<?xml"),
    ] {
        let file = world.run(&["policy", which]).await.with(0);
        assert_eq!(file["name"], name);
        assert!(file["text"].as_str().is_some_and(|text| text.starts_with(begins) && text.contains("lockAfterMinutes")), "{which}");
    }
}
