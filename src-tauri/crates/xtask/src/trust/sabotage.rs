//! A check that cannot turn red shows nothing. Here the product is broken on purpose, goal by goal, in a copy of its own, and the goal's
//! check has to notice; the others tell whether they noticed too.

use super::goals::{GOALS, Goal};
use super::programs::{Build, Programs, Run};
use super::{git, see};
use crate::step::{Done, Failed, command, must, root, step, target};
use crate::ui;
use std::path::{Path, PathBuf};

/// What takes longest to build: the second only where a goal needs the window.
const LEFT_OUT: [&str; 2] = ["fairlead-bench", "fairlead-desktop"];

/// Breaks each named goal, or each that has a sabotage.
pub fn sabotage(named: &[&str], run: &Run) -> Done {
    let patch = |goal: &Goal| root().join(format!("tests/sabotage/{}.patch", goal.id));
    let wanted: Vec<&'static Goal> =
        GOALS.iter().filter(|goal| if named.is_empty() { patch(goal).exists() } else { named.contains(&goal.id) }).collect();
    if let Some(goal) = wanted.iter().find(|goal| !patch(goal).exists()) {
        return Err(Failed(format!("{} has no sabotage: tests/sabotage/{}.patch", goal.id, goal.id)));
    }
    if wanted.iter().any(|goal| goal.is_of_the_window()) {
        ui::built()?;
    }
    let copy = Copy::made()?;
    let mut programs = Programs::default();
    step("the copy as it is", || {
        programs = copy.built(&wanted)?;
        Ok(())
    })?;
    let mut wrong = vec![];
    for goal in &wanted {
        if !see(goal, &programs, run).is_green() {
            wrong.push(format!("{} is red before anything was broken", goal.id));
        }
    }
    for broken in wrong.is_empty().then_some(&wanted).into_iter().flatten() {
        copy.broken_by(&patch(broken))?;
        let asked: Vec<&'static Goal> = wanted.iter().copied().filter(|goal| goal.id == broken.id || !goal.is_of_the_window()).collect();
        let built = copy.built(&asked);
        let reds: Vec<&str> = match &built {
            Ok(programs) => {
                // The screens are asked again only when they were touched: they take minutes.
                let run = Run { screens: touches_screens(&patch(broken))?, ..*run };
                asked.iter().filter(|goal| !see(goal, programs, &run).is_green()).map(|goal| goal.id).collect()
            }
            Err(Failed(why)) => {
                eprintln!("{why}");
                vec![]
            }
        };
        copy.mended()?;
        let verdict = if built.is_err() {
            "does not build"
        } else if reds == [broken.id] {
            "exactly this one turned red"
        } else if reds.contains(&broken.id) {
            "turned red, and others with it"
        } else {
            "NOBODY NOTICED"
        };
        println!("{:<4} {verdict}: {}", broken.id, reds.join(", "));
        if reds != [broken.id] {
            wrong.push(format!("{}: {verdict}", broken.id));
        }
    }
    println!("\n{} sabotaged, {} not noticed as it should be; seed {}", wanted.len(), wrong.len(), run.seed);
    if wrong.is_empty() { Ok(()) } else { Err(Failed(wrong.join("; "))) }
}

fn touches_screens(patch: &Path) -> Result<bool, Failed> {
    let text = std::fs::read_to_string(patch).map_err(|error| Failed(format!("reading {}: {error}", patch.display())))?;
    Ok(text.lines().any(|line| line.starts_with("+++ b/ui/")))
}

/// The repository as last committed, beside itself, with what was built of other people's packages.
struct Copy {
    tree: PathBuf,
    target: PathBuf,
}

impl Copy {
    fn made() -> Result<Self, Failed> {
        let folder = target().join("sabotage");
        let copy = Self { tree: folder.join("tree"), target: folder.join("target") };
        std::fs::create_dir_all(copy.target.join("debug")).map_err(|error| Failed(format!("a folder for the copy: {error}")))?;
        if copy.tree.join(".git").exists() {
            let head = command("git", ["rev-parse", "HEAD"]).output().map_err(|error| Failed(error.to_string()))?;
            git(&copy.tree, &["checkout", "--quiet", "--force", "--detach", String::from_utf8_lossy(&head.stdout).trim()])?;
        } else {
            let tree = copy.tree.to_string_lossy().into_owned();
            git(&root(), &["worktree", "add", "--quiet", "--force", "--detach", &tree, "HEAD"])?;
        }
        // The UI's packages, and the UI as it is built: no sabotage of the window touches it.
        for part in ["ui/node_modules", "ui/dist"] {
            let (there, link) = (root().join(part), copy.tree.join(part));
            if !link.exists() {
                std::os::unix::fs::symlink(&there, &link).map_err(|error| Failed(format!("{part} in the copy: {error}")))?;
            }
        }
        for part in ["deps", "build", ".fingerprint"] {
            let (from, to) = (target().join("debug").join(part), copy.target.join("debug").join(part));
            if from.is_dir() && !to.is_dir() {
                let mut link = command("cp", ["-al"]);
                link.args([&from, &to]);
                must(link)?;
            }
        }
        Ok(copy)
    }

    fn built(&self, goals: &[&Goal]) -> Result<Programs, Failed> {
        let without = if goals.iter().any(|goal| goal.is_of_the_window()) { &LEFT_OUT[..1] } else { &LEFT_OUT };
        Programs::built(goals, &Build { root: &self.tree, target: Some(&self.target), profile: "dev", without })
    }

    fn broken_by(&self, patch: &Path) -> Done {
        git(&self.tree, &["apply", "-C1", "--recount", &patch.to_string_lossy()])
    }

    fn mended(&self) -> Done {
        git(&self.tree, &["checkout", "--quiet", "--force", "."])
    }
}
