/**
 * Derived ids: the same input gives the same id on every machine and in every replay. SHA-256, its first bits
 * (130 of them) as 26 lower-case base32 characters (Crockford's alphabet), so that an id is a subject token and a URL segment.
 */
import { sha256 } from './sha256.js';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

function base32(bytes: Uint8Array, bits: number): string {
  let text = '';
  let buffer = 0;
  let held = 0;
  let used = 0;
  for (const byte of bytes) {
    buffer = ((buffer << 8) | byte) & 0xffff;
    held += 8;
    while (held >= 5 && used < bits) {
      held -= 5;
      used += 5;
      text += ALPHABET.charAt((buffer >> held) & 31);
    }
    if (used >= bits) break;
  }
  return text;
}

/** Hash of the parts, in order; a part's length is hashed with it, so that ('ab','c') and ('a','bc') differ. */
export function derivedId(...parts: readonly string[]): string {
  return base32(sha256(parts.map((part) => `${part.length}:${part}`).join('')), 130);
}

/** `<ingestor>-<shard>-<frame number>`: names a RAW frame, and the EVENTS frame made of it. */
export function rawFrameId(ingestor: string, shard: number, frameNumber: number): string {
  return `${ingestor}-${shard}-${frameNumber}`;
}

/** `<ingestor>-<shard>-<frame number>-<index>`: a raw record, and the event parsed from it. */
export function rawRecordId(ingestor: string, shard: number, frameNumber: number, index: number): string {
  return `${ingestor}-${shard}-${frameNumber}-${index}`;
}

/** Hash of (sender key, id of the raw record that first showed it). */
export function deviceIdOf(senderKey: string, firstRawRecordId: string): string {
  return derivedId('device', senderKey, firstRawRecordId);
}

/** Hash of (rule id, rule version, group key, id of the first event of the episode). */
export function findingIdOf(ruleId: string, ruleVersion: number, groupKey: string, firstEventId: string): string {
  return derivedId('finding', ruleId, String(ruleVersion), groupKey, firstEventId);
}

/** Hash of (trigger id, occurrence, playbook version, step, device): an action that a playbook proposes. */
export function actionIdOf(trigger: {
  triggerId: string;
  occurrence: number;
  playbookId: string;
  playbookVersion: number;
  step: string;
  deviceId: string;
}): string {
  return derivedId(
    'action',
    trigger.triggerId,
    String(trigger.occurrence),
    trigger.playbookId,
    String(trigger.playbookVersion),
    trigger.step,
    trigger.deviceId,
  );
}

/** Hash of (what it is about, its kind, its ordinal in that life). */
export function factIdOf(subjectId: string, kind: string, ordinal: number): string {
  return derivedId('fact', subjectId, kind, String(ordinal));
}
