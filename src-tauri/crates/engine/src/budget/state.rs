//! All that one copy of the program knows of its budget, and what may leave now. Pure: it is told the time.

use super::day::{About, Day, Moment};
use super::minute::{Lowered, Minute, Room, count};
use super::plan;
use super::queue::Queue;
use super::retries::Retries;
use super::share::{Ask, BLOCK, FIRST_BLOCK, LOT, LoweredKept, PauseKept, Shared, ms};
use super::slots::Slots;
use super::{Outcome, Refused, Urgency, line};
use crate::ports::Pace;
use crate::view::{BudgetView, DayBudget, Fits, Line, Millis, MinuteBudget, SpentOn, WaitReason};
use codat::rate::RateInfo;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// A refusal that asks for less than this is about how many there were at once, not in a minute.
const AT_ONCE_WAIT: Duration = Duration::from_secs(10);
/// One that asks for more than this is about the day.
const MINUTE_WAIT: Duration = Duration::from_secs(150);
/// What the other copies found out is this old at most.
const FRESH: Duration = Duration::from_millis(10);
/// So often the place is asked that did not answer.
const A_LOOK: Duration = Duration::from_secs(1);
/// So often others are heard while nothing is left for this copy: they may give back what they do not use.
const ASK_AGAIN: Duration = Duration::from_secs(5);
/// What a copy takes that cannot ask the others.
const ALONE: u32 = BLOCK / 2;

pub(super) struct State {
    queue: Queue,
    pub(super) slots: Slots,
    pub(super) minute: Minute,
    day: Day,
    retries: Retries,
    line: line::State,
    pause: Option<Pause>,
    calls: u64,
    holder: u64,
    /// None while there is nobody to share with.
    block: Option<Block>,
    /// So many are wished for the next time.
    wishes: u32,
    others: Shared,
    looked: Option<Instant>,
    unsaid: Unsaid,
    links: u32,
}

/// Nobody sends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pause {
    began: Instant,
    pub(super) until: Moment,
    why: WaitReason,
}

/// What may be sent before the other copies have to be asked again.
#[derive(Clone, Copy, Debug, Default)]
struct Block {
    left: u32,
    until: Option<Moment>,
    /// Nothing was left for this kind until then.
    dry: Option<(Urgency, Moment)>,
    /// With so few left the next one is taken early; none when it was smaller than wished.
    low: Option<u32>,
    is_being_taken: bool,
}

/// What the other copies do not know yet.
#[derive(Debug, Default)]
struct Unsaid {
    ended: Vec<(u32, i64)>,
    spent: BTreeMap<&'static str, u32>,
    is_urgent: bool,
}

/// What comes next for who waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// It may leave.
    Now,
    /// Not before.
    At(Instant),
    /// When something has moved.
    WhenMoved,
    /// First the other copies are heard.
    AfterLook,
    /// First a block is taken.
    AfterExchange,
}

/// What is wanted of an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// A block of requests.
    Block(Urgency),
    /// To be heard.
    Nothing,
}

impl State {
    pub(super) fn new(holder: u64) -> Self {
        Self {
            queue: Queue::default(),
            slots: Slots::default(),
            minute: Minute::default(),
            day: Day::default(),
            retries: Retries::default(),
            line: line::State::default(),
            pause: None,
            calls: 0,
            holder,
            block: None,
            wishes: FIRST_BLOCK,
            others: Shared::default(),
            looked: None,
            unsaid: Unsaid::default(),
            links: 0,
        }
    }

    /// So many links are waited for: each may need its reads queued at any moment.
    pub(super) fn expect_links(&mut self, links: u32) {
        self.links = links;
        self.queue.ring();
    }

    /// From now on others are asked; gives who this copy is to them.
    pub(super) fn share(&mut self) -> u64 {
        self.block = Some(Block::default());
        self.holder
    }

    pub(super) fn join(&mut self, urgency: Urgency) -> Arc<Notify> {
        self.queue.join(urgency)
    }

