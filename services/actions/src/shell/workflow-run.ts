/**
 * The workflow while this process owns it: mends and reads OPMAS_ACTIONS to its end, then follows it and OPMAS_FINDINGS,
 * appends what the workflow decides, and lets the executor run. Ends when it is told to, or when a stream was put back
 * or the connection was lost: then the next run begins from the streams again.
 */
import type { ActionFact, FindingOpened, StreamPosition } from '@opmas/contracts';
import { HEADERS, STREAM_NAMES, actionFactSchema, decodeNdjson, findingFactSchema, subjects } from '@opmas/contracts';
import type { Bus, ConfigFollower, SecretBox, StreamMessage } from '@opmas/platform';
import { OrderedReader, StreamPutBack, messageAt, storedFact } from '@opmas/platform';
import type { Catalogue } from '../domain/catalogue/action.js';
import type { Decision, WorkflowState } from '../domain/workflow.js';
import {
  decideAction,
  decideAll,
  decideFinding,
  evolve,
  initialState,
  nextDueMs,
  observeTime,
} from '../domain/workflow.js';
import type { Signals } from '../signals.js';
import { TickWriter } from './clock.js';
import type { DiskJournal } from './disk-journal.js';
import { FACTS_KEPT_MS } from './disk-journal.js';
import type { ExecutorLimits, RunStage } from './executor.js';
import { Executor } from './executor.js';
import { Ledger } from './ledger.js';
import type { ConnectRouter } from './ssh.js';
import { Stopped, pause } from './stopped.js';
import type { ConfiguredWorld } from './world.js';

export interface WorkflowParts {
  bus: Bus;
  configuration: ConfigFollower;
  world: ConfiguredWorld;
  catalogue: Catalogue;
  protectedAddresses: readonly string[];
  journal: DiskJournal;
  secrets: SecretBox;
  connect: ConnectRouter;
  signals: Signals;
  instance: string;
  limits: ExecutorLimits;
  isOwner: () => boolean;
  stage: (actionId: string, stage: RunStage) => void;
}

const FETCH = 100;
const WAIT_MS = 2000;
/** Findings' messages after which a tick names the position, so that the next owner need not read them again. */
const CHECKPOINT_EVERY = 500;
const RETRY_MS = 3000;
const TIMER_MIN_MS = 250;
const TIMER_MAX_MS = 60_000;

export class WorkflowRun {
  readonly #parts: WorkflowParts;
  readonly #abort = new AbortController();
  readonly #state: WorkflowState = initialState();
  readonly #ledger: Ledger;
  readonly #executor: Executor;
  readonly #running = new Map<string, Promise<void>>();
  readonly #devices = new Map<string, Promise<void>>();
  #ticks!: TickWriter;
  #findings: StreamPosition | null = null;
  #sinceCheckpoint = 0;
  #actionsRead = 0;
  #clockSeenAt = performance.now();
  #turn: Promise<void> = Promise.resolve();
  #ticking: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | null = null;
  #fault: Error | null = null;

