/** The parser as a fold: every RAW frame becomes exactly one EVENTS frame of the same shard, kind and order. */
import { subjects } from '@opmas/contracts';
import type { RawRecord } from '@opmas/contracts';
import type { FoldResult, InputFrame, ShardFold } from '@opmas/platform/fold';
import { eventJson, headerOf, readLine } from './event.js';
import type { LineOrigin } from './event.js';
import type { Header } from './header/header.js';
import type { KnownDevice } from './identity.js';
import { readRawLine } from './raw-line.js';
import { SNAPSHOT_VERSION, initialState, restoreState, snapshotState } from './state.js';
import type { ParserState } from './state.js';
import { IMPORT_CLOCK, LIVE_CLOCK } from './time.js';
import type { ClockTrust } from './time.js';

export interface ParserOptions {
  /** Devices of one shard that may wait for somebody's decision; lines of further senders carry no device. */
  maxUnknownDevices: number;
  /** How far a device's clock is believed; frames of an import (`lane`) are believed always. */
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
  const trust = frame.meta.lane === null ? options.trust : IMPORT_CLOCK;
  frame.lines.forEach((line, index) => {
    const read = readRawLine(line);
    if (!read.ok) {
      result.deadLetters.push({ index, reason: read.reason, line });
      return;
    }
    const header = headerOf(read.record.raw);
    const device = attribute(state, read.record, header, options, result);
    records.push(toEvent(state, read.record, read.receivedMicros, header, device, trust));
  });
  return result;
}

function attribute(
  state: ParserState,
  record: RawRecord,
  header: Header,
  options: ParserOptions,
  result: FoldResult,
): KnownDevice | null {
  const known = state.devices.find(record.key);
  if (known !== undefined) return known;
  const { key, id: recordId, receivedAt, peer } = record;
  const sight = { key, recordId, receivedAt, hostname: header.hostname, peer, shard: state.shard };
  const discovered = state.devices.discover(sight, options.maxUnknownDevices);
  if (discovered === null) {
    state.counts.unattributed++;
    return null;
  }
  result.discovered.push(discovered.fact);
  return discovered.device;
}

function toEvent(
  state: ParserState,
  record: RawRecord,
  receivedMicros: number,
  header: Header,
  device: KnownDevice | null,
  trust: ClockTrust,
): string {
  const origin: LineOrigin = {
    id: record.id,
    deviceId: device === null ? null : device.deviceId,
    receivedAt: record.receivedAt,
    receivedMicros,
    raw: record.raw,
    rawBase64: record.rawBase64,
  };
  const context = {
    timeZone: device === null ? null : device.timeZone,
    connections: device === null ? null : device.connections,
    trust,
  };
  const event = readLine(header, origin, context);
  state.counts.events++;
  if (event.fields === null) state.counts.unparsed++;
  return eventJson(event, origin);
}
