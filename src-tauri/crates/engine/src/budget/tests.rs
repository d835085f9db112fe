use super::day::DAY_MS;
use super::line::{BREAK, PATIENCE};
use super::*;
use crate::view::{Line, WaitReason};
use std::sync::atomic::{AtomicI64, Ordering};
use store::Store;
use tokio::time::{advance, timeout};

struct Hands(AtomicI64);

impl Clock for Hands {
    fn now(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

const NOON: i64 = 20_000 * DAY_MS + DAY_MS / 2;
const MIDNIGHT: i64 = NOON + DAY_MS / 2;

fn budget() -> (Budget, Arc<Hands>) {
    let hands = Arc::new(Hands(AtomicI64::new(NOON)));
    (Budget::new(Arc::clone(&hands) as Arc<dyn Clock>, 1), hands)
}

/// The same, told that many companies are active.
fn busy() -> Budget {
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
    budget.enter(urgency, "test").await?.end(outcome).await;
    Ok(())
}

async fn send(budget: &Budget, urgency: Urgency) -> Result<(), Refused> {
    end(budget, urgency, Outcome::Answered).await
}

/// What so many requests take at a thousand a minute.
fn at_the_limit(requests: usize) -> Duration {
    Duration::from_millis(60) * u32::try_from(requests).expect("few")
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
            let permit = budget.enter(Urgency::Background, "test").await.expect("a turn");
            at.push(begun.elapsed());
            tokio::time::sleep(Duration::from_millis(50)).await;
            permit.end(Outcome::Answered).await;
        }
        at
    });
    futures::future::join_all(work).await.into_iter().for_each(|at| sent.extend(at));
    sent.sort_unstable();
    assert!(sent[499] < Duration::from_secs(2), "short work is not slowed: {:?}", sent[499]);
    assert!(sent.windows(991).all(|minute| minute[990] - minute[0] > Duration::from_secs(60)), "990, and ten for persons");
    assert!(begun.elapsed() * 100 <= at_the_limit(sent.len()) * 103, "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn while_nobody_told_how_many_companies_are_active_four_are_taken_and_one_is_left_to_a_person() {
    let (budget, _) = budget();
    let held = [
        budget.enter(Urgency::Background, "test").await,
        budget.enter(Urgency::Background, "test").await,
        budget.enter(Urgency::Background, "test").await,
    ];
    assert!(held.iter().all(Result::is_ok));
    assert!(timeout(Duration::from_secs(5), budget.enter(Urgency::Background, "test")).await.is_err(), "the background is three at most");
    let person = timeout(Duration::from_secs(5), budget.enter(Urgency::Person, "test")).await.expect("a slot was kept").expect("turn");
    assert!(timeout(Duration::from_secs(5), budget.enter(Urgency::Person, "test")).await.is_err(), "four in all");
    drop(person);
    assert!(budget.enter(Urgency::Person, "test").await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn links_that_are_waited_for_find_room_for_their_reads_in_any_minute() {
    let budget = busy();
    budget.expect_links(50);
    background(&budget, 690).await;
    let begun = Instant::now();
    for _ in 0..300 {
        send(&budget, Urgency::Person).await.expect("a turn");
    }
    assert_eq!(Instant::now(), begun, "six for each of fifty");
    budget.expect_links(1_000_000);
    tokio::time::advance(Duration::from_secs(61)).await;
    let begun = Instant::now();
    background(&budget, 590).await;
    assert!(begun.elapsed() < Duration::from_secs(1), "and most of the minute is the background's, however many are waited for");
}

#[tokio::test(start_paused = true)]
async fn the_background_leaves_a_reserve_in_the_minute() {
    let budget = busy();
    background(&budget, 990).await;
    let begun = Instant::now();
    for _ in 0..10 {
        send(&budget, Urgency::Person).await.expect("a turn");
    }
    assert_eq!(Instant::now(), begun, "a person need not wait");
    send(&budget, Urgency::Background).await.expect("a turn");
    assert!(begun.elapsed() > Duration::from_secs(60), "the background does");
}

#[tokio::test(start_paused = true)]
async fn a_person_goes_ahead_of_all_the_background_that_waited_before() {
    let (budget, _) = budget();
    let held: Vec<_> = [budget.enter(Urgency::Person, "test").await, budget.enter(Urgency::Person, "test").await].into_iter().collect();
    let more: Vec<_> = [budget.enter(Urgency::Person, "test").await, budget.enter(Urgency::Person, "test").await].into_iter().collect();
    let order = Mutex::new(vec![]);
    let waiter = |urgency, after| {
        let (budget, order) = (&budget, &order);
        async move {
            tokio::time::sleep(Duration::from_millis(after)).await;
            let permit = budget.enter(urgency, "test").await.expect("a turn");
            order.lock().expect("order").push(urgency);
            tokio::time::sleep(Duration::from_secs(1)).await;
            permit.end(Outcome::Answered).await;
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
    let held: Vec<_> = [budget.enter(Urgency::Person, "test").await, budget.enter(Urgency::Person, "test").await].into_iter().collect();
    let more: Vec<_> = [budget.enter(Urgency::Person, "test").await, budget.enter(Urgency::Person, "test").await].into_iter().collect();
    assert!(timeout(Duration::from_secs(1), budget.enter(Urgency::Person, "test")).await.is_err());
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
        under_way.push(budget.enter(Urgency::Background, "test").await.expect("a turn"));
    }
    for permit in under_way {
        permit.end(Outcome::Limited(Duration::from_secs(60))).await;
    }
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
        held.push(budget.enter(Urgency::Background, "test").await.expect("a turn"));
    }
    let limited = Outcome::Limited(Duration::from_secs(1));
    held.pop().expect("one").end(limited).await;
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
    let late = budget.enter(Urgency::Person, "test").await.expect("a turn");
    end(&budget, Urgency::Person, Outcome::KeyRefused).await.expect("a turn");
    for urgency in [Urgency::Person, Urgency::Background] {
        assert_eq!(send(&budget, urgency).await, Err(Refused::NoKey));
    }
    late.end(Outcome::Answered).await;
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
    let probe = budget.enter(Urgency::Background, "test").await.expect("so may the background after a rest");
    assert!(timeout(Duration::from_secs(5), budget.enter(Urgency::Background, "test")).await.is_err(), "one of it");
    probe.end(Outcome::Answered).await;
    assert_eq!(send(&budget, Urgency::Background).await, Ok(()));
    assert_eq!(budget.pace().line, Line::Online);
}

/// A clock that goes with the paused one.
struct Ticking(Instant);

impl Clock for Ticking {
    fn now(&self) -> i64 {
        NOON + i64::try_from(self.0.elapsed().as_millis()).expect("soon")
    }
}

/// Copies of the program that have one profile open.
struct Copies {
    folder: tempfile::TempDir,
    clock: Arc<dyn Clock>,
    started: u64,
}

impl Copies {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("folder"), clock: Arc::new(Ticking(Instant::now())), started: 0 }
    }

    fn start(&mut self) -> Budget {
        let key = store::DbKey::from_bytes(&[7; 32]).expect("32 bytes");
        let path = self.folder.path().join("fairlead.db");
        let store = if path.exists() { Store::open(&path, &key) } else { Store::create(&path, &key) }.expect("a database");
        self.started += 1;
        let budget = Budget::new(Arc::clone(&self.clock), self.started);
        budget.share(Arc::new(OnThisComputer::new(store, self.folder.path())));
        budget
    }
}

