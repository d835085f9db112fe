//! The guide is true: what it tells people to type is typed here, and what it points to is there.

use fairlead_tests::fairlead::{Fairlead, binary};
use fairlead_tests::world::World;
use sandbox::Options;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A fenced block: the word behind its fence, and its lines.
struct Block {
    kind: String,
    text: String,
}

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("docs")
}

fn chapters() -> Vec<(String, String)> {
    let folder = docs().join("guide");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).expect("the guide").map(|entry| entry.expect("a chapter").path()).collect();
    files.sort();
    let name = |path: &Path| path.file_name().expect("a name").to_string_lossy().into_owned();
    files.iter().map(|path| (name(path), std::fs::read_to_string(path).expect("a chapter"))).collect()
}

fn blocks(chapter: &str) -> Vec<Block> {
    let mut found: Vec<Block> = vec![];
    let mut inside = false;
    for line in chapter.lines() {
        match line.strip_prefix("```") {
            Some(_) if inside => inside = false,
            Some(kind) => {
                inside = true;
                found.push(Block { kind: kind.to_owned(), text: String::new() });
            }
            None if inside => {
                let block = found.last_mut().expect("a block was begun");
                block.text.push_str(line);
                block.text.push('\n');
            }
            None => {}
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_of_the_guide_does_on_a_practice_world_what_the_guide_says() {
    let world = World::new(Options { companies: 3, ..Options::default() }).await;
    let synced = world.fairlead.run(&["sync", "--all"]);
    assert_eq!(synced.code, 0, "there is something to work with: {synced:?}");
    let folder = tempfile::tempdir().expect("a folder to work in");
    let home = world.fairlead.home();
    let vault = format!("passphrase-file={}", home.with_file_name("passphrase").display());
    let programs = binary("fairlead").parent().expect("a folder").to_path_buf();
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap_or_default());
    let mut run = 0;
    for (chapter, text) in chapters() {
        for block in blocks(&text).into_iter().filter(|block| block.kind == "sh") {
            let mut bash = Command::new("bash");
            bash.args(["-euo", "pipefail", "-c", &block.text]).current_dir(folder.path());
            bash.env("PATH", &path).env("FAIRLEAD_HOME", &home).env("FAIRLEAD_VAULT", &vault).env("FAIRLEAD_PROFILE", "test");
            let output = tokio::task::spawn_blocking(move || bash.output()).await.expect("joined").expect("bash");
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.success(), "{chapter} tells people to type\n{}and it ends with {}:\n{said}", block.text, output.status);
            run += block.text.lines().filter(|line| line.contains("fairlead ")).count();
        }
    }
    assert!(run >= 25, "a guide without commands proves nothing: {run}");
    println!("measured: {run} commands of the guide ran as they stand");
}

#[test]
fn every_command_there_is_stands_in_the_guide() {
    let help = Command::new(binary("fairlead")).arg("--help").output().expect("help");
    let help = String::from_utf8(help.stdout).expect("text");
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    // What goes on in a second line is set further in.
    let named = listed.filter_map(|line| line.strip_prefix("  ")).filter(|line| !line.starts_with(' '));
    let commands: Vec<&str> = named.filter_map(|line| line.split_whitespace().next()).collect();
    assert!(commands.len() >= 20, "the list was read: {commands:?}");
    let guide: String = chapters().into_iter().map(|(_, text)| text).collect();
    let missing: Vec<&&str> = commands.iter().filter(|name| !guide.contains(&format!("fairlead {name}"))).collect();
    assert_eq!(missing, Vec::<&&str>::new(), "a command that the guide does not tell of is not found");
}

#[test]
fn every_picture_and_chapter_that_the_documents_point_to_is_there() {
    let mut pages = vec![docs().join("README.md"), docs().join("SUMMARY.md"), docs().join("adr/README.md"), docs().join("features.md")];
    pages.extend(chapters().iter().map(|(name, _)| docs().join("guide").join(name)));
    pages.extend(["README.md", "CONTRIBUTING.md", "SECURITY.md", "ARCHITECTURE.md"].map(|name| docs().with_file_name(name)));
    let mut followed = 0;
    for page in pages {
        let text = std::fs::read_to_string(&page).expect("a page");
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let target = target.split('#').next().unwrap_or_default();
            if target.is_empty() || target.contains("://") {
                continue;
            }
            followed += 1;
            let there = page.parent().expect("a folder").join(target);
            assert!(there.exists(), "{} points to {target}, which is not there", page.display());
        }
    }
    assert!(followed >= 30, "the search finds links: {followed}");
}

/// A control: a block that fails is noticed, and only blocks of a shell are taken.
#[test]
fn a_block_is_read_with_its_kind_and_whole() {
    let read = blocks("a\n```sh\nfairlead x\nfairlead y\n```\nb\n```sql\nSELECT 1\n```\n");
    let read: Vec<(&str, &str)> = read.iter().map(|block| (block.kind.as_str(), block.text.as_str())).collect();
    assert_eq!(read, [("sh", "fairlead x\nfairlead y\n"), ("sql", "SELECT 1\n")]);
    assert_eq!(Fairlead::new().run(&["no-such-command"]).code, 2, "a mistake in the guide would end with 2");
}
