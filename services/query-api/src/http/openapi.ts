/** The OpenAPI 3.1 document, from the same schemas that check requests. A test holds it against the routes. */
import { z } from 'zod';
import * as answers from './answers.js';
import * as queries from './queries.js';

interface Operation {
  summary: string;
  /** Role that is needed; `public` needs no token. */
  access?: 'public' | 'operator' | 'admin';
  query?: z.ZodType;
  body?: z.ZodType;
  status?: number;
  answer?: z.ZodType;
}

type Method = 'get' | 'post' | 'put' | 'patch';

const { pageAnswer, listAnswer } = answers;

/** Path → method → what it does. */
const OPERATIONS: Readonly<Record<string, Partial<Record<Method, Operation>>>> = {
  '/api/v1/auth/login': {
    post: { summary: 'Sign in', access: 'public', body: queries.loginBody, answer: answers.sessionAnswer },
  },
  '/api/v1/auth/refresh': {
    post: {
      summary: 'Exchange a refresh token for new tokens',
      access: 'public',
      body: queries.refreshBody,
      answer: answers.sessionAnswer,
    },
  },
  '/api/v1/auth/logout': { post: { summary: 'Revoke a refresh token', body: queries.logoutBody, status: 204 } },
  '/api/v1/auth/me': { get: { summary: 'Who the access token speaks for', answer: answers.meAnswer } },
  '/api/v1/events': {
    get: {
      summary: 'Events, newest first. A page may be short or empty and still have a cursor: go on with it',
      query: queries.eventsQuery,
      answer: pageAnswer(answers.eventAnswer),
    },
  },
  '/api/v1/events/histogram': {
    get: { summary: 'Events over time', query: queries.histogramQuery, answer: answers.histogramAnswer },
  },
  '/api/v1/events/facets': {
    get: { summary: 'Most frequent values', query: queries.facetsQuery, answer: answers.facetsAnswer },
  },
  '/api/v1/templates': {
    get: {
      summary: 'Messages that no dialect knows, by template, the most frequent of the range (by default the last hour)',
      query: queries.templatesQuery,
      answer: answers.templatesAnswer,
    },
  },
  '/api/v1/unattributed': {
    get: {
      summary: 'Senders whose lines carry no device, newest first',
      query: queries.unattributedQuery,
      answer: pageAnswer(answers.unattributedAnswer).extend({ counts: answers.unattributedCounts }),
    },
  },
  '/api/v1/unattributed/decisions': {
    post: {
      summary: 'Decide whose the lines of such a sender are, earlier ones too, or take the decision back',
      body: queries.attributionBody,
      answer: answers.unattributedAnswer,
    },
  },
  '/api/v1/events/{id}': { get: { summary: 'One event', answer: answers.eventAnswer } },
  '/api/v1/findings': {
    get: { summary: 'Findings, newest first', query: queries.findingsQuery, answer: pageAnswer(answers.findingAnswer) },
  },
  '/api/v1/findings/{id}': { get: { summary: 'One finding', answer: answers.findingAnswer } },
  '/api/v1/findings/{id}/evidence': {
    get: { summary: 'The events behind a finding, whole', answer: listAnswer(answers.eventAnswer) },
  },
  '/api/v1/findings/{id}/history': {
    get: { summary: 'The facts of a finding, in order', answer: listAnswer(answers.factAnswer) },
  },
  '/api/v1/actions': {
    get: {
      summary: 'Actions, newest proposals first',
      query: queries.actionsQuery,
      answer: pageAnswer(answers.actionAnswer),
    },
  },
  '/api/v1/actions/{id}': {
    get: { summary: 'One action with its history and output', answer: answers.wholeActionAnswer },
  },
  '/api/v1/actions/{id}/approve': {
    post: {
      summary: 'Approve a proposed action; 409 to who is too late',
      access: 'operator',
      body: queries.decisionBody,
      status: 202,
      answer: answers.actionAnswer,
    },
  },
  '/api/v1/actions/{id}/reject': {
    post: {
      summary: 'Reject a proposed action; 409 to who is too late',
      access: 'operator',
      body: queries.decisionBody,
      status: 202,
      answer: answers.actionAnswer,
    },
  },
  '/api/v1/devices': {
    get: { summary: 'Devices by name', query: queries.devicesQuery, answer: pageAnswer(answers.deviceAnswer) },
  },
  '/api/v1/devices/{id}': {
    get: { summary: 'One device', answer: answers.deviceAnswer },
    patch: {
      summary: 'Rename, label, adopt or ignore a device',
      access: 'operator',
      body: queries.deviceBody,
      answer: answers.deviceAnswer,
    },
  },
  '/api/v1/devices/{id}/ssh': {
    put: {
      summary: 'Set how to reach a device; the secret is sealed and never answered',
      access: 'admin',
      body: queries.sshBody,
      answer: answers.deviceAnswer,
    },
  },
  '/api/v1/overview': { get: { summary: 'What the first page shows', answer: answers.overviewAnswer } },
  '/api/v1/rules': { get: { summary: 'Detection rules', answer: listAnswer(answers.documentAnswer) } },
  '/api/v1/playbooks': { get: { summary: 'Playbooks', answer: listAnswer(answers.documentAnswer) } },
  '/api/v1/users': {
    get: { summary: 'Users', access: 'admin', answer: listAnswer(answers.userAnswer) },
    post: {
      summary: 'Make a user',
      access: 'admin',
      body: queries.newUserBody,
      status: 201,
      answer: answers.userAnswer,
    },
  },
  '/api/v1/users/{name}': {
    patch: { summary: 'Change a user', access: 'admin', body: queries.userBody, answer: answers.userAnswer },
  },
  '/api/v1/audit': {
    get: {
      summary: 'Who asked for which change, newest first',
      access: 'admin',
      query: queries.auditQuery,
      answer: pageAnswer(answers.auditAnswer),
    },
  },
};

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Record<string, unknown> {
  const { $schema: _drop, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}

function queryParameters(query: z.ZodType): object[] {
  const { properties = {}, required = [] } = jsonSchema(query, 'input') as {
    properties?: Record<string, Record<string, unknown>>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    ...(schema['description'] === undefined ? {} : { description: schema['description'] }),
    schema,
  }));
}