    pub(super) fn leave(&mut self, urgency: Urgency, bell: &Arc<Notify>) {
        self.queue.leave(urgency, bell);
        self.queue.ring();
    }

    pub(super) fn ring(&self) {
        self.queue.ring();
    }

    pub(super) fn may_repeat(&mut self) -> bool {
        self.retries.take()
    }

    pub(super) fn turn(
        &mut self,
        urgency: Urgency,
        bell: &Arc<Notify>,
        what: &'static str,
        has_looked: bool,
        now: Moment,
    ) -> Result<Turn, Refused> {
        let in_background = urgency == Urgency::Background;
        if self.line.is_key_refused {
            return Err(Refused::NoKey);
        }
        if let Some(Pause { until, .. }) = self.paused(now) {
            let sits_out = until.at.saturating_duration_since(now.at) <= urgency.sits_out();
            return if sits_out { Ok(Turn::At(until.at)) } else { Err(Refused::Until(until.wall)) };
        }
        if in_background && self.line.rests(now.at) {
            return Err(Refused::LineDown);
        }
        self.day.turn_over(now);
        if let Some(until) = self.spent_until(urgency, now) {
            return Err(Refused::Until(until));
        }
        let waits_for_trial = in_background && self.line.is_on_trial() && self.slots.taken() > 0;
        if waits_for_trial || !self.queue.is_next(urgency, bell) || !self.slots.is_free(now.at, in_background) {
            return Ok(Turn::WhenMoved);
        }
        let keep = self.kept_from(urgency, now);
        match self.minute.room(now.at, keep) {
            Room::At(then) => return Ok(Turn::At(then)),
            Room::AfterAnswers => return Ok(Turn::WhenMoved),
            Room::Now => {}
        }
        if let Some(turn) = self.turn_among_copies(urgency, has_looked, now) {
            return Ok(turn);
        }
        self.slots.take(in_background);
        self.minute.begin();
        self.day.send(now);
        *self.unsaid.spent.entry(what).or_default() += 1;
        self.calls += 1;
        Ok(Turn::Now)
    }

    /// What has to be done first when other copies share the budget; else takes one of the block.
    fn turn_among_copies(&mut self, urgency: Urgency, has_looked: bool, now: Moment) -> Option<Turn> {
        let looked = self.looked;
        let block = self.block.as_mut()?;
        if block.left == 0 || !block.until.is_some_and(|until| until.is_ahead_of(now)) {
            let dry =
                block.dry.filter(|(kind, until)| until.is_ahead_of(now) && (*kind == Urgency::Person || urgency == Urgency::Background));
            return Some(dry.map_or(Turn::AfterExchange, |(_, until)| Turn::At(until.at)));
        }
        if !has_looked && looked.is_none_or(|looked| looked + FRESH <= now.at) {
            return Some(Turn::AfterLook);
        }
        block.left -= 1;
        None
    }

    fn kept_from(&mut self, urgency: Urgency, now: Moment) -> u32 {
        match urgency {
            Urgency::Person => 0,
            Urgency::Background => Minute::reserve(self.minute.most(now.at), self.links),
        }
    }

    pub(super) fn paused(&self, now: Moment) -> Option<Pause> {
        self.pause.filter(|pause| pause.until.is_ahead_of(now))
    }

    fn spent_until(&self, urgency: Urgency, now: Moment) -> Option<i64> {
        let keep = match urgency {
            Urgency::Person => 0,
            Urgency::Background => self.day.reserve(),
        };
        self.day.spent_until(keep, self.under_way(now), now)
    }

    /// Requests whose answers are still to tell what they leave of the day.
    fn under_way(&self, now: Moment) -> u32 {
        self.slots.taken() + self.others.open_to_others(self.holder, now.wall)
    }

