/** The nearest valid name to a mistyped one. */

/** Edits (insert, delete, replace, swap of neighbours) that turn one text into the other. */
function distance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, beforeLast[j - 2]! + 1);
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}

/** Reads `source_ip`, `SourceIP` and `sourceIp` alike. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[-_ ]/g, '');
}

/** The name with the fewest edits, if those are few enough to be a slip of the hand; else null. */
export function nearestName(given: string, names: readonly string[]): string | null {
  if (given.length > 100) return null;
  let best: string | null = null;
  let bestDistance = Math.max(2, Math.ceil(given.length / 3)) + 0.5;
  for (const name of names) {
    const edits = distance(plain(given), plain(name));
    if (edits < bestDistance) [best, bestDistance] = [name, edits];
  }
  return best;
}
