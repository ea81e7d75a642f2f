/**
 * The owner of one shard of one stage: reads its input strictly in order, folds it, and publishes each result exactly
 * once. Whatever interrupts it (a crash, a rival, a server that comes back with an older stream), it finds its place by
 * the messages themselves: by what its outputs say that they were made of, and by the numbers of the input frames.
 */
import type { ConfigFact } from '@opmas/contracts';
import { HEADERS, STREAM_NAMES, subjects } from '@opmas/contracts';
import type { DeadLetter, FoldResult, FrameMeta, InputFrame } from '../fold/index.js';
import type { Bus } from '../nats/bus.js';
import { appendFact } from '../nats/aggregate.js';
import type { ConfigFollower } from '../nats/config-follower.js';
import { FencedOut, PublishUnavailable } from '../nats/fenced-subject.js';
import { OrderedReader, StreamPutBack } from '../nats/ordered-reader.js';
import type { StreamMessage } from '../nats/ordered-reader.js';
import type { Log } from '../telemetry/log.js';
import { startFrameSpan, traceparentFor } from '../telemetry/tracing.js';
import type { StageDefinition } from './definition.js';
import { streamOf } from './definition.js';
import type { OutputMessage } from './frame-message.js';
import { outputMessages, readMeta, toInputFrame, unitId, unitIdOf } from './frame-message.js';
import { OutputSubject } from './output-subject.js';
import { isDone, missedFrames, progressOf } from './progress.js';
import type { ShardMemory } from './shard-memory.js';
import { restoreShard, resumeSequence } from './shard-memory.js';
import type { StageSignals } from './signals.js';
import { SnapshotStore } from './snapshot-store.js';

export interface ProcessorOptions<State> {
  bus: Bus;
  log: Log;
  build: string;
  signals: StageSignals;
  config: ConfigFollower;
  definition: StageDefinition<State>;
  shard: number;
  snapshotMs: number;
  /** The stage's handler; by default the fold itself. */
  process: (state: State, frame: InputFrame) => Promise<FoldResult>;
  /** Whether this replica may publish: its lease was renewed in time. */
  isHeld: () => boolean;
}

/** What one input frame brought about, until all of it is stored. */
interface PendingUnit {
  unit: string;
  ingestor: string;
  progress: number;
  discovered: ConfigFact[];
  messages: OutputMessage[];
}

const FETCH = 64;
const WAIT_MS = 1000;
const RETRY_MS = 100;
const CONFIG_WAIT_MS = 5000;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** An output lost what was published: the state is ahead of it and of no more use. */
class OutputPutBack extends Error {
  readonly code = 'OUTPUT_PUT_BACK';

  constructor(subject: string) {
    super(`${subject} lost messages that had been acknowledged`);
    this.name = 'OutputPutBack';
  }
}

export class ShardProcessor<State> {
  readonly #o: ProcessorOptions<State>;
  readonly #labels: { stage: string; shard: string };
  readonly #outputs = new Map<string, OutputSubject>();
  #store: SnapshotStore | null = null;
  #memory: ShardMemory<State> | null = null;
  #pending: PendingUnit | null = null;
  #reader: OrderedReader | null = null;
  #stopping = false;
  #snapshotAt = 0;
  #snapshotSequence = -1;
  #running: Promise<void> = Promise.resolve();
  #recovered = false;
  /** Set by a reconnect: the server may have come back without what it had acknowledged. */
  #doubt = false;
  #stopListening: () => void = () => undefined;

  constructor(options: ProcessorOptions<State>) {
    this.#o = options;
    this.#labels = { stage: options.definition.fold.stage, shard: String(options.shard) };
  }

  /** True once the shard has its state and reads on. */
  get isRecovered(): boolean {
    return this.#recovered;
  }

  start(): void {
    this.#o.signals.owned.set(this.#labels, 1);
    this.#stopListening = this.#o.bus.onReconnect(() => (this.#doubt = true));
    this.#running = this.#run();
  }

