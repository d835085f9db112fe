//! Walks the journey in the real window on a virtual display, and says where the pictures are.

#[cfg(target_os = "linux")]
#[tokio::main]
async fn main() {
    use fairlead_tests::journey::{Decision, Journey, Return};
    use std::path::Path;

    let pictures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../artifacts/journey");
    let mut journey = Journey::begin(&pictures).await;
    journey.try_the_demo().await;
    journey.open_a_case("Ashdown Joinery Ltd", "HF-2041", "NatWest").await;
    let address = journey.hand_over_here().await;
    journey.at_the_bank(&address, Decision::Authorise, Return::SecondProcess).await;
    journey.until_connected().await;
    let transactions = journey.see_transactions().await;
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
