/** Playbooks: which finding leads to which actions. YAML, read with the line and field of every fault. */
import { DOMAINS, FINDING_SEVERITIES, ACTION_MODES } from '@opmas/contracts';
import type { FindingOpened } from '@opmas/contracts';
import type { Document } from 'yaml';
import { LineCounter, isCollection, isMap, isNode, isPair, isScalar, parseDocument } from 'yaml';
import { z } from 'zod';
import type { Catalogue } from './catalogue/action.js';

const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const MAX_SOURCE_LENGTH = 64 * 1024;

/** `90s`, `10m`, `6h`, `7d` → ms. */
const duration = z
  .string()
  .regex(/^[1-9]\d{0,5}[smhd]$/, 'expected one number and one of s, m, h, d, like 30m')
  .transform((text) => Number(text.slice(0, -1)) * UNIT_MS[text.at(-1) as keyof typeof UNIT_MS]);

const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'expected 1 to 63 lower-case letters, digits or "-"');

const stepSchema = z.strictObject({
  name,
  action: z.string(),
  mode: z.enum(ACTION_MODES).default('approve'),
  parameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
});

const playbookSchema = z.strictObject({
  id: name,
  version: z.number().int().min(1),
  title: z.string().min(1).max(200),
  description: z.string().max(4000).default(''),
  trigger: z
    .strictObject({
      rules: z.array(z.string().min(1)).min(1).optional(),
      domains: z.array(z.enum(DOMAINS)).min(1).optional(),
      severities: z.array(z.enum(FINDING_SEVERITIES)).min(1).optional(),
    })
    .refine((trigger) => trigger.rules !== undefined || trigger.domains !== undefined, {
      message: 'names neither rules nor domains: it would answer every finding',
    }),
  approval: z.strictObject({ expiresAfter: duration }).default({ expiresAfter: 30 * UNIT_MS.m }),
  /** Time in which the same (playbook, device, target) is not proposed again. */
  cooldown: duration.default(UNIT_MS.h),
  steps: z.array(stepSchema).min(1).max(1, 'expected exactly one step'),
});

export type Playbook = z.infer<typeof playbookSchema>;
export type PlaybookStep = Playbook['steps'][number];

export interface PlaybookFault {
  file: string;
  /** From 1. */
  line: number;
  column: number;
  /** E.g. `steps.0.mode`; empty for the whole file. */
  field: string;
  message: string;
}

export type PlaybookReading = { ok: true; playbook: Playbook } | { ok: false; faults: PlaybookFault[] };

/** `file:line:column: field: message`. */
export function formatPlaybookFault(fault: PlaybookFault): string {
  const field = fault.field === '' ? '' : `${fault.field}: `;
  return `${fault.file}:${fault.line}:${fault.column}: ${field}${fault.message}`;
}

type Path = readonly PropertyKey[];

/** Offset of the key, or else the value, at a path; of the nearest outer node that exists where it does not. */
function offsetOf(document: Document, path: Path): number {
  for (let length = path.length; length > 0; length--) {
    const outer = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const last = path[length - 1];
    if (isMap(outer)) {
      const pair = outer.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === last);
      if (pair && isNode(pair.key) && pair.key.range) return pair.key.range[0];
    } else if (isCollection(outer)) {
      const item = outer.get(last, true);
      if (isNode(item) && item.range) return item.range[0];
    }
  }
  return isNode(document.contents) && document.contents.range ? document.contents.range[0] : 0;
}

/** What is at a path of the schema, as far as its allowed keys go. */
function allowedKeys(path: Path): string[] {
  if (path.length === 0) return Object.keys(playbookSchema.shape);
  if (path[0] === 'trigger') return ['rules', 'domains', 'severities'];
  if (path[0] === 'approval') return ['expiresAfter'];
  return path[0] === 'steps' ? Object.keys(stepSchema.shape) : [];
}

function schemaFaults(error: z.ZodError): { path: Path; message: string }[] {
  return error.issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') return [{ path: issue.path, message: issue.message }];
    const allowed = allowedKeys(issue.path).join(', ');
    return issue.keys.map((key) => ({
      path: [...issue.path, key],
      message: `unknown field; expected one of ${allowed}`,
    }));
  });
}

const REFERENCE = /\{\{\s*([^{}]*?)\s*\}\}/g;
const REFERENCES = /^(?:group\.[A-Za-z][A-Za-z0-9]*|finding\.(?:id|ruleId|severity|domain|title))$/;

