/**
 * What a journal entry is made of: sections, each of a kind, a shard and a body. A section is at most as large as its
 * entry; records are kept as the NDJSON text that they will be published as, less their ids.
 */

export const SECTION = { records: 1, cut: 2, base: 3, checkpoint: 4, note: 5, recut: 6, reserved: 7 } as const;

/** kind (16 bits), shard (16 bits), length of the body in bytes (32 bits). */
const SECTION_HEADER_BYTES = 8;
/** ordinal, clock (64-bit floats, both whole numbers), count (32 bits). */
const RECORDS_HEADER_BYTES = 20;
/** ordinal, tag (64-bit floats), kind, count, bytes of text, number of spans (32 bits each). */
const CUT_HEADER_BYTES = 32;
const SPAN_BYTES = 12;
/** ordinal, number, tag (64-bit floats), kind, count, shed, reserved (32 bits each). */
const RECUT_HEADER_BYTES = 40;

/** A stretch of record text in a segment file. */
export interface Span {
  segment: number;
  offset: number;
  length: number;
}

export type FrameKind = 'frame' | 'tick';

/** Records of one frame, appended in one turn. `offset` is that of the text, from the payload's start. */
export interface RecordsSection {
  kind: 'records';
  shard: number;
  ordinal: number;
  clock: number;
  count: number;
  offset: number;
  length: number;
}

/** The end of a frame: what it is made of, and the tag (a configuration sequence, say) that it was cut under. */
export interface CutSection {
  kind: 'cut';
  shard: number;
  ordinal: number;
  tag: number;
  frameKind: FrameKind;
  count: number;
  bytes: number;
  spans: Span[];
}

/** From `fromOrdinal` on a frame's number is its ordinal plus `base`. */
export interface BaseSection {
  kind: 'base';
  shard: number;
  fromOrdinal: number;
  base: number;
}

/** The journal's standing at the head of a segment, so that older segments can go. */
export interface CheckpointSection {
  kind: 'checkpoint';
  checkpoint: Checkpoint;
}

export interface Checkpoint {
  name: string;
  clock: number;
  /** `reserved`: see `ReservedSection`; journals of an earlier build are without. */
  shards: { nextOrdinal: number; base: number; tag: number; reserved?: number }[];
  notes: [key: string, value: string][];
}

/** A small fact that is kept with the records beside it: both are on disk, or neither. */
export interface NoteSection {
  kind: 'note';
  key: string;
  value: string;
}

/**
 * A frame that was cut before, written anew with its whole text, so that the segments that held it can go. It takes the
 * place of the cut. `shed` is how many records it has lost.
 */
export interface RecutSection {
  kind: 'recut';
  shard: number;
  ordinal: number;
  number: number;
  tag: number;
  frameKind: FrameKind;
  count: number;
  shed: number;
  /** Of the text, from the payload's start. */
  offset: number;
  length: number;
}

/** Frames up to this ordinal may have been handed out to be published: their content stands. */
export interface ReservedSection {
  kind: 'reserved';
  shard: number;
  upToOrdinal: number;
}

export type Section =
  RecordsSection | CutSection | BaseSection | CheckpointSection | NoteSection | RecutSection | ReservedSection;

/** A buffer that grows, with the header of the entry left free at its start. */
export class SectionWriter {
  #buffer: Buffer;
  #used: number;
  readonly #start: number;

  constructor(startOffset: number, capacity = 512 * 1024) {
    this.#start = startOffset;
    this.#used = startOffset;
    this.#buffer = Buffer.allocUnsafe(Math.max(capacity, startOffset));
  }

  get buffer(): Buffer {
    return this.#buffer;
  }

  /** Bytes of sections written since the last `reset`. */
  get payloadBytes(): number {
    return this.#used - this.#start;
  }

  /** Offset from the entry's start at which the next section begins. */
  get position(): number {
    return this.#used;
  }

