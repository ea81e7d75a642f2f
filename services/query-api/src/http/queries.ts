/** Schemas of query parameters and bodies. Every message says what was expected. */
import { DOMAINS, FINDING_SEVERITIES, ROLES, isSubjectToken, parseInstant } from '@opmas/contracts';
import { z } from 'zod';
import type { Cursor } from '../domain/pages.js';
import { parseCursor } from '../domain/pages.js';
import { ACTION_STATUSES } from '../domain/projections/action.js';

const DAY_MICROS = 86_400e6;
const HOUR_MICROS = 3600e6;

/** Several values: `a,b` or the parameter twice. */
function list<T extends z.ZodType<unknown, string>>(item: T, expected: string) {
  const texts = z.union([z.string(), z.array(z.string())], { error: `expected ${expected}` });
  return texts
    .transform((value) => (Array.isArray(value) ? value : value.split(',')).filter((text) => text !== ''))
    .pipe(z.array(item).min(1, `expected ${expected}`).max(100, 'expected at most 100 values'))
    .optional()
    .describe(`${expected}; several joined by commas`);
}

function oneOf<const V extends readonly [string, ...string[]]>(values: V) {
  return list(z.enum(values, { error: `expected one of ${values.join(', ')}` }), `one of ${values.join(', ')}`);
}

const text = z
  .string({ error: 'expected one text' })
  .min(1, 'expected a text that is not empty')
  .max(200, 'expected at most 200 characters')
  .refine((value) => !value.includes('\0'), 'expected a text without NUL');
const ids = list(text, 'an id');

const INSTANT = 'expected an instant like 2026-11-23T20:35:17Z (a "+" in its zone written as %2B), or ms since 1970';

/** ISO 8601 with a zone, or whole ms since 1970; µs since 1970 inside. */
const instant = z
  .string({ error: INSTANT })
  .transform((value, context) => {
    const micros = /^\d{1,15}$/.test(value) ? Number(value) * 1000 : parseInstant(value);
    if (micros !== null) return micros;
    context.addIssue({ code: 'custom', message: INSTANT });
    return z.NEVER;
  })
  .describe('ISO 8601 with a zone, or ms since 1970');

const cursor = z
  .string({ error: 'expected one cursor' })
  .transform((value, context): Cursor => {
    const parsed = parseCursor(value);
    if (parsed !== null) return parsed;
    context.addIssue({ code: 'custom', message: 'expected the nextCursor of an earlier answer' });
    return z.NEVER;
  })
  .optional()
  .describe('nextCursor of the page before');

/** As `cursor`, where the main key is an instant. */
const timeCursor = cursor.refine((value) => value === undefined || parseInstant(value.at) !== null, {
  error: 'expected the nextCursor of an earlier answer',
});

function limit(usual: number, most: number) {
  const expected = `expected a whole number from 1 to ${most}`;
  return z
    .string({ error: expected })
    .regex(/^\d{1,6}$/, expected)
    .transform(Number)
    .refine((value) => value >= 1 && value <= most, expected)
    .default(usual)
    .describe(`items a page, at most ${most}`);
}

const severity = list(
  z
    .string()
    .regex(/^[0-7]$/, 'expected syslog severities 0 to 7')
    .transform(Number),
  'a syslog severity 0 to 7',
);

/** What both REST and live subscriptions filter events by. */
export const eventFields = {
  deviceId: ids,
  type: list(text, 'an event type'),
  domain: oneOf(DOMAINS),
  severity: severity.describe('as the sender said it'),
  effectiveSeverity: severity.describe('by what the event says; the sender’s where it says no other'),
  hostname: text.optional(),
  appName: text.optional(),
  q: text.optional().describe('text in the message or the line; without `from` the last 24 h before `to` are searched'),
};

const range = { from: instant.optional(), to: instant.optional() };

interface GivenRange {
  from?: number | undefined;
  to?: number | undefined;
}

function isInOrder({ from, to }: GivenRange): boolean {
  return from === undefined || to === undefined || from < to;
}

