/** A rule: YAML text in, a compiled rule or its faults out. */
import type { Domain, EventEnvelope, EventType, FindingSeverity } from '@opmas/contracts';
import { DOMAINS, EVENT_TYPES, FINDING_SEVERITIES, isEventType, isSubjectToken } from '@opmas/contracts';
import type { Correlator } from './correlations/kind.js';
import type { CorrelationType } from './correlations/registry.js';
import { CORRELATION_KINDS, CORRELATION_TYPES } from './correlations/registry.js';
import type { Detection } from './language/detection.js';
import { readDetection } from './language/detection.js';
import { formatDuration, readDuration } from './language/duration.js';
import { fieldKind, fieldNames } from './language/event-fields.js';
import type { RuleFault, SourceNode, SourcePlace } from './language/source.js';
import { SourceReader } from './language/source.js';
import type { Template } from './template.js';
import { readTemplate } from './template.js';

export const RULE_STATUSES = ['stable', 'test', 'experimental'] as const;
export type RuleStatus = (typeof RULE_STATUSES)[number];

export interface Correlation extends Correlator {
  type: CorrelationType;
  /** Fields whose values make a group, beside the device, which always does. */
  groupBy: readonly string[];
  spanMs: number;
  toleranceMs: number;
}

/** A compiled rule. Durations in ms. */
export interface Rule {
  id: string;
  version: number;
  title: Template;
  description: Template;
  domain: Domain;
  severity: FindingSeverity;
  status: RuleStatus;
  tags: readonly string[];
  references: readonly string[];
  falsePositives: readonly string[];
  events: readonly EventType[];
  /** Null: every event of the types is meant. */
  detection: Detection | null;
  correlation: Correlation;
  /** How long no event may match until an episode is over. */
  quietMs: number;
  /** How long after an episode's end the next one still names it as its predecessor. */
  reopenWithinMs: number;
  /** `recurred` facts: at once when the count is `factor` times the one last published, else `everyMs` apart. */
  notify: { factor: number; everyMs: number };
  /** Events kept whole: the first ones and the last ones of an episode. */
  evidence: { first: number; last: number };
  limits: { groups: number; characters: number };
  /** Whether an event of one of the types is meant. */
  test: (event: EventEnvelope) => boolean;
  /** What decides which events count, and when. While it stays the same, an edit keeps open episodes. */
  identity: string;
}

/** `idAt`: where the id stands, for faults that concern several files. */
export type CompiledRule = { ok: true; rule: Rule; idAt: SourcePlace } | { ok: false; faults: RuleFault[] };

const FIELDS = [
  'id',
  'version',
  'title',
  'description',
  'domain',
  'severity',
  'status',
  'tags',
  'references',
  'falsepositives',
  'events',
  'detection',
  'correlation',
  'clear',
  'reopen',
  'notify',
  'evidence',
  'limits',
] as const;
const REQUIRED = ['id', 'version', 'title', 'description', 'domain', 'severity', 'events', 'correlation'] as const;

type Fields = Partial<Record<(typeof FIELDS)[number], SourceNode>>;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const MEBI = 1024 * 1024;
export const RULE_DEFAULTS = {
  toleranceMs: MINUTE_MS,
  minQuietMs: 10 * MINUTE_MS,
  reopenWithinMs: HOUR_MS,
  notify: { factor: 2, everyMs: MINUTE_MS },
  evidence: { first: 10, last: 10 },
  limits: { groups: 50_000, megabytes: 64 },
} as const;

/** Compiles a rule's YAML text. `file` is what faults call it. */
export function compileRule(text: string, file: string): CompiledRule {
  const reader = new SourceReader(file, text);
  const root = reader.root;
  const fields = root && reader.record(root, 'the rule', FIELDS, REQUIRED);
  if (!fields) return { ok: false, faults: reader.faults };
  const rule = readRule(reader, fields);
  if (!rule || reader.faults.length > 0) return { ok: false, faults: inOrder(reader.faults) };
  return { ok: true, rule, idAt: reader.place(fields.id?.offset ?? 0) };
}

function inOrder(faults: readonly RuleFault[]): RuleFault[] {
  return [...faults].sort((a, b) => a.line - b.line || a.column - b.column);
}

function readRule(reader: SourceReader, fields: Fields): Rule | null {
  const events = readEvents(reader, fields.events);
  const detection = fields.detection ? readDetection(reader, fields.detection, events) : null;
  const correlation = fields.correlation ? readCorrelation(reader, fields.correlation, events) : null;
  const id = readId(reader, fields.id);
  const version = reader.integer(fields.version, 'version', { min: 1, max: 1_000_000 });
  const title = readTemplate(reader, fields.title, 'title', { max: 200, events });
  const description = readTemplate(reader, fields.description, 'description', { max: 8000, events });
  const meaning = readMeaning(reader, fields);
  const life = readLife(reader, fields, correlation?.spanMs ?? 0);
  if (!correlation || !title || !description) return null;
  return {
    id,
    version,
    title,
    description,
    ...meaning,
    events,
    detection,
    correlation,
    ...life,
    test: detection ? detection.test : () => true,
    identity: identityOf(reader),
  };
}

function readMeaning(
  reader: SourceReader,
  fields: Fields,
): Pick<Rule, 'domain' | 'severity' | 'status' | 'tags' | 'references' | 'falsePositives'> {
  return {
    domain: reader.word(fields.domain, 'domain', DOMAINS, 'other'),
    severity: reader.word(fields.severity, 'severity', FINDING_SEVERITIES, 'low'),
    status: reader.word(fields.status, 'status', RULE_STATUSES, 'stable'),
    tags: reader.texts(fields.tags, 'tags'),
    references: reader.texts(fields.references, 'references'),
    falsePositives: reader.texts(fields.falsepositives, 'falsepositives'),
  };
}

