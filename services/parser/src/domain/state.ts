/** What the parser keeps of one shard between frames, and its form in a snapshot. */
import { DeviceRegister } from './identity.js';
import type { DeviceSnapshot } from './identity.js';

/** Changes with the form of a snapshot. */
export const SNAPSHOT_VERSION = 'parser-1';

/** Counted since the shard's first frame; the shell turns the differences into metrics. */
export interface ParserCounts {
  events: number;
  unparsed: number;
  /** Lines of senders beyond the cap on unknown devices. */
  unattributed: number;
}

export interface ParserState {
  shard: number;
  devices: DeviceRegister;
  counts: ParserCounts;
}

export function initialState(shard: number): ParserState {
  return { shard, devices: new DeviceRegister(), counts: { events: 0, unparsed: 0, unattributed: 0 } };
}

const DEVICES_A_CHUNK = 200;

/** The first text holds the counts, the others up to 200 devices each. */
export function* snapshotState(state: ParserState): Iterable<string> {
  yield JSON.stringify({ shard: state.shard, counts: state.counts });
  let chunk: DeviceSnapshot[] = [];
  for (const device of state.devices.snapshot()) {
    chunk.push(device);
    if (chunk.length === DEVICES_A_CHUNK) {
      yield JSON.stringify(chunk);
      chunk = [];
    }
  }
  if (chunk.length > 0) yield JSON.stringify(chunk);
}

/** The inverse; throws where the texts are no snapshot of this shard. */
export function restoreState(shard: number, chunks: Iterable<string>): ParserState {
  const state = initialState(shard);
  let isFirst = true;
  for (const chunk of chunks) {
    if (isFirst) {
      const head = JSON.parse(chunk) as { shard: number; counts: ParserCounts };
      if (head.shard !== shard) throw new Error(`a snapshot of shard ${head.shard}, not of ${shard}`);
      state.counts = { ...state.counts, ...head.counts };
      isFirst = false;
    } else {
      for (const device of JSON.parse(chunk) as DeviceSnapshot[]) state.devices.restore(device);
    }
  }
  if (isFirst) throw new Error('an empty snapshot');
  return state;
}
