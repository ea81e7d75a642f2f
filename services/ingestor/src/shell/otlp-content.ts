/** The lines of an OTLP request, and what of it could not be taken. */
import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { OtlpEncoding, PartialSuccess } from '../domain/otlp-answer.js';
import { readJsonLogs } from '../domain/otlp-json.js';
import { OtlpLines } from '../domain/otlp-line.js';
import type { OtlpItem } from '../domain/otlp-logs.js';
import { readProtobufLogs } from '../domain/otlp-protobuf.js';
import { MAX_LINE_BYTES } from '../domain/stream-framing.js';
import type { ImportContent, ImportItem } from './import-body.js';

export interface OtlpContent extends ImportContent {
  partial: PartialSuccess;
  /** Every record says when it was: then no two requests are alike unless one repeats the other. */
  isTimed: boolean;
}

/** Attributes of a resource are part of each of its lines: the lines may be more than the body was. */
export class LinesTooLarge extends Error {
  constructor(maxBytes: number) {
    super(`the records are more than ${maxBytes} bytes as lines, each with the attributes of its resource: send fewer`);
    this.name = 'LinesTooLarge';
  }
}

const RECORDS_A_TURN = 1000;
const MAX_GROWTH = 4;
const MAX_NAMED = 10;

/** Numbers of records, from 0 in the order of the request. */
class Numbers {
  count = 0;
  readonly #named: number[] = [];

  add(number: number): void {
    if (++this.count <= MAX_NAMED) this.#named.push(number);
  }

  text(what: string): string {
    const more = this.count > this.#named.length ? ', ...' : '';
    return this.count === 0 ? '' : `${this.count} ${what}: numbers ${this.#named.join(', ')}${more}`;
  }
}

function readItems(body: Buffer, encoding: OtlpEncoding): Iterable<OtlpItem> {
  return encoding === 'protobuf' ? readProtobufLogs(body) : readJsonLogs(body.toString('utf8'));
}

/** Reads a whole request. Throws `OtlpUnreadable`, `LinesTooLarge`, and whatever ends the chunks early. */
export async function readOtlpContent(
  chunks: AsyncIterable<Buffer>,
  encoding: OtlpEncoding,
  maxBodyBytes: number,
): Promise<OtlpContent> {
  const parts: Buffer[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  const body = Buffer.concat(parts);
  const lines = new OtlpLines();
  const items: ImportItem[] = [];
  const [rejected, cut, long] = [new Numbers(), new Numbers(), new Numbers()];
  let isTimed = true;
  let records = 0;
  let size = 0;
  for (const item of readItems(body, encoding)) {
    const line = lines.take(item);
    if (item.kind !== 'record') continue;
    if (line === null) rejected.add(records);
    else {
      items.push(line);
      size += line.bytes.length;
      if (size > maxBodyBytes * MAX_GROWTH) throw new LinesTooLarge(maxBodyBytes * MAX_GROWTH);
      if (line.isCut) cut.add(records);
      if (line.bytes.length > MAX_LINE_BYTES) long.add(records);
    }
    isTimed &&= item.record.timeUnixNano !== 0n || item.record.observedTimeUnixNano !== 0n;
    if (++records % RECORDS_A_TURN === 0) await nextTurn();
  }
  const errorMessage = [
    rejected.text('records have neither a body nor attributes'),
    cut.text('records have too many attributes for a line, some are left out'),
    long.text(`records are longer than ${MAX_LINE_BYTES} bytes as a line and are cut`),
  ];
  return {
    items,
    digest: createHash('sha256').update(body).digest('hex'),
    partial: {
      rejectedLogRecords: rejected.count,
      errorMessage: errorMessage.filter((text) => text !== '').join('; '),
    },
    isTimed,
  };
}