async fn work(budget: &Budget, requests: usize, begun: Instant) -> Vec<Duration> {
    let sent = Mutex::new(vec![]);
    let one = || async {
        while sent.lock().expect("sent").len() < requests {
            let permit = budget.enter(Urgency::Background, "test").await.expect("a turn");
            sent.lock().expect("sent").push(begun.elapsed());
            tokio::time::sleep(Duration::from_millis(50)).await;
            permit.end(Outcome::Answered).await;
        }
    };
    futures::future::join_all((0..8).map(|_| one())).await;
    sent.into_inner().expect("sent")
}

#[tokio::test(start_paused = true)]
async fn c24_two_copies_together_keep_to_the_minute_and_run_at_its_limit() {
    let mut copies = Copies::new();
    let (window, terminal) = (copies.start(), copies.start());
    window.told(&told(101_000, 100_000));
    terminal.told(&told(101_000, 100_000));
    let begun = Instant::now();
    let (one, other) = futures::join!(work(&window, 3_000, begun), work(&terminal, 3_000, begun));
    let mut sent = [one, other].concat();
    sent.sort_unstable();
    assert!(sent.windows(1_001).all(|minute| minute[1_000] - minute[0] > Duration::from_secs(60)), "no minute sees more than a thousand");
    assert!(begun.elapsed() * 100 <= at_the_limit(sent.len()) * 103, "{:?}", begun.elapsed());
    let view = window.view().await;
    assert_eq!((view.today.used, view.spent_on[0].requests >= 5_900), (view.spent_on[0].requests, true), "{view:?}");
}