    pub(super) fn told(&mut self, rate: &RateInfo, now: Moment) {
        match self.day.tell(rate, now) {
            About::Nothing => {}
            About::Day => self.day.active_companies().into_iter().for_each(|active| self.slots.tell_active(active)),
            About::Minute(limit, nothing_left_for) => {
                limit.into_iter().for_each(|limit| self.minute.tell(limit));
                nothing_left_for.into_iter().for_each(|wait| self.pause(wait, WaitReason::Minute, now));
            }
        }
        self.queue.ring();
    }

    fn pause(&mut self, wait: Duration, why: WaitReason, now: Moment) {
        let until = Moment::after(now, wait);
        let standing = self.paused(now);
        if standing.is_none_or(|standing| standing.until.at < until.at) {
            self.pause = Some(Pause { began: standing.map_or(now.at, |standing| standing.began), until, why });
            self.unsaid.is_urgent = self.block.is_some();
        }
    }

    pub(super) fn end(&mut self, urgency: Urgency, began: Instant, outcome: Option<Outcome>, now: Moment) {
        self.slots.give(urgency == Urgency::Background);
        match outcome {
            Some(Outcome::Answered) => {
                self.line.answered(now.wall);
                self.retries.refund();
            }
            Some(Outcome::Failed) => self.line.answered(now.wall),
            Some(Outcome::Limited(wait)) => {
                self.line.answered(now.wall);
                self.slow_down(began, wait, now);
                self.pause(wait, WaitReason::Limited, now);
            }
            Some(Outcome::Away(wait)) => {
                self.line.answered(now.wall);
                self.pause(wait, WaitReason::Away, now);
            }
            Some(Outcome::LineFailed) => self.line.failed(now.at),
            Some(Outcome::Portal) => self.line.portal(now.at),
            Some(Outcome::KeyRefused) => self.line.key_refused(now.wall),
            // Given up on: whether it arrived is not known.
            None => {}
        }
        self.minute.end(now.at, matches!(outcome, Some(Outcome::Limited(_))));
        self.unsaid.end(now.wall);
        self.queue.ring();
    }

    /// Once a refusal: what left before the pause it brought says nothing new.
    fn slow_down(&mut self, began: Instant, wait: Duration, now: Moment) {
        if self.pause.is_some_and(|pause| began <= pause.began) || wait > MINUTE_WAIT {
            return;
        }
        if wait < AT_ONCE_WAIT && self.slots.lower(now.at) {
            return;
        }
        let of_others = self.of_others(now);
        self.minute.lower(of_others, now.at);
    }

    fn of_others(&self, now: Moment) -> u32 {
        self.others.of_others(self.holder, now.wall) - self.others.open_to_others(self.holder, now.wall)
    }

    /// The block will soon be used up, and there is more: whoever hears it takes the next.
    pub(super) fn runs_low(&mut self) -> bool {
        let Some(block) = self.block.as_mut() else { return false };
        let is_low = block.low.is_some_and(|low| block.left <= low) && !block.is_being_taken;
        block.is_being_taken |= is_low;
        is_low
    }

    pub(super) fn take_urgent(&mut self) -> bool {
        std::mem::take(&mut self.unsaid.is_urgent)
    }

    pub(super) fn has_anything_to_say(&self) -> bool {
        !self.unsaid.ended.is_empty() || self.block.is_some_and(|block| block.left > 0)
    }

    /// Hears what the other copies left.
    pub(super) fn look(&mut self, text: Option<&str>, now: Moment) {
        let mut shared = Shared::read(text, now.wall);
        self.meet(&mut shared, now);
        self.others = shared;
    }

