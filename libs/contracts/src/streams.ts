/**
 * Every stream, its subjects, and the function that maps a sender key to a shard.
 * Nothing else in the project spells a subject.
 */

const MEBIBYTE = 1024 * 1024;
const DAY_NS = 24 * 3600 * 1e9;

export const STREAM_NAMES = {
  raw: 'OPMAS_RAW',
  events: 'OPMAS_EVENTS',
  signals: 'OPMAS_SIGNALS',
  findings: 'OPMAS_FINDINGS',
  actions: 'OPMAS_ACTIONS',
  config: 'OPMAS_CONFIG',
  deadletter: 'OPMAS_DEADLETTER',
} as const;

export type StreamKey = keyof typeof STREAM_NAMES;
export type StreamName = (typeof STREAM_NAMES)[StreamKey];

/** What a stream is declared with. Sizes in bytes, ages in nanoseconds (0 = no limit), as JetStream counts them. */
export interface StreamDeclaration {
  name: StreamName;
  description: string;
  subjects: string[];
  maxAgeNs: number;
  maxBytes: number;
  /** Frames are read by sequence; only aggregate streams are read by subject. */
  maxMsgSize: number;
}

/** JetStream's default `max_payload`; no message of ours is larger. */
export const MAX_MESSAGE_BYTES = MEBIBYTE;

export const STREAMS: Record<StreamKey, StreamDeclaration> = {
  raw: {
    name: 'OPMAS_RAW',
    description: 'frames of raw records, and ticks, as ingestors cut them',
    subjects: ['opmas.raw.*.*'],
    maxAgeNs: 7 * DAY_NS,
    maxBytes: 4 * 1024 * MEBIBYTE,
    maxMsgSize: MAX_MESSAGE_BYTES,
  },
  events: {
    name: 'OPMAS_EVENTS',
    description: 'frames of parsed events, one for each RAW frame',
    subjects: ['opmas.events.*'],
    maxAgeNs: 7 * DAY_NS,
    maxBytes: 8 * 1024 * MEBIBYTE,
    maxMsgSize: MAX_MESSAGE_BYTES,
  },
  signals: {
    name: 'OPMAS_SIGNALS',
    description: 'the events that rules across devices select, and the clock of each shard',
    subjects: ['opmas.signals.*'],
    maxAgeNs: 7 * DAY_NS,
    maxBytes: 1024 * MEBIBYTE,
    maxMsgSize: MAX_MESSAGE_BYTES,
  },
  findings: {
    name: 'OPMAS_FINDINGS',
    description: 'facts of findings: opened, recurred, cleared',
    subjects: ['opmas.findings.*.*'],
    maxAgeNs: 0,
    maxBytes: -1,
    maxMsgSize: MAX_MESSAGE_BYTES,
  },
  actions: {
    name: 'OPMAS_ACTIONS',
    description: "facts of an action's or incident's life, and people's decisions",
    subjects: ['opmas.actions.*.*', 'opmas.incidents', 'opmas.decisions.*'],
    maxAgeNs: 0,
    maxBytes: -1,
    maxMsgSize: MAX_MESSAGE_BYTES,
  },
  config: {
    name: 'OPMAS_CONFIG',
    description: 'changes to devices, rules, playbooks, suppressions, users; the last per subject is current',
    subjects: ['opmas.config.*.*'],
    maxAgeNs: 0,
    maxBytes: -1,
    maxMsgSize: MAX_MESSAGE_BYTES,
  },
  deadletter: {
    name: 'OPMAS_DEADLETTER',
    description: 'what could not be processed, with the reason',
    subjects: ['opmas.deadletter.*.*'],
    maxAgeNs: 30 * DAY_NS,
    maxBytes: 256 * MEBIBYTE,
    maxMsgSize: MAX_MESSAGE_BYTES,
  },
};

/** Event and finding domains; each is a token of a subject. */
export const DOMAINS = ['wifi', 'security', 'health', 'wan', 'lan', 'other'] as const;
export type Domain = (typeof DOMAINS)[number];

export const DEFAULT_SHARD_COUNT = 16;

/** Subject builders. Every token is one that `isSubjectToken` accepts. */
export const subjects = {
  raw: (shard: number, ingestor: string): string => `opmas.raw.${shard}.${ingestor}`,
  rawShard: (shard: number): string => `opmas.raw.${shard}.*`,
  events: (shard: number): string => `opmas.events.${shard}`,
  signals: (shard: number): string => `opmas.signals.${shard}`,
  findings: (domain: Domain, shard: number | 'fleet'): string => `opmas.findings.${domain}.${shard}`,
  action: (deviceId: string, actionId: string): string => `opmas.actions.${deviceId}.${actionId}`,
  incidents: 'opmas.incidents',
  decisions: (findingId: string): string => `opmas.decisions.${findingId}`,
  config: (kind: ConfigKind, id: string): string => `opmas.config.${kind}.${id}`,
  /** One writer a subject: `owner` is the shard, or the instance of a service without shards. */
  deadletter: (service: string, owner: string | number): string => `opmas.deadletter.${service}.${owner}`,
};

/** Kinds of configuration, the third token of `opmas.config.<kind>.<id>`. */
export const CONFIG_KINDS = ['build', 'device', 'rule', 'playbook', 'suppression', 'user', 'ingestor'] as const;
export type ConfigKind = (typeof CONFIG_KINDS)[number];

const SUBJECT_TOKEN = /^[A-Za-z0-9_-]{1,128}$/;

/** True for a text that may stand as one token of a subject: 1 to 128 letters, digits, `_` or `-`. */
export function isSubjectToken(text: string): boolean {
  return SUBJECT_TOKEN.test(text);
}

/**
 * The shard of a sender key that no configuration binds: 32-bit FNV-1a over the key's UTF-8 bytes, modulo the number of
 * shards. Part of the contract: a producer in another language must place a key alike.
 */
export function shardOf(senderKey: string, shardCount: number = DEFAULT_SHARD_COUNT): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(senderKey)) {
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return (hash >>> 0) % shardCount;
}
