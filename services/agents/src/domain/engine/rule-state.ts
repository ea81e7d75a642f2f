/** What one rule knows in one shard: its groups, their windows, its open episodes. Bounded, whatever comes. */
import type { FindingFact } from '@opmas/contracts';
import type { GroupWindow } from '../correlations/kind.js';
import type { Reached } from '../correlations/window.js';
import type { FieldReader } from '../language/event-fields.js';
import { fieldReader } from '../language/event-fields.js';
import type { Rule } from '../rule.js';
import type { ClearReason, Episode } from './episode.js';
import {
  clearedFact,
  costOfEpisode,
  isReportDue,
  openEpisode,
  openedFact,
  recurEpisode,
  recurredFact,
  reportDueMs,
} from './episode.js';
import type { EventRecord } from './event-line.js';
import { keptLine } from './event-line.js';
import { groupKeyOf, readGroupKey } from './group-key.js';
import { RecencyMap } from './recency-map.js';
import type { Timers } from './timers.js';

/** Totals since the state was made; metrics are read from them. */
export interface RuleCounters {
  matched: number;
  /** Matching events that lack a group-by field, or the field whose values are counted. */
  notCounted: number;
  /** Groups that were forgotten before their window had passed. */
  evictedGroups: number;
  /** Open episodes that had to be cleared for want of room. */
  evictedEpisodes: number;
  opened: number;
}

/** An episode that is over: its successor may name it. */
export interface EndedEpisode {
  findingId: string;
  untilMs: number;
}

export type Emit = (rule: Rule, fact: FindingFact) => void;

const GROUP_COST = 300;

export class RuleState {
  /** Groups without an open episode, the least recently used first. */
  readonly idle = new RecencyMap<GroupWindow>();
  /** In the order in which they opened. */
  readonly open = new RecencyMap<Episode>();
  readonly ended = new RecencyMap<EndedEpisode>();
  readonly counters: RuleCounters = { matched: 0, notCounted: 0, evictedGroups: 0, evictedEpisodes: 0, opened: 0 };
  readonly #timers: Timers;
  readonly #emit: Emit;
  #rule: Rule;
  #groupBy: FieldReader[];
  /** Characters that groups and episodes hold. */
  #cost = 0;

  constructor(rule: Rule, timers: Timers, emit: Emit) {
    this.#rule = rule;
    this.#groupBy = rule.correlation.groupBy.map(fieldReader);
    this.#timers = timers;
    this.#emit = emit;
  }

  get rule(): Rule {
    return this.#rule;
  }

  /** An edit of texts and limits, which leaves windows and episodes as they are. */
  retext(rule: Rule): void {
    this.#rule = rule;
    for (const [, episode] of this.open) this.#arm(episode);
  }