  reset(): void {
    this.#used = this.#start;
    if (this.#buffer.length > 8 * 1024 * 1024) this.#buffer = Buffer.allocUnsafe(512 * 1024);
  }

  #reserve(bytes: number): void {
    if (this.#used + bytes <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#used + bytes));
    this.#buffer.copy(grown, 0, 0, this.#used);
    this.#buffer = grown;
  }

  #head(kind: number, shard: number, length: number): number {
    const at = this.#used;
    this.#buffer.writeUInt16LE(kind, at);
    this.#buffer.writeUInt16LE(shard, at + 2);
    this.#buffer.writeUInt32LE(length, at + 4);
    this.#used = at + SECTION_HEADER_BYTES + length;
    return at + SECTION_HEADER_BYTES;
  }

  /**
   * Appends records, whose text takes `bytes` in UTF-8; answers with where it stands, from the entry's start, and its
   * length in bytes.
   */
  records(
    frame: { shard: number; ordinal: number },
    clock: number,
    content: { count: number; text: string; bytes: number },
  ): { offset: number; length: number } {
    const { count, text } = content;
    this.#reserve(SECTION_HEADER_BYTES + RECORDS_HEADER_BYTES + text.length * 3);
    const offset = this.#used + SECTION_HEADER_BYTES + RECORDS_HEADER_BYTES;
    // As many bytes as characters: all of it is ASCII, and Latin-1 is written faster.
    const length = this.#buffer.write(text, offset, content.bytes === text.length ? 'latin1' : 'utf8');
    const at = this.#head(SECTION.records, frame.shard, RECORDS_HEADER_BYTES + length);
    this.#buffer.writeDoubleLE(frame.ordinal, at);
    this.#buffer.writeDoubleLE(clock, at + 8);
    this.#buffer.writeUInt32LE(count, at + 16);
    return { offset, length };
  }

  cut(cut: Omit<CutSection, 'kind'>): void {
    const length = CUT_HEADER_BYTES + cut.spans.length * SPAN_BYTES;
    this.#reserve(SECTION_HEADER_BYTES + length);
    let at = this.#head(SECTION.cut, cut.shard, length);
    this.#buffer.writeDoubleLE(cut.ordinal, at);
    this.#buffer.writeDoubleLE(cut.tag, at + 8);
    this.#buffer.writeUInt32LE(cut.frameKind === 'tick' ? 1 : 0, at + 16);
    this.#buffer.writeUInt32LE(cut.count, at + 20);
    this.#buffer.writeUInt32LE(cut.bytes, at + 24);
    this.#buffer.writeUInt32LE(cut.spans.length, at + 28);
    at += CUT_HEADER_BYTES;
    for (const span of cut.spans) {
      this.#buffer.writeUInt32LE(span.segment, at);
      this.#buffer.writeUInt32LE(span.offset, at + 4);
      this.#buffer.writeUInt32LE(span.length, at + 8);
      at += SPAN_BYTES;
    }
  }

