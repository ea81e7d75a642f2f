/** A router as the executor sees it: what it is, and what became of a run. Scripts go to `sh -s` on standard input. */
import { commandLine } from '../domain/shell-quote.js';
import type { ClaimAnswer, ClaimOptions, Command, MarkerReport, RouterProbe } from '../domain/run-marker.js';
import {
  askScript,
  claimScript,
  forgetScript,
  parseClaim,
  parseProbe,
  parseReport,
  probeScript,
} from '../domain/run-marker.js';
import type { ExecOutcome, SshSession } from './ssh.js';

/** The session ended, or gave no whole answer: what the router did is unknown, ask it again. */
export class RouterSilent extends Error {
  readonly code = 'ROUTER_SILENT';

  constructor(reason: string) {
    super(reason);
    this.name = 'RouterSilent';
  }
}

const SCRIPT_TIMEOUT_MS = 30_000;
/** Bytes of each output that are kept: one fact holds them. */
export const MAX_OUTPUT_BYTES = 64 * 1024;
const MAX_ANSWER_BYTES = 4 * MAX_OUTPUT_BYTES;

export class Router {
  readonly #session: SshSession;

  constructor(session: SshSession) {
    this.#session = session;
  }

  async probe(): Promise<RouterProbe> {
    const probe = parseProbe((await this.#answer(probeScript())).toString('utf8'));
    if (!probe) throw new RouterSilent('the router gave no whole answer about itself');
    return probe;
  }

  /** Claims the run and starts it, or says that it was claimed before. Throws `RouterSilent` where that is unknown. */
  async claim(options: Omit<ClaimOptions, 'maxOutputBytes'>): Promise<ClaimAnswer> {
    const answer = await this.#answer(claimScript({ ...options, maxOutputBytes: MAX_OUTPUT_BYTES }));
    const claim = parseClaim(answer.toString('utf8'));
    if (claim === null) throw new RouterSilent('the router did not say whether it took the run');
    return claim;
  }

  async ask(runId: string): Promise<MarkerReport> {
    const report = parseReport(await this.#answer(askScript(runId)));
    if (report === null) throw new RouterSilent('the router did not say what became of the run');
    return report;
  }

  async forget(runId: string): Promise<void> {
    await this.#answer(forgetScript(runId));
  }

  /** Runs a command that changes nothing; its output, or '' where it failed. */
  async look(command: Command): Promise<string> {
    const line = `${commandLine(command.argv)} </dev/null\n`;
    const outcome = await this.#session.exec('sh -s', line, {
      timeoutMs: SCRIPT_TIMEOUT_MS,
      maxBytes: 4 * 1024 * 1024,
    });
    if ('reason' in outcome) throw new RouterSilent(outcome.reason);
    return outcome.kind === 'finished' && outcome.code === 0 ? outcome.stdout.toString('utf8') : '';
  }

  close(): void {
    this.#session.close();
  }

  async #answer(script: string): Promise<Buffer> {
    const limits = { timeoutMs: SCRIPT_TIMEOUT_MS, maxBytes: MAX_ANSWER_BYTES };
    const outcome: ExecOutcome = await this.#session.exec('sh -s', script, limits);
    if ('reason' in outcome) throw new RouterSilent(outcome.reason);
    return outcome.stdout;
  }
}
