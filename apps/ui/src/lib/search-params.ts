/** Search parameters as plain text: `?severity=high,critical&q=dropbear`, nothing quoted, nothing JSON. */
import { z } from 'zod';

/** Every parameter as the text it is; a repeated name's last value counts. */
export function parseSearch(search: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(search));
}

function textOf(value: unknown): string | null {
  if (Array.isArray(value)) return value.length === 0 ? null : value.join(',');
  if (typeof value === 'boolean') return value ? '1' : null;
  if (typeof value === 'string') return value === '' ? null : value;
  return typeof value === 'number' ? String(value) : null;
}

/** The reverse; what is empty, false or absent is left out. Commas stay readable. */
export function stringifySearch(search: Record<string, unknown>): string {
  const given = Object.entries(search)
    .map(([name, value]) => [name, textOf(value)] as const)
    .filter((entry): entry is [string, string] => entry[1] !== null);
  if (given.length === 0) return '';
  return `?${new URLSearchParams(given).toString().replaceAll('%2C', ',').replaceAll('%3A', ':').replaceAll('%21', '!')}`;
}

function splitList(value: unknown): unknown {
  return typeof value === 'string' ? value.split(',').filter((part) => part !== '') : value;
}

/** A list of values; those that are not allowed are dropped, an empty one is absent. */
export function listParam<T extends string>(isAllowed: (value: string) => value is T) {
  return z
    .preprocess(splitList, z.array(z.coerce.string()).optional())
    .catch(undefined)
    .transform((values) => {
      const kept = [...new Set(values)].filter((value): value is T => isAllowed(value));
      return kept.length === 0 ? undefined : kept;
    });
}

export function oneOf<T extends string>(values: readonly T[]) {
  return (value: string): value is T => (values as readonly string[]).includes(value);
}

export const anyText = (value: string): value is string => value.length > 0 && value.length <= 200;

export const textParam = z.coerce
  .string()
  .trim()
  .max(500)
  .optional()
  .catch(undefined)
  .transform((text) => (text === '' || text === undefined ? undefined : text));

/** `1` is true; everything else is absent. */
export const flagParam = z
  .unknown()
  .optional()
  .transform((value) => (value === true || value === '1' ? true : undefined));

export function choiceParam<T extends string>(values: readonly T[]) {
  return z
    .enum(values as readonly [T, ...T[]])
    .optional()
    .catch(undefined);
}