const ORDER = { error: 'expected a time before `to`', path: ['from'] };
/** Leaves a second for clocks that differ, so that "until now" has what came just now. */
const AHEAD_MICROS = 60e6;

/** An absent `to` is now; an absent `from` is so long before it. */
export function withRange<T extends GivenRange>(
  query: T,
  nowMs: number,
  defaultMicros: number,
): T & { from: number; to: number } {
  const to = query.to ?? nowMs * 1000 + AHEAD_MICROS;
  return { ...query, to, from: query.from ?? Math.max(0, to - defaultMicros) };
}

export const eventsQuery = z
  .strictObject({ ...range, ...eventFields, limit: limit(50, 1000), cursor: timeCursor })
  .refine(isInOrder, ORDER);
export type EventsQuery = z.infer<typeof eventsQuery>;

/** Text and names are in no index: without a `from` their search ends a day before `to`. */
export function eventsRange(query: EventsQuery, nowMs: number) {
  const isScan = query.q !== undefined || query.hostname !== undefined || query.appName !== undefined;
  return withRange(query, nowMs, isScan ? DAY_MICROS : Number.MAX_SAFE_INTEGER);
}

const { q: _q, ...countedFields } = eventFields;
const BUCKETS = 'expected a whole number from 1 to 1000';

export const histogramQuery = z
  .strictObject({
    ...range,
    ...countedFields,
    buckets: z
      .string({ error: BUCKETS })
      .regex(/^\d{1,4}$/, BUCKETS)
      .transform(Number)
      .refine((value) => value >= 1 && value <= 1000, BUCKETS)
      .default(60),
  })
  .refine(isInOrder, ORDER);

export const templatesQuery = z.strictObject({ ...range, limit: limit(50, 200) }).refine(isInOrder, ORDER);

export const facetsQuery = z.strictObject({ ...range, ...countedFields }).refine(isInOrder, ORDER);

export function countsRange<T extends GivenRange>(query: T, nowMs: number) {
  const toMinute = Math.ceil(nowMs / 60_000) * 60_000;
  return withRange({ ...query, to: query.to ?? toMinute * 1000 }, nowMs, HOUR_MICROS);
}

export const findingsQuery = z.strictObject({
  status: oneOf(['open', 'cleared']),
  severity: oneOf(FINDING_SEVERITIES),
  domain: oneOf(DOMAINS),
  ruleId: list(text, 'a rule id'),
  deviceId: ids,
  q: text.optional(),
  limit: limit(50, 500),
  cursor: timeCursor,
});

export const actionsQuery = z.strictObject({
  status: oneOf(ACTION_STATUSES),
  deviceId: ids,
  findingId: ids,
  limit: limit(50, 500),
  cursor: timeCursor,
});

const DEVICE_STATUSES = ['discovered', 'adopted', 'ignored'] as const;

export const devicesQuery = z.strictObject({
  status: oneOf(DEVICE_STATUSES),
  q: text.optional(),
  limit: limit(100, 1000),
  cursor,
});

export const unattributedQuery = z.strictObject({
  state: z
    .enum(['open', 'decided', 'all'], { error: 'expected open, decided or all' })
    .default('open')
    .describe('whether somebody decided whose the sender is'),
  limit: limit(50, 500),
  cursor: timeCursor,
});

const DECISION = 'expected bind, new, ignore or undo';
const senderName = { key: text, peer: text };
const anyAddress = z
  .boolean({ error: 'expected true or false' })
  .default(false)
  .describe('whether the decision holds for the key wherever its lines come from');
const newDevice = { ...senderName, anyAddress, name: text.max(120, 'expected at most 120 characters').optional() };

export const attributionBody = z.discriminatedUnion(
  'decision',
  [
    z.strictObject({
      decision: z.literal('bind'),
      ...senderName,
      anyAddress,
      deviceId: z
        .string({ error: 'expected the id of a device' })
        .refine(isSubjectToken, 'expected the id of a device'),
    }),
    z.strictObject({ decision: z.literal('new'), ...newDevice }),
    z.strictObject({ decision: z.literal('ignore'), ...newDevice }),
    z.strictObject({ decision: z.literal('undo'), ...senderName }),
  ],
  { error: DECISION },
);

