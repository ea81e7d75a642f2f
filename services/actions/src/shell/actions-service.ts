/** The service as a whole: configuration, shipped playbooks, the lease on the workflow, and the work while it is held. */
import type { Shell } from '@opmas/platform';
import { ConfigFollower, LeaseKeeper, SecretBox } from '@opmas/platform';
import { networkInterfaces } from 'node:os';
import { canonicalAddress } from '../domain/address.js';
import type { Catalogue } from '../domain/catalogue/action.js';
import type { Config } from '../config.js';
import { createSignals } from '../signals.js';
import { DiskJournal } from './disk-journal.js';
import type { RunStage } from './executor.js';
import { publishPlaybooks, readShippedPlaybooks } from './shipped-playbooks.js';
import type { ConnectRouter } from './ssh.js';
import { Stopped, pause } from './stopped.js';
import { WorkflowRun } from './workflow-run.js';
import type { WorkflowParts } from './workflow-run.js';
import { ConfiguredWorld } from './world.js';

export interface ActionsParts {
  shell: Shell<Config>;
  catalogue: Catalogue;
  connect: ConnectRouter;
  playbooksFolder: string;
  /** Addresses of this machine: no action may be aimed at them. */
  ownAddresses: () => string[];
  /** Called at each point of a run, beside the log. */
  onStage?: (actionId: string, stage: RunStage) => void;
}

const AGAIN_MS = 500;
const POLL_MS = 2000;
const UNIT = 'workflow';

/** All addresses of this machine's interfaces. */
export function machineAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((addresses) =>
    (addresses ?? []).map(({ address }) => canonicalAddress(address)),
  );
}

export class ActionsService {
  readonly #parts: ActionsParts;
  #configuration: ConfigFollower | null = null;
  #lease: LeaseKeeper | null = null;
  #journal: DiskJournal | null = null;
  #stop = new AbortController();
  #work: Promise<void> = Promise.resolve();

  constructor(parts: ActionsParts) {
    this.#parts = parts;
  }

  async start(): Promise<void> {
    const { shell, catalogue, playbooksFolder } = this.#parts;
    const { bus, log, config } = shell;
    const signals = createSignals(shell);
    const shipped = readShippedPlaybooks(playbooksFolder, catalogue);
    const secrets = config.OPMAS_SECRET_KEY
      ? SecretBox.fromBase64(config.OPMAS_SECRET_KEY)
      : SecretBox.fromFile(config.OPMAS_SECRET_FILE);
    this.#journal = DiskJournal.open(config.OPMAS_DATA_DIR);
    await publishPlaybooks(bus, shell.build, shipped, signals);
    const protectedAddresses = [...config.OPMAS_PROTECTED_ADDRESSES, ...this.#parts.ownAddresses()];
    const world = new ConfiguredWorld({ catalogue, protectedAddresses, signals });
    const configuration = await ConfigFollower.start(bus, log);
    this.#configuration = configuration;
    for (const { fact } of configuration.facts(0, configuration.sequence)) world.apply(fact);
    configuration.onFact(({ fact }) => world.apply(fact));
    const parts: WorkflowParts = {
      bus,
      configuration,
      world,
      catalogue,
      protectedAddresses,
      journal: this.#journal,
      secrets,
      connect: this.#parts.connect,
      signals,
      instance: shell.instance,
      limits: {
        connectMs: config.OPMAS_ACTION_CONNECT_SECONDS * 1000,
        deadlineMs: config.OPMAS_ACTION_DEADLINE_SECONDS * 1000,
        pollMs: POLL_MS,
      },
      isOwner: () => this.#lease?.isHeld(UNIT) ?? false,
      stage: (actionId, stage) => {
        signals.actionStage(actionId, stage);
        this.#parts.onStage?.(actionId, stage);
      },
    };
    signals.standingBy();
    this.#lease = new LeaseKeeper({
      bus,
      log,
      stage: 'actions',
      units: [UNIT],
      instance: shell.instance,
      leaseMs: config.OPMAS_LEASE_MS,
      onGained: () => this.#begin(parts),
      onLost: async () => {
        this.#stop.abort(new Stopped());
        await this.#work;
        signals.ownerLost();
      },
    });
    await this.#lease.start();
  }

  #begin(parts: WorkflowParts): void {
    parts.signals.ownerGained();
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    this.#work = this.#work.then(async () => {
      while (!signal.aborted) {
        try {
          await new WorkflowRun(parts).run(signal);
        } catch (error) {
          parts.signals.workflowFailed(error);
          await pause(AGAIN_MS, signal).catch(() => undefined);
          if (!signal.aborted) parts.signals.ownerGained();
        }
      }
    });
  }

  /** Ends the work, then gives up the lease. What runs on a router goes on there; the next owner asks for its result. */
  async stop(): Promise<void> {
    this.#stop.abort(new Stopped());
    await this.#lease?.drain();
    await this.#work;
    await this.#configuration?.close();
    this.#journal?.close();
  }
}
