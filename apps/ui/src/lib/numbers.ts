const whole = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });
const oneDigit = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 1 });

/** `12,480` */
export function countOf(value: number): string {
  return whole.format(value);
}

/** `12.5K`: for places where the exact number is in the tooltip. */
export function compactOf(value: number): string {
  return value < 10_000 ? whole.format(value) : compact.format(value);
}

/** A rate: one decimal below 100, none above. */
export function rateOf(value: number): string {
  return value < 100 ? oneDigit.format(value) : compactOf(value);
}

export function plural(count: number, one: string, many: string = `${one}s`): string {
  return `${countOf(count)} ${count === 1 ? one : many}`;
}
