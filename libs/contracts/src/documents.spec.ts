import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { asyncApi, documents } from './documents.js';
import { EVENT_TYPES } from './events/event.js';
import { HEADERS } from './frames.js';
import { STREAMS } from './streams.js';

const docs = join(import.meta.dirname, '../../../docs');
const files = JSON.parse(JSON.stringify(documents())) as Record<string, unknown>;

interface Api {
  channels: Record<string, { address: string; description: string; messages: Record<string, { $ref: string }> }>;
  components: { messages: Record<string, unknown>; schemas: Record<string, { properties: object }> };
}
const api = asyncApi() as unknown as Api;

describe('the AsyncAPI document', () => {
  it('describes every stream and every header', () => {
    const described = Object.values(api.channels).map((channel) => channel.description);
    for (const { name } of Object.values(STREAMS)) expect(described.some((text) => text.includes(name))).toBe(true);
    expect(Object.keys(api.components.schemas['frameHeaders']!.properties)).toEqual(Object.values(HEADERS));
  });

  it('has an address for each channel that its stream declares', () => {
    const patterns = Object.values(STREAMS).flatMap((stream) => stream.subjects);
    for (const { address } of Object.values(api.channels)) {
      expect(patterns).toContain(address.replaceAll(/\{\w+\}/g, '*'));
    }
  });

  it('refers only to what is there', () => {
    const references = [...JSON.stringify(api).matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1]!);
    for (const reference of references) {
      const [file, pointer = ''] = reference.split('#');
      const target = file === '' ? files['asyncapi.json'] : files[file!.replace('./', '')];
      const found = pointer
        .split('/')
        .filter(Boolean)
        .reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], target);
      expect([reference, found]).toEqual([reference, expect.anything()]);
    }
  });
});

describe('docs/', () => {
  it('has a schema for every event type', () => {
    for (const type of EVENT_TYPES) expect(files).toHaveProperty([`schemas/event.${type}.json`]);
  });

  it('stands as the contracts are: else run `node libs/contracts/generate-docs.mjs`', () => {
    const differing = Object.keys(files).filter((file) => {
      const path = join(docs, file);
      return (
        !existsSync(path) || JSON.stringify(JSON.parse(readFileSync(path, 'utf8'))) !== JSON.stringify(files[file])
      );
    });
    const orphans = readdirSync(join(docs, 'schemas')).filter((name) => !(`schemas/${name}` in files));
    expect({ differing, orphans }).toEqual({ differing: [], orphans: [] });
  });
});