function identityOf(reader: SourceReader): string {
  const { domain, events, detection, correlation } = reader.plain() as Record<string, unknown>;
  return JSON.stringify([domain, events, detection ?? null, correlation]);
}

function readId(reader: SourceReader, at: SourceNode | undefined): string {
  const id = reader.text(at, 'id');
  if (at && id !== null && !isSubjectToken(id)) {
    reader.fault(at, `id is ${JSON.stringify(id)}`, '1 to 128 letters, digits, `-` or `_`');
  }
  return id ?? '';
}

function readEvents(reader: SourceReader, at: SourceNode | undefined): EventType[] {
  if (!at) return [];
  const types = new Set<EventType>();
  const nodes = reader.list(at, 'events') ?? [];
  for (const node of nodes) {
    const name = reader.text(node, 'an entry of events');
    if (name === null) continue;
    if (isEventType(name)) types.add(name);
    else
      reader.fault(node, `there is no event type "${name}"`, 'a type of docs/contracts', {
        given: name,
        names: EVENT_TYPES,
      });
  }
  if (nodes.length === 0) reader.fault(at, 'events is empty', 'at least one event type');
  return [...types];
}

function readCorrelation(reader: SourceReader, at: SourceNode, types: readonly EventType[]): Correlation | null {
  const names = ['type', 'group-by', 'timespan', 'condition', 'tolerance'] as const;
  const fields = reader.record(at, 'correlation', names, ['type', 'timespan', 'condition']);
  if (!fields) return null;
  const groupBy = readGroupBy(reader, fields['group-by'], types);
  const spanMs = readDuration(reader, fields.timespan, 'correlation.timespan', 0);
  const toleranceMs = readDuration(reader, fields.tolerance, 'correlation.tolerance', RULE_DEFAULTS.toleranceMs);
  const type = reader.word<CorrelationType | ''>(fields.type, 'correlation.type', CORRELATION_TYPES, '');
  if (type === '' || !fields.condition) return null;
  const times = { spanMs, toleranceMs };
  const source = { reader, correlation: at, condition: fields.condition, types, groupBy, times };
  const correlator = CORRELATION_KINDS[type].read(source);
  return correlator && { ...correlator, type, groupBy, spanMs, toleranceMs };
}

function readGroupBy(reader: SourceReader, at: SourceNode | undefined, types: readonly EventType[]): string[] {
  if (!at) return [];
  const names = new Set<string>();
  for (const node of reader.list(at, 'correlation.group-by') ?? []) {
    const name = reader.text(node, 'an entry of group-by');
    if (name === null) continue;
    const lacking = types.filter((type) => fieldKind(type, name) === null);
    if (lacking.length > 0) {
      const candidates = fieldNames(lacking);
      const message = `group-by names "${name}", which ${lacking.join(', ')} lacks, so that its events would never count`;
      reader.fault(node, message, `one of ${candidates.join(', ')}`, { given: name, names: candidates });
    } else if (types.some((type) => fieldKind(type, name) === 'list')) {
      reader.fault(node, `group-by names "${name}", which is a list`, 'a field with a single value');
    } else names.add(name);
  }
  return [...names];
}

function readLife(
  reader: SourceReader,
  fields: Fields,
  spanMs: number,
): Pick<Rule, 'quietMs' | 'reopenWithinMs' | 'notify' | 'evidence' | 'limits'> {
  const block = <K extends string>(
    name: (typeof FIELDS)[number],
    names: readonly K[],
  ): Partial<Record<K, SourceNode>> => {
    const at = fields[name];
    return (at && reader.record(at, name, names)) ?? {};
  };
  const clear = block('clear', ['quiet']);
  const reopen = block('reopen', ['within']);
  const notify = block('notify', ['factor', 'every']);
  const evidence = block('evidence', ['first', 'last']);
  const limits = block('limits', ['groups', 'megabytes']);
  const defaults = RULE_DEFAULTS;
  const kept = { min: 1, max: 50 };
  return {
    quietMs: readDuration(reader, clear.quiet, 'clear.quiet', Math.max(spanMs, defaults.minQuietMs)),
    reopenWithinMs: readDuration(reader, reopen.within, 'reopen.within', defaults.reopenWithinMs),
    notify: {
      factor: reader.integer(notify.factor, 'notify.factor', { min: 2, max: 1000 }, defaults.notify.factor),
      everyMs: readDuration(reader, notify.every, 'notify.every', defaults.notify.everyMs),
    },
    evidence: {
      first: reader.integer(evidence.first, 'evidence.first', kept, defaults.evidence.first),
      last: reader.integer(evidence.last, 'evidence.last', kept, defaults.evidence.last),
    },
    limits: {
      groups: reader.integer(limits.groups, 'limits.groups', { min: 1, max: 1_000_000 }, defaults.limits.groups),
      characters:
        MEBI * reader.integer(limits.megabytes, 'limits.megabytes', { min: 1, max: 4096 }, defaults.limits.megabytes),
    },
  };
}

/** The correlation in a few words, for explanations and tables: `event_count >= 5 in 10m by sourceIp`. */
export function describeCorrelation({ type, threshold, spanMs, groupBy }: Correlation): string {
  const by = groupBy.length === 0 ? '' : ` by ${groupBy.join(', ')}`;
  return `${type} >= ${threshold} in ${formatDuration(spanMs)}${by}`;
}
