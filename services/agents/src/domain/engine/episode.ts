/** An episode: the life of one finding, from the event that opened it until it is over. */
import type { EventEnvelope, Evidence, FindingCleared, FindingOpened, FindingRecurred } from '@opmas/contracts';
import { factIdOf, findingIdOf, formatInstant } from '@opmas/contracts';
import type { Reached } from '../correlations/window.js';
import { totalWeight } from '../correlations/window.js';
import type { Rule } from '../rule.js';
import type { EventRecord } from './event-line.js';
import { keptLine } from './event-line.js';
import { readGroupKey } from './group-key.js';

export type ClearReason = FindingCleared['data']['reason'];

/** Instants in ms on the shard's clock, but `firstSeen` and `lastSeen`, which are `receivedAt` in µs. */
export interface Episode {
  key: string;
  findingId: string;
  /** Facts published so far. */
  ordinal: number;
  /** Events so far, and how many of them the last fact told of. */
  count: number;
  published: number;
  firstSeen: number;
  lastSeen: number;
  /** Event lines: the first ones, and the last of the others. */
  first: string[];
  last: string[];
  /** When the last fact was published. */
  factMs: number;
  /** When the group will have been quiet for long enough. */
  quietDueMs: number;
  /** When its timer in the heap is due. */
  timerMs: number;
}

const SOURCE = '/opmas/agents';
/** Characters of evidence in one fact; with their UTF-8 bytes and the rest of the fact, below a message's limit. */
const MAX_EVIDENCE_LENGTH = 300_000;

/** Begins the episode of a group whose condition holds now. */
export function openEpisode(rule: Rule, key: string, reached: Reached, clockMs: number): Episode {
  const lines = reached.entries.map(({ line }) => line);
  const firstEvent = JSON.parse(lines[0]!) as EventEnvelope;
  const count = totalWeight(reached.entries);
  const { first, last } = rule.evidence;
  return {
    key,
    findingId: findingIdOf(rule.id, rule.version, key, firstEvent.id),
    ordinal: 0,
    count,
    published: count,
    firstSeen: reached.entries[0]!.receivedAt,
    lastSeen: reached.entries.at(-1)!.receivedAt,
    first: lines.slice(0, first),
    last: lines.slice(first).slice(-last),
    factMs: clockMs,
    quietDueMs: clockMs + rule.quietMs,
    timerMs: Number.POSITIVE_INFINITY,
  };
}

/** Takes in one more event. */
export function recurEpisode(rule: Rule, episode: Episode, record: EventRecord, clockMs: number): void {
  episode.count++;
  episode.firstSeen = Math.min(episode.firstSeen, record.receivedAt);
  episode.lastSeen = Math.max(episode.lastSeen, record.receivedAt);
  episode.quietDueMs = clockMs + rule.quietMs;
  if (episode.first.length < rule.evidence.first && episode.last.length === 0) episode.first.push(keptLine(record));
  else {
    episode.last.push(keptLine(record));
    if (episode.last.length > rule.evidence.last) episode.last.shift();
  }
}

/** When the recurrences since the last fact are to be published, if no event brings that about before. */
export function reportDueMs(rule: Rule, episode: Episode): number {
  return episode.count > episode.published ? episode.factMs + rule.notify.everyMs : Number.POSITIVE_INFINITY;
}

/** Whether a recurrence is to be published in its own right. */
export function isReportDue(rule: Rule, episode: Episode, clockMs: number): boolean {
  return episode.count >= episode.published * rule.notify.factor || reportDueMs(rule, episode) <= clockMs;
}

export function costOfEpisode(episode: Episode): number {
  let cost = 400 + episode.key.length;
  for (const line of episode.first) cost += line.length;
  for (const line of episode.last) cost += line.length;
  return cost;
}

function attributes<T extends string>(episode: Episode, kind: string, type: T, atMs: number) {
  const id = factIdOf(episode.findingId, kind, ++episode.ordinal);
  const time = formatInstant(atMs * 1000);
  return { specversion: '1.0' as const, id, type, source: SOURCE, subject: episode.findingId, time };
}

function counts(episode: Episode): { count: number; firstSeenAt: string; lastSeenAt: string } {
  const { count, firstSeen, lastSeen } = episode;
  return { count, firstSeenAt: formatInstant(firstSeen), lastSeenAt: formatInstant(lastSeen) };
}

/** Whole events, as many of the first and the last as one message holds; `total` says how many there were. */
function evidenceOf({ first, last, count }: Episode): Evidence {
  let room = MAX_EVIDENCE_LENGTH;
  const fits = (line: string): boolean => (room -= line.length) >= 0;
  const shownFirst = first.filter(fits);
  const shownLast = last.toReversed().filter(fits).toReversed();
  const parse = (line: string): EventEnvelope => JSON.parse(line) as EventEnvelope;
  return { first: shownFirst.map(parse), last: shownLast.map(parse), total: count };
}

/** The first fact of an episode. `event`: the one that opened it. */
export function openedFact(
  rule: Rule,
  episode: Episode,
  about: { reached: Reached; event: EventEnvelope; clockMs: number; previousFindingId: string | null },
): FindingOpened {
  const { deviceId, values } = readGroupKey(episode.key);
  const { value, threshold, atMicros } = about.reached;
  const text = { event: about.event, count: value };
  return {
    ...attributes(episode, 'opened', 'opmas.finding.opened', about.clockMs),
    data: {
      findingId: episode.findingId,
      ruleId: rule.id,
      ruleVersion: rule.version,
      domain: rule.domain,
      severity: rule.severity,
      deviceId,
      title: rule.title.fill(text),
      description: rule.description.fill(text),
      group: Object.fromEntries(rule.correlation.groupBy.map((name, index) => [name, values[index]!])),
      ...counts(episode),
      openedAt: formatInstant(atMicros),
      reached: { value, threshold },
      evidence: evidenceOf(episode),
      previousFindingId: about.previousFindingId,
    },
  };
}

/** Tells of all recurrences so far. */
export function recurredFact(episode: Episode, atMs: number): FindingRecurred {
  episode.published = episode.count;
  episode.factMs = atMs;
  return {
    ...attributes(episode, 'recurred', 'opmas.finding.recurred', atMs),
    data: { findingId: episode.findingId, ...counts(episode), evidence: evidenceOf(episode) },
  };
}

/** The last fact of an episode. */
export function clearedFact(episode: Episode, reason: ClearReason, atMs: number): FindingCleared {
  return {
    ...attributes(episode, 'cleared', 'opmas.finding.cleared', atMs),
    data: { findingId: episode.findingId, ...counts(episode), reason, clearedAt: formatInstant(atMs * 1000) },
  };
}
