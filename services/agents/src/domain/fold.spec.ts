import { describe, expect, it } from '@jest/globals';
import type { ConfigFact, ParsedEvent } from '@opmas/contracts';
import { findingFactSchema } from '@opmas/contracts';
import type { InputFrame } from '@opmas/platform/fold';
import fc from 'fast-check';
import { agentsFold } from './fold.js';
import type { AgentsState } from './state.js';
import { START_MS, eventAt, ruleText, sshFailure } from './spec-support/events.js';

const SSH = ruleText();

const SCAN = ruleText({
  id: 'scan',
  title: 'Scan by {{sourceIp}}',
  severity: 'low',
  events: '[security.packet.rejected]',
  detection: '{s: {protocol: tcp}, condition: s}',
  correlation: '{type: value_count, group-by: sourceIp, timespan: 2m, condition: {field: destinationPort, gte: 4}}',
});
const OOM = ruleText({
  id: 'oom',
  domain: 'health',
  title: 'Out of memory',
  events: '[health.process.oom-killed, security.login.failed]',
  detection: '{s: {hostname: router-1}, condition: s}',
  correlation: '{type: event_count, timespan: 1m, condition: {gte: 2}}',
  clear: '{quiet: 1m}',
  notify: '{every: 10s}',
});

function published(id: string, source: string, version = 1, enabled = true): ConfigFact {
  return {
    specversion: '1.0',
    id: `fact-${id}-${version}`,
    type: 'opmas.config.rule.published',
    source: '/opmas/agents',
    subject: id,
    time: '2026-11-23T12:00:00.000000Z',
    data: { id, version, enabled, origin: 'build', source },
  };
}

function stateWith(...rules: [string, string][]): AgentsState {
  const state = agentsFold.initialState(3);
  rules.forEach(([id, source], i) => agentsFold.applyConfig(state, published(id, source), i + 1));
  return state;
}

const all = (): AgentsState => stateWith(['ssh-failures', SSH], ['scan', SCAN], ['oom', OOM]);

function frameOf(lines: string[], clockMs: number): InputFrame {
  const kind = lines.length === 0 ? 'tick' : 'frame';
  return {
    meta: {
      shard: 3,
      sequence: 0,
      frameId: 'in-3-1',
      ingestor: 'in',
      number: 1,
      kind,
      part: null,
      clockMs,
      configSequence: 3,
      ingestors: {},
      lane: null,
    },
    lines,
  };
}

const lineOf = (event: ParsedEvent): string => JSON.stringify(event);

