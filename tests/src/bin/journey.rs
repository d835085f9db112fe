//! Walks the journey in the real window on a virtual display, and says where the pictures are.

#[cfg(target_os = "linux")]
#[tokio::main]
async fn main() {
    use fairlead_tests::journey::Journey;
    use std::path::Path;

    let pictures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../artifacts/journey");
    let mut journey = Journey::begin(&pictures).await;
    let (_, transactions) = journey.connect_a_bank().await;
    for (name, took) in &journey.steps {
        println!("{:>7.1} s  {name}", took.as_secs_f64());
    }
    println!("{transactions} transactions are there to browse.");
    println!("Pictures: {}", pictures.canonicalize().unwrap_or(pictures).display());
}

#[cfg(not(target_os = "linux"))]
fn main() {
    eprintln!("The journey is walked on Linux only.");
}
