import { describe, expect, it } from '@jest/globals';
import type { ActionFact, ActionFactOf, FindingOpened } from '@opmas/contracts';
import { actionFactSchema, formatInstant } from '@opmas/contracts';
import { readFileSync } from 'node:fs';
import { CATALOGUE } from './catalogue/registry.js';
import { parsePlaybook } from './playbook.js';
import type { Decision, DeviceView, WorkflowState, World } from './workflow.js';
import {
  APPROVAL_HOLDS_MS,
  actionFact,
  decideAction,
  decideAll,
  decideFinding,
  evolve,
  initialState,
  nextDueMs,
  observeTime,
} from './workflow.js';

const MINUTE = 60_000;
const T0 = Date.UTC(2026, 10, 23, 12);
const shipped = readFileSync(new URL('../../playbooks/block-ssh-brute-force.yaml', import.meta.url), 'utf8');

function worldOf({ text = shipped, device = {}, protectedAddresses = [] as string[] } = {}): World {
  const reading = parsePlaybook('p.yaml', text, CATALOGUE);
  if (!reading.ok) throw new Error('bad playbook');
  const view: DeviceView = { deviceId: 'dev1', name: 'r1', isIgnored: false, hasSsh: true, address: null, ...device };
  return {
    playbooks: [reading.playbook],
    catalogue: CATALOGUE,
    protectedAddresses,
    device: (id) => (id === 'dev1' ? view : null),
  };
}

function opened(findingId: string, sourceIp = '203.0.113.9', deviceId: string | null = 'dev1'): FindingOpened {
  const data = {
    findingId,
    ruleId: 'ssh-brute-force',
    domain: 'security',
    severity: 'high',
    deviceId,
    group: { sourceIp },
  };
  return { type: 'opmas.finding.opened', data } as unknown as FindingOpened;
}

/** Given messages, when one more comes, then these facts and runs follow; facts are stored as they come. */
class Scenario {
  readonly state: WorkflowState = initialState();
  readonly facts: ActionFact[] = [];
  readonly runs: string[] = [];
  world: World;
  #sequence = 0;

  constructor(world: World = worldOf()) {
    this.world = world;
  }

  at(ms: number): this {
    observeTime(this.state, T0 + ms);
    return this;
  }

  finding(fact: FindingOpened, openedMs = this.state.clockMs - T0): this {
    return this.#perform(decideFinding(this.state, fact, T0 + openedMs, this.world));
  }

  tick(): this {
    return this.#perform(decideAll(this.state, this.world));
  }

  decided(type: 'opmas.action.approved' | 'opmas.action.rejected', actionId = this.first().data.actionId): this {
    const decision = { userName: 'ann', address: null, reason: 'seen' };
    return this.stored(actionFact(type, 'person', this.state.clockMs, { actionId, deviceId: 'dev1', decision }));
  }

  started(attempt = 1): this {
    const { actionId } = this.first().data;
    const [startedAt, deadlineAt] = [0, 15 * MINUTE].map((ms) => formatInstant((this.state.clockMs + ms) * 1000));
    const data = {
      actionId,
      deviceId: 'dev1',
      runId: `${actionId}-${attempt}`,
      executor: 'x',
      startedAt: startedAt!,
      deadlineAt: deadlineAt!,
    };
    return this.stored(actionFact('opmas.action.started', `x:${attempt}`, this.state.clockMs, data));
  }

