//! The memory of other processes, read as an administrator can.

use std::fs::File;
use std::io::{BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

const PAGE: usize = 4096;
/// Bytes of the kernel's list for one page.
const ENTRY: usize = 8;
/// In the last of them: the page is in memory, or in the swap.
const THERE: u8 = 0b1100_0000;

/// A process and all that it started, with their names.
///
/// # Panics
/// When the list of processes cannot be read.
#[must_use]
pub fn with_all_it_started(process: u32) -> Vec<(u32, String)> {
    let mut found = vec![(process, name(process))];
    let mut at = 0;
    while let Some((parent, _)) = found.get(at) {
        let tasks = std::fs::read_dir(format!("/proc/{parent}/task")).into_iter().flatten().flatten();
        let children: String = tasks.filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok()).collect();
        found.extend(children.split_whitespace().filter_map(|child| child.parse().ok()).map(|child| (child, name(child))));
        at += 1;
    }
    found
}

fn name(process: u32) -> String {
    std::fs::read_to_string(format!("/proc/{process}/comm")).unwrap_or_default().trim().to_owned()
}

/// How often a secret stands in the writable memory of a process: as it is, as base64, and as a page's 16-bit text. `None` when the process has
/// ended meanwhile.
///
/// # Panics
/// When its memory cannot be read.
#[must_use]
pub fn times_in(process: u32, secret: &str, folder: &Path) -> Option<usize> {
    let dump = folder.join(format!("memory-{process}"));
    let written = dumped(process, &dump).ok()?;
    let times = forms(secret).iter().map(|form| lines_with(form, &dump, folder)).sum();
    std::fs::remove_file(&dump).expect("taken away again");
    (written > 0).then_some(times)
}

fn forms(secret: &str) -> [Vec<u8>; 3] {
    let encoded = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, secret);
    [secret.as_bytes().to_vec(), encoded.into_bytes(), secret.encode_utf16().flat_map(u16::to_le_bytes).collect()]
}

/// Every writable page that is there, one after the other. A web view sets aside far more than it uses: the kernel's own list says which pages
/// there are. What goes away meanwhile is passed over.
fn dumped(process: u32, dump: &Path) -> std::io::Result<usize> {
    let at = |what: &str| File::open(format!("/proc/{process}/{what}"));
    let (mut memory, mut pages) = (at("mem")?, at("pagemap")?);
    let mut out = BufWriter::new(File::create(dump).expect("a place for it"));
    let (mut written, mut page, mut entries) = (0, vec![0; PAGE], vec![]);
    for line in std::fs::read_to_string(format!("/proc/{process}/maps"))?.lines() {
        let mut words = line.split_whitespace();
        let (Some((from, to)), Some(rights)) = (words.next().and_then(|range| range.split_once('-')), words.next()) else { continue };
        let number = |text: &str| usize::from_str_radix(text, 16).expect("hex") / PAGE;
        let (from, to) = (number(from), number(to));
        if !rights.starts_with("rw") {
            continue;
        }
        entries.resize((to - from) * ENTRY, 0);
        if !read_at(&mut pages, from * ENTRY, &mut entries) {
            continue;
        }
        for (number, entry) in (from..to).zip(entries.chunks_exact(ENTRY)) {
            if entry[ENTRY - 1] & THERE != 0 && read_at(&mut memory, number * PAGE, &mut page) {
                out.write_all(&page).expect("written");
                written += PAGE;
            }
        }
    }
    out.flush().expect("written");
    Ok(written)
}

fn read_at(file: &mut File, at: usize, into: &mut [u8]) -> bool {
    file.seek(SeekFrom::Start(u64::try_from(at).expect("an address"))).is_ok() && file.read_exact(into).is_ok()
}

/// `grep` reads what it looks for from a file: an argument would stand in the list of processes. It goes through hundreds of megabytes in a blink.
fn lines_with(form: &[u8], dump: &Path, folder: &Path) -> usize {
    // A zero byte ends a pattern: of 16-bit text every second byte is one, and a dot stands for it.
    let pattern: Vec<u8> = form.iter().map(|&byte| if byte == 0 { b'.' } else { byte }).collect();
    let asked = PathBuf::from(folder).join("wanted");
    std::fs::write(&asked, &pattern).expect("what is looked for");
    let told = Command::new("grep").args(["-a", "-o", "-f"]).arg(&asked).arg(dump).env("LC_ALL", "C").output().expect("grep");
    assert!(matches!(told.status.code(), Some(0 | 1)), "grep: {}", String::from_utf8_lossy(&told.stderr));
    told.stdout.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()).count()
}
