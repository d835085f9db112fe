//! What kind of business it is: when it is busy, and how its money divides. Whole numbers only.

use crate::world::Dice;
use jiff::civil::{Date, Weekday};

/// Everything that can happen on an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum What {
    // by the calendar
    Takings,
    Salary,
    PayrollTax,
    Vat,
    Rent,
    Utility,
    Insurance,
    Subscription,
    ProcessorFee,
    AccountFee,
    LoanRepayment,
    LoanInterest,
    CardSettlement,
    Conversion,
    Sweep,
    BranchSweep,
    Interest,
    // day by day
    CardSale,
    CustomerPayment,
    CashDeposit,
    Refund,
    Supplier,
    SupplierRefund,
    Purchase,
    ForeignIn,
    ForeignOut,
    Fee,
    OneOff,
}

/// A line of the daily business: how often (per mille of daily items) and how much (per mille of monthly revenue).
pub(crate) struct Line {
    pub what: What,
    pub share: u64,
    pub budget: u64,
}

const fn line(what: What, share: u64, budget: u64) -> Line {
    Line { what, share, budget }
}

/// Two kinds of business: one with a till, one with invoices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trade {
    /// Cafés, shops, salons: card takings every open day, busy at weekends and before Christmas.
    Counter,
    /// Makers, agencies, wholesalers: invoices, quiet weekends.
    Office,
}

impl Trade {
    /// Guessed from the business's name, else by chance.
    pub(crate) fn of(holder: &str, dice: &mut Dice) -> Self {
        const COUNTER: &[&str] = &[
            "bakery",
            "cafe",
            "café",
            "coffee",
            "shop",
            "store",
            "kitchen",
            "salon",
            "restaurant",
            "pub",
            "inn",
            "florist",
            "deli",
            "bar",
        ];
        const OFFICE: &[&str] = &[
            "joinery",
            "consult",
            "studio",
            "agency",
            "design",
            "engineering",
            "software",
            "systems",
            "wholesale",
            "logistics",
            "partners",
        ];
        let name = holder.to_lowercase();
        if COUNTER.iter().any(|word| name.contains(word)) {
            Self::Counter
        } else if OFFICE.iter().any(|word| name.contains(word)) {
            Self::Office
        } else {
            *dice.pick(&[Self::Counter, Self::Office])
        }
    }

    /// The daily business; shares add up to 1000.
    pub(crate) fn lines(self) -> &'static [Line] {
        const COUNTER: &[Line] = &[
            line(What::CardSale, 200, 170),
            line(What::CustomerPayment, 60, 150),
            line(What::CashDeposit, 60, 120),
            line(What::Refund, 50, 12),
            line(What::Supplier, 160, 270),
            line(What::SupplierRefund, 8, 4),
            line(What::Purchase, 300, 60),
            line(What::ForeignIn, 60, 130),
            line(What::ForeignOut, 50, 90),
            line(What::Fee, 48, 4),
            line(What::OneOff, 4, 20),
        ];
        const OFFICE: &[Line] = &[
            line(What::CardSale, 40, 60),
            line(What::CustomerPayment, 290, 700),
            line(What::Refund, 20, 8),
            line(What::Supplier, 200, 240),
            line(What::SupplierRefund, 10, 6),
            line(What::Purchase, 296, 70),
            line(What::ForeignIn, 60, 240),
            line(What::ForeignOut, 50, 150),
            line(What::Fee, 30, 4),
            line(What::OneOff, 4, 25),
        ];
        match self {
            Self::Counter => COUNTER,
            Self::Office => OFFICE,
        }
    }

    /// Per mille of monthly revenue that comes as the one daily card taking.
    pub(crate) fn takings_budget(self) -> u64 {
        match self {
            Self::Counter => 430,
            Self::Office => 0,
        }
    }

    /// How busy a day is; 100 is an ordinary day of an ordinary month.
    pub(crate) fn weight(self, day: Date) -> u64 {
        let of_week = match (self, day.weekday()) {
            (Self::Counter, Weekday::Monday) => 78,
            (Self::Counter, Weekday::Tuesday) => 84,
            (Self::Counter, Weekday::Wednesday) => 94,
            (Self::Counter, Weekday::Thursday) => 104,
            (Self::Counter, Weekday::Friday) => 132,
            (Self::Counter, Weekday::Saturday) => 152,
            (Self::Counter, Weekday::Sunday) => 56,
            (Self::Office, Weekday::Saturday) => 12,
            (Self::Office, Weekday::Sunday) => 4,
            (Self::Office, _) => 137,
        };
        of_week * season(self, day.month()) / 100
    }

    /// Is the till open? Counters close on Christmas Day and New Year's Day.
    pub(crate) fn takes_money(day: Date) -> bool {
        !matches!((day.month(), day.day()), (12, 25 | 26) | (1, 1))
    }
}

fn season(trade: Trade, month: i8) -> u64 {
    let table: [u64; 12] = match trade {
        Trade::Counter => [80, 82, 93, 98, 103, 105, 107, 97, 99, 101, 110, 125],
        Trade::Office => [94, 98, 106, 101, 102, 105, 96, 84, 104, 108, 107, 95],
    };
    usize::try_from(month - 1).ok().and_then(|index| table.get(index)).copied().unwrap_or(100)
}

/// Payments fall on the next working day.
pub(crate) fn working_day(day: Date) -> Date {
    let ahead = match day.weekday() {
        Weekday::Saturday => 2,
        Weekday::Sunday => 1,
        _ => 0,
    };
    day.saturating_add(jiff::Span::new().days(ahead))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn shares_of_the_daily_business_add_up() {
        for trade in [Trade::Counter, Trade::Office] {
            assert_eq!(trade.lines().iter().map(|line| line.share).sum::<u64>(), 1000, "{trade:?}");
        }
    }

    #[test]
    fn weeks_and_seasons_show() {
        let (saturday, monday) = (date(2025, 12, 6), date(2025, 1, 6));
        assert!(Trade::Counter.weight(saturday) > 2 * Trade::Counter.weight(monday), "a December Saturday is not a January Monday");
        assert!(Trade::Office.weight(date(2025, 3, 8)) < 20, "offices rest on Saturdays");
    }

    #[test]
    fn payments_wait_for_monday() {
        assert_eq!(working_day(date(2025, 3, 8)), date(2025, 3, 10));
        assert_eq!(working_day(date(2025, 3, 7)), date(2025, 3, 7));
    }
}
