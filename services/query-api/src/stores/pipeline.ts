/** How far each stage is behind the stream that it reads. */
import type { StreamName } from '@opmas/contracts';
import { HEADERS, STREAM_NAMES, parseSource, subjects } from '@opmas/contracts';
import type { Bus } from '@opmas/platform';
import { lastMessage } from '@opmas/platform';
import type { Projections } from '../projections/registry.js';

export interface StageInfo {
  stage: string;
  /** Messages between the stage and the end of its input; null where nobody knows. */
  lag: number | null;
  ready: boolean;
  detail: string;
}

/** While anything was received lately a tick comes every second; without one for so long no ingestor is at work. */
const QUIET_MS = 30_000;
const CACHE_MS = 2000;

export class Pipeline {
  readonly #bus: Bus;
  readonly #projections: Projections;
  readonly #shards: number;
  #cached: { at: number; stages: Promise<StageInfo[]> } | null = null;

  constructor(bus: Bus, projections: Projections, shards: number) {
    this.#bus = bus;
    this.#projections = projections;
    this.#shards = shards;
  }

  stages(): Promise<StageInfo[]> {
    if (this.#cached && performance.now() - this.#cached.at < CACHE_MS) return this.#cached.stages;
    const stages = this.#read();
    this.#cached = { at: performance.now(), stages };
    return stages;
  }

  async #read(): Promise<StageInfo[]> {
    const followers = this.#projections.info().map(({ name, pending, role, sequence }): StageInfo => ({
      stage: `query-api.${name}`,
      lag: pending,
      ready: role !== 'starting' || pending === 0,
      detail: role === 'standby' ? `another replica projects, at ${sequence}` : `at ${sequence}`,
    }));
    try {
      return [
        await this.#ingestor(),
        await this.#shardStage('parser', STREAM_NAMES.raw, STREAM_NAMES.events, subjects.events),
        await this.#shardStage('agents', STREAM_NAMES.events, STREAM_NAMES.signals, subjects.signals),
        ...followers,
      ];
    } catch {
      return [{ stage: 'nats', lag: null, ready: false, detail: 'NATS does not answer' }, ...followers];
    }
  }

  async #ingestor(): Promise<StageInfo> {
    const { state } = await this.#bus.jsm.streams.info(STREAM_NAMES.raw);
    const lastMs = state.messages === 0 ? null : Date.parse(String(state.last_ts));
    if (lastMs === null) return { stage: 'ingestor', lag: null, ready: true, detail: 'nothing received yet' };
    const silentMs = Date.now() - lastMs;
    return {
      stage: 'ingestor',
      lag: 0,
      ready: silentMs < QUIET_MS,
      detail: `last frame ${Math.round(silentMs / 1000)} s ago`,
    };
  }

  /** A stage names in each output the input that it was made of; the smallest distance to the input's end is its lag. */
  async #shardStage(
    stage: string,
    input: StreamName,
    output: StreamName,
    subjectOf: (shard: number) => string,
  ): Promise<StageInfo> {
    const { state } = await this.#bus.jsm.streams.info(input);
    const shards = Array.from({ length: this.#shards }, (_, shard) => shard);
    const last = await Promise.all(shards.map((shard) => lastMessage(this.#bus, output, subjectOf(shard))));
    const sources = last.flatMap((message) => parseSource(message?.header(HEADERS.source))?.sequence ?? []);
    if (sources.length === 0) {
      const isIdle = state.messages === 0;
      return {
        stage,
        lag: isIdle ? 0 : null,
        ready: isIdle,
        detail: isIdle ? 'nothing to read yet' : 'has written nothing yet',
      };
    }
    const lag = Math.max(0, state.last_seq - Math.max(...sources));
    return { stage, lag, ready: true, detail: `${sources.length} of ${this.#shards} shards have written` };
  }
}
