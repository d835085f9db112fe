//! How much each event moves, in whole minor units; and how the business is made up.

use super::plan::{Plan, Shape};
use super::trade::{Trade, What};
use super::words;
use super::{Account, AccountKind, LedgerSpec, plan::Event};
use crate::world::Dice;
use jiff::civil::Date;
use rust_decimal::{Decimal, prelude::ToPrimitive as _};

/// The size and kind of one business.
pub(super) struct Business {
    pub trade: Trade,
    pub shape: Shape,
    /// A month's revenue in minor units of the home currency.
    pub revenue: i64,
    /// Home currency units per unit of the large currencies, about.
    scale: i64,
    seed: u64,
}

impl Business {
    pub(super) fn of(spec: &LedgerSpec, connection: u64) -> Self {
        // The business, not the connection: a second connection of the same firm is the same kind of business.
        let mut dice = Dice::named(spec.seed, &spec.holder);
        let trade = Trade::of(&spec.holder, &mut dice);
        let staff = usize::try_from(dice.between(3, 9)).unwrap_or(3).min(words::MOST_STAFF);
        let subscriptions = usize::try_from(dice.between(3, 6)).unwrap_or(3).min(words::MOST_SUBSCRIPTIONS);
        let scale = match spec.bank.currency {
            "PLN" => 5,
            "DKK" => 7,
            "SEK" | "NOK" => 11,
            _ => 1,
        };
        let revenue = (staff as i64 * 800_000 + dice.between(0, 1_500_000)) * scale;
        Self { trade, shape: Shape { staff, subscriptions }, revenue, scale, seed: spec.seed ^ connection }
    }

    /// Per mille of the month's revenue, as the business has grown by then.
    fn part(&self, per_mille: i64, first_day: Date, day: Date) -> i64 {
        let months = (i64::from(day.year()) - i64::from(first_day.year())) * 12 + i64::from(day.month()) - i64::from(first_day.month());
        self.revenue * per_mille / 1000 * (1000 + 6 * months.clamp(0, 600)) / 1000
    }
}

/// A balance in whole minor units.
pub(super) fn minor(amount: Decimal) -> i64 {
    (amount * Decimal::ONE_HUNDRED).trunc().to_i64().unwrap_or(0)
}

