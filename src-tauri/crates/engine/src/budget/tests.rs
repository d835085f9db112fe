use super::day::DAY_MS;
use super::line::{BREAK, PATIENCE};
use super::*;
use std::sync::atomic::{AtomicI64, Ordering};
use tokio::time::{advance, timeout};

struct Hands(AtomicI64);

impl Clock for Hands {
    fn now(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

const NOON: i64 = 20_000 * DAY_MS + DAY_MS / 2;
const MIDNIGHT: i64 = NOON + DAY_MS / 2;

fn budget() -> (Arc<Budget>, Arc<Hands>) {
    let hands = Arc::new(Hands(AtomicI64::new(NOON)));
    (Arc::new(Budget::new(Arc::clone(&hands) as Arc<dyn Clock>)), hands)
}

/// The same, told that many companies are active.
fn busy() -> Arc<Budget> {
    let (budget, _) = budget();
    budget.told(&told(101_000, 100_000));
    budget
}

fn stamp(ms: i64) -> Option<jiff::Timestamp> {
    jiff::Timestamp::from_millisecond(ms).ok()
}

fn told(limit: u32, remaining: u32) -> RateInfo {
    RateInfo { limit: Some(limit), remaining: Some(remaining), reset: stamp(MIDNIGHT), ..RateInfo::default() }
}

async fn end(budget: &Budget, urgency: Urgency, outcome: Outcome) -> Result<(), Refused> {
    budget.enter(urgency).await?.end(outcome);
    Ok(())
}

async fn send(budget: &Budget, urgency: Urgency) -> Result<(), Refused> {
    end(budget, urgency, Outcome::Answered).await
}

async fn background(budget: &Budget, requests: usize) {
    for _ in 0..requests {
        send(budget, Urgency::Background).await.expect("a turn");
    }
}

#[tokio::test(start_paused = true)]
async fn c24_no_minute_sees_more_than_a_thousand_requests_and_long_work_runs_at_that_limit() {
    let budget = busy();
    let begun = Instant::now();
    let mut sent = vec![];
    let work = (0..14).map(|_| async {
        let mut at = vec![];
        for _ in 0..500 {
            let permit = budget.enter(Urgency::Background).await.expect("a turn");
            at.push(begun.elapsed());
            tokio::time::sleep(Duration::from_millis(50)).await;
            permit.end(Outcome::Answered);
        }
        at
    });
    futures::future::join_all(work).await.into_iter().for_each(|at| sent.extend(at));
    sent.sort_unstable();
    assert!(sent[499] < Duration::from_secs(2), "short work is not slowed: {:?}", sent[499]);
    assert!(sent.windows(989).all(|minute| minute[988] - minute[0] > Duration::from_secs(60)), "988, and twelve for persons");
    let rate = sent.len() as f64 / 1_000.0 * 60.0;
    assert!(begun.elapsed().as_secs_f64() / rate <= 1.03, "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn while_nobody_told_how_many_companies_are_active_four_are_taken_and_one_is_left_to_a_person() {
    let (budget, _) = budget();
    let held = [budget.enter(Urgency::Background).await, budget.enter(Urgency::Background).await, budget.enter(Urgency::Background).await];
    assert!(held.iter().all(Result::is_ok));
    assert!(timeout(Duration::from_secs(5), budget.enter(Urgency::Background)).await.is_err(), "the background is three at most");
    let person = timeout(Duration::from_secs(5), budget.enter(Urgency::Person)).await.expect("a slot was kept").expect("turn");
    assert!(timeout(Duration::from_secs(5), budget.enter(Urgency::Person)).await.is_err(), "four in all");
    drop(person);
    assert!(budget.enter(Urgency::Person).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn the_background_leaves_a_reserve_in_the_minute() {
    let budget = busy();
    background(&budget, 988).await;
    let begun = Instant::now();
    for _ in 0..12 {
        send(&budget, Urgency::Person).await.expect("a turn");
    }
    assert_eq!(Instant::now(), begun, "a person need not wait");
    send(&budget, Urgency::Background).await.expect("a turn");
    assert!(begun.elapsed() > Duration::from_secs(60), "the background does");
}

#[tokio::test(start_paused = true)]
async fn a_person_goes_ahead_of_all_the_background_that_waited_before() {
    let (budget, _) = budget();
    let held: Vec<_> = [budget.enter(Urgency::Person).await, budget.enter(Urgency::Person).await].into_iter().collect();
    let more: Vec<_> = [budget.enter(Urgency::Person).await, budget.enter(Urgency::Person).await].into_iter().collect();
    let order = Mutex::new(vec![]);
    let waiter = |urgency, after| {
        let (budget, order) = (&budget, &order);
        async move {
            tokio::time::sleep(Duration::from_millis(after)).await;
            let permit = budget.enter(urgency).await.expect("a turn");
            order.lock().expect("order").push(urgency);
            tokio::time::sleep(Duration::from_secs(1)).await;
            permit.end(Outcome::Answered);
        }
    };
    let free = async {
        tokio::time::sleep(Duration::from_secs(5)).await;
        drop((held, more));
    };
    let background = (0..5).map(|index| waiter(Urgency::Background, index));
    futures::join!(futures::future::join_all(background), waiter(Urgency::Person, 100), waiter(Urgency::Person, 200), free);
    assert_eq!(order.into_inner().expect("order")[..2], [Urgency::Person; 2]);
}

#[tokio::test(start_paused = true)]
async fn who_gives_up_waiting_holds_nobody_up() {
    let (budget, _) = budget();
    let held: Vec<_> = [budget.enter(Urgency::Person).await, budget.enter(Urgency::Person).await].into_iter().collect();
    let more: Vec<_> = [budget.enter(Urgency::Person).await, budget.enter(Urgency::Person).await].into_iter().collect();
    assert!(timeout(Duration::from_secs(1), budget.enter(Urgency::Person)).await.is_err());
    let free = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        drop((held, more));
    };
    let (turn, ()) = futures::join!(timeout(Duration::from_secs(5), send(&budget, Urgency::Background)), free);
    assert_eq!(turn, Ok(Ok(())));
}

#[tokio::test(start_paused = true)]
async fn c7_a_short_pause_is_sat_out_and_a_long_one_is_told() {
    let (budget, _) = budget();
    let limited = |seconds| end(&budget, Urgency::Person, Outcome::Limited(Duration::from_secs(seconds)));
    limited(8).await.expect("a turn");
    let begun = Instant::now();
    send(&budget, Urgency::Person).await.expect("eight seconds are sat out");
    assert_eq!(begun.elapsed(), Duration::from_secs(8));

    limited(3_600).await.expect("a turn");
    let until = NOON + 3_600_000;
    for urgency in [Urgency::Person, Urgency::Background] {
        assert_eq!(send(&budget, urgency).await, Err(Refused::Until(until)), "an hour is told, not slept");
    }
    assert_eq!((budget.pace().line, budget.pace().resumes_at), (Line::Limited, Some(until)));
    advance(Duration::from_secs(3_601)).await;
    assert_eq!(send(&budget, Urgency::Background).await, Ok(()));
    assert_eq!((budget.pace().line, budget.pace().resumes_at), (Line::Online, None));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_for_the_minute_lowers_the_pace_once_however_many_were_under_way() {
    let budget = busy();
    background(&budget, 400).await;
    let mut under_way = vec![];
    for _ in 0..10 {
        under_way.push(budget.enter(Urgency::Background).await.expect("a turn"));
    }
    under_way.into_iter().for_each(|permit| permit.end(Outcome::Limited(Duration::from_secs(60))));
    assert_eq!(budget.state().minute.most(Instant::now()), 388);
    let begun = Instant::now();
    send(&budget, Urgency::Person).await.expect_err("a minute is told to a person");
    background(&budget, 380).await;
    assert!(begun.elapsed() < Duration::from_secs(61));
    background(&budget, 20).await;
    assert!(begun.elapsed() >= Duration::from_secs(120), "the next minute's");
}

#[tokio::test(start_paused = true)]
async fn a_refusal_with_a_short_wait_makes_fewer_at_once_before_it_lowers_the_pace() {
    let budget = busy();
    let mut held = vec![];
    for _ in 0..12 {
        held.push(budget.enter(Urgency::Background).await.expect("a turn"));
    }
    let limited = Outcome::Limited(Duration::from_secs(1));
    held.pop().expect("one").end(limited);
    assert_eq!(budget.state().slots.most(Instant::now()), 11);
    assert_eq!(budget.state().minute.most(Instant::now()), 1_000);
    drop(held);
    end(&budget, Urgency::Background, limited).await.expect("a turn");
    assert_eq!(budget.state().minute.most(Instant::now()), 100, "again: then it is the pace");
}

#[tokio::test(start_paused = true)]
async fn the_last_twentieth_of_the_day_belongs_to_persons() {
    let (budget, hands) = budget();
    budget.told(&told(1_000, 51));
    assert_eq!(send(&budget, Urgency::Background).await, Ok(()));
    budget.told(&told(1_000, 50));
    assert_eq!(send(&budget, Urgency::Background).await, Err(Refused::Until(MIDNIGHT)));
    assert_eq!(send(&budget, Urgency::Person).await, Ok(()));
    budget.told(&told(1_000, 0));
    assert_eq!(send(&budget, Urgency::Person).await, Err(Refused::Until(MIDNIGHT)));
    assert_eq!((budget.pace().calls_today, budget.pace().quota, budget.pace().calls), (1_000, Some(1_000), 2));
    hands.0.store(MIDNIGHT + 1, Ordering::SeqCst);
    assert_eq!(send(&budget, Urgency::Background).await, Ok(()), "a new day");
    assert_eq!(budget.pace().calls_today, 1);
}

#[tokio::test(start_paused = true)]
async fn a_wrong_clock_here_does_not_make_the_wait_wrong() {
    let (budget, _) = budget();
    let theirs = |seconds: i64| stamp(NOON + 3 * DAY_MS + seconds * 1_000);
    budget.told(&RateInfo { limit: Some(10), remaining: Some(0), date: theirs(0), reset: theirs(300), retry_after: None });
    assert_eq!(send(&budget, Urgency::Person).await, Err(Refused::Until(NOON + 300_000)), "five minutes, whatever day they think it is");
}

#[tokio::test(start_paused = true)]
async fn a_minute_that_is_used_up_is_waited_for_as_it_was_told() {
    let (budget, _) = budget();
    budget.told(&RateInfo { limit: Some(60), remaining: Some(0), date: stamp(NOON), reset: stamp(NOON + 7_000), retry_after: None });
    let begun = Instant::now();
    send(&budget, Urgency::Person).await.expect("seven seconds are sat out");
    assert_eq!(begun.elapsed(), Duration::from_secs(7));
    assert_eq!(budget.pace().quota, None, "it is not the day's");
    background(&budget, 60).await;
    assert!(begun.elapsed() > Duration::from_secs(60), "and its limit holds");
}

#[tokio::test(start_paused = true)]
async fn c5_one_refused_key_stops_everything() {
    let (budget, _) = budget();
    let late = budget.enter(Urgency::Person).await.expect("a turn");
    end(&budget, Urgency::Person, Outcome::KeyRefused).await.expect("a turn");
    for urgency in [Urgency::Person, Urgency::Background] {
        assert_eq!(send(&budget, urgency).await, Err(Refused::NoKey));
    }
    late.end(Outcome::Answered);
    assert_eq!(budget.pace().line, Line::KeyRefused, "an answer that was still under way changes nothing");
}

#[tokio::test(start_paused = true)]
async fn c8_a_dead_line_rests_the_background_and_lets_a_person_try() {
    let (budget, _) = budget();
    for _ in 0..PATIENCE {
        end(&budget, Urgency::Person, Outcome::LineFailed).await.expect("a turn");
    }
    assert_eq!(send(&budget, Urgency::Background).await, Err(Refused::LineDown));
    assert_eq!(end(&budget, Urgency::Person, Outcome::LineFailed).await, Ok(()), "a person may probe");
    assert_eq!(budget.pace().line, Line::Offline);
    advance(BREAK).await;
    let probe = budget.enter(Urgency::Background).await.expect("so may the background after a rest");
    assert!(timeout(Duration::from_secs(5), budget.enter(Urgency::Background)).await.is_err(), "one of it");
    probe.end(Outcome::Answered);
    assert_eq!(send(&budget, Urgency::Background).await, Ok(()));
    assert_eq!(budget.pace().line, Line::Online);
}
