/**
 * The workflow: findings and actions' facts in, facts and runs out. Pure; state changes only by facts that stand in a
 * stream, and time is only what messages carry, so the same messages lead to the same decisions after any restart.
 */
import type { ActionFact, ActionFactOf, FindingOpened } from '@opmas/contracts';
import { actionIdOf, factIdOf, formatInstant, parseInstant } from '@opmas/contracts';
import type { ACTION_MODES } from '@opmas/contracts';
import type { ActionClass, Catalogue, PreparedAction } from './catalogue/action.js';
import { shownCommands } from './catalogue/action.js';
import type { Playbook, PlaybookStep } from './playbook.js';
import { isTriggered, parametersFor } from './playbook.js';

/** What the workflow knows of a router. */
export interface DeviceView {
  deviceId: string;
  name: string;
  isIgnored: boolean;
  hasSsh: boolean;
  /** Its address, where one is configured as such: no action is aimed at it. */
  address: string | null;
}

/** Configuration as of now: playbooks that can be read, devices, and addresses that are never blocked. */
export interface World {
  playbooks: readonly Playbook[];
  catalogue: Catalogue;
  device(deviceId: string): DeviceView | null;
  protectedAddresses: readonly string[];
}

export type ActionStatus =
  'proposed' | 'approved' | 'rejected' | 'expired' | 'started' | 'succeeded' | 'failed' | 'interrupted' | 'skipped';

/** One `started`. */
export interface Attempt {
  runId: string;
  factId: string;
  executor: string;
  /** On the stream's clock, ms since the epoch. */
  startedMs: number;
  deadlineMs: number;
}

export interface ActionState {
  id: string;
  deviceId: string;
  playbookId: string | null;
  name: string;
  class: ActionClass;
  parameters: Record<string, unknown>;
  mode: (typeof ACTION_MODES)[number];
  withheld: string | null;
  status: ActionStatus;
  expiresMs: number;
  approvedMs: number | null;
  attempts: Attempt[];
  /** Stream sequence of its last fact. */
  sequence: number;
}

export interface WorkflowState {
  /** The stream's clock: the largest server time stamp of all messages read, ms since the epoch. */
  clockMs: number;
  actions: Map<string, ActionState>;
  /** `<finding>/<playbook>/<step>` of every proposal: a finding is answered once, whatever version a playbook has by now. */
  answered: Set<string>;
  /** Cooldown key → when it was last proposed. */
  lastProposedMs: Map<string, number>;
}

/** Where a fact stands. */
export interface FactPlace {
  sequence: number;
  timeMs: number;
}

export type Decision =
  | { do: 'append'; fact: ActionFact }
  | { do: 'run'; actionId: string }
  /** It was started and has no result: the executor finds out what happened. */
  | { do: 'recover'; actionId: string };

/** An approval holds at least so long, so that one given just before the expiry still runs. */
export const APPROVAL_HOLDS_MS = 10 * 60_000;
const SOURCE = '/opmas/actions';

export function initialState(): WorkflowState {
  return { clockMs: 0, actions: new Map(), answered: new Set(), lastProposedMs: new Map() };
}

/** Moves the clock; it never goes back. */
export function observeTime(state: WorkflowState, timeMs: number): void {
  state.clockMs = Math.max(state.clockMs, timeMs);
}

function cooldownKey(playbookId: string, deviceId: string, target: string): string {
  return `${playbookId}/${deviceId}/${target}`;
}

function ms(instant: string): number {
  return Math.floor((parseInstant(instant) ?? 0) / 1000);
}

/** The shape of every fact that the workflow or the executor writes. */
export function actionFact<T extends ActionFact['type']>(
  type: T,
  ordinal: string,
  timeMs: number,
  data: ActionFactOf<T>['data'],
): ActionFactOf<T> {
  const kind = type.slice('opmas.action.'.length);
  const fact = {
    specversion: '1.0',
    id: factIdOf(data.actionId, ordinal === '' ? kind : `${kind}:${ordinal}`, 1),
    type,
    source: SOURCE,
    subject: data.actionId,
    time: formatInstant(timeMs * 1000),
    data,
  };
  return fact as unknown as ActionFactOf<T>;
}

function applyProposed(
  state: WorkflowState,
  { data, time }: ActionFactOf<'opmas.action.proposed'>,
  place: FactPlace,
  catalogue: Catalogue,
): void {
  if (state.actions.has(data.actionId)) return;
  state.actions.set(data.actionId, {
    id: data.actionId,
    deviceId: data.deviceId,
    playbookId: data.playbookId,
    name: data.name,
    class: data.class,
    parameters: data.parameters,
    mode: data.mode ?? 'approve',
    withheld: data.withheld ?? null,
    status: 'proposed',
    expiresMs: ms(data.expiresAt),
    approvedMs: null,
    attempts: [],
    sequence: place.sequence,
  });
  if (data.playbookId === null) return;
  state.answered.add(`${data.findingId}/${data.playbookId}/${data.step}`);
  const prepared = prepare(catalogue, data.name, data.parameters);
  if (data.withheld !== undefined || !prepared) return;
  const key = cooldownKey(data.playbookId, data.deviceId, prepared.target);
  state.lastProposedMs.set(key, Math.max(state.lastProposedMs.get(key) ?? 0, ms(time)));
}

