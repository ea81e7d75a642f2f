/**
 * The Nest transport for JetStream: controllers declare stages with `@ShardStage`, and this strategy runs their handlers
 * under shard processors, as many as this replica holds leases for.
 */
import { BaseRpcContext, Server } from '@nestjs/microservices';
import type { CustomTransportStrategy, MessageHandler } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';
import type { BaseConfig } from '../config.js';
import type { FoldResult, InputFrame } from '../fold/index.js';
import { ConfigFollower } from '../nats/config-follower.js';
import { LeaseKeeper } from '../nats/lease.js';
import type { Shell } from '../service.js';
import type { StageDefinition } from './definition.js';
import { SHARD_STAGE } from './definition.js';
import { ShardProcessor } from './shard-processor.js';
import { createStageSignals } from './signals.js';

/** What a stage's handler gets beside the frame: the shard's state, which it may change in place. */
export class ShardContext<State> extends BaseRpcContext<[State]> {
  get state(): State {
    return this.getArgByIndex(0) as State;
  }
}

interface RunningStage {
  leases: LeaseKeeper;
  processors: Map<string, ShardProcessor<unknown>>;
}

const READY_CHECK_MS = 250;

export class JetStreamStrategy extends Server implements CustomTransportStrategy {
  readonly #shell: Shell<BaseConfig>;
  readonly #stages: RunningStage[] = [];
  #config: ConfigFollower | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(shell: Shell<BaseConfig>) {
    super();
    this.#shell = shell;
  }

  async listen(callback: (...optionalParams: unknown[]) => unknown): Promise<void> {
    try {
      const { bus, log, health } = this.#shell;
      health.set('shards', false, 'leases are being taken');
      this.#config = await ConfigFollower.start(bus, log);
      for (const handler of this.messageHandlers.values()) await this.#startStage(handler, this.#config);
      this.#timer = setInterval(() => this.#report(), READY_CHECK_MS);
      callback();
    } catch (error) {
      callback(error);
    }
  }

  async close(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    await Promise.all(this.#stages.map(({ leases }) => leases.drain()));
    await this.#config?.close();
  }

  /** Nest's event emitter interface; this transport emits nothing that a listener could wait for. */
  override on(): void {
    return;
  }

  override unwrap<T>(): T {
    return this.#shell.bus as T;
  }

  async #startStage(handler: MessageHandler, config: ConfigFollower): Promise<void> {
    const definition = handler.extras?.[SHARD_STAGE] as StageDefinition<unknown> | undefined;
    if (!definition) return;
    const { bus, log, instance, config: env, metrics, build } = this.#shell;
    const signals = createStageSignals(metrics);
    const processors = new Map<string, ShardProcessor<unknown>>();
    const leases = new LeaseKeeper({
      bus,
      log,
      stage: definition.fold.stage,
      units: Array.from({ length: env.OPMAS_SHARDS }, (_, shard) => String(shard)),
      instance,
      leaseMs: env.OPMAS_LEASE_MS,
      onGained: (unit) => {
        const processor = new ShardProcessor<unknown>({
          bus,
          log,
          build,
          signals,
          config,
          definition,
          shard: Number(unit),
          snapshotMs: env.OPMAS_SNAPSHOT_MS,
          process: (state, frame) => this.#invoke(handler, frame, state),
          isHeld: () => leases.isHeld(unit),
        });
        processors.set(unit, processor);
        processor.start();
      },
      onLost: async (unit) => {
        const processor = processors.get(unit);
        processors.delete(unit);
        await processor?.stop();
      },
    });
    this.#stages.push({ leases, processors });
    await leases.start();
  }

  async #invoke(handler: MessageHandler, frame: InputFrame, state: unknown): Promise<FoldResult> {
    const answer: unknown = await handler(frame, new ShardContext([state]));
    return lastValueFrom(this.transformToObservable(answer)) as Promise<FoldResult>;
  }

  #report(): void {
    const owned = this.#stages.flatMap(({ processors }) => [...processors.values()]);
    const recovered = owned.filter((processor) => processor.isRecovered).length;
    this.#shell.health.set('shards', recovered === owned.length, `${recovered} of ${owned.length} owned shards run`);
  }
}