  /** Stops between two frames; takes a snapshot first where that is possible, so that the next owner starts exactly. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#reader?.close();
    await this.#running;
    this.#stopListening();
    if (this.#pending === null && this.#o.isHeld() && !this.#o.bus.isDown()) {
      await this.#snapshot().catch((error: unknown) =>
        this.#o.log.warn({ ...this.#labels, err: error }, 'no snapshot at the end'),
      );
    }
    this.#o.signals.owned.set(this.#labels, 0);
    this.#o.signals.lag.remove(this.#labels);
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      try {
        await this.#recover();
        await this.#work();
      } catch (error) {
        if (this.#stopping) return;
        const isExpected = error instanceof StreamPutBack || error instanceof OutputPutBack || this.#o.bus.isDown();
        this.#o.log[isExpected ? 'warn' : 'error'](
          { ...this.#labels, err: error },
          'the shard stopped, it is recovered',
        );
        await sleep(RETRY_MS);
      } finally {
        this.#recovered = false;
        await this.#reader?.close();
        this.#reader = null;
      }
    }
  }

  async #mayPublish(): Promise<boolean> {
    while (!this.#stopping && (this.#o.bus.isDown() || !this.#o.isHeld())) await sleep(RETRY_MS);
    return !this.#stopping;
  }

  async #recover(): Promise<void> {
    if (!(await this.#mayPublish())) return;
    const { definition, shard, bus, log } = this.#o;
    this.#store ??= await SnapshotStore.open(bus, definition.fold.stage, shard);
    await this.#openOutputs();
    if (this.#memory === null) {
      await this.#store.reload();
      const restored = await restoreShard(definition.fold, shard, this.#store, this.#outputs, log);
      this.#memory = restored.memory;
      this.#pending = null;
      this.#o.signals.recoveries.inc({ ...this.#labels, from: restored.from });
    }
    const resume = await resumeSequence(bus, definition.input, this.#memory, this.#store.snapshots);
    if (resume.wentBack) {
      log.warn(
        { ...this.#labels, from: resume.sequence, position: this.#memory.position },
        'the input was put back: reading again, passing over what is known',
      );
    }
    this.#reader = new OrderedReader(bus, {
      stream: definition.input,
      subject: definition.inputSubject(shard),
      startSequence: resume.sequence,
    });
    this.#snapshotAt = performance.now() + this.#o.snapshotMs * (0.5 + shard / 64);
    this.#recovered = true;
  }

  async #openOutputs(): Promise<void> {
    const { definition, shard, bus } = this.#o;
    const all = [...definition.outputs(shard), subjects.deadletter(definition.fold.stage, shard)];
    for (const subject of all) {
      const known = this.#outputs.get(subject);
      if (!known) {
        this.#outputs.set(subject, await OutputSubject.open(bus, streamOf(subject), subject));
      } else if (!(await known.reload())) {
        this.#forget(subject);
      }
    }
  }

  #forget(subject: string): void {
    if (this.#memory === null) return;
    this.#o.log.warn(
      { ...this.#labels, subject },
      'an output was put back: the state goes back to a snapshot before it',
    );
    this.#memory = null;
    this.#pending = null;
    this.#snapshotSequence = -1;
  }

  async #work(): Promise<void> {
    if (this.#pending) await this.#flush(this.#pending);
    while (!this.#stopping && this.#reader) {
      const messages = await this.#reader.next(FETCH, WAIT_MS);
      if (this.#doubt) await this.#reloadOutputs();
      for (const message of messages) {
        if (this.#stopping) return;
        await this.#handle(message);
      }
      this.#o.signals.lag.set(this.#labels, this.#reader.info().pending);
      if (performance.now() >= this.#snapshotAt) await this.#snapshotInTurn();
    }
  }

  async #handle(message: StreamMessage): Promise<void> {
    const memory = this.#memory;
    const base = readMeta(message, this.#o.shard);
    if (!memory) throw new Error('the shard has no state');
    if (!base) return this.#refuse(message);
    const progress = progressOf(base.number, base.part);
    const position = { sequence: message.sequence, frameId: unitIdOf(message) };
    if (isDone(memory.progress, base.ingestor, progress)) {
      memory.position = position;
      this.#o.signals.skipped.inc(this.#labels);
      return;
    }
    const startedAt = performance.now();
    const missed = missedFrames(memory.progress, base.ingestor, base.number);
    if (missed > 0) {
      this.#o.signals.lostFrames.inc(this.#labels, missed);
      this.#o.log.error(
        { ...this.#labels, ingestor: base.ingestor, missed, before: base.frameId },
        'frames were discarded before they were read: lost',
      );
    }
    const isRaw = this.#o.definition.input === STREAM_NAMES.raw;
    memory.clockMs = Math.max(memory.clockMs, isRaw ? message.timeMs : base.headerClockMs);
    await this.#applyConfig(memory, base.headerConfig);
    const before = memory.progress;
    memory.progress = { ...before, [base.ingestor]: progress };
    const { headerClockMs: _clock, headerConfig: _config, ...rest } = base;
    const meta: FrameMeta = {
      ...rest,
      clockMs: memory.clockMs,
      configSequence: memory.configSequence,
      ingestors: memory.progress,
    };
    const incoming = message.header(HEADERS.traceparent);
    const span = startFrameSpan(`${this.#labels.stage} frame`, incoming);
    const frame = toInputFrame(meta, message);
    const result = await this.#fold(memory.state, frame);
    memory.position = position;
    const context = {
      meta,
      before,
      after: memory.progress,
      build: this.#o.build,
      traceparent: traceparentFor(span, incoming),
    };
    const letters = this.#letters(result.deadLetters, meta, position.sequence);
    const messages = [...letters, ...result.outputs].flatMap((output) => outputMessages(output, context));
    this.#pending = {
      unit: position.frameId,
      ingestor: base.ingestor,
      progress,
      discovered: result.discovered,
      messages,
    };
    await this.#flush(this.#pending);
    span.end();
    this.#count(frame, result, messages.length, startedAt, memory.clockMs);
  }

  #count(frame: InputFrame, result: FoldResult, published: number, startedAt: number, clockMs: number): void {
    const { signals } = this.#o;
    signals.frames.inc(this.#labels);
    signals.records.inc(this.#labels, frame.lines.length);
    signals.outputs.inc(this.#labels, published);
    if (result.deadLetters.length > 0) signals.deadLetters.inc(this.#labels, result.deadLetters.length);
    signals.clock.set(this.#labels, clockMs / 1000);
    signals.processing.observe({ stage: this.#labels.stage }, (performance.now() - startedAt) / 1000);
  }

  /** A fold must not throw; where it does, the frame goes to the dead letters whole, and the shard goes on. */
  async #fold(state: State, frame: InputFrame): Promise<FoldResult> {
    try {
      return await this.#o.process(state, frame);
    } catch (error) {
      const reason = `the stage failed on the frame: ${(error as Error).message}`;
      this.#o.log.error({ ...this.#labels, err: error, frame: frame.meta.frameId }, 'the stage failed on a frame');
      const deadLetters = frame.lines.map((line, index) => ({ index, reason, line }));
      return { outputs: [], deadLetters, discovered: [] };
    }
  }

  #letters(letters: DeadLetter[], meta: FrameMeta, sequence: number) {
    if (letters.length === 0) return [];
    const { definition, shard } = this.#o;
    const records = letters.map((letter) =>
      JSON.stringify({
        service: definition.fold.stage,
        stream: definition.input,
        sequence,
        frameId: unitId(meta.frameId, meta.part),
        ...letter,
      }),
    );
    return [{ subject: subjects.deadletter(definition.fold.stage, shard), kind: 'frame' as const, records }];
  }

  async #applyConfig(memory: ShardMemory<State>, upTo: number): Promise<void> {
    if (upTo <= memory.configSequence) return;
    const { config, definition, log } = this.#o;
    while (!(await config.waitFor(upTo, CONFIG_WAIT_MS)) && !this.#stopping) {
      const { state } = await this.#o.bus.jsm.streams.info(STREAM_NAMES.config);
      log.warn(
        { ...this.#labels, wanted: upTo, last: state.last_seq },
        'the frame names configuration that has not been read',
      );
      if (state.last_seq < upTo) break;
    }
    for (const entry of config.facts(memory.configSequence, upTo)) {
      definition.fold.applyConfig(memory.state, entry.fact, entry.sequence);
    }
    memory.configSequence = upTo;
  }

  /** A message without a frame's headers is none of ours: kept as a dead letter, it holds up nothing. */
  async #refuse(message: StreamMessage): Promise<void> {
    const { definition, bus, log } = this.#o;
    log.error(
      { ...this.#labels, subject: message.subject, sequence: message.sequence },
      'a message without frame headers',
    );
    const reason = 'expected the headers of a frame';
    const line = Buffer.from(message.data).toString('base64');
    await bus.js.publish(
      subjects.deadletter(definition.fold.stage, 'foreign'),
      JSON.stringify({
        service: definition.fold.stage,
        stream: definition.input,
        sequence: message.sequence,
        reason,
        payloadBase64: line,
      }),
      { msgID: `${definition.fold.stage}:${definition.input}:${message.sequence}` },
    );
  }

  /** Publishes what is not stored yet; after any doubt the subjects are read again before the next attempt. */
  async #flush(pending: PendingUnit): Promise<void> {
    for (;;) {
      if (!(await this.#mayPublish())) throw new Error('the shard is handed over');
      try {
        await this.#publishAll(pending);
        this.#pending = null;
        return;
      } catch (error) {
        if (!(error instanceof FencedOut) && !(error instanceof PublishUnavailable)) throw error;
        this.#o.log.warn(
          { ...this.#labels, reason: error.message },
          'a publish is in doubt, reading the subject again',
        );
        await sleep(RETRY_MS);
        if (await this.#mayPublish()) await this.#reloadOutputs();
      }
    }
  }

  async #reloadOutputs(): Promise<void> {
    this.#doubt = false;
    for (const [subject, output] of this.#outputs) {
      if (await output.reload()) continue;
      this.#forget(subject);
      throw new OutputPutBack(subject);
    }
  }

  async #publishAll(pending: PendingUnit): Promise<void> {
    while (pending.discovered.length > 0) {
      const fact = pending.discovered[0]!;
      await appendFact(this.#o.bus, STREAM_NAMES.config, subjects.config('device', fact.subject), fact, 0);
      pending.discovered.shift();
    }
    for (const message of pending.messages) {
      const output = this.#outputs.get(message.subject);
      if (!output) throw new Error(`${this.#labels.stage} does not declare output ${message.subject}`);
      if (output.has(message, pending.unit, pending)) output.acknowledge(message);
      else await output.publish(message, pending.unit);
    }
  }

  async #snapshotInTurn(): Promise<void> {
    this.#snapshotAt = performance.now() + this.#o.snapshotMs;
    try {
      await this.#snapshot();
    } catch (error) {
      this.#o.log.warn({ ...this.#labels, err: error }, 'taking a snapshot failed, the next turn tries again');
      if (error instanceof FencedOut) await this.#store?.reload();
    }
  }

  async #snapshot(): Promise<void> {
    const memory = this.#memory;
    if (!memory || !this.#store || memory.position.sequence === this.#snapshotSequence) return;
    const startedAt = performance.now();
    const { fold } = this.#o.definition;
    await this.#store.save(
      {
        version: fold.snapshotVersion,
        position: memory.position,
        progress: memory.progress,
        outputs: Object.fromEntries([...this.#outputs].map(([subject, output]) => [subject, output.claimed])),
        configSequence: memory.configSequence,
        clockMs: memory.clockMs,
      },
      [...fold.snapshot(memory.state)],
    );
    this.#snapshotSequence = memory.position.sequence;
    this.#o.signals.snapshot.observe({ stage: this.#labels.stage }, (performance.now() - startedAt) / 1000);
  }
}
