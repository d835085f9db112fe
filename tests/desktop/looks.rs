//! What it costs Codat that somebody looks at a screen.

use crate::my_turn;
use fairlead_tests::desktop::Desktop;
use fairlead_tests::window::Window;
use serde_json::json;

/// More than any screen asks when it opens.
const FEW: u64 = 12;
/// So long somebody looks: a screen that asked again and again would ask hundreds of times.
const LOOKED: &str = "const done = arguments[arguments.length - 1]; setTimeout(done, 1000);";

async fn requests(window: &Window) -> u64 {
    let told = window.call("activity", &json!({ "ask": { "kind": "budget" } })).await.expect("the budget");
    told["spentOn"].as_array().expect("what it went on").iter().filter_map(|spent| spent["requests"].as_u64()).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_screen_that_is_looked_at_asks_codat_a_few_times_and_not_again_and_again() {
    let _turn = my_turn();
    let desktop = Desktop::new();
    let mut window = desktop.open(&[]).await;
    window.try_the_demo().await;
    // The demo is read at first.
    let (mut last, mut now) = (0, requests(&window).await);
    while now > last {
        window.run_until_told(LOOKED).await;
        (last, now) = (now, requests(&window).await);
    }
    let settings = "appearance language notifications freshness banks returns profiles setup data lock audit shortcuts health";
    let mut screens: Vec<String> = settings.split(' ').map(|part| format!("#/settings/{part}")).collect();
    screens.extend(
        [
            "#/companies/all",
            "#/companies/needsYou",
            "#/consents",
            "#/lists",
            "#/activity/now",
            "#/activity/happened",
            "#/training",
            "#/new",
        ]
        .map(str::to_owned),
    );
    let (mut most, mut before) = (0, now);
    for screen in &screens {
        window.run(&format!("location.hash = {}", json!(screen))).await;
        window.run_until_told(LOOKED).await;
        let after = requests(&window).await;
        assert!(after - before <= FEW, "{screen}: {} requests in a second", after - before);
        most = most.max(after - before);
        before = after;
    }
    println!("measured: {} screens looked at for a second each: at most {most} requests to Codat", screens.len());
    window.close().await;
}