export const auditQuery = z.strictObject({
  userName: text.optional(),
  limit: limit(100, 1000),
  cursor: cursor.refine((value) => value === undefined || /^\d{1,18}$/.test(value.id), {
    error: 'expected the nextCursor of an earlier answer',
  }),
});

export const noQuery = z.strictObject({});

/** Ids in paths may hold what a line's sender chose; Postgres knows no NUL. */
export const idParam = z.object({ id: text });
/** An id that becomes a token of a subject. */
export const tokenParam = z.object({ id: z.string().refine(isSubjectToken, 'expected letters, digits, "_" and "-"') });

const password = z
  .string({ error: 'expected a text' })
  .min(8, 'expected at least 8 characters')
  .max(200, 'expected at most 200 characters');
const USER_NAME = 'expected 1 to 64 of a-z, 0-9, "_", "-"';
const userName = z.string({ error: USER_NAME }).regex(/^[a-z0-9_-]{1,64}$/, USER_NAME);
const role = z.enum(ROLES, { error: `expected one of ${ROLES.join(', ')}` });
const someText = (most: number) =>
  z
    .string({ error: 'expected a text' })
    .min(1, 'expected a text that is not empty')
    .max(most, `expected at most ${most} characters`);

export const userParam = z.object({ name: userName });
export const loginBody = z.strictObject({ username: someText(64), password: someText(200) });
export const refreshBody = z.strictObject({ refreshToken: someText(4096) });
export const logoutBody = z.strictObject({ refreshToken: someText(4096).optional() });
export const decisionBody = z.strictObject({
  reason: z
    .string({ error: 'expected a text that says why' })
    .trim()
    .min(1, 'expected a text that says why')
    .max(1000, 'expected at most 1000 characters'),
});
export const newUserBody = z.strictObject({ userName, password, role });
export const userBody = z
  .strictObject({
    password: password.optional(),
    role: role.optional(),
    disabled: z.boolean({ error: 'expected true or false' }).optional(),
  })
  .refine((body) => Object.keys(body).length > 0, { error: 'expected at least one of password, role, disabled' });

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

export const deviceBody = z
  .strictObject({
    name: someText(120).optional(),
    labels: z
      .record(someText(60), z.string().max(200, 'expected at most 200 characters'), {
        error: 'expected an object of texts',
      })
      .refine((labels) => Object.keys(labels).length <= 50, 'expected at most 50 labels')
      .optional(),
    timeZone: z
      .string({ error: 'expected an IANA name or null' })
      .refine(isTimeZone, 'expected an IANA name like Europe/Berlin')
      .nullable()
      .optional(),
    status: z.enum(DEVICE_STATUSES, { error: `expected one of ${DEVICE_STATUSES.join(', ')}` }).optional(),
  })
  .refine((body) => Object.keys(body).length > 0, { error: 'expected at least one of name, labels, timeZone, status' });

const HOST_KEY = 'expected SHA256:<43 characters of base64>, as "ssh-keygen -lf" prints it';

export const sshBody = z
  .strictObject({
    host: someText(255),
    port: z
      .number({ error: 'expected a port' })
      .int('expected a port')
      .min(1, 'expected 1 to 65535')
      .max(65535, 'expected 1 to 65535')
      .default(22),
    user: someText(64).default('root'),
    hostKeys: z
      .array(z.string({ error: HOST_KEY }).regex(/^SHA256:[A-Za-z0-9+/]{43}$/, HOST_KEY), { error: HOST_KEY })
      .min(1, HOST_KEY)
      .max(10, 'expected at most 10'),
    privateKey: someText(20_000).optional(),
    password: someText(200).optional(),
  })
  .refine((body) => (body.privateKey === undefined) !== (body.password === undefined), {
    error: 'expected either privateKey or password',
    path: ['privateKey'],
  });
