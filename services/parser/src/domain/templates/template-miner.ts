/**
 * Templates of messages that no dialect knows, found as they come (the idea of Drain: He et al., ICWS 2017): lines of one
 * daemon with as many words and the same first word are of one template where more than half of their words agree.
 *
 * A template's id is made of the daemon and of its words when it was first seen, so the same stream gives the same ids in
 * a replay and after any snapshot. Two shards that first saw different lines of one template give it different ids.
 * Memory is bounded: the templates that were not seen for longest leave first, and are counted.
 */
import { derivedId } from '@opmas/contracts';
import { WILDCARD, maskedWords } from './mask.js';

export interface Template {
  readonly id: string;
  /** Its words now, `<*>` for what varied so far. */
  text: string;
}

interface Group extends Template {
  words: string[];
  /** Words that were no `<*>` at first: of these more than half must stay. */
  firstConstants: number;
}

/** Those that were seen longest ago come first. */
export type TemplateSnapshot = [daemon: string, id: string, firstConstants: number, words: string[]];

export interface MinerLimits {
  /** Of one daemon, so that a talkative one does not displace the others. */
  templatesADaemon: number;
  templates: number;
}

export const DEFAULT_LIMITS: MinerLimits = { templatesADaemon: 200, templates: 4000 };

const LONGEST_DAEMON = 64;
/** Characters of an id behind its `~`: 65 bits. */
const ID_LENGTH = 13;

/** The templates of one daemon. */
class DaemonTemplates {
  /** By id, the one seen longest ago first. */
  readonly recency = new Map<string, Group>();
  readonly #leaves = new Map<string, Set<Group>>();

  alike(words: readonly string[]): Iterable<Group> {
    return this.#leaves.get(leafKey(words)) ?? [];
  }

  add(group: Group): void {
    this.recency.set(group.id, group);
    const key = leafKey(group.words);
    const leaf = this.#leaves.get(key);
    if (leaf === undefined) this.#leaves.set(key, new Set([group]));
    else leaf.add(group);
  }

  seen(group: Group): void {
    this.recency.delete(group.id);
    this.recency.set(group.id, group);
  }

  removeOldest(): void {
    const [oldest] = this.recency.values();
    if (oldest === undefined) return;
    this.recency.delete(oldest.id);
    const key = leafKey(oldest.words);
    const leaf = this.#leaves.get(key);
    leaf?.delete(oldest);
    if (leaf?.size === 0) this.#leaves.delete(key);
  }
}

/** The first word of a template never varies: those with another first word are in another leaf. */
function leafKey(words: readonly string[]): string {
  return `${words.length} ${words[0] ?? ''}`;
}

export class TemplateMiner {
  /** The one that wrote longest ago first; none is empty. */
  readonly #daemons = new Map<string, DaemonTemplates>();
  readonly #limits: MinerLimits;
  #size = 0;
  #found = 0;
  #evicted = 0;

  constructor(limits: MinerLimits = DEFAULT_LIMITS) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#size;
  }

  /** Templates that were made since the miner began or was restored. */
  get found(): number {
    return this.#found;
  }

  /** Templates that left to make room, since then. */
  get evicted(): number {
    return this.#evicted;
  }

  /** The template that a message is of, found or made. */
  mine(appName: string | null, message: string): Template {
    const daemon = (appName ?? '').slice(0, LONGEST_DAEMON);
    const words = maskedWords(message);
    const group = bestOf(this.#daemons.get(daemon)?.alike(words) ?? [], words) ?? this.#made(daemon, words);
    generalise(group, words);
    const templates = this.#templatesOf(daemon);
    if (templates.recency.has(group.id)) templates.seen(group);
    else templates.add(group);
    return group;
  }

  /** Makes room, then a template that `mine` puts in its place. */
  #made(daemon: string, words: readonly string[]): Group {
    const own = this.#daemons.get(daemon);
    if (own !== undefined && own.recency.size >= this.#limits.templatesADaemon) this.#evict(daemon, own);
    else if (this.#size >= this.#limits.templates) {
      const [oldest] = this.#daemons;
      if (oldest !== undefined) this.#evict(...oldest);
    }
    this.#size++;
    this.#found++;
    const text = words.join(' ');
    return {
      id: `~${derivedId('template', daemon, text).slice(0, ID_LENGTH)}`,
      text,
      // Split anew: slices of the message would keep the whole frame in memory.
      words: words.length === 0 ? [] : text.split(' '),
      firstConstants: words.reduce((count, word) => (word === WILDCARD ? count : count + 1), 0),
    };
  }

  #evict(daemon: string, templates: DaemonTemplates): void {
    templates.removeOldest();
    if (templates.recency.size === 0) this.#daemons.delete(daemon);
    this.#size--;
    this.#evicted++;
  }

  /** The daemon's templates, which become the newest. */
  #templatesOf(daemon: string): DaemonTemplates {
    const known = this.#daemons.get(daemon);
    const templates = known ?? new DaemonTemplates();
    if (known !== undefined) this.#daemons.delete(daemon);
    // Copied, for the same reason: a slice of what was joined is one of the short text.
    this.#daemons.set(known === undefined ? ` ${daemon}`.slice(1) : daemon, templates);
    return templates;
  }

  *snapshot(): Iterable<TemplateSnapshot> {
    for (const [daemon, templates] of this.#daemons) {
      for (const { id, firstConstants, words } of templates.recency.values()) yield [daemon, id, firstConstants, words];
    }
  }

  /** Takes back one entry of a snapshot; they are to come in its order. */
  restore([daemon, id, firstConstants, words]: TemplateSnapshot): void {
    this.#templatesOf(daemon).add({ id, firstConstants, words, text: words.join(' ') });
    this.#size++;
  }
}

/**
 * The template that says most of the words: one that covers them all goes before one that would have to give some up.
 * Between equals the id decides, so that the order in which they are kept does not.
 */
function bestOf(groups: Iterable<Group>, words: readonly string[]): Group | null {
  let best: Group | null = null;
  let bestRank = 0;
  for (const group of groups) {
    const rank = rankOf(group, words);
    if (rank > bestRank || (rank > 0 && rank === bestRank && group.id < best!.id)) {
      best = group;
      bestRank = rank;
    }
  }
  return best;
}

const COVERS = 1000;

/** Constant words that the message has too, and far more where nothing else is constant; 0 where they are too few. */
function rankOf({ words: own, firstConstants }: Group, words: readonly string[]): number {
  let equal = 0;
  let isCovered = true;
  for (let at = 0; at < own.length; at++) {
    if (own[at] === WILDCARD) continue;
    if (own[at] === words[at]) equal++;
    else isCovered = false;
  }
  if (isCovered) return COVERS + equal;
  return equal * 2 > firstConstants ? equal : 0;
}

function generalise(group: Group, words: readonly string[]): void {
  let hasChanged = false;
  for (let at = 0; at < words.length; at++) {
    if (group.words[at] === words[at] || group.words[at] === WILDCARD) continue;
    group.words[at] = WILDCARD;
    hasChanged = true;
  }
  if (hasChanged) group.text = group.words.join(' ');
}
