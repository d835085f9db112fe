// Sample companies and banks, invented together. Used only by the development build.
import { initials } from "../../lib/fmt";
import type { AccountView, BankMark, BankRow, CompanyRow, Ring, StatusPill, TransactionRow } from "../types";

export const pill = (ring: Ring, word: string): StatusPill => ({ ring, word });

const bankNames = [
  "NatWest", "NatWest Bankline", "NatWest International", "Royal Bank of Scotland", "Ulster Bank", "Barclays Business", "Lloyds Business",
  "HSBC Business", "Starling Business", "Monzo Business", "Tide", "Santander Business", "Revolut Business", "AIB", "Bank of Ireland",
  "Metro Bank", "Coutts", "Danske Bank", "Nationwide Business", "TSB Business", "Virgin Money Business", "Wise Business", "Allied Irish Bank (GB)",
  "The Co-operative Bank", "Handelsbanken", "ING", "Société Générale", "Commerzbank", "Crédit Agricole", "Deutsche Bank", "Bank of Scotland Business",
];
const towns = ["Ashford", "Bexley", "Calder", "Dunmore", "Eskdale", "Fenwick", "Garston", "Holme", "Irwell", "Kelso", "Lydd", "Marlow"];
const kinds = ["Savings Bank", "Building Society", "Credit Union", "Trust Bank", "Merchant Bank"];

const evidence: Record<string, BankRow["evidence"]> = {};
const ago = (days: number) => Date.now() - days * 86_400_000;

function bank(name: string, index: number): BankRow {
  return {
    key: `bk-${index.toString(36)}`, name, matched: [], reason: null, business: /business|bankline|natwest$|international|scotland|ulster|tide|aib|ireland/i.test(name),
    personal: false, logo: null, monogram: initials(name), evidence: evidence[name] ?? null, favourite: false, isDefault: false, hidden: null,
  };
}

evidence["NatWest"] = { status: pill("moored", "9 of last 10 linked"), lastSuccess: Date.now() - 1_500_000, linked: 38 };
evidence["NatWest Bankline"] = { status: pill("half", "3 of last 5 linked"), lastSuccess: ago(6), linked: 3 };
evidence["Royal Bank of Scotland"] = { status: pill("moored", "6 of last 6 linked"), lastSuccess: ago(4), linked: 6 };
evidence["Ulster Bank"] = { status: pill("crossed", "0 of last 4 linked"), lastSuccess: ago(47), linked: 2 };
evidence["Barclays Business"] = { status: pill("moored", "10 of last 10 linked"), lastSuccess: ago(1), linked: 41 };
evidence["Tide"] = { status: pill("moored", "8 of last 9 linked"), lastSuccess: ago(2), linked: 29 };
evidence["Monzo Business"] = { status: pill("moored", "7 of last 8 linked"), lastSuccess: ago(3), linked: 22 };
evidence["Santander Business"] = { status: pill("half", "6 of last 9 linked"), lastSuccess: ago(5), linked: 17 };
evidence["Revolut Business"] = { status: pill("moored", "9 of last 9 linked"), lastSuccess: ago(5), linked: 15 };
evidence["Lloyds Business"] = { status: pill("moored", "9 of last 10 linked"), lastSuccess: Date.now() - 480_000, linked: 19 };
evidence["Starling Business"] = { status: pill("moored", "5 of last 5 linked"), lastSuccess: ago(20), linked: 11 };
evidence["HSBC Business"] = { status: pill("half", "4 of last 7 linked"), lastSuccess: ago(24), linked: 9 };

export const banks: BankRow[] = [
  ...bankNames,
  ...towns.flatMap((town) => kinds.flatMap((kind) => ["", " North", " South"].map((part) => `${town}${part} ${kind}`))),
].map(bank);
export const personalBanks: BankRow[] = ["NatWest Personal", "Royal Bank of Scotland Personal", "Barclays Personal", "Monzo Personal"].map((name, i) => ({
  ...bank(name, 9000 + i), business: false, personal: true,
}));
export const bankNamed = (name: string): BankRow => banks.find((row) => row.name === name) ?? (banks[0] as BankRow);

export const mark = (name: string, ring: Ring = "moored", word = "Linked"): BankMark => ({ key: bankNamed(name).key, name, status: pill(ring, word) });

const day = (back: number) => new Date(Date.now() - back * 86_400_000).toISOString().slice(0, 10);

