/** Measuring in one process: several passes, the median told, because a shared machine has bad moments. */

export interface MicroResult {
  what: string;
  lines: number;
  /** Lines a second on one core: the median of the passes, and the best and worst. */
  linesPerSecond: number;
  best: number;
  worst: number;
  note: string;
}

const PASSES = 5;

/** Runs `pass` (which handles `lines` lines) once to warm up and then five times. */
export async function measure(what: string, lines: number, pass: () => unknown, note = ''): Promise<MicroResult> {
  await pass();
  const rates: number[] = [];
  for (let index = 0; index < PASSES; index++) {
    const startedAt = process.hrtime.bigint();
    await pass();
    rates.push(lines / (Number(process.hrtime.bigint() - startedAt) / 1e9));
  }
  rates.sort((a, b) => a - b);
  return {
    what,
    lines,
    linesPerSecond: Math.round(rates[Math.floor(PASSES / 2)] ?? 0),
    best: Math.round(rates.at(-1) ?? 0),
    worst: Math.round(rates[0] ?? 0),
    note,
  };
}