  /** Appends a frame with its text; answers with where the text stands, from the entry's start. */
  recut(recut: Omit<RecutSection, 'kind' | 'offset' | 'length'>, text: Buffer): { offset: number; length: number } {
    const length = RECUT_HEADER_BYTES + text.length;
    this.#reserve(SECTION_HEADER_BYTES + length);
    const at = this.#head(SECTION.recut, recut.shard, length);
    this.#buffer.writeDoubleLE(recut.ordinal, at);
    this.#buffer.writeDoubleLE(recut.number, at + 8);
    this.#buffer.writeDoubleLE(recut.tag, at + 16);
    this.#buffer.writeUInt32LE(recut.frameKind === 'tick' ? 1 : 0, at + 24);
    this.#buffer.writeUInt32LE(recut.count, at + 28);
    this.#buffer.writeUInt32LE(recut.shed, at + 32);
    this.#buffer.writeUInt32LE(0, at + 36);
    text.copy(this.#buffer, at + RECUT_HEADER_BYTES);
    return { offset: at + RECUT_HEADER_BYTES, length: text.length };
  }

  reserved(shard: number, upToOrdinal: number): void {
    this.#reserve(SECTION_HEADER_BYTES + 8);
    this.#buffer.writeDoubleLE(upToOrdinal, this.#head(SECTION.reserved, shard, 8));
  }

  base(shard: number, fromOrdinal: number, base: number): void {
    this.#reserve(SECTION_HEADER_BYTES + 16);
    const at = this.#head(SECTION.base, shard, 16);
    this.#buffer.writeDoubleLE(fromOrdinal, at);
    this.#buffer.writeDoubleLE(base, at + 8);
  }

  checkpoint(checkpoint: Checkpoint): void {
    this.#json(SECTION.checkpoint, checkpoint);
  }

  note(key: string, value: string): void {
    this.#json(SECTION.note, [key, value]);
  }

  #json(kind: number, value: unknown): void {
    const bytes = Buffer.from(JSON.stringify(value));
    this.#reserve(SECTION_HEADER_BYTES + bytes.length);
    bytes.copy(this.#buffer, this.#head(kind, 0, bytes.length));
  }
}

/** The sections of an undamaged payload. Offsets of records are from the payload's start. */
export function* readSections(payload: Buffer): Generator<Section> {
  for (let at = 0; at + SECTION_HEADER_BYTES <= payload.length;) {
    const kind = payload.readUInt16LE(at);
    const shard = payload.readUInt16LE(at + 2);
    const start = at + SECTION_HEADER_BYTES;
    const end = start + payload.readUInt32LE(at + 4);
    const section = readSection(kind, shard, payload.subarray(0, end), start);
    if (section) yield section;
    at = end;
  }
}

function readSection(kind: number, shard: number, payload: Buffer, start: number): Section | null {
  switch (kind) {
    case SECTION.records:
      return {
        kind: 'records',
        shard,
        ordinal: payload.readDoubleLE(start),
        clock: payload.readDoubleLE(start + 8),
        count: payload.readUInt32LE(start + 16),
        offset: start + RECORDS_HEADER_BYTES,
        length: payload.length - start - RECORDS_HEADER_BYTES,
      };
    case SECTION.cut:
      return readCut(shard, payload, start);
    case SECTION.base:
      return { kind: 'base', shard, fromOrdinal: payload.readDoubleLE(start), base: payload.readDoubleLE(start + 8) };
    case SECTION.recut:
      return readRecut(shard, payload, start);
    case SECTION.reserved:
      return { kind: 'reserved', shard, upToOrdinal: payload.readDoubleLE(start) };
    case SECTION.checkpoint:
      return { kind: 'checkpoint', checkpoint: JSON.parse(payload.toString('utf8', start)) as Checkpoint };
    case SECTION.note: {
      const [key, value] = JSON.parse(payload.toString('utf8', start)) as [string, string];
      return { kind: 'note', key, value };
    }
    default:
      return null;
  }
}

function readCut(shard: number, payload: Buffer, start: number): CutSection {
  const spans: Span[] = [];
  for (let at = start + CUT_HEADER_BYTES; at + SPAN_BYTES <= payload.length; at += SPAN_BYTES) {
    spans.push({
      segment: payload.readUInt32LE(at),
      offset: payload.readUInt32LE(at + 4),
      length: payload.readUInt32LE(at + 8),
    });
  }
  return {
    kind: 'cut',
    shard,
    ordinal: payload.readDoubleLE(start),
    tag: payload.readDoubleLE(start + 8),
    frameKind: payload.readUInt32LE(start + 16) === 1 ? 'tick' : 'frame',
    count: payload.readUInt32LE(start + 20),
    bytes: payload.readUInt32LE(start + 24),
    spans,
  };
}

function readRecut(shard: number, payload: Buffer, start: number): RecutSection {
  return {
    kind: 'recut',
    shard,
    ordinal: payload.readDoubleLE(start),
    number: payload.readDoubleLE(start + 8),
    tag: payload.readDoubleLE(start + 16),
    frameKind: payload.readUInt32LE(start + 24) === 1 ? 'tick' : 'frame',
    count: payload.readUInt32LE(start + 28),
    shed: payload.readUInt32LE(start + 32),
    offset: start + RECUT_HEADER_BYTES,
    length: payload.length - start - RECUT_HEADER_BYTES,
  };
}
