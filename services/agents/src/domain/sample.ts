/** The test that a rule brings along: sample.log's events through the engine, held against expected.yaml. */
import type { FindingFact } from '@opmas/contracts';
import { readDuration } from './language/duration.js';
import type { RuleFault, SourceNode } from './language/source.js';
import { SourceReader } from './language/source.js';
import type { Rule } from './rule.js';
import { createScanner } from './scanner.js';

/** A finding that sample.log must bring about. Lines count from 1. */
export interface ExpectedFinding {
  group: Record<string, string>;
  /** The line whose event opens it. */
  openedBy: number;
  /** Events in all when the sample ends. */
  count: number;
  status: 'open' | 'cleared';
  /** The lines that are kept as evidence; null: not checked. */
  evidence: number[] | null;
}

export interface NearMiss {
  lines: number[];
  why: string;
}

export interface Expectation {
  /** How much time passes after the last line, ms. */
  settleMs: number;
  findings: ExpectedFinding[];
  nearMisses: NearMiss[];
}

/** One line of sample.log, parsed: the event as a JSON text, and the clock (ms) when it arrives. */
export interface SampleEvent {
  line: number;
  event: string;
  clockMs: number;
}

export interface SampleVerdict {
  findings: number;
  nearMisses: number;
  /** What is not as expected; empty where the rule passes. */
  failures: string[];
}

const MAX_LINE = 100_000;

/** Reads expected.yaml. At least one finding and one near miss: a rule that fires on everything passes no test. */
export function readExpectation(
  text: string,
  file: string,
): { ok: true; expectation: Expectation } | { ok: false; faults: RuleFault[] } {
  const reader = new SourceReader(file, text);
  const names = ['settle', 'findings', 'nearMisses'] as const;
  const fields = reader.root && reader.record(reader.root, 'the expectation', names, ['findings', 'nearMisses']);
  if (!fields) return { ok: false, faults: reader.faults };
  const expectation = {
    settleMs: readDuration(reader, fields.settle, 'settle', 0),
    findings: items(reader, fields.findings, 'findings').map((item) => readFinding(reader, item)),
    nearMisses: items(reader, fields.nearMisses, 'nearMisses').map((item) => readNearMiss(reader, item)),
  };
  return reader.faults.length > 0 ? { ok: false, faults: reader.faults } : { ok: true, expectation };
}

function items(reader: SourceReader, at: SourceNode | undefined, what: string): SourceNode[] {
  const found = at ? (reader.list(at, what) ?? []) : [];
  if (at && found.length === 0) reader.fault(at, `${what} is empty`, 'at least one');
  return found;
}

function readFinding(reader: SourceReader, at: SourceNode): ExpectedFinding {
  const names = ['group', 'openedBy', 'count', 'status', 'evidence'] as const;
  const fields = reader.record(at, 'a finding', names, ['group', 'openedBy', 'count', 'status']) ?? {};
  const group: Record<string, string> = {};
  for (const { key, value } of (fields.group && reader.entries(fields.group, 'group')) ?? []) {
    group[key] = String(reader.scalar(value, key));
  }
  return {
    group,
    openedBy: reader.integer(fields.openedBy, 'openedBy', { min: 1, max: MAX_LINE }),
    count: reader.integer(fields.count, 'count', { min: 1, max: MAX_LINE }),
    status: reader.word(fields.status, 'status', ['open', 'cleared'], 'open'),
    evidence: fields.evidence ? readLines(reader, fields.evidence) : null,
  };
}

function readNearMiss(reader: SourceReader, at: SourceNode): NearMiss {
  const fields = reader.record(at, 'a near miss', ['lines', 'why'], ['lines', 'why']) ?? {};
  return { lines: fields.lines ? readLines(reader, fields.lines) : [], why: reader.text(fields.why, 'why') ?? '' };
}