    /// Hears it, adds what this copy has to say, and takes what is wished for. `gone` picks out copies that send nothing any more. Returns what is
    /// to be kept.
    pub(super) fn exchange(&mut self, text: Option<&str>, wish: Wish, gone: impl FnOnce(&[u64]) -> Vec<u64>, now: Moment) -> String {
        let mut shared = Shared::read(text, now.wall);
        let gone = gone(&shared.others(self.holder));
        shared.bury(&gone, now.wall);
        self.meet(&mut shared, now);
        let wished = self.wishes;
        let mut ask = Ask {
            holder: self.holder,
            ended: std::mem::take(&mut self.unsaid.ended),
            under_way: self.slots.taken(),
            want: if wish == Wish::Nothing { 0 } else { wished },
            most: self.minute.most(now.at),
            keep: self.kept_from(Urgency::Background, now),
        };
        self.unsaid = Unsaid::default();
        let mut grant = shared.exchange(&ask, now.wall);
        if wish == Wish::Block(Urgency::Person) && grant.requests == 0 {
            ask = Ask { ended: vec![], want: 1, keep: 0, ..ask };
            grant = shared.exchange(&ask, now.wall);
        }
        if let Some(block) = &mut self.block {
            let dry = match wish {
                Wish::Block(urgency) if grant.requests == 0 => {
                    let again = grant.more_at.clamp(now.wall + 1, now.wall + ms(ASK_AGAIN));
                    Some((urgency, Moment::at_wall(now, again)))
                }
                Wish::Block(_) | Wish::Nothing => None,
            };
            *block = Block {
                left: grant.requests,
                until: Some(Moment::at_wall(now, grant.until)),
                dry,
                low: (grant.requests == wished).then_some(wished / 2),
                is_being_taken: false,
            };
        }
        if grant.requests > 0 {
            self.wishes = (wished * 2).min(BLOCK);
        }
        let text = shared.write(now.wall);
        self.others = shared;
        text
    }

    /// The store does not answer: what this copy knows by itself has to do.
    pub(super) fn go_on_alone(&mut self, wish: Wish, now: Moment) {
        if let (Some(block), Wish::Block(_)) = (&mut self.block, wish) {
            *block = Block { left: ALONE, until: Some(Moment::after(now, AT_ONCE_WAIT)), ..Block::default() };
        }
    }

    /// The place where the budget is kept does not answer, and what the others send cannot be known: nothing leaves until it does.
    pub(super) fn wait_for_the_others(&mut self, wish: Wish, now: Moment) {
        if let (Some(block), Wish::Block(urgency)) = (&mut self.block, wish) {
            *block = Block { dry: Some((urgency, Moment::after(now, A_LOOK))), ..Block::default() };
        }
    }

    /// At most so many requests a minute.
    pub(super) fn at_most(&mut self, a_minute: u32) {
        self.minute.tell(a_minute);
    }

    /// Both sides know afterwards what either knew.
    fn meet(&mut self, shared: &mut Shared, now: Moment) {
        self.looked = Some(now.at);
        let kept = shared.paused.filter(|kept| kept.until > now.wall);
        let ours = self.paused(now);
        match (kept, ours) {
            (Some(kept), ours) if ours.is_none_or(|ours| ours.until.wall < kept.until) => {
                self.pause =
                    Some(Pause { began: ours.map_or(now.at, |ours| ours.began), until: Moment::at_wall(now, kept.until), why: kept.why });
                shared.paused = Some(kept);
            }
            (_, ours) => shared.paused = ours.map(|ours| PauseKept { until: ours.until.wall, why: ours.why }),
        }
        if let Some(kept) = shared.lowered {
            let raised = Moment::at_wall(now, kept.raised_at);
            let rest = Duration::from_millis(u64::try_from(kept.rest).unwrap_or(0));
            self.minute.adopt(Lowered { most: kept.most, raised_at: raised.at, rest });
        }
        self.minute.most(now.at);
        shared.lowered = self.minute.lowered().map(|lowered| LoweredKept {
            most: lowered.most,
            raised_at: now.wall + ms(lowered.raised_at.saturating_duration_since(now.at)),
            rest: ms(lowered.rest),
        });
        self.day.meet(&mut shared.day, &self.unsaid.spent, now);
        self.day.active_companies().into_iter().for_each(|active| self.slots.tell_active(active));
        self.slots.tell_others(shared.others_at_work(self.holder, now.wall));
    }