function prepare(catalogue: Catalogue, name: string, parameters: unknown): PreparedAction | null {
  const entry = Object.hasOwn(catalogue, name) ? catalogue[name] : undefined;
  const prepared = entry?.prepare(parameters, { protectedAddresses: [] });
  return prepared?.ok ? prepared.action : null;
}

const STATUS_OF: Partial<Record<ActionFact['type'], ActionStatus>> = {
  'opmas.action.approved': 'approved',
  'opmas.action.rejected': 'rejected',
  'opmas.action.expired': 'expired',
  'opmas.action.started': 'started',
  'opmas.action.succeeded': 'succeeded',
  'opmas.action.failed': 'failed',
  'opmas.action.interrupted': 'interrupted',
  'opmas.action.skipped': 'skipped',
};

/** An action that has begun is never taken for one that waits, in whatever order a mended stream has its facts. */
const RANK: Record<ActionStatus, number> = {
  proposed: 0,
  approved: 1,
  rejected: 2,
  expired: 2,
  skipped: 2,
  started: 3,
  succeeded: 4,
  failed: 4,
  interrupted: 4,
};

/** Applies one fact of OPMAS_ACTIONS; one that was applied before changes nothing. */
export function evolve(state: WorkflowState, fact: ActionFact, place: FactPlace, catalogue: Catalogue): void {
  observeTime(state, place.timeMs);
  if (fact.type === 'opmas.action.proposed') return applyProposed(state, fact, place, catalogue);
  const action = state.actions.get(fact.data.actionId);
  if (!action || place.sequence <= action.sequence) return;
  action.sequence = place.sequence;
  if (fact.type === 'opmas.action.approved') action.approvedMs = place.timeMs;
  if (fact.type === 'opmas.action.started') {
    const { runId, executor, deadlineAt } = fact.data;
    action.attempts.push({ runId, factId: fact.id, executor, startedMs: place.timeMs, deadlineMs: ms(deadlineAt) });
  }
  const status = STATUS_OF[fact.type];
  if (status !== undefined && RANK[status] >= RANK[action.status]) action.status = status;
}

/** How a step's action stands before it is proposed. */
interface Candidate {
  action: PreparedAction | null;
  parameters: Record<string, unknown>;
  withheld: string | null;
}

function candidate(
  step: PlaybookStep,
  finding: FindingOpened['data'],
  device: DeviceView | null,
  world: World,
): Candidate {
  const filled = parametersFor(step, finding);
  if (!filled.ok) return { action: null, parameters: step.parameters, withheld: filled.reason };
  const protectedAddresses = [...world.protectedAddresses, ...(device?.address ? [device.address] : [])];
  const prepared = world.catalogue[step.action]!.prepare(filled.parameters, { protectedAddresses });
  if (!prepared.ok) return { action: null, parameters: filled.parameters, withheld: prepared.reason };
  return { action: prepared.action, parameters: prepared.action.parameters, withheld: null };
}

interface Occasion {
  state: WorkflowState;
  world: World;
  playbook: Playbook;
  finding: FindingOpened['data'];
  deviceId: string;
  /** Server time of the finding's message. */
  openedMs: number;
}

function span(ms: number): string {
  return ms % 60_000 === 0 ? `${ms / 60_000} min` : `${Math.round(ms / 1000)} s`;
}

function whyWithheld(occasion: Occasion, device: DeviceView | null, action: PreparedAction | null): string | null {
  const { state, playbook, deviceId, openedMs } = occasion;
  if (device?.isIgnored) return 'the device is ignored';
  if (state.clockMs - openedMs >= playbook.approval.expiresAfter)
    return `the finding is older than the ${span(playbook.approval.expiresAfter)} in which an approval would count`;
  if (!action) return null;
  const last = state.lastProposedMs.get(cooldownKey(playbook.id, deviceId, action.target));
  if (last === undefined || state.clockMs - last >= playbook.cooldown) return null;
  const until = formatInstant((last + playbook.cooldown) * 1000);
  return `the same was proposed for ${action.target} a short time ago; not again before ${until}`;
}

function noteFor(device: DeviceView | null): string | undefined {
  if (device === null) return 'this device is not in the configuration';
  return device.hasSsh ? undefined : 'no SSH connection is configured for this device';
}