  stored(fact: ActionFact): this {
    this.facts.push(actionFactSchema.parse(fact));
    evolve(this.state, fact, { sequence: ++this.#sequence, timeMs: this.state.clockMs }, CATALOGUE);
    return this.#perform(decideAction(this.state, fact.data.actionId, this.world));
  }

  first(): ActionFactOf<'opmas.action.proposed'> {
    return this.facts.find((fact) => fact.type === 'opmas.action.proposed')!;
  }

  kinds(): string[] {
    return this.facts.map((fact) => fact.type.slice('opmas.action.'.length));
  }

  reasons(): string[] {
    return this.facts.flatMap((fact) =>
      fact.type === 'opmas.action.skipped' || fact.type === 'opmas.action.failed' ? [fact.data.reason] : [],
    );
  }

  #perform(decisions: Decision[]): this {
    for (const decision of decisions) {
      if (decision.do === 'append') this.stored(decision.fact);
      else this.runs.push(decision.do);
    }
    return this;
  }
}

const auto = shipped.replace('mode: approve', 'mode: auto');
const observe = shipped.replace('mode: approve', 'mode: observe');

describe('a finding', () => {
  it('is answered by one proposal with its commands, which waits', () => {
    const scenario = new Scenario().at(0).finding(opened('f1'));
    expect(scenario.kinds()).toEqual(['proposed']);
    expect(scenario.first().data).toMatchObject({
      deviceId: 'dev1',
      findingId: 'f1',
      playbookId: 'block-ssh-brute-force',
      name: 'block-address',
      title: 'Block 203.0.113.9 for 60 min',
      parameters: { address: '203.0.113.9', durationSeconds: 3600 },
      mode: 'approve',
      expiresAt: formatInstant((T0 + 30 * MINUTE) * 1000),
    });
    expect(scenario.first().data.commands[0]!.at(-1)).toContain(
      'add element inet opmas b4 { 203.0.113.9 timeout 3600s',
    );
    expect(scenario.runs).toEqual([]);
  });

  it('is answered once, read however often, and whatever version the playbook has by then', () => {
    const scenario = new Scenario().at(0).finding(opened('f1')).finding(opened('f1'));
    scenario.world = worldOf({ text: shipped.replace('version: 1', 'version: 2') });
    expect(scenario.finding(opened('f1')).kinds()).toEqual(['proposed']);
  });

  it('gives the same ids and facts whenever it is read', () => {
    const facts = () => new Scenario().at(0).finding(opened('f1')).facts;
    expect(facts()).toEqual(facts());
  });

  it('of another rule, or across devices, is not answered', () => {
    const other = opened('f1');
    other.data.ruleId = 'port-scan';
    expect(
      new Scenario()
        .at(0)
        .finding(other)
        .finding(opened('f2', '203.0.113.9', null)).facts,
    ).toEqual([]);
  });

  it.each([
    [
      'again within the cooldown',
      new Scenario()
        .at(0)
        .finding(opened('f0'))
        .at(59 * MINUTE)
        .finding(opened('f1')),
      /^the same was proposed for 203\.0\.113\.9 a short time ago; not again before 2026-11-23T13:00:00/,
    ],
    ['from an address that is no host', new Scenario().at(0).finding(opened('f1', '224.0.0.1')), /multicast/],
    [
      'from an address of ours',
      new Scenario(worldOf({ protectedAddresses: ['203.0.113.9'] })).at(0).finding(opened('f1')),
      /protected/,
    ],
    [
      "from the router's own address",
      new Scenario(worldOf({ device: { address: '203.0.113.9' } })).at(0).finding(opened('f1')),
      /protected/,
    ],
    [
      'on an ignored device',
      new Scenario(worldOf({ device: { isIgnored: true } })).at(0).finding(opened('f1')),
      /ignored/,
    ],
    ['read too late', new Scenario().at(31 * MINUTE).finding(opened('f1'), 0), /older than the 30 min/],
    [
      'with a playbook that only observes',
      new Scenario(worldOf({ text: observe })).at(0).finding(opened('f1')),
      /only observes/,
    ],
  ])('%s: what would run is shown, and skipped with the reason', (_, scenario, reason) => {
    expect(scenario.kinds().slice(-2)).toEqual(['proposed', 'skipped']);
    expect(scenario.reasons()[0]).toMatch(reason);
    expect(scenario.runs).toEqual([]);
  });

  it('is answered again after the cooldown, and at once for another address', () => {
    const scenario = new Scenario()
      .at(0)
      .finding(opened('f1'))
      .finding(opened('f2', '203.0.113.10'))
      .at(60 * MINUTE)
      .finding(opened('f3'));
    expect(scenario.kinds()).toEqual(['proposed', 'proposed', 'proposed']);
  });

  it('on a device without SSH is proposed with a note', () => {
    const scenario = new Scenario(worldOf({ device: { hasSsh: false } })).at(0).finding(opened('f1'));
    expect(scenario.first().data.note).toBe('no SSH connection is configured for this device');
    expect(scenario.decided('opmas.action.approved').kinds()).toEqual(['proposed', 'approved', 'failed']);
    expect(scenario.reasons()).toEqual(['no SSH connection is configured for this device']);
  });
});

describe('a decision', () => {
  const proposed = () => new Scenario().at(0).finding(opened('f1'));

  it('to approve runs the action, once started no more', () => {
    const scenario = proposed().at(MINUTE).decided('opmas.action.approved');
    expect(scenario.runs).toEqual(['run']);
    expect(scenario.started().runs).toEqual(['run', 'recover']);
  });

  it('to reject ends it', () => {
    const scenario = proposed()
      .decided('opmas.action.rejected')
      .at(31 * MINUTE)
      .tick();
    expect(scenario.kinds()).toEqual(['proposed', 'rejected']);
    expect(scenario.runs).toEqual([]);
  });

  it('that nobody takes expires at its time on the stream, not before', () => {
    const scenario = proposed();
    expect(nextDueMs(scenario.state)).toBe(T0 + 30 * MINUTE);
    expect(
      scenario
        .at(30 * MINUTE - 1)
        .tick()
        .kinds(),
    ).toEqual(['proposed']);
    expect(
      scenario
        .at(95 * MINUTE)
        .tick()
        .kinds(),
    ).toEqual(['proposed', 'expired']);
    expect(scenario.facts.at(-1)!.time).toBe(formatInstant((T0 + 30 * MINUTE) * 1000));
    expect(nextDueMs(scenario.state)).toBeNull();
  });

  it('that comes after the expiry, or that nobody was there to carry out, fails', () => {
    const late = proposed();
    const expiredMs = 30 * MINUTE + 1;
    expect(late.at(expiredMs).decided('opmas.action.approved').kinds()).toEqual(['proposed', 'approved', 'failed']);
    const away = proposed();
    const run = away.at(MINUTE).decided('opmas.action.approved');
    run.runs.length = 0;
    expect(
      run
        .at(30 * MINUTE + APPROVAL_HOLDS_MS)
        .tick()
        .reasons(),
    ).toEqual(['nothing was there to run it in time: the approval no longer holds']);
    expect(run.runs).toEqual([]);
  });

  it('just before the expiry still counts', () => {
    const scenario = proposed()
      .at(29 * MINUTE)
      .decided('opmas.action.approved')
      .at(35 * MINUTE)
      .tick();
    expect(scenario.runs).toEqual(['run', 'run']);
  });

  it('on what is withheld or only observed runs nothing', () => {
    const scenario = new Scenario(worldOf({ text: observe })).at(0);
    const [decision] = decideFinding(scenario.state, opened('f1'), T0, scenario.world);
    const { fact } = decision as { fact: ActionFact };
    evolve(scenario.state, fact, { sequence: 1, timeMs: T0 }, CATALOGUE);
    const approval = actionFact('opmas.action.approved', 'person', T0, {
      actionId: fact.data.actionId,
      deviceId: 'dev1',
      decision: { userName: 'ann', address: null, reason: '' },
    });
    evolve(scenario.state, approval, { sequence: 2, timeMs: T0 }, CATALOGUE);
    expect(decideAction(scenario.state, fact.data.actionId, scenario.world)).toMatchObject([
      { do: 'append', fact: { type: 'opmas.action.failed' } },
    ]);
  });

  it('is not asked for where the playbook runs by itself', () => {
    const scenario = new Scenario(worldOf({ text: auto })).at(0).finding(opened('f1'));
    expect(scenario.kinds()).toEqual(['proposed', 'approved']);
    expect(scenario.facts[1]!.data).toMatchObject({ decision: { userName: 'playbook:block-ssh-brute-force' } });
    expect(scenario.runs).toEqual(['run']);
  });
});

describe('the state', () => {
  it('is the same from the stored facts alone, read once or twice', () => {
    const live = new Scenario().at(0).finding(opened('f1')).decided('opmas.action.approved').started();
    const again = initialState();
    for (let pass = 0; pass < 2; pass++) {
      live.facts.forEach((fact, i) => evolve(again, fact, { sequence: i + 1, timeMs: T0 }, CATALOGUE));
    }
    expect(again).toEqual(live.state);
  });

  it('takes an action that has begun for begun, in whatever order a mended stream has its facts', () => {
    const live = new Scenario().at(0).finding(opened('f1')).decided('opmas.action.approved').started();
    const mended = initialState();
    const [proposed, approved, started] = live.facts;
    [proposed!, started!, approved!].forEach((fact, i) =>
      evolve(mended, fact, { sequence: i + 1, timeMs: T0 }, CATALOGUE),
    );
    expect(decideAll(mended, live.world)).toEqual([{ do: 'recover', actionId: proposed!.data.actionId }]);
  });
});
