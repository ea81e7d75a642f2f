/** What docs/ says of the contracts, made from the same schemas that the code checks with: JSON Schemas and AsyncAPI 3. */
import { z } from 'zod';
import { eventEnvelopeSchema } from './events/envelope.js';
import { EVENT_FIELDS, EVENT_TYPES } from './events/event.js';
import { actionFactSchema } from './facts/action.js';
import { CE_HEADERS } from './facts/cloud-event.js';
import { configFactSchema } from './facts/config.js';
import { findingFactSchema } from './facts/finding.js';
import { HEADERS, NDJSON } from './frames.js';
import { rawRecordSchema } from './raw-record.js';
import { CONFIG_KINDS, DOMAINS, STREAMS } from './streams.js';
import type { StreamKey } from './streams.js';

export type JsonDocument = Record<string, unknown>;

type FactSchema = z.ZodObject<{ type: z.ZodLiteral<string> } & z.ZodRawShape>;

const FACTS: Partial<Record<StreamKey, readonly FactSchema[]>> = {
  findings: findingFactSchema.options,
  actions: actionFactSchema.options,
  config: configFactSchema.options,
};

const typeOf = (schema: FactSchema): string => schema.shape.type.value;

function jsonSchema(schema: z.ZodType, name: string, title: string): JsonDocument {
  const { $schema, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input' });
  return { $schema, $id: `urn:opmas:schema:${name}`, title, ...rest };
}

/** File name in docs/schemas → JSON Schema (2020-12): raw record, every event type, every fact. */
export function jsonSchemas(): Record<string, JsonDocument> {
  const schemas: Record<string, JsonDocument> = {
    'raw-record.json': jsonSchema(rawRecordSchema, 'raw-record', 'One line of a RAW frame'),
  };
  for (const type of EVENT_TYPES) {
    const event = eventEnvelopeSchema.extend({ type: z.literal(type), fields: EVENT_FIELDS[type] });
    schemas[`event.${type}.json`] = jsonSchema(event, `event.${type}`, `Event ${type}`);
  }
  for (const fact of Object.values(FACTS).flat()) {
    schemas[`fact.${typeOf(fact)}.json`] = jsonSchema(fact, `fact.${typeOf(fact)}`, `Fact ${typeOf(fact)}`);
  }
  return schemas;
}

interface Channel {
  stream: StreamKey;
  address: string;
  parameters: Record<string, JsonDocument>;
  summary: string;
  /** Names under components.messages. */
  messages: string[];
}

const shard = { description: 'number of the shard, 0 to OPMAS_SHARDS - 1' };
const factMessages = (stream: StreamKey): string[] => (FACTS[stream] ?? []).map(typeOf);

function channels(): Record<string, Channel> {
  return {
    raw: {
      stream: 'raw',
      address: 'opmas.raw.{shard}.{ingestor}',
      parameters: { shard, ingestor: { description: 'name of the ingestor, made with its journal' } },
      summary: 'Frames of raw records, and ticks, in the order in which the ingestor received them.',
      messages: ['rawFrame'],
    },
    events: {
      stream: 'events',
      address: 'opmas.events.{shard}',
      parameters: { shard },
      summary: 'One frame of parsed events for each RAW frame, same shard, same order.',
      messages: ['eventFrame'],
    },
    signals: {
      stream: 'signals',
      address: 'opmas.signals.{shard}',
      parameters: { shard },
      summary: 'The events of a shard that rules across devices select, and the clock of the shard.',
      messages: ['eventFrame'],
    },
    findings: {
      stream: 'findings',
      address: 'opmas.findings.{domain}.{shard}',
      parameters: { domain: { enum: [...DOMAINS] }, shard: { description: 'number of the shard, or `fleet`' } },
      summary: 'The facts of findings that one input frame brought about.',
      messages: ['findingFrame'],
    },
    actions: {
      stream: 'actions',
      address: 'opmas.actions.{deviceId}.{actionId}',
      parameters: { deviceId: { description: 'derived id of the device' }, actionId: { description: 'derived id' } },
      summary: "One fact of an action's life a message; appended to with the expected last sequence.",
      messages: factMessages('actions'),
    },
    config: {
      stream: 'config',
      address: 'opmas.config.{kind}.{id}',
      parameters: { kind: { enum: [...CONFIG_KINDS] }, id: { description: 'id of the item' } },
      summary: 'One change a message; the last of a subject is the whole current value of the item.',
      messages: factMessages('config'),
    },
    deadletter: {
      stream: 'deadletter',
      address: 'opmas.deadletter.{service}.{owner}',
      parameters: {
        service: { description: 'name of the stage or service' },
        owner: { description: 'number of the shard, or the instance of a service without shards' },
      },
      summary: 'Records that could not be processed, each with the reason; their neighbours were.',
      messages: ['deadLetter'],
    },
  };
}

const text = { type: 'string' };
const HEADER_MEANINGS: Record<keyof typeof HEADERS, string> = {
  msgId: "de-duplication within the stream's window; never relied upon for exactness",
  expectedLastSubjectSequence: 'fences the only writer of a subject',
  contentType: `${NDJSON} for frames, application/json for single facts`,
  traceparent: 'W3C trace context',
  frameId: '`<ingestor>-<shard>-<number>`; the parts of a cut frame share it',
  number: "number of the frame in its subject's life, from 1",
  count: 'number of records in the payload',
  kind: '`frame` or `tick`',
  clock: "the shard's clock, ms since the epoch",
  source: '`<stream sequence>:<frame id>` of the input that the message was made of',
  part: '`<first>-<last>/<count>`: indices of the records, where a frame was cut into several messages',
  config: 'sequence in OPMAS_CONFIG that rules the frame',
  ingestors: '`<ingestor>=<number>,...`: the last RAW number of each ingestor that the shard has seen',
  build: 'build of the writer',
  lane: "lane of an import in the lines' own time; absent on live frames",
};

function frameHeaders(): JsonDocument {
  const named = (Object.keys(HEADERS) as (keyof typeof HEADERS)[]).map((key) => [
    HEADERS[key],
    { ...text, description: HEADER_MEANINGS[key] },
  ]);
  return { type: 'object', properties: Object.fromEntries(named) as JsonDocument };
}

function factHeaders(): JsonDocument {
  const named = Object.values(CE_HEADERS).map((name) => [name, text]);
  return { type: 'object', required: Object.values(CE_HEADERS), properties: Object.fromEntries(named) as JsonDocument };
}

const reference = (file: string): JsonDocument => ({ $ref: `./schemas/${file}` });

/** A message whose payload is NDJSON; AsyncAPI describes one line of it. */
function frameMessage(summary: string, files: string[]): JsonDocument {
  const payload = files.length === 1 ? reference(files[0]!) : { oneOf: files.map(reference) };
  return { contentType: NDJSON, summary, headers: { $ref: '#/components/schemas/frameHeaders' }, payload };
}

function messages(): JsonDocument {
  const facts = [...(FACTS.actions ?? []), ...(FACTS.config ?? [])].map(typeOf);
  return {
    rawFrame: frameMessage('1 to n raw records, one a line; none in a tick', ['raw-record.json']),
    eventFrame: frameMessage(
      '1 to n events, one a line; none in a tick',
      EVENT_TYPES.map((type) => `event.${type}.json`),
    ),
    findingFrame: frameMessage(
      'facts of findings as CloudEvents in JSON form, one a line',
      factMessages('findings').map((type) => `fact.${type}.json`),
    ),
    deadLetter: {
      contentType: 'application/json',
      summary: 'what could not be processed',
      headers: { $ref: '#/components/schemas/frameHeaders' },
      payload: { type: 'object' },
    },
    ...Object.fromEntries(
      facts.map((type) => [
        type,
        {
          contentType: 'application/json',
          summary: `${type} as a CloudEvent in binary mode: attributes in headers, the schema's \`data\` as payload`,
          headers: { $ref: '#/components/schemas/factHeaders' },
          payload: { $ref: `./schemas/fact.${type}.json#/properties/data` },
        },
      ]),
    ),
  };
}

/** The AsyncAPI 3.0 document of every stream, subject, message and header. */
export function asyncApi(): JsonDocument {
  const described = Object.entries(channels()).map(([name, channel]) => [
    name,
    {
      address: channel.address,
      summary: channel.summary,
      description: `Stream ${STREAMS[channel.stream].name}: ${STREAMS[channel.stream].description}.`,
      parameters: channel.parameters,
      messages: Object.fromEntries(
        channel.messages.map((message) => [message, { $ref: `#/components/messages/${message}` }]),
      ),
    },
  ]);
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'OPMAS streams',
      version: '1.0.0',
      description: 'Generated from libs/contracts by `node libs/contracts/generate-docs.mjs`.',
    },
    defaultContentType: NDJSON,
    channels: Object.fromEntries(described) as JsonDocument,
    components: { messages: messages(), schemas: { frameHeaders: frameHeaders(), factHeaders: factHeaders() } },
  };
}

/** Path below docs/ → content: all that the generator writes. */
export function documents(): Record<string, JsonDocument> {
  const files: Record<string, JsonDocument> = { 'asyncapi.json': asyncApi() };
  for (const [name, schema] of Object.entries(jsonSchemas())) files[`schemas/${name}`] = schema;
  return files;
}
