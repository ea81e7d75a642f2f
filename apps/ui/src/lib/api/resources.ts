/** The resources of the REST API under /api/v1, as they come over the wire. Instants are ISO 8601 in UTC. */
import type { Domain, EventEnvelope, FindingSeverity, Role } from '@opmas/contracts';

/** One parsed event; the same shape in the API, the stream and `opmas parse`. */
export type EventRecord = EventEnvelope;
export type { Domain, FindingSeverity, Role };

/** A page of a keyset-paginated list; `nextCursor` is null at its end. */
export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

export interface HistogramBucket {
  at: string;
  total: number;
  /** Effective syslog severity "0" to "7" → count; any other key stands for lines without one. */
  bySeverity: Record<string, number>;
}

export interface Histogram {
  bucketSeconds: number;
  buckets: HistogramBucket[];
  /** The counts are per minute, so the edges of the range are not exact. */
  approximate: boolean;
}

export interface FacetValue {
  value: string | number | null;
  count: number;
}
export type FacetName = 'domain' | 'type' | 'effectiveSeverity' | 'severity' | 'deviceId';
export type Facets = Partial<Record<FacetName, FacetValue[]>>;

/** Messages of one kind that no dialect knows; `<*>` in the template stands for what varies. */
export interface Template {
  templateIds: string[];
  appName: string | null;
  template: string;
  count: number;
  /** At least so many. */
  devices: number;
  firstSeenAt: string;
  lastSeenAt: string;
  sample: string;
}

export interface TemplateList {
  from: string;
  to: string;
  items: Template[];
}

export type FindingStatus = 'open' | 'cleared';

export interface Finding {
  id: string;
  ruleId: string;
  ruleVersion: number;
  domain: Domain;
  severity: FindingSeverity;
  status: FindingStatus;
  deviceId: string | null;
  title: string;
  description: string;
  group: Record<string, string>;
  count: number;
  firstSeenAt: string;
  lastSeenAt: string;
  openedAt: string;
  clearedAt: string | null;
  clearReason?: string | null;
  /** Ids of events. */
  evidence: string[];
  reached: { value: number; threshold: number } | null;
  previousFindingId?: string | null;
}

/** A fact of an item's life: a CloudEvent whose `data` is by its type. */
export interface HistoryFact {
  id: string;
  type: string;
  time: string;
  source?: string;
  data: Record<string, unknown>;
}

export type ActionStatus =
  'proposed' | 'approved' | 'rejected' | 'expired' | 'started' | 'succeeded' | 'failed' | 'interrupted' | 'skipped';

export interface Action {
  id: string;
  deviceId: string;
  findingId: string | null;
  playbookId: string | null;
  playbookVersion: number | null;
  step: string | null;
  name: string;
  title: string;
  parameters: Record<string, unknown>;
  class: 'read' | 'converge' | 'disrupt' | 'destroy';
  commands: string[][];
  status: ActionStatus;
  proposedAt: string;
  expiresAt: string;
  decidedAt: string | null;
  decidedBy: string | null;
  decisionReason: string | null;
  startedAt: string | null;
  finishedAt: string | null;
  exitCode: number | null;
  failureReason: string | null;
}

export interface ActionOutput {
  channel: 'stdout' | 'stderr';
  text: string;
}

export interface ActionDetail extends Action {
  history: HistoryFact[];
  output: ActionOutput[];
}

export type DeviceHealth = 'ok' | 'problem' | 'critical' | 'unknown';
export type SeverityCounts = Record<FindingSeverity, number>;

export interface DeviceSummary {
  id: string;
  name: string;
  status: 'discovered' | 'adopted' | 'ignored';
  keys: string[];
  shard: number;
  labels: Record<string, string>;
  timeZone?: string | null;
  health: DeviceHealth;
  lastSeenAt: string | null;
  firstSeenAt: string | null;
  eventsTotal: number;
  openFindings: SeverityCounts;
  sshConfigured: boolean;
  /** Without the credential: it is never sent back. */
  ssh?: { host: string; port: number; user: string; hostKeys: string[] } | null;
}

/** Who sends lines that were given to no device. */
export interface UnattributedSender {
  key: string;
  /** The address that its lines come from. */
  peer: string;
  reason: string;
  hostname: string | null;
  firstSeenAt: string;
  lastSeenAt: string;
  eventsTotal: number;
  samples: string[];
  /** `peer` null: for the key wherever it comes from. */
  decision: { deviceId: string; name: string; status: DeviceSummary['status']; peer: string | null } | null;
  /** Whether the decision holds for all earlier events by now. */
  isSettled: boolean;
  candidates: { deviceId: string; name: string; status: DeviceSummary['status']; why: 'key' | 'name' | 'address' }[];
}

export interface SenderPage extends Page<UnattributedSender> {
  counts: { open: number; decided: number };
}

export interface PipelineStage {
  stage: string;
  /** Messages that wait to be read. */
  lag: number | null;
  ready: boolean;
  detail?: string | null;
}

export interface Overview {
  eventsPerSecond: number;
  linesTotal: number;
  events24h: number;
  openFindings: SeverityCounts;
  devices: Record<DeviceHealth, number> & { total: number };
  pendingActions: number;
  rate: HistogramBucket[];
  topDevices: { deviceId: string; name: string; count: number }[];
  topTypes: { type: string; count: number }[];
  pipeline: PipelineStage[];
}

/** A rule or a playbook: YAML, as a build ships it or a person edited it. */
export interface RuleDocument {
  id: string;
  version: number;
  enabled: boolean;
  origin: string;
  title: string | null;
  domain?: string | null;
  severity?: string | null;
  source: string;
}

export interface User {
  userName: string;
  role: Role;
  disabled?: boolean;
  createdAt?: string | null;
}

export interface AuditEntry {
  id: string | number;
  happenedAt: string;
  userName: string;
  address: string | null;
  operation: string;
  target: string;
  outcome: number;
}

export interface SignedIn {
  accessToken: string;
  refreshToken: string;
  expiresIn: number;
  user: User;
}
