/**
 * Runs one action on its router, once. Order: intent on this disk, `started` acknowledged, claim on the router, the
 * command, its output, the result. Whatever dies in between, the next executor asks the router what happened.
 */
import type { ActionFact } from '@opmas/contracts';
import { formatInstant } from '@opmas/contracts';
import type { Catalogue, PreparedAction, RunContext } from '../domain/catalogue/action.js';
import { shownCommands } from '../domain/catalogue/action.js';
import { recover } from '../domain/recovery.js';
import type { MarkerReport, RouterProbe } from '../domain/run-marker.js';
import { LIMIT_EXIT_CODE } from '../domain/run-marker.js';
import type { ActionState } from '../domain/workflow.js';
import { actionFact, runIdOf } from '../domain/workflow.js';
import { MAX_OUTPUT_BYTES, Router, RouterSilent } from './router.js';
import type { ConnectRouter, SshTarget } from './ssh.js';
import { RouterUnreachable } from './ssh.js';
import { Stopped, pause } from './stopped.js';

/** Points of a run, in order, as signals and tests see them. */
export type RunStage = 'intended' | 'started' | 'claiming' | 'claimed' | 'finished' | 'reported' | 'recorded';

export interface ExecutorOptions {
  instance: string;
  catalogue: Catalogue;
  protectedAddresses: readonly string[];
  connect: ConnectRouter;
  /** The router of a device; a reason in words where it cannot be reached at all. */
  target: (deviceId: string) => { ok: true; target: SshTarget } | { ok: false; reason: string };
  /** False where others wrote what makes the fact untrue. Throws `Stopped`. */
  append: (fact: ActionFact) => Promise<boolean>;
  /** The stream's clock, after a tick of our own was read back, ms since the epoch. */
  readClock: () => Promise<number>;
  journal: {
    intent(kind: 'intent' | 'claiming', runId: string, actionId: string): void;
    reached(runId: string): 'intent' | 'claiming' | null;
  };
  isOwner: () => boolean;
  now: () => number;
  signal: AbortSignal;
  stage: (actionId: string, stage: RunStage) => void;
  limits: ExecutorLimits;
}

export interface ExecutorLimits {
  /** How long a router that does not answer is tried before the run has reached it. */
  connectMs: number;
  /** How long after `started` the router is asked before the run counts as interrupted. */
  deadlineMs: number;
  /** Longest pause between two questions. */
  pollMs: number;
}

/** One run on its way. */
interface Run {
  action: ActionState;
  prepared: PreparedAction;
  target: SshTarget;
  attempt: number;
  runId: string;
  /** On the stream's clock. */
  startedMs: number;
  firstStartedMs: number;
  deadlineMs: number;
  /** True while it is certain that the router has never seen it. */
  isUnclaimed: boolean;
  controllerAddress: string | null;
  commands: string[][] | null;
}

type Step = 'done' | 'again';
type FailedRun = { runId: string; exitCode: number | null; reason: string };
const MAX_ATTEMPTS = 3;
const DEATH_ASKED = 5;
const DEATH_PAUSE_MS = 1000;

export class Executor {
  readonly #options: ExecutorOptions;

  constructor(options: ExecutorOptions) {
    this.#options = options;
  }

  /** Runs an approved action, or finds out what became of one that was started. */
  async execute(action: ActionState): Promise<void> {
    const { catalogue, protectedAddresses } = this.#options;
    const entry = Object.hasOwn(catalogue, action.name) ? catalogue[action.name] : undefined;
    const preparation = entry?.prepare(action.parameters, { protectedAddresses });
    if (!preparation?.ok)
      return this.#refuse(action, preparation?.reason ?? `this build has no action "${action.name}"`);
    const reached = this.#options.target(action.deviceId);
    if (!reached.ok) return this.#refuse(action, reached.reason);
    const last = action.attempts.at(-1);
    const run = await (last
      ? this.#resume(action, preparation.action, reached.target)
      : this.#begin(action, preparation.action, reached.target, 1));
    if (run) await this.#drive(run);
  }

  /** A refusal before the first run is a failure; after it, what the router did is not known. */
  async #refuse(action: ActionState, reason: string): Promise<void> {
    const now = this.#options.now();
    const about = { actionId: action.id, deviceId: action.deviceId };
    const last = action.attempts.at(-1);
    if (last) {
      const interruptedAt = formatInstant(now * 1000);
      const data = { ...about, runId: last.runId, reason, interruptedAt };
      await this.#options.append(actionFact('opmas.action.interrupted', last.runId, now, data));
    } else {
      const data = { ...about, runId: null, exitCode: null, reason, finishedAt: formatInstant(now * 1000) };
      await this.#options.append(actionFact('opmas.action.failed', 'unstarted', now, data));
    }
  }

