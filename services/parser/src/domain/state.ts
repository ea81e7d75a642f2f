/** What the parser keeps of one shard between frames, and its form in a snapshot. */
import { DeviceRegister } from './identity.js';
import type { DeviceSnapshot } from './identity.js';
import { TemplateMiner } from './templates/template-miner.js';
import type { TemplateSnapshot } from './templates/template-miner.js';

/** Changes with the form of a snapshot. */
export const SNAPSHOT_VERSION = 'parser-2';

/** Counted since the shard's first frame; the shell turns the differences into metrics. */
export interface ParserCounts {
  events: number;
  unparsed: number;
  /** Lines of senders beyond the cap on unknown devices. */
  capped: number;
  /** Lines of senders that cannot be told apart. */
  ambiguous: number;
  /** Templates of unparsed messages that were made, and that left to make room for others. */
  templatesFound: number;
  templatesEvicted: number;
}

export interface ParserState {
  shard: number;
  devices: DeviceRegister;
  templates: TemplateMiner;
  counts: ParserCounts;
}

export function initialState(shard: number): ParserState {
  const counts = { events: 0, unparsed: 0, capped: 0, ambiguous: 0, templatesFound: 0, templatesEvicted: 0 };
  return { shard, devices: new DeviceRegister(), templates: new TemplateMiner(), counts };
}

const DEVICES_A_CHUNK = 100;
const TEMPLATES_A_CHUNK = 250;

/** The first text holds the counts, the others up to 100 devices or 250 templates each. */
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
  yield* snapshotTemplates(state.templates);
}

function* snapshotTemplates(miner: TemplateMiner): Iterable<string> {
  let templates: TemplateSnapshot[] = [];
  for (const template of miner.snapshot()) {
    templates.push(template);
    if (templates.length === TEMPLATES_A_CHUNK) {
      yield JSON.stringify({ templates });
      templates = [];
    }
  }
  if (templates.length > 0) yield JSON.stringify({ templates });
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
      const items = JSON.parse(chunk) as DeviceSnapshot[] | { templates: TemplateSnapshot[] };
      if (Array.isArray(items)) for (const device of items) state.devices.restore(device);
      else for (const template of items.templates) state.templates.restore(template);
    }
  }
  if (isFirst) throw new Error('an empty snapshot');
  return state;
}
