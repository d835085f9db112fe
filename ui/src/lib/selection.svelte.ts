// Which rows are chosen: some by name, or everything that matches except some. A hundred thousand can be chosen without naming them.
export class Selection {
  all = $state(false);
  #named = $state.raw<ReadonlySet<string>>(new Set());

  /** How many, when this many match. */
  count = (total: number): number => (this.all ? Math.max(0, total - this.#named.size) : this.#named.size);
  has = (id: string): boolean => this.all !== this.#named.has(id);
  /** Ids that are chosen, or with `all` the ones that are not. */
  get named(): string[] { return [...this.#named]; }

  toggle(id: string): void {
    const next = new Set(this.#named);
    if (!next.delete(id)) next.add(id);
    this.#named = next;
  }
  add(ids: string[]): void {
    const next = new Set(this.#named);
    for (const id of ids) if (this.all) next.delete(id); else next.add(id);
    this.#named = next;
  }
  everything(): void { this.all = true; this.#named = new Set(); }
  clear(): void { this.all = false; this.#named = new Set(); }
}