  async #begin(action: ActionState, prepared: PreparedAction, target: SshTarget, attempt: number): Promise<Run | null> {
    const { instance, journal, now, limits, append, stage } = this.#options;
    const runId = runIdOf(action.id, attempt);
    const wasClaiming = journal.reached(runId) === 'claiming';
    journal.intent('intent', runId, action.id);
    stage(action.id, 'intended');
    const startedMs = now();
    const fact = actionFact('opmas.action.started', `${instance}:${attempt}`, startedMs, {
      actionId: action.id,
      deviceId: action.deviceId,
      runId,
      executor: instance,
      startedAt: formatInstant(startedMs * 1000),
      deadlineAt: formatInstant((startedMs + limits.deadlineMs) * 1000),
    });
    if (!(await append(fact))) return null;
    stage(action.id, 'started');
    const deadlineMs = startedMs + limits.deadlineMs;
    const onStreamClock = action.attempts.map((one) => one.startedMs);
    const [firstStartedMs, lastStartedMs] = [onStreamClock[0] ?? startedMs, onStreamClock.at(-1) ?? startedMs];
    const common = { action, prepared, target, attempt, runId, startedMs: lastStartedMs, firstStartedMs, deadlineMs };
    return { ...common, isUnclaimed: !wasClaiming, controllerAddress: null, commands: null };
  }

  #resume(action: ActionState, prepared: PreparedAction, target: SshTarget): Run {
    const last = action.attempts.at(-1)!;
    return {
      action,
      prepared,
      target,
      attempt: action.attempts.length,
      runId: last.runId,
      startedMs: last.startedMs,
      firstStartedMs: action.attempts[0]!.startedMs,
      deadlineMs: last.deadlineMs,
      isUnclaimed: this.#options.journal.reached(last.runId) === 'intent',
      controllerAddress: null,
      commands: null,
    };
  }

  /** Connects as often as it takes, and goes on with the run on each connection until its result is recorded. */
  async #drive(run: Run): Promise<void> {
    const { limits, now, signal } = this.#options;
    const giveUpMs = now() + limits.connectMs;
    for (let tries = 0; ; tries++) {
      try {
        if ((await this.#onConnection(run)) === 'done') return;
      } catch (error) {
        if (!(error instanceof RouterUnreachable || error instanceof RouterSilent)) throw error;
        const retry = !(error instanceof RouterUnreachable) || error.retry;
        const isOver = run.isUnclaimed ? now() >= giveUpMs || !retry : now() >= run.deadlineMs;
        if (isOver) return this.#giveUp(run, error.message);
      }
      await pause(Math.min(10_000, 250 * 2 ** Math.min(tries, 6)), signal);
    }
  }

  async #giveUp(run: Run, reason: string): Promise<void> {
    if (run.isUnclaimed) await this.#fail(run, { runId: run.runId, exitCode: null, reason });
    else await this.#interrupt(run, `the router could not be asked what became of it: ${reason}`);
  }

  async #onConnection(run: Run): Promise<Step> {
    const router = new Router(await this.#options.connect(run.target));
    const onAbort = (): void => router.close();
    this.#options.signal.addEventListener('abort', onAbort);
    try {
      if (run.isUnclaimed) {
        const step = await this.#claim(run, router);
        if (step === 'done') return 'done';
      }
      return await this.#follow(run, router);
    } catch (error) {
      this.#options.signal.throwIfAborted();
      throw error;
    } finally {
      this.#options.signal.removeEventListener('abort', onAbort);
      router.close();
    }
  }

  #context(run: Run): RunContext {
    const elapsedSeconds = Math.max(0, Math.floor((this.#options.now() - run.firstStartedMs) / 1000));
    const isRepeated = run.attempt > 1;
    return {
      runId: run.runId,
      controllerAddress: run.controllerAddress,
      elapsedSeconds: isRepeated ? elapsedSeconds : 0,
    };
  }

  async #claim(run: Run, router: Router): Promise<Step> {
    const { journal, isOwner, stage } = this.#options;
    const probe: RouterProbe = await router.probe();
    const refusal = run.prepared.precondition(probe);
    if (refusal !== null) return this.#fail(run, { runId: run.runId, exitCode: null, reason: refusal });
    run.controllerAddress = probe.controllerAddress;
    const commands = run.prepared.plan(this.#context(run));
    if (!isOwner()) throw new Stopped();
    journal.intent('claiming', run.runId, run.action.id);
    stage(run.action.id, 'claiming');
    run.isUnclaimed = false;
    const claim = await router.claim({ runId: run.runId, commands, limitSeconds: run.prepared.limitSeconds });
    if (claim === 'refused') {
      const reason = 'the router has no room for the run in /tmp, or lets nothing be written there';
      return this.#fail(run, { runId: run.runId, exitCode: null, reason });
    }
    if (claim === 'claimed') run.commands = shownCommands(commands);
    stage(run.action.id, 'claimed');
    return 'again';
  }

  /** Asks until there is a verdict. */
  async #follow(run: Run, router: Router): Promise<Step> {
    const { limits, signal, now } = this.#options;
    let waitMs = 100;
    for (;;) {
      const report = await this.#surely(run, router, await router.ask(run.runId));
      const step = await this.#judge(run, router, report);
      if (step !== 'wait') return step;
      if (now() >= run.deadlineMs) return this.#interrupt(run, 'it was still running at its deadline');
      await pause(waitMs, signal);
      waitMs = Math.min(limits.pollMs, waitMs * 2);
    }
  }

  /** A job that is just being started, perhaps by a rival, looks as if it had died: that is believed after some seconds only. */
  async #surely(run: Run, router: Router, first: MarkerReport): Promise<MarkerReport> {
    let report = first;
    for (let i = 0; i < DEATH_ASKED && report.state === 'died' && !report.otherBoot; i++) {
      await pause(DEATH_PAUSE_MS, this.#options.signal);
      report = await router.ask(run.runId);
    }
    return report;
  }

  async #judge(run: Run, router: Router, report: MarkerReport): Promise<Step | 'wait'> {
    if (report.state === 'ended') return this.#record(run, router, report);
    if (report.state === 'running' && !report.otherBoot) return 'wait';
    const clockMs = await this.#options.readClock();
    const verdict = recover({
      class: run.prepared.class,
      report,
      secondsSinceStarted: (clockMs - run.startedMs) / 1000,
      isBeforeDeadline: clockMs < run.deadlineMs,
    });
    switch (verdict.do) {
      case 'record':
        return this.#record(run, router, report);
      case 'wait':
        return 'wait';
      case 'claim':
        run.isUnclaimed = true;
        return 'again';
      case 'verify':
        return this.#verifyOrRepeat(run, router);
      case 'fail':
        return this.#fail(run, { runId: run.runId, exitCode: null, reason: verdict.reason });
      case 'interrupt':
        return this.#interrupt(run, verdict.reason);
    }
  }

  async #verification(run: Run, router: Router): Promise<{ holds: boolean; detail: string } | null> {
    const command = run.prepared.verification();
    return command === null ? null : run.prepared.verify(await router.look(command), this.#context(run));
  }

  /** Of a repeatable action of which nobody knows: where its effect is absent, it runs once more, as a run of its own. */
  async #verifyOrRepeat(run: Run, router: Router): Promise<Step> {
    const verification = await this.#verification(run, router);
    if (verification?.holds) return this.#succeed(run, router, verification.detail);
    if (run.attempt >= MAX_ATTEMPTS) return this.#interrupt(run, `it was begun ${run.attempt} times and never ended`);
    const next = await this.#begin(run.action, run.prepared, run.target, run.attempt + 1);
    if (!next) return 'done';
    Object.assign(run, next);
    return 'again';
  }

  /** The router has the result: outputs first, then what it means. */
  async #record(run: Run, router: Router, first: MarkerReport): Promise<Step> {
    this.#options.stage(run.action.id, 'finished');
    const report = await this.#wholeReport(run, router, first);
    for (const channel of ['stdout', 'stderr'] as const) {
      if (report[channel].length > 0) await this.#options.append(this.#output(run, channel, report[channel]));
    }
    this.#options.stage(run.action.id, 'reported');
    const exitCode = report.exitCode ?? LIMIT_EXIT_CODE;
    if (exitCode !== 0) {
      const reason = failureReason(exitCode, run.prepared.limitSeconds, report.stderr);
      return this.#fail(run, { runId: run.runId, exitCode, reason }, router);
    }
    const verification = await this.#verification(run, router).catch((error: unknown) => {
      if (!(error instanceof RouterSilent)) throw error;
      return { holds: true, detail: `not verified: ${error.message}` };
    });
    if (verification === null || verification.holds) return this.#succeed(run, router, verification?.detail);
    return this.#fail(run, { runId: run.runId, exitCode, reason: `it ended well, but ${verification.detail}` }, router);
  }

  /** A process that was left behind may hold the outputs open: they are waited for a little, then taken as they are. */
  async #wholeReport(run: Run, router: Router, first: MarkerReport): Promise<MarkerReport> {
    let report = first;
    for (let i = 0; i < 10 && !report.isOutputComplete && report.exitCode !== LIMIT_EXIT_CODE; i++) {
      await pause(100, this.#options.signal);
      report = await router.ask(run.runId);
    }
    return report.state === 'ended' ? report : first;
  }

  #output(run: Run, channel: 'stdout' | 'stderr', bytes: Uint8Array): ActionFact {
    const kept = bytes.subarray(0, MAX_OUTPUT_BYTES);
    const text = new TextDecoder().decode(kept);
    const isText = Buffer.from(text).equals(kept);
    return actionFact('opmas.action.output', `${run.runId}:${channel}`, this.#options.now(), {
      actionId: run.action.id,
      deviceId: run.action.deviceId,
      runId: run.runId,
      channel,
      text,
      ...(isText ? {} : { base64: Buffer.from(kept).toString('base64') }),
      truncated: bytes.length > kept.length,
    });
  }

  async #succeed(run: Run, router: Router, verification: string | undefined): Promise<Step> {
    const now = this.#options.now();
    const fact = actionFact('opmas.action.succeeded', run.runId, now, {
      actionId: run.action.id,
      deviceId: run.action.deviceId,
      runId: run.runId,
      exitCode: 0,
      finishedAt: formatInstant(now * 1000),
      ...(run.commands ? { commands: run.commands } : {}),
      ...(verification === undefined ? {} : { verification }),
    });
    return this.#end(run, fact, router);
  }

  async #fail(run: Run, failure: FailedRun, router?: Router): Promise<Step> {
    const now = this.#options.now();
    const fact = actionFact('opmas.action.failed', run.runId, now, {
      actionId: run.action.id,
      deviceId: run.action.deviceId,
      ...failure,
      finishedAt: formatInstant(now * 1000),
      ...(run.commands ? { commands: run.commands } : {}),
    });
    return this.#end(run, fact, router);
  }

  async #interrupt(run: Run, reason: string): Promise<Step> {
    const now = this.#options.now();
    const about = { actionId: run.action.id, deviceId: run.action.deviceId, runId: run.runId };
    const data = { ...about, reason, interruptedAt: formatInstant(now * 1000) };
    return this.#end(run, actionFact('opmas.action.interrupted', run.runId, now, data));
  }

  /** The marker goes only after the result is acknowledged: until then it is the only witness. */
  async #end(run: Run, fact: ActionFact, router?: Router): Promise<Step> {
    await this.#options.append(fact);
    this.#options.stage(run.action.id, 'recorded');
    await router?.forget(run.runId).catch(() => undefined);
    return 'done';
  }
}

function failureReason(exitCode: number, limitSeconds: number, stderr: Uint8Array): string {
  if (exitCode === LIMIT_EXIT_CODE) return `it did not end within ${limitSeconds} s and was stopped on the router`;
  const line = new TextDecoder()
    .decode(stderr)
    .split('\n')
    .find((text) => text.trim() !== '');
  return `exit code ${exitCode}${line === undefined ? '' : `: ${line.trim().slice(0, 300)}`}`;
}
