//! Writes each reader's good examples into a folder of its name: what libFuzzer begins with.

use readers::READERS;
use std::path::PathBuf;

fn main() -> std::io::Result<()> {
    let Some(folder) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("corpora FOLDER");
        std::process::exit(2);
    };
    for reader in &READERS {
        let folder = folder.join(reader.name);
        std::fs::create_dir_all(&folder)?;
        for (number, good) in reader.goods.iter().enumerate() {
            std::fs::write(folder.join(format!("good-{number}")), good)?;
        }
    }
    Ok(())
}
