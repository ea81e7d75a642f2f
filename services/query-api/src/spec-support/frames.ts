/** Frames and facts as the other services publish them. */
import type { EventEnvelope, Fact, FindingFact } from '@opmas/contracts';
import {
  HEADERS,
  NDJSON,
  STREAM_NAMES,
  ceHeaders,
  encodeNdjson,
  factIdOf,
  formatInstant,
  formatPart,
  formatSource,
  rawFrameId,
  rawRecordId,
  subjects,
} from '@opmas/contracts';
import type { FramePart } from '@opmas/contracts';
import type { Bus } from '@opmas/platform';
import { publishFenced, lastMessage } from '@opmas/platform';

export interface FrameSpec {
  shard: number;
  ingestor: string;
  number: number;
  records: (string | object)[];
  part?: FramePart;
  kind?: 'frame' | 'tick';
}

/** A failed login, or a lease; `index` chooses. Received at `micros`. */
export function event(id: string, index: number, micros: number, over: Partial<EventEnvelope> = {}): EventEnvelope {
  const isLogin = index % 3 === 0;
  const message = isLogin
    ? `Bad password attempt for 'root' from 203.0.113.${index % 250}:${4000 + (index % 1000)}`
    : `DHCPACK(br-lan) 192.168.1.${index % 250} 02:00:5e:00:53:${(index % 256).toString(16).padStart(2, '0')} client-${index % 250}`;
  const appName = isLogin ? 'dropbear' : 'dnsmasq-dhcp';
  return {
    id,
    type: isLogin ? 'security.login.failed' : 'lan.lease.acked',
    deviceId: `dev${index % 40}`,
    receivedAt: formatInstant(micros),
    domain: isLogin ? 'security' : 'lan',
    severity: isLogin ? 4 : 6,
    // Where it stands on the wire.
    ...(over.effectiveSeverity === undefined ? {} : { effectiveSeverity: over.effectiveSeverity }),
    timestamp: formatInstant(micros - 1500),
    timeQuality: 'tz-known',
    facility: isLogin ? 10 : 3,
    hostname: `router-${index % 40}`,
    appName,
    procId: String(1000 + (index % 100)),
    msgId: null,
    structuredData: null,
    message,
    fields: isLogin
      ? { sourceIp: `203.0.113.${index % 250}`, userName: 'root' }
      : { clientMac: '02:00:5e:00:53:01', interface: 'br-lan' },
    raw: `<${isLogin ? 84 : 30}>Nov 23 20:35:17 router-${index % 40} ${appName}[${1000 + (index % 100)}]: ${message}`,
    ...over,
  };
}

/** `count` events of one frame, 10 µs apart. */
export function events(
  frame: { shard: number; ingestor: string; number: number },
  count: number,
  micros: number,
): EventEnvelope[] {
  return Array.from({ length: count }, (_, i) =>
    event(rawRecordId(frame.ingestor, frame.shard, frame.number, i), frame.number * 7 + i, micros + i * 10),
  );
}

/** Publishes an EVENTS frame as the parser does. */
export function publishFrame(bus: Bus, spec: FrameSpec, source = spec.number): Promise<number> {
  const frameId = rawFrameId(spec.ingestor, spec.shard, spec.number);
  const subject = subjects.events(spec.shard);
  const last = spec.part ? spec.part.last : spec.records.length - 1;
  return publishUnfenced(bus, subject, `${subject}:${frameId}/${last}`, encodeNdjson(spec.records), {
    [HEADERS.contentType]: NDJSON,
    [HEADERS.frameId]: frameId,
    [HEADERS.number]: String(spec.number),
    [HEADERS.kind]: spec.kind ?? 'frame',
    [HEADERS.count]: String(spec.records.length),
    [HEADERS.source]: formatSource({ sequence: source, frameId }),
    ...(spec.part ? { [HEADERS.part]: formatPart(spec.part) } : {}),
  });
}

async function publishUnfenced(
  bus: Bus,
  subject: string,
  id: string,
  data: Uint8Array,
  headers: Record<string, string>,
): Promise<number> {
  const stream = subject.startsWith('opmas.events') ? STREAM_NAMES.events : STREAM_NAMES.findings;
  const expectedLastSequence = (await lastMessage(bus, stream, subject))?.sequence ?? 0;
  return (await publishFenced(bus, { subject, id, headers, data, expectedLastSequence })).sequence;
}

/** Publishes finding facts as the agents do: NDJSON, named by the input frame. */
export function publishFindings(bus: Bus, frameId: string, facts: readonly (object | string)[]): Promise<number> {
  const subject = subjects.findings('security', 0);
  return publishUnfenced(bus, subject, `${subject}:${frameId}/${facts.length - 1}`, encodeNdjson(facts), {
    [HEADERS.contentType]: NDJSON,
    [HEADERS.frameId]: frameId,
    [HEADERS.kind]: 'frame',
  });
}

/** Appends a fact in binary mode, whatever its subject's last sequence is. */
export async function publishFact(
  bus: Bus,
  stream: string,
  subject: string,
  fact: Fact<string, unknown>,
): Promise<number> {
  const expectedLastSequence = (await lastMessage(bus, stream, subject))?.sequence ?? 0;
  const data = new TextEncoder().encode(JSON.stringify(fact.data));
  return (await publishFenced(bus, { subject, id: fact.id, headers: ceHeaders(fact), data, expectedLastSequence }))
    .sequence;
}

/** `opened` of a brute force by device `deviceId`, with one event as evidence. */
export function findingOpened(
  findingId: string,
  deviceId: string,
  micros: number,
  severity: 'high' | 'low' = 'high',
): FindingFact {
  const seen = formatInstant(micros);
  const evidence = event(`ing-0-1-${micros % 1000}`, 0, micros, { deviceId });
  return {
    specversion: '1.0',
    id: factIdOf(findingId, 'opened', 0),
    type: 'opmas.finding.opened',
    source: '/opmas/agents',
    subject: findingId,
    time: seen,
    data: {
      findingId,
      ruleId: 'security.ssh-brute-force',
      ruleVersion: 1,
      domain: 'security',
      severity,
      deviceId,
      title: 'SSH brute force',
      description: 'Many failed logins from one address',
      group: { sourceIp: '203.0.113.9' },
      count: 10,
      firstSeenAt: seen,
      lastSeenAt: seen,
      openedAt: seen,
      reached: { value: 10, threshold: 10 },
      evidence: { first: [evidence], last: [evidence], total: 10 },
      previousFindingId: null,
    },
  };
}