/// The signed amount of an event. `snapshot` holds every account's balance at the start of the day.
pub(super) fn amount(business: &Business, plan: &Plan, accounts: &[Account], snapshot: &[i64], event: &Event, dice: &mut Dice) -> Decimal {
    let balance = |index: usize| snapshot.get(index).copied().unwrap_or(0);
    let nth_of =
        |kind: AccountKind, nth: usize| accounts.iter().enumerate().filter(|(_, a)| a.kind == kind).nth(nth).map(|(index, _)| index);
    let part = |per_mille: i64| business.part(per_mille, plan.first_day, event.day);
    let jitter = |dice: &mut Dice, amount: i64, low: i64, high: i64| amount * dice.between(low, high) / 1000;
    let sign = if event.other_leg { 1 } else { -1 };
    // The same for both legs and every month: what a contract fixes.
    let mut fixed = Dice::new(business.seed, &[event.what as u64, event.nth as u64]);
    let mut of_the_day = Dice::new(business.seed, &[event.what as u64, event.nth as u64, super::plan::number_of(event.day).into()]);
    let staff = i64::try_from(business.shape.staff).unwrap_or(1).max(1);
    let minor_units = match event.what {
        What::Takings => {
            let weight = i64::try_from(business.trade.weight(event.day)).unwrap_or(100);
            let budget = i64::try_from(business.trade.takings_budget()).unwrap_or(0);
            jitter(dice, part(budget) * weight / 3040, 850, 1150)
        }
        What::Salary => {
            let wage = business.revenue * 255 / 1000 / staff;
            // A rise each April.
            let rises = i64::from(event.day.year()) - i64::from(plan.first_day.year()) + i64::from(event.day.month() >= 4);
            -(jitter(&mut fixed, wage, 800, 1200) * (100 + 3 * rises) / 100)
        }
        What::PayrollTax => -jitter(dice, part(83), 960, 1040),
        What::Vat => -jitter(dice, part(3 * 46), 800, 1200),
        What::Rent => -(business.revenue * 50 / 1000 / 5_000 * 5_000),
        What::Utility => -jitter(dice, part(4), 700, 1300),
        What::Insurance => -(business.revenue * 8 / 1000),
        What::Subscription => -[999, 1_200, 2_500, 4_900, 1_450, 3_120][event.nth % 6] * business.scale,
        What::ProcessorFee => -jitter(dice, part(11), 900, 1100),
        // Free for the first year, and the bank says so with a nought.
        What::AccountFee if part(1000) < business.revenue * 1072 / 1000 => 0,
        What::AccountFee => -750 * business.scale,
        What::LoanRepayment => sign * (business.revenue * 18 / 1000 / 1_000 * 1_000),
        What::LoanInterest => -(balance(event.account) * 55 / 10_000).max(0),
        What::CardSettlement => sign * nth_of(AccountKind::Card, 0).map_or(0, balance).max(0),
        What::Conversion => {
            let (from, currency) = nth_of(AccountKind::Foreign, event.nth)
                .and_then(|index| accounts.get(index).map(|account| (balance(index), account.currency)))
                .unwrap_or((0, "EUR"));
            // Sells what is above, buys what is below a working balance.
            let sold = match (from - 400_000) / 10_000 * 10_000 {
                0 => 10_000,
                other => other,
            };
            if event.other_leg { sold * rate(currency, business.scale, &mut of_the_day) / 10_000 } else { -sold }
        }
        What::BranchSweep => {
            let held = nth_of(AccountKind::Branch, event.nth).map_or(0, balance);
            sign * ((held - 200_000) / 10_000 * 10_000).max(10_000)
        }
        What::Sweep => {
            let (current, saved) = (balance(0), nth_of(AccountKind::Savings, 0).map_or(0, balance));
            let month = business.revenue;
            let moved = if current > month * 16 / 10 {
                (current - month * 12 / 10) / 10_000 * 10_000
            } else if current < month / 2 && saved > 0 {
                -((month * 8 / 10 - current).min(saved) / 10_000 * 10_000)
            } else {
                25_000
            };
            sign * moved
        }
        What::Interest => {
            let held = balance(event.account).max(0);
            if accounts.get(event.account).is_some_and(|account| account.kind == AccountKind::Foreign) {
                // Passed on unrounded, as some banks do: more digits than a double can hold.
                return Decimal::from_i128_with_scale(i128::from(held) * 137_412_273_973, 16);
            }
            held * 42 / 10_000
        }
        What::CardSale | What::CustomerPayment | What::CashDeposit | What::SupplierRefund | What::ForeignIn => {
            jitter(dice, average(business, plan, event), 400, 1600).max(50)
        }
        What::Refund | What::Purchase | What::OneOff => -jitter(dice, average(business, plan, event), 400, 1600).max(35),
        What::Fee => -jitter(dice, average(business, plan, event), 400, 1600).clamp(35, 3_500 * business.scale),
        What::ForeignOut => {
            // Never more than what is there, about.
            let held = balance(event.account).max(0);
            -jitter(dice, average(business, plan, event), 400, 1600).min(held / 3).max(50)
        }
        What::Supplier => {
            let amount = jitter(dice, average(business, plan, event), 300, 1700).max(50);
            // A quarter of all invoices are round.
            -if dice.chance(1, 4) && amount > 10_000 { amount / 100 * 100 } else { amount }
        }
    };
    Decimal::new(minor_units, 2)
}

/// The usual size of one daily item of a kind: its budget over how many there are.
fn average(business: &Business, plan: &Plan, event: &Event) -> i64 {
    let line = business.trade.lines().iter().find(|line| line.what == event.what);
    let Some(line) = line else { return 1_000 };
    let month = i128::from(business.part(1000, plan.first_day, event.day));
    let all = month * i128::from(line.budget) * i128::from(plan.days) * 10;
    let many = 304 * i128::from(plan.daily_items.max(1)) * i128::from(line.share.max(1));
    let foreign = matches!(event.what, What::ForeignIn | What::ForeignOut);
    let scale = if foreign { i128::from(business.scale) } else { 1 };
    i64::try_from(all / many / scale).unwrap_or(i64::MAX / 4000).clamp(20, 500_000_000)
}

/// Home units per ten thousand foreign ones.
fn rate(currency: &str, scale: i64, dice: &mut Dice) -> i64 {
    let middle = match currency {
        "GBP" => 11_700,
        "USD" => 7_900,
        _ => 8_500,
    };
    (middle + dice.between(-180, 180)) * scale
}

/// Codat's transaction code of an event.
pub(super) fn code_of(what: What, other_leg: bool) -> &'static str {
    match what {
        What::Takings | What::CardSale | What::CustomerPayment | What::ForeignIn | What::SupplierRefund => "Credit",
        What::Salary | What::Supplier | What::ForeignOut | What::OneOff | What::Refund => "Payment",
        What::Rent => "StandingOrder",
        What::Subscription | What::Purchase => "Purchase",
        What::ProcessorFee | What::AccountFee | What::Fee => "Fee",
        What::LoanRepayment if other_leg => "Credit",
        What::LoanRepayment | What::CardSettlement | What::PayrollTax | What::Vat | What::Utility | What::Insurance => "DirectDebit",
        What::LoanInterest | What::Interest => "Interest",
        What::Conversion | What::Sweep | What::BranchSweep => "Transfer",
        What::CashDeposit => "Cash",
    }
}
