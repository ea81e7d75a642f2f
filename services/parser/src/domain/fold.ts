/** The parser as a fold: every RAW frame becomes exactly one EVENTS frame of the same shard, kind and order. */
import { subjects } from '@opmas/contracts';
import type { RawRecord } from '@opmas/contracts';
import type { FoldResult, InputFrame, ShardFold } from '@opmas/platform/fold';
import { eventJson, headerOf, readLine } from './event.js';
import type { LineOrigin } from './event.js';
import type { Header } from './header/header.js';
import type { Attributed } from './identity.js';
import { readRawLine } from './raw-line.js';
import { SNAPSHOT_VERSION, initialState, restoreState, snapshotState } from './state.js';
import type { ParserState } from './state.js';
import { IMPORT_CLOCK, LIVE_CLOCK } from './time.js';
import type { ClockTrust } from './time.js';

export interface ParserOptions {
  /** Devices of one shard that may wait for somebody's decision; lines of further senders carry no device. */
  maxUnknownDevices: number;
  /** How far a device's clock is believed, and the zone of those without one; imports (`lane`) are believed always. */
  trust: ClockTrust;
}

export const DEFAULT_PARSER_OPTIONS: ParserOptions = { maxUnknownDevices: 2000, trust: LIVE_CLOCK };

export function createParserFold(options: Partial<ParserOptions> = {}): ShardFold<ParserState> {
  const settings = { ...DEFAULT_PARSER_OPTIONS, ...options };
  return {
    stage: 'parser',
    snapshotVersion: SNAPSHOT_VERSION,
    initialState,
    applyConfig(state, fact) {
      if (fact.type === 'opmas.config.device.discovered' || fact.type === 'opmas.config.device.changed') {
        state.devices.apply(fact.data, state.shard);
      }
    },
    process: (state, frame) => processFrame(state, frame, settings),
    snapshot: snapshotState,
    restore: restoreState,
  };
}

/** With the defaults of a deployment. */
export const parserFold: ShardFold<ParserState> = createParserFold();

function processFrame(state: ParserState, frame: InputFrame, options: ParserOptions): FoldResult {
  const records: string[] = [];
  const result: FoldResult = {
    outputs: [{ subject: subjects.events(state.shard), kind: frame.meta.kind, records }],
    deadLetters: [],
    discovered: [],
  };
  if (frame.meta.kind === 'tick') return result;
  const { trust: live } = options;
  const trust = frame.meta.lane === null ? live : { ...IMPORT_CLOCK, defaultTimeZone: live.defaultTimeZone };
  const { found, evicted } = state.templates;
  frame.lines.forEach((text, index) => {
    const read = readRawLine(text);
    if (!read.ok) {
      result.deadLetters.push({ index, reason: read.reason, line: text });
      return;
    }
    const { record, receivedMicros } = read;
    const line: Line = {
      record,
      receivedMicros,
      header: headerOf(record.raw),
      isForwarded: isForwarded(frame, record),
    };
    const sender = attribute(state, line, options);
    if (sender.fact !== null) result.discovered.push(sender.fact);
    records.push(toEvent(state, line, sender, trust));
  });
  state.counts.templatesFound += state.templates.found - found;
  state.counts.templatesEvicted += state.templates.evicted - evicted;
  return result;
}

/** A raw record that was read. */
interface Line {
  record: RawRecord;
  receivedMicros: number;
  header: Header;
  isForwarded: boolean;
}

/** Lines whose peer and time of receipt are not the device's: imports, and what a collector hands on. */
function isForwarded(frame: InputFrame, { transport }: RawRecord): boolean {
  return frame.meta.lane !== null || transport === 'http' || transport === 'otlp';
}

function attribute(state: ParserState, line: Line, options: ParserOptions): Attributed {
  const { record, receivedMicros, header, isForwarded } = line;
  const limits = { maxUnknownDevices: options.maxUnknownDevices, defaultTimeZone: options.trust.defaultTimeZone };
  const attributed = state.devices.attribute(
    { record, receivedMicros, header, shard: state.shard, isForwarded },
    limits,
  );
  if (!attributed.attribution.isAttributed) {
    if (attributed.attribution.reason === 'capped') state.counts.capped++;
    else state.counts.ambiguous++;
  }
  return attributed;
}

function toEvent(state: ParserState, line: Line, { device, attribution }: Attributed, trust: ClockTrust): string {
  const { record, receivedMicros, header } = line;
  const origin: LineOrigin = {
    id: record.id,
    deviceId: device === null ? null : device.deviceId,
    attribution,
    receivedAt: record.receivedAt,
    receivedMicros,
    raw: record.raw,
    rawBase64: record.rawBase64,
    truncated: record.truncated,
    partial: record.partial,
  };
  const context = {
    timeZone: device === null ? null : device.timeZone,
    connections: device === null ? null : device.connections,
    clock: device === null || line.isForwarded ? null : device.clock,
    templates: state.templates,
    trust,
  };
  const event = readLine(header, origin, context);
  state.counts.events++;
  if (event.type === 'other.unparsed') state.counts.unparsed++;
  return eventJson(event, origin);
}
