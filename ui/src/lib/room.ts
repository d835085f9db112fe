// Which columns of a table there is room for. All widths are in rem, so that larger text takes columns away as a narrower window does.
export interface Column<K extends string> {
  key: K;
  label: string;
  /** What its longest usual text needs. */
  least: number;
  /** Its share of what is left over; without one it stays as narrow as it may. */
  share?: number;
}

/** The two columns every row keeps: a name gives way down to `least`, and is left three tenths of the row before another column comes in. */
const NAME = { least: 12, most: 18, part: 0.3, share: 2.2 };
const STATUS = { least: 12, share: 1.2 };

/** The columns that fit, the worthiest first to come in and last to go; the first that has no room ends it, so that widening never swaps one for another. */
export function fitting<K extends string>(wanted: Column<K>[], worth: K[], room: number): K[] {
  const name = Math.min(NAME.most, Math.max(NAME.least, room * NAME.part));
  let left = room - name - STATUS.least;
  const shown: K[] = [];
  for (const key of worth) {
    const column = wanted.find((each) => each.key === key);
    if (!column) continue;
    left -= column.least;
    if (left < 0) break;
    shown.push(key);
  }
  return shown;
}

/** The grid's template, and the width below which the table scrolls. */
export function grid(columns: Column<string>[]): { template: string; least: string } {
  const width = (least: number, share?: number) => (share ? `minmax(${least}rem, ${share}fr)` : `${least}rem`);
  const all = [NAME, STATUS, ...columns];
  return { template: all.map((each) => width(each.least, each.share)).join(" "), least: `${all.reduce((sum, each) => sum + each.least, 0)}rem` };
}
