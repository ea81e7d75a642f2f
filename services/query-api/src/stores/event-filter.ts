/** Filters of events as SQL, over `events` and over `event_counts`. */
import type { Domain } from '@opmas/contracts';

export interface EventFilter {
  /** µs since the epoch, half open. */
  from: number;
  to: number;
  deviceId?: string[] | undefined;
  type?: string[] | undefined;
  domain?: Domain[] | undefined;
  /** As the sender said it. */
  severity?: number[] | undefined;
  /** By what the event says, the sender's where it says no other. */
  effectiveSeverity?: number[] | undefined;
  hostname?: string | undefined;
  appName?: string | undefined;
  /** Looked for in the message and in the line as received, upper and lower case alike. */
  q?: string | undefined;
}

/** Conditions and their parameters, which are numbered on from those given. */
export class Conditions {
  readonly parameters: unknown[];
  readonly #conditions: string[] = [];

  constructor(parameters: unknown[] = []) {
    this.parameters = parameters;
  }

  /** `?` in the condition stands for the value. */
  add(condition: string, value: unknown): this {
    this.parameters.push(value);
    this.#conditions.push(condition.replaceAll('?', `$${this.parameters.length}`));
    return this;
  }

  addIf(condition: string, value: unknown): this {
    return value === undefined ? this : this.add(condition, value);
  }

  get sql(): string {
    return this.#conditions.length === 0 ? 'true' : this.#conditions.join(' AND ');
  }
}

/** A text as a pattern of LIKE that matches it anywhere. */
export function containing(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;
}

/** What the counts know of a filter; its minutes are the caller's. */
export function countConditions(conditions: Conditions, filter: EventFilter, without?: keyof EventFilter): Conditions {
  const given = { ...filter, ...(without === undefined ? {} : { [without]: undefined }) };
  return conditions
    .addIf('device_id = ANY(?)', given.deviceId)
    .addIf('type = ANY(?)', given.type)
    .addIf('domain = ANY(?)', given.domain)
    .addIf('severity = ANY(?)', given.severity)
    .addIf('effective_severity = ANY(?)', given.effectiveSeverity);
}

/**
 * All of a filter but its time. `q` is looked for in the JSON line as it would be written there: every match is found,
 * and a few lines more, which `matchesText` takes out.
 */
export function rowConditions(conditions: Conditions, filter: EventFilter): Conditions {
  return conditions
    .addIf('device_id = ANY(?)', filter.deviceId)
    .addIf('type = ANY(?)', filter.type)
    .addIf('domain = ANY(?)', filter.domain)
    .addIf('severity = ANY(?)', filter.severity)
    .addIf('coalesce(effective_severity, severity) = ANY(?)', filter.effectiveSeverity)
    .addIf('hostname = ?', filter.hostname)
    .addIf('app_name = ?', filter.appName)
    .addIf('body ILIKE ?', filter.q === undefined ? undefined : containing(JSON.stringify(filter.q).slice(1, -1)));
}

/** True where the event's message or line holds the text. */
export function matchesText(event: { message?: unknown; raw?: unknown }, q: string | undefined): boolean {
  if (q === undefined) return true;
  const wanted = q.toLowerCase();
  return [event.message, event.raw].some((text) => typeof text === 'string' && text.toLowerCase().includes(wanted));
}
