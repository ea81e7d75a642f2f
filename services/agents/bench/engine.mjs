/**
 * Events a second through the agents' fold on one core, from decoded frames, with every shipped rule; then snapshot and
 * restore of many groups. Needs a build (`npm run build`).
 *
 *   opmas simulate --devices 500 --rate 5000 --lines 400000 --out fleet.log
 *   opmas parse fleet.log > events.ndjson
 *   node services/agents/bench/engine.mjs events.ndjson [groups]
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { agentsFold } from '../dist/domain/index.js';

const [file, groups = '100000'] = process.argv.slice(2);
if (file === undefined) throw new Error('usage: node bench/engine.mjs EVENTS.ndjson [groups]');
const RECORDS_A_FRAME = 200;
const rulesDir = fileURLToPath(new URL('../rules', import.meta.url));

function published(source, id = /^id: (.+)$/m.exec(source)[1]) {
  return { type: 'opmas.config.rule.published', data: { id, version: 1, enabled: true, origin: 'build', source } };
}

function stateWith(sources) {
  const state = agentsFold.initialState(0);
  for (const source of sources) agentsFold.applyConfig(state, published(source), 1);
  return state;
}

const shipped = readdirSync(rulesDir, { recursive: true })
  .filter((name) => name.endsWith('rule.yaml'))
  .map((name) => readFileSync(join(rulesDir, name), 'utf8'));

function framesOf(lines) {
  const frames = [];
  let clockMs = 0;
  for (let i = 0; i < lines.length; i += RECORDS_A_FRAME) {
    const held = lines.slice(i, i + RECORDS_A_FRAME);
    clockMs = Math.max(clockMs, Date.parse(JSON.parse(held.at(-1)).receivedAt));
    frames.push({ meta: { clockMs, shard: 0, kind: 'frame' }, lines: held });
  }
  return frames;
}

function run(frames) {
  const state = stateWith(shipped);
  let facts = 0;
  const started = process.cpuUsage();
  const from = performance.now();
  for (const frame of frames) for (const { records } of agentsFold.process(state, frame).outputs) facts += records.length;
  const wallMs = performance.now() - from;
  const { user, system } = process.cpuUsage(started);
  return { state, facts, wallMs, cpuMs: (user + system) / 1000 };
}

const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
const frames = framesOf(lines);
for (let round = 1; round <= 5; round++) {
  const { state, facts, wallMs, cpuMs } = run(frames);
  const { read, passedOver } = state.engine.counters;
  const perSecond = (ms) => Math.round((lines.length / ms) * 1000).toLocaleString('en');
  console.log(
    `round ${round}: ${lines.length} events, ${read} read, ${passedOver} passed over, ${facts} facts: ` +
      `${perSecond(wallMs)} events/s (${perSecond(cpuMs)} per CPU second)`,
  );
}

const template = lines.find((line) => line.includes('"security.login.failed"') && line.includes('"sourceIp"'));
if (template !== undefined) {
  const many = Number(groups);
  const wide = shipped.find((source) => source.includes('id: ssh-brute-force')) + 'limits: { groups: 1000000, megabytes: 4096 }\n';
  const state = stateWith([wide]);
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const clockMs = Date.parse(JSON.parse(template).receivedAt);
  for (let i = 0; i < many; i += RECORDS_A_FRAME) {
    const held = Array.from({ length: RECORDS_A_FRAME }, (_, j) =>
      template.replace(/"sourceIp":"[^"]+"/, `"sourceIp":"10.${(i + j) >> 16}.${((i + j) >> 8) & 255}.${(i + j) & 255}"`),
    );
    agentsFold.process(state, { meta: { clockMs, shard: 0, kind: 'frame' }, lines: held });
  }
  globalThis.gc?.();
  const bytes = process.memoryUsage().heapUsed - before;
  let from = performance.now();
  const chunks = [...agentsFold.snapshot(state)];
  const snapshotMs = performance.now() - from;
  from = performance.now();
  agentsFold.restore(0, chunks);
  const restoreMs = performance.now() - from;
  console.log(
    `${many} groups of one event: ${(bytes / 1e6).toFixed(0)} MB heap (${Math.round(bytes / many)} bytes each), ` +
      `snapshot ${snapshotMs.toFixed(0)} ms in ${chunks.length} chunks, restore ${restoreMs.toFixed(0)} ms`,
  );
}