type Seed = [string, string, Ring, string, string[], number | null, string | null];
const seeds: Seed[] = [
  ["Castellan Café Group Ltd", "CAS-2291", "crossed", "Consent ended", ["NatWest", "Starling Business"], 22, "Connect NatWest again"],
  ["The Northumberland & Borders Agricultural Supply Company Ltd", "NBA-0417", "crossed", "Last read failed", ["Barclays Business", "HSBC Business", "Tide", "AIB", "Monzo Business"], 3, "See what failed"],
  ["Établissements Lefèvre-Maréchal SARL", "ELM-1180", "half", "History cut to 90 days", ["Société Générale"], 1, "Ask to confirm again"],
  ["Ashdown & Pell Joinery Ltd", "APJ-3302", "waiting", "At the bank", ["NatWest"], null, "Wait or phone"],
  ["Bäckerei Grünfeld & Söhne GmbH", "BGS-0078", "waiting", "Link handed over", ["Commerzbank"], null, "Remind them"],
  ["Brightwater Physiotherapy LLP", "BWP-2107", "half", "Ends in about 6 days", ["Santander Business"], 1, null],
  ["Quayside Marine Chandlers Ltd", "QMC-0931", "half", "Ends in about 9 days", ["NatWest"], 1, null],
  ["Orchard Lane Veterinary Practice", "OLV-1444", "clock", "No new data for 12 days", ["Metro Bank"], 12, "Refresh"],
  ["Kestrel Freight Forwarding (Ireland) DAC", "KFF-0612", "running", "Reading categories", ["AIB", "Bank of Ireland", "Revolut Business"], 2, null],
  ["Halcyon Print & Packaging Ltd", "HPP-2870", "moored", "Fresh", ["HSBC Business", "Barclays Business"], 1, null],
  ["Moorgate Dental Laboratories Ltd", "MDL-1093", "moored", "Fresh", ["Starling Business"], 2, null],
  ["Van der Meer Bloemen B.V.", "VDM-0220", "running", "Reading transactions", ["ING"], 1, null],
  ["Redcliffe Scaffolding Services Ltd", "RSS-1976", "moored", "Fresh", ["Monzo Business"], 2, null],
  ["Tamar Valley Cider Co Ltd", "TVC-0055", "slashed", "Unlinked", ["Lloyds Business"], 56, null],
];
const firsts = ["Alder", "Birch", "Copperfield", "Drake", "Elmstead", "Fairview", "Granite", "Hartley", "Ivory", "Juniper", "Kingsway", "Linden"];
const trades = ["Bakery", "Roofing", "Motors", "Catering", "Logistics", "Design", "Nursery", "Pharmacy", "Brewing", "Interiors", "Glass", "Timber", "Foods"];

const owners = ["Ruth Okonkwo-Brandenburger", "Tom Hale", null, "Aïcha Benali"];
const tagsOf = (index: number): string[] => (index % 3 === 0 ? ["asset finance"] : index % 4 === 1 ? ["review in January", "seasonal", "watch list"] : []);

export function companies(many = 306): CompanyRow[] {
  const rows: CompanyRow[] = seeds.map(([name, reference, ring, word, names, back, nextAction], index) => ({
    id: `co-${index}`, name, reference, status: pill(ring, word), nextAction,
    banks: names.map((bankName) => mark(bankName, ring === "crossed" ? "crossed" : ring === "waiting" ? "waiting" : "moored", ring === "waiting" ? "Pending" : "Linked")),
    dataTo: back === null ? null : day(back), created: Date.now() - (index + 4) * 9 * 86_400_000,
    owner: owners[index % 4] ?? null, tags: tagsOf(index), consentUntilEstimate: /^Ends in about (\d+)/.test(word) ? Date.now() + Number(word.replace(/\D/g, "")) * 86_400_000 : back === null || ring === "crossed" || ring === "slashed" ? null : Date.now() + (30 + index * 4) * 86_400_000,
  }));
  for (let index = rows.length; index < many; index++) {
    const name = `${firsts[index % 12]} ${trades[(index * 7) % 13]} ${index % 3 ? "Ltd" : "LLP"}`;
    const waiting = index >= many - 10;
    rows.push({
      id: `co-${index}`, name, reference: index % 5 ? `${name.slice(0, 3).toUpperCase()}-${1000 + index}` : null,
      status: waiting ? pill("waiting", "Link handed over") : pill("moored", "Fresh"), nextAction: waiting ? "Remind them" : null,
      banks: [mark(bankNames[(index * 5) % 13] ?? "NatWest", waiting ? "waiting" : "moored", waiting ? "Pending" : "Linked")],
      dataTo: waiting ? null : day(index % 3), created: Date.now() - index * 86_400_000, owner: owners[index % 5] ?? null, tags: tagsOf(index), consentUntilEstimate: waiting ? null : Date.now() + (20 + (index * 7) % 60) * 86_400_000,
    });
  }
  return rows;
}

