// Which rows are chosen: some by name, or everything that matches except some. A hundred thousand can be chosen without naming them.
export class Selection<R extends { id: string } = { id: string }> {
  all = $state(false);
  #named = $state.raw<ReadonlyMap<string, R | null>>(new Map());
  readonly #keeps: boolean;

  /** With `keeps` the rows themselves are kept, for what is done with them here. */
  constructor(keeps = false) { this.#keeps = keeps; }

  /** How many, when this many match. */
  count = (total: number): number => (this.all ? Math.max(0, total - this.#named.size) : this.#named.size);
  has = (id: string): boolean => this.all !== this.#named.has(id);
  /** Ids that are chosen, or with `all` the ones that are not. */
  get named(): string[] { return [...this.#named.keys()]; }
  get rows(): R[] { return [...this.#named.values()].filter((row) => row !== null); }

  toggle(row: R): void {
    const next = new Map(this.#named);
    if (!next.delete(row.id)) next.set(row.id, this.#keeps ? row : null);
    this.#named = next;
  }
  add(rows: R[]): void {
    const next = new Map(this.#named);
    for (const row of rows) if (this.all) next.delete(row.id); else next.set(row.id, this.#keeps ? row : null);
    this.#named = next;
  }
  everything(): void { this.all = true; this.#named = new Map(); }
  clear(): void { this.all = false; this.#named = new Map(); }
}