function pathParameters(path: string): object[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

const PROBLEM = {
  description: 'Problem details (RFC 9457)',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};

function operationOf(path: string, { summary, access, query, body, status = 200, answer }: Operation): object {
  return {
    summary,
    tags: [path.split('/')[3]],
    ...(access === undefined || access === 'public' ? {} : { description: `Needs the role ${access}.` }),
    ...(access === 'public' ? { security: [] } : {}),
    parameters: [...pathParameters(path), ...(query ? queryParameters(query) : [])],
    ...(body
      ? { requestBody: { required: true, content: { 'application/json': { schema: jsonSchema(body, 'input') } } } }
      : {}),
    responses: {
      [status]: {
        description: answer ? 'The answer' : 'Done',
        ...(answer ? { content: { 'application/json': { schema: jsonSchema(answer, 'output') } } } : {}),
      },
      default: PROBLEM,
    },
  };
}

const LIVE = [
  'Live updates come over a WebSocket at `/api/v1/live?token=<access token>`.',
  'Send `{"subscribe": ["events", "findings", "actions", "devices", "overview"], "filter": {...}}`; the filter has the fields of',
  '`GET /api/v1/events` without times and pages, as texts. Answers: `{"channel": "findings", "item": {...}}` (whole items),',
  '`{"channel": "events", "items": [...], "skipped": n}` at most twice a second, `{"channel": "overview", "item": {...}}` each second.',
  'The connection is closed with code 4401 when the token is not valid or has expired.',
].join(' ');

/** The whole document. */
export function openApiDocument(build: string): Record<string, unknown> {
  return {
    openapi: '3.1.0',
    info: { title: 'OPMAS', version: build, description: LIVE },
    security: [{ bearer: [] }],
    paths: Object.fromEntries(
      Object.entries(OPERATIONS).map(([path, methods]) => [
        path,
        Object.fromEntries(
          Object.entries(methods).map(([method, operation]) => [method, operationOf(path, operation)]),
        ),
      ]),
    ),
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      schemas: { Problem: jsonSchema(answers.problemAnswer, 'output') },
    },
  };
}
