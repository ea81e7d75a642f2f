/** Rows in the binary form of COPY: no escaping, no text of an instant to parse on the other side. */

const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
/** 2000-01-01T00:00:00Z, where Postgres counts its µs from. */
const POSTGRES_EPOCH_MICROS = 946_684_800e6;
const TWO_32 = 4_294_967_296;
const CHUNK_BYTES = 1024 * 1024;

/** Grows by chunks; a field never spans two. */
export class CopyRows {
  #full: Buffer[] = [];
  #chunk: Buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  #at = 0;

  constructor() {
    this.#at = SIGNATURE.copy(this.#chunk);
  }

  /** Begins a row; call the fields' functions exactly `fields` times after it. */
  row(fields: number): void {
    this.#reserve(2);
    this.#at = this.#chunk.writeInt16BE(fields, this.#at);
  }

  /** A text as a binary string (its UTF-8 bytes), which holds no NUL. */
  text(binary: string | null): void {
    if (binary === null) return this.#null();
    const bytes = binary.length;
    this.#reserve(4 + bytes);
    this.#chunk.writeInt32BE(bytes, this.#at);
    this.#at += 4 + this.#chunk.write(binary, this.#at + 4, bytes, 'latin1');
  }

  /** Bytes `start` to `end` of `source`, valid UTF-8 without NUL. */
  bytes(source: Buffer, start: number, end: number): void {
    this.#reserve(4 + end - start);
    this.#chunk.writeInt32BE(end - start, this.#at);
    this.#at += 4 + source.copy(this.#chunk, this.#at + 4, start, end);
  }

  smallint(value: number | null): void {
    if (value === null) return this.#null();
    this.#reserve(6);
    this.#at = this.#chunk.writeInt32BE(2, this.#at);
    this.#at = this.#chunk.writeInt16BE(value, this.#at);
  }

  /** µs since 1970. */
  instant(micros: number): void {
    this.#reserve(12);
    const value = micros - POSTGRES_EPOCH_MICROS;
    const high = Math.floor(value / TWO_32);
    this.#at = this.#chunk.writeInt32BE(8, this.#at);
    this.#at = this.#chunk.writeInt32BE(high, this.#at);
    this.#at = this.#chunk.writeUInt32BE(value - high * TWO_32, this.#at);
  }

  /** Everything written, with the trailer; the rows are then spent. */
  finish(): Buffer[] {
    this.#reserve(2);
    this.#at = this.#chunk.writeInt16BE(-1, this.#at);
    const chunks = [...this.#full, this.#chunk.subarray(0, this.#at)];
    this.#full = [];
    return chunks;
  }

  #null(): void {
    this.#reserve(4);
    this.#at = this.#chunk.writeInt32BE(-1, this.#at);
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#chunk.length) return;
    this.#full.push(this.#chunk.subarray(0, this.#at));
    this.#chunk = Buffer.allocUnsafe(Math.max(CHUNK_BYTES, bytes));
    this.#at = 0;
  }
}
