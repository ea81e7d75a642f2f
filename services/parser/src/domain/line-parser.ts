/** Lines of text without a stream: the command line's view of the very same path. */
import { formatInstant } from '@opmas/contracts';
import type { ParsedEvent } from '@opmas/contracts';
import { ConnectionLedger } from './connections.js';
import { eventJson, headerOf, readLine } from './event.js';
import type { LineContext, LineEvent, LineOrigin } from './event.js';
import { explainEvent } from './explain.js';
import type { LineExplanation } from './explain.js';
import type { Header } from './header/header.js';
import { IMPORT_CLOCK, deviceInstant } from './time.js';
import { TemplateMiner } from './templates/template-miner.js';
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

export interface LineParser {
  parseLine(text: string, source: LineSource): ParsedEvent;
  /** The event as the stream would carry it. */
  parseToJson(text: string, source: LineSource): string;
  /** Which step decided what. */
  explainLine(text: string, source: LineSource): LineExplanation;
}

const MOST_SENDERS = 10_000;

export function createLineParser(options: Partial<LineParserOptions> = {}): LineParser {
  const { timeZone, trust } = { timeZone: null, trust: IMPORT_CLOCK, ...options };
  const ledgers = new Map<string, ConnectionLedger>();
  const templates = new TemplateMiner();

  function contextOf(key: string): LineContext {
    let connections = ledgers.get(key);
    if (connections === undefined) {
      connections = new ConnectionLedger();
      if (ledgers.size < MOST_SENDERS) ledgers.set(key, connections);
    }
    return { timeZone, connections, clock: null, templates, trust };
  }

  function read(text: string, source: LineSource): { event: LineEvent; origin: LineOrigin } {
    const origin = {
      id: source.id,
      deviceId: source.deviceId,
      attribution: null,
      receivedAt: formatInstant(source.receivedAtMicros),
      receivedMicros: source.receivedAtMicros,
      raw: text,
      rawBase64: undefined,
      truncated: undefined,
      partial: undefined,
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
    explainLine: (text, source) =>
      explainEvent(read(text, source).event, { text, receivedAtMicros: source.receivedAtMicros, timeZone, trust }),
  };
}

/** The line's own time in µs since the epoch, its year being the one nearest to `nearMicros`; null where it has none. */
export function timeOfLine(text: string, nearMicros: number, timeZone: string | null = null): number | null {
  const { time }: Header = headerOf(text);
  const micros = time === null ? null : deviceInstant(time, nearMicros, timeZone);
  return micros === null || micros < 0 || micros > Number.MAX_SAFE_INTEGER ? null : micros;
}
