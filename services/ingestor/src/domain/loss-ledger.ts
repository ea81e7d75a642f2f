/** How many datagrams of each sender were lost, kept as text in the journal so that no end of the process forgets it. */

/** Senders with a number of their own; forged addresses beyond them are counted together. */
const MAX_SENDERS = 1024;
/** The name of all others. */
const OTHERS = 'others';

export class LossLedger {
  readonly #counts = new Map<string, number>();
  #total = 0;

  /** Reads what `text` made; empty where there is none, or where it is not one. */
  static read(text: string | undefined): LossLedger {
    const ledger = new LossLedger();
    for (const [sender, records] of entriesOf(text ?? '')) ledger.add(sender, records);
    return ledger;
  }

  get total(): number {
    return this.#total;
  }

  /** Every sender with its number, the largest first. */
  get senders(): [sender: string, records: number][] {
    return [...this.#counts].sort((a, b) => b[1] - a[1]);
  }

  add(sender: string, records: number): void {
    const name = this.#counts.has(sender) || this.#counts.size < MAX_SENDERS ? sender : OTHERS;
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + records);
    this.#total += records;
  }

  clear(): void {
    this.#counts.clear();
    this.#total = 0;
  }

  text(): string {
    return JSON.stringify(Object.fromEntries(this.#counts));
  }
}

function entriesOf(text: string): [string, number][] {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return [];
    return Object.entries(value).filter((entry): entry is [string, number] => Number.isSafeInteger(entry[1]));
  } catch {
    return [];
  }
}