/** Numbers and ranges: `[1, 4-6]`. */
function readLines(reader: SourceReader, at: SourceNode): number[] {
  return items(reader, at, 'the list of lines').flatMap((item) => {
    const value = reader.scalar(item, 'a line');
    const match = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(String(value));
    const first = Number(match?.[1]);
    const last = Number(match?.[2] ?? match?.[1]);
    if (!match || last < first || first < 1) {
      reader.fault(item, `a line is ${JSON.stringify(value)}`, 'a number from 1, or a range like 4-6');
      return [];
    }
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}

/** What became of a finding in the sample. */
interface Found {
  group: Record<string, string>;
  openedBy: number;
  count: number;
  status: 'open' | 'cleared';
  evidence: number[];
}

/** Runs the sample through the engine and compares. */
export function checkSample(rule: Rule, expectation: Expectation, events: readonly SampleEvent[]): SampleVerdict {
  const found = [...runSample(rule, expectation, events).values()];
  const failures = nearMissFailures(expectation, found, events);
  expectation.findings.forEach((expected) => {
    const at = found.findIndex((one) => sameGroup(one, expected) && one.openedBy === expected.openedBy);
    const [actual] = at < 0 ? [] : found.splice(at, 1);
    failures.push(...differences(expected, actual));
  });
  for (const extra of found) failures.push(`an unexpected finding ${show(extra)}, opened by line ${extra.openedBy}`);
  return { findings: expectation.findings.length, nearMisses: expectation.nearMisses.length, failures };
}

function nearMissFailures(expectation: Expectation, found: readonly Found[], events: readonly SampleEvent[]): string[] {
  const lines = new Set(events.map(({ line }) => line));
  const counted = new Set(found.flatMap(({ evidence }) => evidence));
  return expectation.nearMisses.flatMap(({ lines: missed, why }) =>
    missed.flatMap((line) => {
      if (!lines.has(line)) return [`the sample has no line ${line} (near miss: ${why})`];
      return counted.has(line) ? [`line ${line} is evidence of a finding, and should not be (near miss: ${why})`] : [];
    }),
  );
}

function runSample(rule: Rule, expectation: Expectation, events: readonly SampleEvent[]): Map<string, Found> {
  const scanner = createScanner([rule]);
  const lineOf = new Map<string, number>();
  const found = new Map<string, Found>();
  let clockMs = 0;
  for (const { line, event, clockMs: at } of events) {
    clockMs = Math.max(clockMs, at);
    lineOf.set((JSON.parse(event) as { id: string }).id, line);
    apply(found, scanner.feed(event, clockMs), line, lineOf);
  }
  apply(found, scanner.advance(clockMs + expectation.settleMs), 0, lineOf);
  return found;
}

function apply(
  found: Map<string, Found>,
  facts: readonly FindingFact[],
  line: number,
  lineOf: ReadonlyMap<string, number>,
): void {
  for (const fact of facts) {
    const { findingId, count } = fact.data;
    if (fact.type === 'opmas.finding.opened') {
      found.set(findingId, { group: fact.data.group, openedBy: line, count, status: 'open', evidence: [] });
    }
    const finding = found.get(findingId)!;
    finding.count = count;
    if (fact.type === 'opmas.finding.cleared') finding.status = 'cleared';
    else finding.evidence = [...fact.data.evidence.first, ...fact.data.evidence.last].map(({ id }) => lineOf.get(id)!);
  }
}

function sameGroup(a: { group: Record<string, string> }, b: { group: Record<string, string> }): boolean {
  return show(a) === show(b);
}

function show({ group }: { group: Record<string, string> }): string {
  return JSON.stringify(Object.entries(group).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function differences(expected: ExpectedFinding, actual: Found | undefined): string[] {
  const name = `the finding ${show(expected)} opened by line ${expected.openedBy}`;
  if (!actual) return [`${name} did not come about`];
  const failures: string[] = [];
  if (actual.count !== expected.count)
    failures.push(`${name} counts ${actual.count} events, expected ${expected.count}`);
  if (actual.status !== expected.status) failures.push(`${name} is ${actual.status}, expected ${expected.status}`);
  if (expected.evidence && actual.evidence.join() !== expected.evidence.join()) {
    failures.push(`${name} keeps the lines ${actual.evidence.join(', ')}, expected ${expected.evidence.join(', ')}`);
  }
  return failures;
}
