/**
 * The explorer's filter. In the URL a value that begins with `!` is excluded. The API knows inclusion only, so an
 * exclusion goes there as all the other values of its field: domains and severities by contract, devices by the list of
 * devices, types by what the events in range have.
 */
import { DOMAINS, EVENT_TYPES } from '@opmas/contracts';
import { z } from 'zod';
import { anyText, choiceParam, flagParam, listParam, textParam } from './search-params.js';

export const FILTER_FIELDS = ['domain', 'type', 'effectiveSeverity', 'severity', 'deviceId'] as const;
export type FilterField = (typeof FILTER_FIELDS)[number];

export const eventSearchSchema = z.object({
  q: textParam,
  range: textParam,
  from: textParam,
  to: textParam,
  domain: listParam(anyText),
  type: listParam(anyText),
  effectiveSeverity: listParam(anyText),
  severity: listParam(anyText),
  deviceId: listParam(anyText),
  hostname: textParam,
  appName: textParam,
  /** Id of the event whose row is open. */
  event: textParam,
  show: choiceParam(['parsed', 'raw']),
  live: flagParam,
});

export type EventSearch = Partial<z.infer<typeof eventSearchSchema>>;
export type EventFilter = Pick<EventSearch, 'q' | 'hostname' | 'appName' | FilterField>;
export type FilterSign = 'include' | 'exclude';

/** The parameters of the API that an event filter becomes. */
export type EventQuery = Partial<Record<'q' | 'hostname' | 'appName' | FilterField, string>>;

export function signOf(filter: EventFilter, field: FilterField, value: string): FilterSign | null {
  const values = filter[field] ?? [];
  if (values.includes(value)) return 'include';
  return values.includes(`!${value}`) ? 'exclude' : null;
}

/** Adds a value with a sign, turns it to the other sign, or takes it out where it already has that sign. */
export function toggleValue(
  filter: EventFilter,
  field: FilterField,
  value: string,
  sign: FilterSign,
): string[] | undefined {
  const isSet = signOf(filter, field, value) === sign;
  const others = (filter[field] ?? []).filter((entry) => entry !== value && entry !== `!${value}`);
  const next = isSet ? others : [...others, sign === 'include' ? value : `!${value}`];
  return next.length === 0 ? undefined : next;
}

const SEVERITY_VALUES = ['0', '1', '2', '3', '4', '5', '6', '7'];

/** The values that there are of the fields that no contract bounds. */
export interface KnownValues {
  deviceIds: readonly string[];
  /** Those that occur in the range; `knownTypes` adds the others that fit. */
  types: readonly string[];
}

export const NO_VALUES: KnownValues = { deviceIds: [], types: [] };

/** The API takes as many values of a field. */
const MOST_VALUES = 100;

/** The types that occur, then those of the contract, as many as a request may name; what is new in a live tail is among them. */
function knownTypes(occurring: readonly string[], excludedCount: number): readonly string[] {
  return [...new Set([...occurring, ...EVENT_TYPES])].slice(0, MOST_VALUES + excludedCount);
}

function universeOf(field: FilterField, known: KnownValues, excludedCount: number): readonly string[] {
  switch (field) {
    case 'domain':
      return DOMAINS;
    case 'type':
      return knownTypes(known.types, excludedCount);
    case 'effectiveSeverity':
    case 'severity':
      return SEVERITY_VALUES;
    case 'deviceId':
      return known.deviceIds;
  }
}

/** Whether a field has exclusions only, so that its other values must be known. */
export function needsUniverse(filter: EventFilter, field: FilterField): boolean {
  const values = filter[field] ?? [];
  return values.length > 0 && values.every((value) => value.startsWith('!'));
}

/** The values that the API is asked for; undefined for all. */
export function wantedValues(
  values: readonly string[] | undefined,
  universe: readonly string[],
): readonly string[] | undefined {
  if (values === undefined || values.length === 0) return undefined;
  const included = values.filter((value) => !value.startsWith('!'));
  const excluded = new Set(values.filter((value) => value.startsWith('!')).map((value) => value.slice(1)));
  const wanted = (included.length > 0 ? included : universe).filter((value) => !excluded.has(value));
  // Nothing is left: ask for what cannot be there, never for everything.
  return wanted.length > 0 ? wanted : included.slice(0, 1);
}

export function eventQueryOf(filter: EventFilter, known: KnownValues): EventQuery {
  const query: EventQuery = {};
  for (const field of FILTER_FIELDS) {
    const excludedCount = filter[field]?.filter((value) => value.startsWith('!')).length ?? 0;
    const wanted = wantedValues(filter[field], universeOf(field, known, excludedCount))?.slice(0, MOST_VALUES);
    if (wanted !== undefined && wanted.length > 0) query[field] = wanted.join(',');
  }
  if (filter.q !== undefined) query.q = filter.q;
  if (filter.hostname !== undefined) query.hostname = filter.hostname;
  if (filter.appName !== undefined) query.appName = filter.appName;
  return query;
}

export function isFiltered(filter: EventFilter): boolean {
  return [filter.q, filter.hostname, filter.appName, ...FILTER_FIELDS.map((field) => filter[field])].some(
    (value) => value !== undefined,
  );
}
