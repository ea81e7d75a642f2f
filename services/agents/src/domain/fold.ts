/** The agents stage: frames of OPMAS_EVENTS in, facts of findings out, one output frame a domain. */
import type { ConfigFact, Domain } from '@opmas/contracts';
import { subjects } from '@opmas/contracts';
import type { DeadLetter, FoldResult, InputFrame, OutputFrame, ShardFold } from '@opmas/platform/fold';
import { SNAPSHOT_VERSION, readSnapshot, writeSnapshot } from './snapshot.js';
import type { AgentsState, Change } from './state.js';
import { compileDocument, initialAgentsState } from './state.js';

function applyConfig(state: AgentsState, fact: ConfigFact): void {
  if (fact.type === 'opmas.config.rule.published') {
    state.pending.push({ kind: 'rule', document: fact.data });
  } else if (fact.type === 'opmas.config.device.changed' && fact.data.shard !== state.shard) {
    state.pending.push({ kind: 'device-gone', deviceId: fact.data.deviceId });
  }
}

function applyChange(state: AgentsState, change: Change): void {
  if (change.kind === 'device-gone') {
    state.engine.closeDevice(change.deviceId);
    return;
  }
  const { document } = change;
  if (!document.enabled) {
    state.engine.removeRule(document.id, 'rule_disabled');
    state.documents.delete(document.id);
    return;
  }
  const compiled = compileDocument(document);
  if (compiled.ok) {
    state.engine.setRule(compiled.rule);
    state.documents.set(document.id, document);
  } else state.refusals.push({ ruleId: document.id, version: document.version, faults: compiled.faults });
}

/** What fell due comes first, then what was configured, then the events. */
function processFrame(state: AgentsState, frame: InputFrame): FoldResult {
  const { engine } = state;
  engine.advance(frame.meta.clockMs);
  if (state.pending.length > 0) {
    const changes = state.pending;
    state.pending = [];
    for (const change of changes) applyChange(state, change);
  }
  const deadLetters: DeadLetter[] = [];
  frame.lines.forEach((line, index) => {
    const reason = engine.takeLine(line);
    if (reason !== null) deadLetters.push({ index, reason, line });
  });
  return { outputs: outputFrames(state), deadLetters, discovered: [] };
}

function outputFrames(state: AgentsState): OutputFrame[] {
  const frames = new Map<Domain, OutputFrame>();
  for (const { domain, fact } of state.engine.drain()) {
    let frame = frames.get(domain);
    if (!frame)
      frames.set(domain, (frame = { subject: subjects.findings(domain, state.shard), kind: 'frame', records: [] }));
    frame.records.push(JSON.stringify(fact));
  }
  return [...frames.values()];
}

export const agentsFold: ShardFold<AgentsState> = {
  stage: 'agents',
  snapshotVersion: SNAPSHOT_VERSION,
  initialState: initialAgentsState,
  applyConfig,
  process: processFrame,
  snapshot: writeSnapshot,
  restore: readSnapshot,
};
