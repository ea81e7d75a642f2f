/** Lines of text without a stream: the command line's view of the very same path. */
import { formatInstant } from '@opmas/contracts';
import type { EventType, ParsedEvent, TimeQuality } from '@opmas/contracts';
import { ConnectionLedger } from './connections.js';
import { eventJson, headerOf, readLine } from './event.js';
import type { LineContext, LineEvent, LineOrigin } from './event.js';
import type { Header, HeaderForm } from './header/header.js';
import { DIALECTS } from './dialects/registry.js';
import { IMPORT_CLOCK, deviceInstant, resolveTime } from './time.js';
import type { ClockTrust } from './time.js';

/** Where a line comes from. */
export interface LineSource {
  /** µs since the epoch. */
  receivedAtMicros: number;
  /** Sender key: connections that are joined on a pid are kept for each. */
  key: string;
  id: string;
  deviceId: string | null;
}

export interface LineParserOptions {
  /** IANA name of the zone of lines that name none; null: UTC. */
  timeZone: string | null;
  /** `IMPORT_CLOCK` (the lines' own time holds, however old) or `LIVE_CLOCK`. */
  trust: ClockTrust;
}

/** Which step decided what. */
export interface LineExplanation {
  header: {
    form: HeaderForm;
    facility: number | null;
    severity: number | null;
    hostname: string | null;
    appName: string | null;
  };
  time: {
    /** What the line's own stamp means; null where it has none. */
    deviceTime: string | null;
    /** Seconds that the line's clock is ahead of its receipt. */
    aheadSeconds: number | null;
    quality: TimeQuality;
    timestamp: string;
  };
  /** Name of the dialect that read the message; null where none knows the daemon. */
  dialect: string | null;
  type: EventType;
  fields: Record<string, unknown>;
}

export interface LineParser {
  parseLine(text: string, source: LineSource): ParsedEvent;
  /** The event as the stream would carry it. */
  parseToJson(text: string, source: LineSource): string;
  explainLine(text: string, source: LineSource): LineExplanation;
}

const MOST_SENDERS = 10_000;

export function createLineParser(options: Partial<LineParserOptions> = {}): LineParser {
  const { timeZone, trust } = { timeZone: null, trust: IMPORT_CLOCK, ...options };
  const ledgers = new Map<string, ConnectionLedger>();

  function contextOf(key: string): LineContext {
    let connections = ledgers.get(key);
    if (connections === undefined) {
      connections = new ConnectionLedger();
      if (ledgers.size < MOST_SENDERS) ledgers.set(key, connections);
    }
    return { timeZone, connections, trust };
  }

  function read(text: string, source: LineSource): { event: LineEvent; origin: LineOrigin } {
    const origin = {
      id: source.id,
      deviceId: source.deviceId,
      receivedAt: formatInstant(source.receivedAtMicros),
      receivedMicros: source.receivedAtMicros,
      raw: text,
      rawBase64: undefined,
    };
    return { event: readLine(headerOf(text), origin, contextOf(source.key)), origin };
  }

  function parseToJson(text: string, source: LineSource): string {
    const { event, origin } = read(text, source);
    return eventJson(event, origin);
  }

  return {
    parseToJson,
    parseLine: (text, source) => JSON.parse(parseToJson(text, source)) as ParsedEvent,
    explainLine: (text, source) => explain(read(text, source).event, source, timeZone, trust),
  };
}

function explain(event: LineEvent, source: LineSource, timeZone: string | null, trust: ClockTrust): LineExplanation {
  const { form, facility, severity, hostname, appName } = event.header;
  const { deviceMicros } = resolveTime(event.header.time, source.receivedAtMicros, timeZone, trust);
  const isWritable = deviceMicros !== null && deviceMicros >= 0 && deviceMicros <= Number.MAX_SAFE_INTEGER;
  return {
    header: { form, facility, severity, hostname, appName },
    time: {
      deviceTime: isWritable ? formatInstant(deviceMicros) : null,
      aheadSeconds: deviceMicros === null ? null : (deviceMicros - source.receivedAtMicros) / 1e6,
      quality: event.timeQuality,
      timestamp: event.timestamp,
    },
    dialect: appName !== null && Object.hasOwn(DIALECTS, appName) ? appName : null,
    type: event.type,
    fields: event.fields ?? {},
  };
}

/** The line's own time in µs since the epoch, its year being the one nearest to `nearMicros`; null where it has none. */
export function timeOfLine(text: string, nearMicros: number, timeZone: string | null = null): number | null {
  const { time }: Header = headerOf(text);
  const micros = time === null ? null : deviceInstant(time, nearMicros, timeZone);
  return micros === null || micros < 0 || micros > Number.MAX_SAFE_INTEGER ? null : micros;
}