  constructor(parts: WorkflowParts) {
    this.#parts = parts;
    const signal = this.#abort.signal;
    this.#ledger = new Ledger({ bus: parts.bus, journal: parts.journal, signals: parts.signals, signal });
    this.#executor = new Executor({
      ...parts,
      target: (deviceId) => parts.world.target(deviceId, parts.secrets),
      append: (fact) => this.#append(fact),
      readClock: () => this.#readClock(),
      now: Date.now,
      signal,
    });
  }

  /** Works until `stop` is aborted (then it resolves), or until it has to begin anew (then it throws). */
  async run(stop: AbortSignal): Promise<void> {
    const { bus, signals } = this.#parts;
    const end = (): void => this.#abort.abort(new Stopped());
    if (stop.aborted) return;
    stop.addEventListener('abort', end);
    const actions = new OrderedReader(bus, { stream: STREAM_NAMES.actions, startSequence: 1 });
    const stopListening = bus.onReconnect(() =>
      this.#fail(new Error('the connection was lost, the streams are read anew')),
    );
    let findings: OrderedReader | null = null;
    try {
      await this.#catchUp(actions);
      signals.caughtUp(this.#state.actions.size);
      const startSequence = await this.#firstFinding();
      findings = new OrderedReader(bus, { stream: STREAM_NAMES.findings, startSequence });
      await this.#inTurn(() => this.#perform(decideAll(this.#state, this.#parts.world.world())));
      await Promise.all([
        this.#follow(actions, STREAM_NAMES.actions, (message) => this.#takeAction(message)),
        this.#follow(findings, STREAM_NAMES.findings, (message) => this.#takeFinding(message)),
      ]);
    } catch (error) {
      if (error instanceof StreamPutBack) signals.streamPutBack(error.message);
      this.#fail(error);
    } finally {
      stop.removeEventListener('abort', end);
      stopListening();
      await this.#cease([actions, ...(findings ? [findings] : [])]);
    }
    if (this.#fault !== null && !stop.aborted) throw this.#fault;
  }

  #fail(error: unknown): void {
    if (!(error instanceof Stopped)) this.#fault ??= error instanceof Error ? error : new Error(String(error));
    this.#abort.abort(new Stopped());
  }

  async #cease(readers: OrderedReader[]): Promise<void> {
    this.#abort.abort(new Stopped());
    if (this.#timer) clearTimeout(this.#timer);
    await Promise.allSettled([this.#turn, this.#ticking, ...this.#running.values()]);
    await Promise.all(readers.map((reader) => reader.close()));
  }

  /** Reads all actions, up to a tick of our own: the state is then whole, and its clock is of now. */
  async #catchUp(actions: OrderedReader): Promise<void> {
    const { bus, instance } = this.#parts;
    await this.#ledger.mendAll();
    this.#ticks = await TickWriter.open(bus, instance);
    this.#findings = this.#ticks.position;
    const tick = await this.#ticks.append(this.#findings);
    while (this.#actionsRead < tick) {
      this.#abort.signal.throwIfAborted();
      for (const message of await actions.next(500, WAIT_MS)) this.#applyAction(message);
    }
  }

  async #firstFinding(): Promise<number> {
    const position = this.#findings;
    if (!position) return 1;
    const stored = await messageAt(this.#parts.bus, STREAM_NAMES.findings, position.sequence);
    if (stored?.header(HEADERS.msgId) === position.frameId) return position.sequence + 1;
    this.#parts.signals.streamPutBack(STREAM_NAMES.findings);
    return 1;
  }

  async #follow(reader: OrderedReader, stream: string, take: (message: StreamMessage) => Promise<void>): Promise<void> {
    this.#abort.signal.addEventListener('abort', () => void reader.close());
    for (;;) {
      this.#abort.signal.throwIfAborted();
      const messages = await reader.next(FETCH, WAIT_MS);
      for (const message of messages) await this.#inTurn(() => take(message));
      this.#parts.signals.streamLag(stream, reader.info().pending);
    }
  }

  /** One message, or one timer, at a time. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const next = this.#turn.then(async () => {
      this.#abort.signal.throwIfAborted();
      await work();
      this.#arm();
    });
    this.#turn = next.catch(() => undefined);
    return next;
  }

  #applyAction(message: StreamMessage): string | null {
    const { signals, catalogue } = this.#parts;
    this.#seeTime(message.timeMs);
    this.#actionsRead = message.sequence;
    if (message.header(HEADERS.kind) === 'tick' || !message.subject.startsWith('opmas.actions.')) return null;
    const parsed = actionFactSchema.safeParse(storedFact(message)?.fact);
    if (!parsed.success) {
      signals.messageMalformed(STREAM_NAMES.actions, message.sequence, parsed.error.issues[0]?.message ?? '');
      return null;
    }
    const isRecent = Date.now() - message.timeMs < FACTS_KEPT_MS;
    this.#ledger.note(parsed.data, message.sequence, isRecent);
    evolve(this.#state, parsed.data, message, catalogue);
    return parsed.data.data.actionId;
  }

  async #takeAction(message: StreamMessage): Promise<void> {
    const actionId = this.#applyAction(message);
    if (actionId !== null) await this.#perform(decideAction(this.#state, actionId, this.#parts.world.world()));
  }

  async #takeFinding(message: StreamMessage): Promise<void> {
    const { configuration } = this.#parts;
    this.#seeTime(message.timeMs);
    const isLive = message.header(HEADERS.kind) !== 'tick' && message.header(HEADERS.lane) === '';
    if (isLive) {
      await configuration.waitFor(Number(message.header(HEADERS.config) || 0));
      for (const finding of await this.#findingsIn(message)) {
        await this.#perform(decideFinding(this.#state, finding, message.timeMs, this.#parts.world.world()));
      }
    }
    this.#findings = { sequence: message.sequence, frameId: message.header(HEADERS.msgId) };
    if (++this.#sinceCheckpoint >= CHECKPOINT_EVERY) await this.#tick();
  }

  async #findingsIn(message: StreamMessage): Promise<FindingOpened[]> {
    const opened: FindingOpened[] = [];
    for (const line of decodeNdjson(message.data, (value) => findingFactSchema.parse(value))) {
      if (!line.ok) await this.#bury(message, line.line, line.reason);
      else if (line.value.type === 'opmas.finding.opened') opened.push(line.value);
    }
    return opened;
  }

  /** What is no finding by its schema is kept for people to look at; its neighbours go on. */
  async #bury(message: StreamMessage, line: string, reason: string): Promise<void> {
    const { bus, instance, signals } = this.#parts;
    signals.messageMalformed(STREAM_NAMES.findings, message.sequence, reason);
    const letter = JSON.stringify({
      stream: STREAM_NAMES.findings,
      sequence: message.sequence,
      reason,
      line: line.slice(0, 500_000),
    });
    await bus.js.publish(subjects.deadletter('actions', instance), letter).catch(() => undefined);
  }

  #seeTime(timeMs: number): void {
    if (timeMs > this.#state.clockMs) this.#clockSeenAt = performance.now();
    observeTime(this.#state, timeMs);
  }

  /** Appends what was decided, one after another, and what follows from each. */
  async #perform(decisions: Decision[]): Promise<void> {
    for (const decision of decisions) {
      if (decision.do !== 'append') this.#launch(decision.actionId);
      else if (await this.#append(decision.fact)) {
        await this.#perform(decideAction(this.#state, decision.fact.data.actionId, this.#parts.world.world()));
      }
    }
  }

  async #append(fact: ActionFact): Promise<boolean> {
    const appended = await this.#ledger.append(fact);
    if (!appended.ok) {
      this.#parts.signals.factRefused(fact);
      return false;
    }
    this.#parts.signals.factAppended(fact);
    evolve(this.#state, fact, { sequence: appended.sequence, timeMs: this.#state.clockMs }, this.#parts.catalogue);
    return true;
  }

  /** One run at a time on a device; an action that is on its way is not begun again. */
  #launch(actionId: string): void {
    const action = this.#state.actions.get(actionId);
    if (!action || this.#running.has(actionId)) return;
    const before = this.#devices.get(action.deviceId) ?? Promise.resolve();
    const run = before
      .then(() => this.#executor.execute(action))
      .catch((error: unknown) => {
        if (!(error instanceof Stopped)) this.#parts.signals.executionFailed(actionId, error);
        return pause(RETRY_MS, this.#abort.signal).catch(() => undefined);
      })
      .then(() => this.#landed(actionId));
    this.#running.set(actionId, run);
    this.#devices.set(action.deviceId, run);
    this.#parts.signals.runningActions(this.#running.size);
  }

  /** Where the run left no result, the action is looked at again. */
  #landed(actionId: string): void {
    this.#running.delete(actionId);
    this.#parts.signals.runningActions(this.#running.size);
    if (this.#abort.signal.aborted) return;
    const again = (): Promise<void> => this.#perform(decideAction(this.#state, actionId, this.#parts.world.world()));
    this.#inTurn(again).catch((error: unknown) => this.#fail(error));
  }

  #tick(): Promise<number> {
    const next = this.#ticking.then(() => this.#ticks.append(this.#findings));
    this.#ticking = next.catch(() => undefined);
    this.#sinceCheckpoint = 0;
    return next;
  }

  async #readClock(): Promise<number> {
    for (;;) {
      try {
        const sequence = await this.#tick();
        while (this.#actionsRead < sequence) await pause(20, this.#abort.signal);
        return this.#state.clockMs;
      } catch (error) {
        if (error instanceof Stopped) throw error;
        this.#parts.signals.readUnanswered(error);
        await pause(TIMER_MIN_MS, this.#abort.signal);
      }
    }
  }

  /** Sets the timer for the next thing that falls due; the tick that it appends decides whether it is. */
  #arm(): void {
    if (this.#timer) clearTimeout(this.#timer);
    const waiting = [...this.#state.actions.values()].filter((action) => action.status === 'proposed').length;
    this.#parts.signals.pendingActions(waiting);
    const due = nextDueMs(this.#state);
    if (due === null || this.#abort.signal.aborted) return;
    const sinceMs = performance.now() - this.#clockSeenAt;
    const leftMs = due - this.#state.clockMs - sinceMs;
    this.#timer = setTimeout(() => void this.#ring(), Math.min(TIMER_MAX_MS, Math.max(TIMER_MIN_MS, leftMs)));
  }

  async #ring(): Promise<void> {
    try {
      const due = nextDueMs(this.#state);
      const isDue = due !== null && due <= this.#state.clockMs + (performance.now() - this.#clockSeenAt);
      if (isDue) await this.#readClock();
      await this.#inTurn(() => this.#perform(isDue ? decideAll(this.#state, this.#parts.world.world()) : []));
    } catch (error) {
      this.#fail(error);
    }
  }
}