describe('the agents fold', () => {
  it('publishes one frame a domain, on the subject of its shard, and none where nothing was found', () => {
    const state = all();
    const lines = Array.from({ length: 5 }, (_, at) => lineOf(eventAt({ at })));
    const { outputs, deadLetters } = agentsFold.process(state, frameOf(lines, START_MS + 5000));
    expect(outputs.map(({ subject, kind, records }) => [subject, kind, records.length])).toEqual([
      ['opmas.findings.health.3', 'frame', 2],
      ['opmas.findings.security.3', 'frame', 1],
    ]);
    for (const record of outputs.flatMap(({ records }) => records)) findingFactSchema.parse(JSON.parse(record));
    expect(deadLetters).toEqual([]);
    expect(agentsFold.process(state, frameOf([], START_MS + 6000)).outputs).toEqual([]);
  });

  it('passes over what no rule reads without parsing it, and puts aside what is no event', () => {
    const state = all();
    const lines = [
      '{"id":"x","type":"lan.dns.query","deviceId":null, this is never looked at',
      '{"type":"lan.dns.query","id":"laid out in another way"}',
      '{"id":"x","type":"security.login.failed"',
      '[]',
      '{"id":"x","type":"security.login.failed","deviceId":5}',
      lineOf({ ...eventAt({ at: 0 }), receivedAt: 'yesterday' }),
      lineOf({ ...eventAt({ at: 0 }), fields: null } as unknown as ParsedEvent),
      lineOf(eventAt({ at: 1 })),
    ];
    const { deadLetters } = agentsFold.process(state, frameOf(lines, START_MS));
    expect(deadLetters.map(({ index }) => index)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(state.engine.counters).toEqual({ read: 1, passedOver: 1 });
  });

  it('takes a changed rule over with the next frame, and refuses one that does not compile', () => {
    const state = all();
    agentsFold.process(
      state,
      frameOf(
        Array.from({ length: 5 }, (_, at) => lineOf(eventAt({ at }))),
        START_MS + 5000,
      ),
    );
    agentsFold.applyConfig(state, published('ssh-failures', SSH.replace('service: ssh', 'sevice: ssh'), 2), 4);
    expect(agentsFold.process(state, frameOf([], START_MS + 6000)).outputs).toEqual([]);
    expect(state.refusals).toMatchObject([
      { ruleId: 'ssh-failures', version: 2, faults: [{ line: 8, nearest: 'service' }] },
    ]);
    agentsFold.applyConfig(state, published('ssh-failures', SSH.replace('gte: 5', 'gte: 3'), 3), 5);
    const [frame] = agentsFold.process(state, frameOf([], START_MS + 7000)).outputs;
    expect(JSON.parse(frame!.records[0]!)).toMatchObject({
      time: '2026-11-23T12:00:07.000000Z',
      data: { reason: 'rule_changed' },
    });
  });

  it('ends the episodes of a rule that is disabled, and of a device that went to another shard', () => {
    const disabled = all();
    const burst = frameOf(
      Array.from({ length: 5 }, (_, at) => lineOf(eventAt({ at }))),
      START_MS + 5000,
    );
    agentsFold.process(disabled, burst);
    agentsFold.applyConfig(disabled, published('ssh-failures', SSH, 2, false), 4);
    const reasons = (state: AgentsState): unknown[] =>
      agentsFold
        .process(state, frameOf([], START_MS + 6000))
        .outputs.flatMap(({ records }) =>
          records.map((record) => (JSON.parse(record) as { data: { reason: string } }).data.reason),
        );
    expect(reasons(disabled)).toEqual(['rule_disabled']);
    const moved = all();
    agentsFold.process(moved, burst);
    const data = { deviceId: 'device-1', shard: 4 } as never;
    agentsFold.applyConfig(moved, { ...published('x', ''), type: 'opmas.config.device.changed', data }, 4);
    expect(reasons(moved)).toEqual(['device_removed', 'device_removed']);
  });
});

/** One record of a random story: which event, how long after the one before, how late. */
const stepArbitrary = fc.record({
  kind: fc.constantFrom('ssh', 'ssh', 'packet', 'packet', 'packet', 'oom', 'other', 'tick'),
  afterMs: fc.constantFrom(0, 0, 1, 500, 500, 5000, 5000, 20_000, 400_000),
  lateMs: fc.constantFrom(0, 0, 0, 3000, 700_000),
  source: fc.integer({ min: 1, max: 2 }),
  port: fc.integer({ min: 1, max: 6 }),
});
type RandomStep = typeof stepArbitrary extends fc.Arbitrary<infer T> ? T : never;

interface StoryLine {
  clockMs: number;
  /** Null: time passes without a record. */
  line: string | null;
}

const TYPES = {
  ssh: 'security.login.failed',
  packet: 'security.packet.rejected',
  oom: 'health.process.oom-killed',
  other: 'other.unparsed',
} as const;

function story(steps: readonly RandomStep[]): StoryLine[] {
  let clockMs = START_MS;
  return steps.map(({ kind, afterMs, lateMs, source, port }, index) => {
    clockMs += afterMs;
    if (kind === 'tick') return { clockMs, line: null };
    const sourceIp = `198.51.100.${source}`;
    const fields = {
      ssh: sshFailure(sourceIp),
      packet: {
        verdict: 'drop',
        rule: 'wan',
        sourceIp,
        destinationIp: '192.0.2.1',
        protocol: 'tcp',
        destinationPort: port,
      },
      oom: { processName: 'dnsmasq' },
      other: {},
    }[kind];
    const at = (clockMs - lateMs - START_MS) / 1000;
    return {
      clockMs,
      line: lineOf(eventAt({ at, type: TYPES[kind], fields, id: `in-3-${index}-0`, deviceId: `device-${source % 2}` })),
    };
  });
}

/** Facts in their order, domain by domain. */
function run(
  state: AgentsState,
  frames: Iterable<InputFrame>,
  between: (state: AgentsState) => AgentsState = (same) => same,
): string[] {
  const facts = new Map<string, string[]>();
  for (const frame of frames) {
    for (const { subject, records } of agentsFold.process(state, frame).outputs) {
      facts.set(subject, [...(facts.get(subject) ?? []), ...records]);
    }
    state = between(state);
  }
  return [...facts.keys()].sort().flatMap((subject) => facts.get(subject)!);
}

/** Records that share a clock may share a frame; `cut` says where one is cut all the same. */
function framesOf(lines: readonly StoryLine[], cut: (index: number) => boolean): InputFrame[] {
  const frames: InputFrame[] = [];
  let held: string[] = [];
  lines.forEach(({ clockMs, line }, index) => {
    if (line !== null) held.push(line);
    if (lines[index + 1]?.clockMs === clockMs && !cut(index)) return;
    frames.push(frameOf(held, clockMs));
    held = [];
  });
  return frames;
}

const restored = (state: AgentsState): AgentsState => agentsFold.restore(3, [...agentsFold.snapshot(state)]);
const steps = fc.array(stepArbitrary, { minLength: 20, maxLength: 120 });
const tightRule = ruleText({
  id: 'tight',
  correlation: '{type: event_count, group-by: [sourceIp], timespan: 1h, condition: {gte: 3}}',
  limits: '{groups: 2}',
  evidence: '{first: 2, last: 2}',
});

describe('determinism', () => {
  it('gives the same facts however the frames are cut', () => {
    fc.assert(
      fc.property(steps, fc.array(fc.boolean(), { minLength: 120, maxLength: 120 }), (random, cuts) => {
        const lines = story(random);
        const whole = run(
          all(),
          framesOf(lines, () => false),
        );
        expect(
          run(
            all(),
            framesOf(lines, () => true),
          ),
        ).toEqual(whole);
        expect(
          run(
            all(),
            framesOf(lines, (index) => cuts[index]!),
          ),
        ).toEqual(whole);
      }),
      { numRuns: 60 },
    );
  });

  it('gives the same facts with a snapshot and a restore after every record', () => {
    fc.assert(
      fc.property(steps, (random) => {
        const frames = framesOf(story(random), () => true);
        const rules: [string, string][] = [
          ['ssh-failures', SSH],
          ['scan', SCAN],
          ['oom', OOM],
          ['tight', tightRule],
        ];
        expect(run(stateWith(...rules), frames, restored)).toEqual(run(stateWith(...rules), frames));
      }),
      { numRuns: 15 },
    );
  });

  it('gives each rule what it would find alone, with every line parsed', () => {
    fc.assert(
      fc.property(steps, (random) => {
        const frames = framesOf(story(random), () => true);
        const together = run(all(), frames).sort();
        const unindexed = frames.map((frame) => ({ ...frame, lines: frame.lines.map((line) => ` ${line}`) }));
        const alone = [
          ['ssh-failures', SSH],
          ['scan', SCAN],
          ['oom', OOM],
        ].flatMap(([id, source]) => run(stateWith([id!, source!]), unindexed));
        expect(alone.sort()).toEqual(together);
      }),
      { numRuns: 40 },
    );
  });

  it('finds something in those stories', () => {
    const found = fc.sample(steps, { numRuns: 40, seed: 7 }).map((random) =>
      run(
        all(),
        framesOf(story(random), () => true),
      ),
    );
    const text = found.flat().join('\n');
    const wanted = [
      ...['opened', 'recurred', 'cleared'].map((kind) => `opmas.finding.${kind}`),
      '"ruleId":"ssh-failures"',
      '"ruleId":"scan"',
      '"ruleId":"oom"',
    ];
    expect(wanted.filter((words) => !text.includes(words))).toEqual([]);
  });
});

describe('a snapshot', () => {
  it('is cut into chunks below a message, and holds what was configured but not yet in force', () => {
    const state = all();
    const lines = Array.from({ length: 3000 }, (_, i) =>
      lineOf(
        eventAt({
          at: i / 100,
          fields: sshFailure(`10.0.${i >> 8}.${i & 255}`),
          message: 'x'.repeat(i % 7 === 0 ? 30_000 : 300),
        }),
      ),
    );
    agentsFold.process(state, frameOf(lines, START_MS + 30_000));
    agentsFold.applyConfig(state, published('ssh-failures', SSH.replace('gte: 5', 'gte: 2'), 2), 4);
    const chunks = [...agentsFold.snapshot(state)];
    expect(chunks.length).toBeGreaterThan(3);
    for (const chunk of chunks) expect(Buffer.byteLength(chunk)).toBeLessThan(512 * 1024);
    const again = agentsFold.restore(3, chunks);
    expect([...agentsFold.snapshot(again)]).toEqual(chunks);
    agentsFold.process(again, frameOf([], START_MS + 31_000));
    expect(again.engine.states.get('ssh-failures')?.rule).toMatchObject({ version: 2, correlation: { threshold: 2 } });
  });

  it.each([
    ['nothing', []],
    ['no JSON', ['[[']],
    ['another form', ['[["unknown",1]]']],
    [
      'a rule that this build does not understand',
      [
        '[["head",{"clockMs":1,"pending":[]}],["rule",{"id":"a","version":1,"enabled":true,"origin":"build","source":"id: b"}]]',
      ],
    ],
  ])('of %s is refused', (_, chunks) => {
    expect(() => agentsFold.restore(3, chunks)).toThrow();
  });
});
