/** Values of options, read and refused with what was expected. */
import { stat } from 'node:fs/promises';
import { parseInstant } from '@opmas/contracts';
import { CommandError, EXIT } from './exit.js';

const UNIT_SECONDS: Record<string, number> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 };

/** Milliseconds of `30s`, `5m`, `1h`, `500ms`, or of a bare number of seconds. */
export function durationMs(name: string, text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(text);
  const unit = UNIT_SECONDS[match?.[2] ?? 's'];
  if (!match || unit === undefined) {
    throw new CommandError(`${name} ${text}: expected a duration like 30s, 5m or 1h`, EXIT.usage);
  }
  return Number(match[1]) * unit * 1000;
}

/** A whole number between two limits, both included. */
export function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) {
    throw new CommandError(`${name} ${text}: expected a whole number from ${least} to ${most}`, EXIT.usage);
  }
  return value;
}

/** Lines a second; null for `max`: as fast as it goes. */
export function lineRate(name: string, text: string): number | null {
  if (text === 'max') return null;
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) {
    throw new CommandError(`${name} ${text}: expected lines a second, or max`, EXIT.usage);
  }
  return value;
}

/** µs since the epoch of an ISO 8601 instant. */
export function instantMicros(name: string, text: string): number {
  const micros = parseInstant(text);
  if (micros === null) {
    throw new CommandError(`${name} ${text}: expected an instant like 2026-11-23T20:00:00Z`, EXIT.usage);
  }
  return micros;
}

export function oneOf<T extends string>(name: string, text: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === text);
  if (found === undefined) throw new CommandError(`${name} ${text}: expected one of ${choices.join(', ')}`, EXIT.usage);
  return found;
}

/** A zone that this machine knows. */
export function timeZone(name: string, text: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    throw new CommandError(`${name} ${text}: no such time zone; expected a name like Europe/Berlin`, EXIT.usage);
  }
}

/** The reference time of a file is when it was last written; of a pipe, now. */
export async function referenceMicrosOf(path: string | undefined): Promise<number> {
  const found = path === undefined || path === '-' ? null : await stat(path).catch(() => null);
  return Math.round((found?.isFile() ? found.mtimeMs : Date.now()) * 1000);
}
