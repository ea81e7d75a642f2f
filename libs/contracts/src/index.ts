/** The public door: what a service, a tool or a downstream consumer may use. */
export {
  DEFAULT_SHARD_COUNT,
  DOMAINS,
  MAX_MESSAGE_BYTES,
  STREAMS,
  STREAM_NAMES,
  CONFIG_KINDS,
  isSubjectToken,
  shardOf,
  subjects,
} from './streams.js';
export type { ConfigKind, Domain, StreamDeclaration, StreamKey, StreamName } from './streams.js';
export { actionIdOf, derivedId, deviceIdOf, factIdOf, findingIdOf, rawFrameId, rawRecordId } from './ids.js';
export {
  HEADERS,
  NDJSON,
  decodeNdjson,
  encodeNdjson,
  formatIngestors,
  formatPart,
  formatSource,
  ndjsonLines,
  parseFrameId,
  parseIngestors,
  parsePart,
  parseSource,
} from './frames.js';
export type { DecodedLine, FramePart, IngestorNumbers, StreamPosition, UndecodedLine } from './frames.js';
export { formatInstant, parseInstant } from './instants.js';
export { TRANSPORTS, instantSchema, rawRecordSchema } from './raw-record.js';
export type { RawRecord, Transport } from './raw-record.js';
export {
  ATTRIBUTION_METHODS,
  CONFIDENCES,
  TIME_QUALITIES,
  UNATTRIBUTED_REASONS,
  eventEnvelopeSchema,
  structuredDataSchema,
} from './events/envelope.js';
export type {
  AttributionMethod,
  Confidence,
  EventEnvelope,
  TimeQuality,
  UnattributedReason,
} from './events/envelope.js';
export { EVENT_FIELDS, EVENT_TYPES, domainOf, isEventType, parseEvent } from './events/event.js';
export type { EventFields, EventOf, EventType, ParsedEvent } from './events/event.js';
export { UPCASTS, newestVersion, upcast } from './upcasts.js';
export type { Upcast, UpcastRegistry, VersionedMessage } from './upcasts.js';
export { CE_HEADERS, ceHeaders, factSchema, fromBinaryMode } from './facts/cloud-event.js';
export type { Fact } from './facts/cloud-event.js';
export {
  CLEAR_REASONS,
  FINDING_SEVERITIES,
  evidenceSchema,
  findingClearedSchema,
  findingFactSchema,
  findingOpenedSchema,
  findingRecurredSchema,
} from './facts/finding.js';
export type {
  Evidence,
  FindingCleared,
  FindingFact,
  FindingOpened,
  FindingRecurred,
  FindingSeverity,
} from './facts/finding.js';
export { ACTION_CLASSES, ACTION_MODES, actionFactSchema, decisionSchema } from './facts/action.js';
export type { ActionFact, ActionFactOf } from './facts/action.js';
export {
  ROLES,
  configFactSchema,
  deviceSchema,
  provisionedKeyOf,
  sealedSchema,
  senderBindingSchema,
  sshConnectionSchema,
  userSchema,
} from './facts/config.js';
export type { ConfigFact, ConfigFactOf, Device, Role, Sealed, SenderBinding } from './facts/config.js';
