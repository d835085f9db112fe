// The definition of every figure of the lens, one sentence of arithmetic each. What the core counts and what stands here must say the same.
import type { FigureKey } from "../bridge/types";

export const figures: Record<FigureKey, { title: string; definition: string }> = {
  averageBalance: { title: "Average balance", definition: "The sum of the accounts’ closing balances on each day of the period, added up and divided by the number of days. A day counts when the balance of every account is known; an account keeps its last closing balance until the next, and no day after the last that was told counts." },
  lowestBalance: { title: "Lowest balance", definition: "The smallest sum of the accounts’ closing balances on any day of the period, and the first day it stood so." },
  daysNegative: { title: "Days negative", definition: "Days of the period that ended with the sum of the accounts’ closing balances below zero. One account below zero does not count while others cover it." },
  topPayer: { title: "Largest payer", definition: "Money in from the counterparty that paid most, by all money in, in percent. Transfers between own accounts are left out: equal amounts out of one and into another account within 3 days." },
  concentration: { title: "Inflow concentration", definition: "Herfindahl-Hirschman index: each payer’s share of money in, in percent, squared and added up. 10,000 is one payer; over 2,500 is usually called concentrated. A row without a name counts as a payer of its own, so the true figure may be higher." },
  volatility: { title: "Volatility of money in", definition: "Standard deviation of the whole months’ money in, divided by their mean, in percent. 0 is the same every month. A month at either end counts when rows reach into its first or last week; fewer than 3 months tell nothing." },
  recurringIn: { title: "Recurring money in", definition: "What recurring credits come to in a month: usual amount, times a year, by 12. A set recurs when one counterparty has at least 3 rows, the largest within 10 % of the smallest, and 4 of 5 gaps fit weekly (6 to 8 days), fortnightly (12 to 16), monthly (25 to 36) or quarterly (84 to 98). Those overdue on the last day with rows do not count." },
  recurringOut: { title: "Recurring money out", definition: "The same for debits: at least 3 rows of one counterparty, the largest within 10 % of the smallest, 4 of 5 gaps in one rhythm. What it comes to in a month; those overdue do not count." },
  loans: { title: "Loan-like repayments", definition: "Recurring debits whose name, description or category has a word of lenders or leases, such as loan, lease, finance, funding, Kredit, Darlehen or prêt. The word is shown beside each. Repayments without such a word are not found." },
};