  /** Takes in an event of one of the rule's types. */
  take(record: EventRecord, clockMs: number): void {
    const { event } = record;
    if (!this.#rule.test(event)) return;
    this.counters.matched++;
    const key = groupKeyOf(event, this.#groupBy);
    const value = this.#rule.correlation.valueOf(event);
    if (key === null || value === null) {
      this.counters.notCounted++;
      return;
    }
    const episode = this.open.get(key);
    if (episode) this.#recur(episode, record, clockMs);
    else this.#count(key, value, record, clockMs);
    this.#makeRoom(clockMs);
  }

  /** A timer of this rule is due; timers that no longer hold do nothing. */
  fire(key: string, dueMs: number): void {
    const episode = this.open.get(key);
    if (episode?.timerMs !== dueMs) return;
    episode.timerMs = Number.POSITIVE_INFINITY;
    if (episode.quietDueMs <= dueMs) this.close(episode, 'quiet', dueMs);
    else {
      if (reportDueMs(this.#rule, episode) <= dueMs) this.#emit(this.#rule, recurredFact(episode, dueMs));
      this.#arm(episode);
    }
  }

  close(episode: Episode, reason: ClearReason, atMs: number): void {
    this.open.delete(episode.key);
    this.#cost -= costOfEpisode(episode);
    this.#emit(this.#rule, clearedFact(episode, reason, atMs));
    this.#remember(episode.key, { findingId: episode.findingId, untilMs: atMs + this.#rule.reopenWithinMs }, atMs);
  }

  closeAll(reason: ClearReason, atMs: number): void {
    for (const episode of [...this.open].map(([, episode]) => episode)) this.close(episode, reason, atMs);
  }

  /** The device is no longer this shard's. */
  closeDevice(deviceId: string, atMs: number): void {
    for (const episode of [...this.open].map(([, episode]) => episode)) {
      if (readGroupKey(episode.key).deviceId === deviceId) this.close(episode, 'device_removed', atMs);
    }
  }

  /** Puts a group back as a snapshot has it; groups come in their order. */
  restoreIdle(key: string, window: GroupWindow): void {
    this.idle.set(key, window);
    this.#cost += costOfGroup(key, window);
  }

  restoreOpen(episode: Episode): void {
    this.open.set(episode.key, episode);
    this.#cost += costOfEpisode(episode);
    this.#arm(episode);
  }

  #count(key: string, value: string, record: EventRecord, clockMs: number): void {
    const known = this.idle.get(key);
    if (known) this.#cost -= costOfGroup(key, known);
    const window = known ?? this.#rule.correlation.create();
    const line = keptLine(record);
    const reached = window.add({ receivedAt: record.receivedAt, arrivedMs: clockMs, value, line, weight: 1 }, clockMs);
    if (reached) {
      this.idle.delete(key);
      this.#open(key, reached, record, clockMs);
    } else {
      this.idle.set(key, window);
      this.#cost += costOfGroup(key, window);
    }
  }

  #open(key: string, reached: Reached, record: EventRecord, clockMs: number): void {
    const ended = this.ended.get(key);
    this.ended.delete(key);
    const previousFindingId = ended && clockMs < ended.untilMs ? ended.findingId : null;
    const episode = openEpisode(this.#rule, key, reached, clockMs);
    this.open.set(key, episode);
    this.#cost += costOfEpisode(episode);
    this.counters.opened++;
    const about = { reached, event: record.event, clockMs, previousFindingId };
    this.#emit(this.#rule, openedFact(this.#rule, episode, about));
    this.#arm(episode);
  }

  #recur(episode: Episode, record: EventRecord, clockMs: number): void {
    this.#cost -= costOfEpisode(episode);
    recurEpisode(this.#rule, episode, record, clockMs);
    this.#cost += costOfEpisode(episode);
    if (isReportDue(this.#rule, episode, clockMs)) this.#emit(this.#rule, recurredFact(episode, clockMs));
    else this.#arm(episode);
  }

  /** Sees to it that a timer is in the heap that is due no later than the episode's next change. */
  #arm(episode: Episode): void {
    const dueMs = Math.min(episode.quietDueMs, reportDueMs(this.#rule, episode));
    if (dueMs >= episode.timerMs) return;
    episode.timerMs = dueMs;
    this.#timers.push({ dueMs, ruleId: this.#rule.id, key: episode.key });
  }

  #remember(key: string, ended: EndedEpisode, nowMs: number): void {
    this.ended.set(key, ended);
    for (let first = this.ended.oldest; first; first = this.ended.oldest) {
      if (first.value.untilMs > nowMs && this.ended.size <= this.#rule.limits.groups) break;
      this.ended.delete(first.key);
    }
  }

  /** Forgets the least recently used groups first; an open episode only when nothing else is left, and never silently. */
  #makeRoom(clockMs: number): void {
    const { groups, characters } = this.#rule.limits;
    const isFull = (): boolean => this.idle.size + this.open.size > groups || this.#cost > characters;
    for (let first = this.idle.oldest; first && isFull(); first = this.idle.oldest) {
      this.#forget(first.key, first.value);
      if (first.value.emptyAtMs > clockMs) this.counters.evictedGroups++;
    }
    while (isFull() && this.open.size > 1) {
      this.counters.evictedEpisodes++;
      this.close(this.open.oldest!.value, 'evicted', clockMs);
    }
    this.#forgetPassed(clockMs);
  }

  /** Lets go of a few groups whose windows have passed; in the long run of all. */
  #forgetPassed(clockMs: number): void {
    for (let steps = 0; steps < 2; steps++) {
      const first = this.idle.oldest;
      if (!first || first.value.emptyAtMs > clockMs) return;
      this.#forget(first.key, first.value);
    }
  }

  #forget(key: string, window: GroupWindow): void {
    this.idle.delete(key);
    this.#cost -= costOfGroup(key, window);
  }
}

function costOfGroup(key: string, window: GroupWindow): number {
  return GROUP_COST + key.length + window.cost;
}