function propose(occasion: Occasion, step: PlaybookStep): ActionFact {
  const { state, world, playbook, finding, deviceId } = occasion;
  const device = world.device(deviceId);
  const { action, parameters, withheld: refused } = candidate(step, finding, device, world);
  const actionId = actionIdOf({
    triggerId: finding.findingId,
    occurrence: 1,
    playbookId: playbook.id,
    playbookVersion: playbook.version,
    step: step.name,
    deviceId,
  });
  const plan = action?.plan({ runId: runIdOf(actionId, 1), controllerAddress: null, elapsedSeconds: 0 }) ?? [];
  const withheld = refused ?? whyWithheld(occasion, device, action);
  const note = noteFor(device);
  return actionFact('opmas.action.proposed', '', state.clockMs, {
    actionId,
    deviceId,
    findingId: finding.findingId,
    playbookId: playbook.id,
    playbookVersion: playbook.version,
    step: step.name,
    name: step.action,
    title: action?.title ?? playbook.title,
    parameters,
    class: world.catalogue[step.action]!.class,
    commands: shownCommands(plan),
    expiresAt: formatInstant((state.clockMs + playbook.approval.expiresAfter) * 1000),
    mode: step.mode,
    ...(note === undefined ? {} : { note }),
    ...(withheld === null ? {} : { withheld }),
  });
}

/** Id of the n-th run of an action: also the name of its marker on the router. */
export function runIdOf(actionId: string, attempt: number): string {
  return `${actionId}-${attempt}`;
}

/** What a finding brings about. A finding across devices names no router, so nothing is proposed for it. */
export function decideFinding(state: WorkflowState, fact: FindingOpened, timeMs: number, world: World): Decision[] {
  observeTime(state, timeMs);
  const finding = fact.data;
  const deviceId = finding.deviceId;
  if (deviceId === null) return [];
  return world.playbooks
    .filter((playbook) => isTriggered(playbook, finding))
    .flatMap((playbook) =>
      playbook.steps
        .filter((step) => !state.answered.has(`${finding.findingId}/${playbook.id}/${step.name}`))
        .map((step): Decision => {
          const occasion = { state, world, playbook, finding, deviceId, openedMs: timeMs };
          return { do: 'append', fact: propose(occasion, step) };
        }),
    );
}

function skipped(state: WorkflowState, action: ActionState, reason: string): Decision {
  const data = { actionId: action.id, deviceId: action.deviceId, reason };
  return { do: 'append', fact: actionFact('opmas.action.skipped', '', state.clockMs, data) };
}

function failed(state: WorkflowState, action: ActionState, reason: string): Decision {
  const finishedAt = formatInstant(state.clockMs * 1000);
  const data = { actionId: action.id, deviceId: action.deviceId, runId: null, exitCode: null, reason, finishedAt };
  return { do: 'append', fact: actionFact('opmas.action.failed', 'unstarted', state.clockMs, data) };
}

function expired(state: WorkflowState, action: ActionState): Decision {
  const expiredAt = formatInstant(action.expiresMs * 1000);
  const data = { actionId: action.id, deviceId: action.deviceId, expiredAt };
  return { do: 'append', fact: actionFact('opmas.action.expired', '', action.expiresMs, data) };
}

function decideProposed(state: WorkflowState, action: ActionState): Decision[] {
  if (action.withheld !== null) return [skipped(state, action, action.withheld)];
  if (action.mode === 'observe')
    return [skipped(state, action, 'the playbook only observes: it shows what it would do')];
  if (action.expiresMs <= state.clockMs) return [expired(state, action)];
  if (action.mode === 'approve') return [];
  const decision = {
    userName: `playbook:${action.playbookId}`,
    address: null,
    reason: 'the playbook runs this step by itself',
  };
  const data = { actionId: action.id, deviceId: action.deviceId, decision };
  return [{ do: 'append', fact: actionFact('opmas.action.approved', 'auto', state.clockMs, data) }];
}

function decideApproved(state: WorkflowState, action: ActionState, world: World): Decision[] {
  const approvedMs = action.approvedMs ?? 0;
  if (action.withheld !== null) return [failed(state, action, action.withheld)];
  if (action.mode === 'observe') return [failed(state, action, 'the playbook only observes')];
  if (approvedMs > action.expiresMs) return [failed(state, action, 'it was approved after its proposal had expired')];
  if (state.clockMs > Math.max(action.expiresMs, approvedMs + APPROVAL_HOLDS_MS))
    return [failed(state, action, 'nothing was there to run it in time: the approval no longer holds')];
  const device = world.device(action.deviceId);
  if (!device?.hasSsh) return [failed(state, action, noteFor(device) ?? 'no SSH connection is configured')];
  return [{ do: 'run', actionId: action.id }];
}

/** What an action asks for as it now stands. */
export function decideAction(state: WorkflowState, actionId: string, world: World): Decision[] {
  const action = state.actions.get(actionId);
  switch (action?.status) {
    case 'proposed':
      return decideProposed(state, action);
    case 'approved':
      return decideApproved(state, action, world);
    case 'started':
      return [{ do: 'recover', actionId }];
    default:
      return [];
  }
}

/** Everything that is due at the state's clock: after a restart, and when a timer's tick was read back. */
export function decideAll(state: WorkflowState, world: World): Decision[] {
  return [...state.actions.keys()].flatMap((actionId) => decideAction(state, actionId, world));
}

/** When the next timer is due, on the stream's clock; null where none is armed. */
export function nextDueMs(state: WorkflowState): number | null {
  let next: number | null = null;
  for (const action of state.actions.values()) {
    if (action.status === 'proposed' && (next === null || action.expiresMs < next)) next = action.expiresMs;
  }
  return next;
}