export const accountsOf = (companyId: string): AccountView[] => {
  const account = (id: string, connectionId: string, bankName: string, name: string, ending: string, currency: string, current: string, back: number, transactions: number): AccountView => ({
    id, connectionId, bank: bankName, name, holder: companyId === "co-8" ? "KESTREL FREIGHT FORWARDING IRELAND DAC" : companyId === "co-3" ? "ASHDOWN AND PELL JOINERY LIMITED" : null, accountType: name.includes("Card") ? "Credit" : "Debit", ending, currency,
    current: { amount: current, currency }, available: { amount: current, currency }, asOf: day(back), dataTo: day(back), dataFrom: "2024-06-18", transactions,
  });
  if (companyId !== "co-8") {
    return [
      account("ac-1", "cn-1", "NatWest", "Business current", "6120", "GBP", "23918.42", 1, 684),
      account("ac-2", "cn-1", "NatWest", "Reserve for tax", "6138", "GBP", "8450.00", 1, 41),
    ];
  }
  return [
    account("ac-1", "cn-1", "AIB", "Trading current", "2204", "EUR", "212480.16", 1, 30118),
    account("ac-2", "cn-1", "AIB", "Deposit", "8831", "EUR", "60000.00", 1, 212),
    account("ac-3", "cn-2", "Bank of Ireland", "Customs deferment", "0047", "EUR", "-18204.91", 2, 3911),
    account("ac-4", "cn-3", "Revolut Business", "Main", "5512", "GBP", "41006.30", 1, 5016),
    account("ac-5", "cn-3", "Revolut Business", "Carriers", "7740", "USD", "7918.00", 1, 1951),
  ];
};

const payees: [string, string, string, number, string][] = [
  ["Maersk Line A/S", "SEPA CT 88214-KFF demurrage Oct", "Freight in", -8412.6, "EUR"], ["Revenue Commissioners", "VAT3 SEP/OCT 6388047V", "VAT", -14902, "EUR"],
  ["Dublin Port Company", "Berth and handling, inv 55120", "Port charges", -3218.75, "EUR"], ["DHL Global Forwarding (Austria) GmbH", "Subcontracted leg Linz to Cork", "Freight in", -2740, "GBP"],
  ["Hapag-Lloyd AG", "Container HLXU 204418-2", "Freight in", -6150, "USD"], ["Circle K Fleet Ireland", "Fuel cards, week 46", "Fuel", -4077.31, "EUR"],
  ["Grenke Leasing Ltd", "Agreement L-44190, 31 of 48", "Lease repayment", -2385, "EUR"], ["Murphy Timber Exports", "Invoice 20418, thank you", "Sales", 18250.4, "EUR"],
  ["Allianz plc", "Goods in transit, annual 1 of 4", "Insurance", -5640, "EUR"], ["Atlantic Seafoods Coop", "Inv 20391 to 20398", "Sales", 42117.95, "EUR"],
  ["FedEx Express", "Direct debit 004417", "Courier", -1118.04, "EUR"], ["Harcourt Street Properties", "Rent Q4, unit 7 and yard", "Rent", -9750, "EUR"],
  ["Stena Line", "Freight account K-1180", "Freight in", -3960.25, "GBP"], ["Payroll", "Batch of 23, ref PAY-2026-10", "Payroll", -61318.44, "EUR"], ["Bank charge", "Quarterly fee", "Charges", -12.5, "EUR"],
];

export function transactionAt(index: number): TransactionRow {
  const [merchant, description, category, base, currency] = payees[(index * 7) % payees.length] as (typeof payees)[number];
  const [whole = "0", part = "0"] = Math.abs(base + (index % 11) * (base < 0 ? -1 : 1)).toFixed(2).split(".");
  const accountId = currency === "GBP" ? "ac-4" : currency === "USD" ? "ac-5" : index % 9 === 4 ? "ac-3" : "ac-1";
  const account = { "ac-1": "Trading current", "ac-3": "Customs deferment", "ac-4": "Main", "ac-5": "Carriers" }[accountId] ?? "Trading current";
  const date = day(1 + Math.floor(index / 46));
  return {
    id: `tx-${index}`, accountId, account, date, dateText: `${date}T00:00:00`, amount: `${base < 0 ? "-" : ""}${whole}.${part}`, currency,
    description, merchant, category, ownCategory: null, code: base < 0 ? "Payment" : "Deposit", missing: index === 23,
  };
}