#[tokio::test(start_paused = true)]
async fn blocks_are_written_not_requests() {
    let mut copies = Copies::new();
    let budget = copies.start();
    budget.told(&told(101_000, 100_000));
    let place = Arc::clone(budget.place.get().expect("place"));
    let (mut writes, mut last) = (0, None);
    for _ in 0..300 {
        background(&budget, 1).await;
        let text = place.read().await.expect("read");
        writes += u32::from(text != last);
        last = text;
    }
    assert!((1..=20).contains(&writes), "half a block or more at a time: {writes}");
}

#[tokio::test(start_paused = true)]
async fn a_pause_that_one_copy_was_told_holds_for_the_other_at_once() {
    let mut copies = Copies::new();
    let (window, terminal) = (copies.start(), copies.start());
    background(&window, 3).await;
    background(&terminal, 3).await;
    advance(Duration::from_secs(1)).await;
    end(&window, Urgency::Background, Outcome::Limited(Duration::from_secs(40))).await.expect("a turn");
    let begun = Instant::now();
    advance(Duration::from_millis(20)).await;
    assert!(matches!(send(&terminal, Urgency::Person).await, Err(Refused::Until(_))), "too long for a person: it is told");
    send(&terminal, Urgency::Background).await.expect("forty seconds are sat out");
    assert!(begun.elapsed() >= Duration::from_secs(40), "{:?}", begun.elapsed());
    assert_eq!(terminal.state().minute.most(Instant::now()), 100, "so does the lower pace");
}

#[tokio::test(start_paused = true)]
async fn what_was_sent_and_told_survives_a_restart() {
    let mut copies = Copies::new();
    let budget = copies.start();
    budget.told(&told(3_000, 200));
    background(&budget, 30).await;
    end(&budget, Urgency::Person, Outcome::Limited(Duration::from_secs(3_600))).await.expect("a turn");
    budget.settle().await;
    drop(budget);
    let budget = copies.start();
    let view = budget.view().await;
    assert_eq!((view.today.limit, view.today.used, view.today.reserve), (Some(3_000), 2_800, Some(150)));
    assert_eq!((view.minute.used, view.spent_on[0].requests, view.why), (31, 31, Some(WaitReason::Limited)));
    assert_eq!(send(&budget, Urgency::Person).await, Err(Refused::Until(view.paused_until.expect("paused").0)));
    assert_eq!(budget.pace().calls, 0, "and nothing was sent to find out");
}

#[tokio::test(start_paused = true)]
async fn a_copy_that_crashed_holds_its_block_for_a_while_and_not_for_ever() {
    let mut copies = Copies::new();
    let crashed = copies.start();
    crashed.told(&told(101_000, 100_000));
    background(&crashed, 1).await;
    drop(crashed);
    let budget = copies.start();
    let begun = Instant::now();
    background(&budget, 940).await;
    assert_eq!(begun.elapsed(), Duration::ZERO);
    advance(Duration::from_secs(200)).await;
    let begun = Instant::now();
    background(&budget, 990).await;
    assert_eq!(begun.elapsed(), Duration::ZERO, "all of the minute again");
}

#[tokio::test(start_paused = true)]
async fn the_reserve_of_the_day_is_kept_by_two_copies_together() {
    let mut copies = Copies::new();
    let (window, terminal) = (copies.start(), copies.start());
    let (limit, reserve, mut left) = (1_000, 50, 300_u32);
    window.told(&told(limit, left));
    loop {
        let mut sent = 0;
        for budget in [&window, &terminal] {
            if let Ok(permit) = budget.enter(Urgency::Background, "test").await {
                left -= 1;
                budget.told(&told(limit, left));
                permit.end(Outcome::Answered).await;
                sent += 1;
            }
        }
        if sent == 0 {
            break;
        }
        advance(Duration::from_millis(300)).await;
    }
    assert!(left >= reserve && left <= reserve + 50, "{left}");
}