function parameterFaults(playbook: Playbook, catalogue: Catalogue): { path: Path; message: string }[] {
  return playbook.steps.flatMap((step, index) => {
    const at: Path = ['steps', index];
    const action = Object.hasOwn(catalogue, step.action) ? catalogue[step.action] : undefined;
    if (!action) {
      const expected = Object.keys(catalogue).join(', ');
      return [{ path: [...at, 'action'], message: `unknown action "${step.action}"; expected one of ${expected}` }];
    }
    const names = Object.keys(action.shape);
    const missing = names.filter(
      (one) => step.parameters[one] === undefined && !action.shape[one]!.safeParse(undefined).success,
    );
    return [
      ...missing.map((one) => ({
        path: [...at, 'parameters'],
        message: `${step.action} needs the parameter "${one}"`,
      })),
      ...Object.entries(step.parameters).flatMap(([parameter, value]) => {
        const path = [...at, 'parameters', parameter];
        const schema = action.shape[parameter];
        if (!schema) return [{ path, message: `unknown parameter; expected one of ${names.join(', ')}` }];
        return valueFaults(value, schema).map((message) => ({ path, message }));
      }),
    ];
  });
}

function valueFaults(value: string | number | boolean, schema: z.ZodType): string[] {
  const references = typeof value === 'string' ? [...value.matchAll(REFERENCE)].map((match) => match[1] ?? '') : [];
  const unknown = references.filter((reference) => !REFERENCES.test(reference));
  if (unknown.length > 0) {
    const expected = 'group.<field>, finding.id, finding.ruleId, finding.severity, finding.domain or finding.title';
    return unknown.map((reference) => `unknown reference "{{${reference}}}"; expected ${expected}`);
  }
  if (references.length > 0) return [];
  return schema.safeParse(value).error?.issues.map((issue) => issue.message) ?? [];
}

/** Reads one playbook. Faults name file, line, column, field and what is allowed. */
export function parsePlaybook(file: string, text: string, catalogue: Catalogue): PlaybookReading {
  const lines = new LineCounter();
  const fault = (offset: number, field: string, message: string): PlaybookFault => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col), field, message };
  };
  if (text.length > MAX_SOURCE_LENGTH)
    return {
      ok: false,
      faults: [fault(0, '', `the file has ${text.length} characters, at most ${MAX_SOURCE_LENGTH} are read`)],
    };
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0)
    return { ok: false, faults: document.errors.map((error) => fault(error.pos[0], '', `not YAML: ${error.message}`)) };
  const located = ({ path, message }: { path: Path; message: string }): PlaybookFault =>
    fault(offsetOf(document, path), path.join('.'), message);
  let plain: unknown;
  try {
    plain = document.toJS({ maxAliasCount: 0 });
  } catch (error) {
    return { ok: false, faults: [fault(0, '', `not YAML that playbooks may use: ${(error as Error).message}`)] };
  }
  const parsed = playbookSchema.safeParse(plain);
  if (!parsed.success) return { ok: false, faults: schemaFaults(parsed.error).map(located) };
  const faults = parameterFaults(parsed.data, catalogue).map(located);
  return faults.length > 0 ? { ok: false, faults } : { ok: true, playbook: parsed.data };
}

type Finding = FindingOpened['data'];

/** True where the playbook answers such a finding. */
export function isTriggered({ trigger }: Playbook, finding: Finding): boolean {
  return (
    (trigger.rules?.includes(finding.ruleId) ?? true) &&
    (trigger.domains?.includes(finding.domain) ?? true) &&
    (trigger.severities?.includes(finding.severity) ?? true)
  );
}

function referenced(reference: string, finding: Finding): string | undefined {
  const [root, field = ''] = reference.split('.');
  if (root === 'group') return Object.hasOwn(finding.group, field) ? finding.group[field] : undefined;
  const { findingId: id, ruleId, severity, domain, title } = finding;
  const values: Record<string, string> = { id, ruleId, severity, domain, title };
  return values[field];
}

export type Parameters = { ok: true; parameters: Record<string, unknown> } | { ok: false; reason: string };

/** The step's parameters for one finding, references filled in; they are not yet checked by the action. */
export function parametersFor(step: PlaybookStep, finding: Finding): Parameters {
  const absent: string[] = [];
  const fill = (text: string): string =>
    text.replaceAll(REFERENCE, (_, reference: string) => {
      const value = referenced(reference, finding);
      if (value === undefined) absent.push(reference);
      return value ?? '';
    });
  const entries = Object.entries(step.parameters).map(([key, value]) => [
    key,
    typeof value === 'string' ? fill(value) : value,
  ]);
  if (absent.length > 0) return { ok: false, reason: `the finding has no ${absent.join(', ')}` };
  return { ok: true, parameters: Object.fromEntries(entries) as Record<string, unknown> };
}
