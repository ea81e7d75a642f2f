import { describe, expect, it } from '@jest/globals';
import { importFormat, parseImportLine } from './import-body.js';

describe('a line of an NDJSON import', () => {
  it('has a line and perhaps a host', () => {
    expect(parseImportLine('{"line":"a"}')).toEqual({ ok: true, value: { line: 'a', host: null } });
    expect(parseImportLine('{"line":"a","host":"Attic","more":1}')).toEqual({
      ok: true,
      value: { line: 'a', host: 'attic' },
    });
    expect(parseImportLine('{"line":"a","host":"OpenWrt"}')).toEqual({ ok: true, value: { line: 'a', host: null } });
  });

  it.each(['nonsense', '[]', 'null', '"a"', '{}', '{"line":1}', '{"line":""}', '{"line":"a","host":5}'])(
    'is refused with a reason: %s',
    (text) => {
      expect(parseImportLine(text)).toMatchObject({ ok: false, reason: expect.any(String) });
    },
  );
});

it('the format of a body is told by its content type', () => {
  expect(
    [undefined, 'text/plain; charset=utf-8', 'application/x-ndjson', 'application/json'].map(importFormat),
  ).toEqual(['plain', 'plain', 'ndjson', null]);
});