    pub(super) fn pace(&mut self, now: Moment) -> Pace {
        self.day.turn_over(now);
        let (resumes_at, why) = self.waits(now).unzip();
        let line = match self.line.line() {
            Line::KeyRefused => Line::KeyRefused,
            _ if resumes_at.is_some() => Line::Limited,
            line => line,
        };
        Pace {
            line,
            checked_at: self.line.checked_at,
            calls_today: self.day.calls(),
            calls: self.calls,
            quota: self.day.limit(),
            resumes_at,
            why,
            clock_off: self.day.skew(),
        }
    }

    /// Until when nothing leaves in the background, and why.
    fn waits(&self, now: Moment) -> Option<(i64, WaitReason)> {
        let paused = self.paused(now).map(|pause| (pause.until.wall, pause.why));
        paused.or_else(|| self.spent_until(Urgency::Background, now).map(|until| (until, WaitReason::Day)))
    }

    pub(super) fn view(&mut self, now: Moment) -> BudgetView {
        let mut shared = self.others.clone();
        if self.block.is_none() {
            self.day.meet(&mut shared.day, &self.unsaid.spent, now);
        }
        self.day.turn_over(now);
        let most = self.minute.most(now.at);
        let (paused_until, why) = self.waits(now).unzip();
        let (persons, background) = self.queue.waiting();
        let mut spent_on: Vec<SpentOn> =
            shared.day.spent.iter().map(|(what, requests)| SpentOn { what: what.clone(), requests: *requests }).collect();
        spent_on.sort_by(|one, other| other.requests.cmp(&one.requests).then_with(|| one.what.cmp(&other.what)));
        let next_room = self.minute.next_room(now.at).map(|then| now.wall + ms(then - now.at));
        BudgetView {
            minute: MinuteBudget {
                used: self.minute.used(now.at) + self.of_others(now),
                limit: most,
                reserve: Minute::reserve(most, self.links),
                next_at: next_room.map(Millis),
            },
            today: DayBudget {
                used: self.day.calls(),
                limit: self.day.limit(),
                reserve: self.day.limit().map(|_| self.day.reserve()),
                refills_at: Millis(self.day.resets_at(now)),
            },
            in_flight: self.slots.taken(),
            at_once: self.slots.most(now.at),
            waiting_persons: count(persons),
            waiting_background: count(background),
            others: shared.others_at_work(self.holder, now.wall),
            spent_on,
            paused_until: paused_until.map(Millis),
            why,
        }
    }

    pub(super) fn fits(&mut self, needed: u32, now: Moment) -> Fits {
        self.day.turn_over(now);
        let most = self.minute.most(now.at);
        let a_minute = most - Minute::reserve(most, self.links);
        let used = self.minute.used(now.at) + self.of_others(now);
        plan::fits(
            needed,
            &plan::Supply {
                now: now.wall,
                starts_at: self.paused(now).map_or(now.wall, |pause| pause.until.wall),
                at_once: a_minute.saturating_sub(used),
                a_minute,
                today: self.day.left(self.under_way(now)).map(|left| left.saturating_sub(self.day.reserve())),
                a_day: self.day.limit().map(|limit| limit - self.day.reserve()),
                refills_at: self.day.resets_at(now),
            },
        )
    }
}

impl Unsaid {
    fn end(&mut self, at: i64) {
        match self.ended.last_mut() {
            // The whole lot runs out with its last request.
            Some((requests, last)) if at >= *last && at - first_of(*last) < ms(LOT) => {
                *requests += 1;
                *last = at;
            }
            _ => self.ended.push((1, at)),
        }
    }
}

/// Lots lie on a grid, so that one that goes on and on does not grow for ever.
fn first_of(at: i64) -> i64 {
    at - at.rem_euclid(ms(LOT))
}
