/** What can be wrong with a request's body before its lines are looked at. */
import type { ContentEncoding } from '../domain/content-encoding.js';

/** The body, decompressed, is larger than is allowed. */
export class BodyTooLarge extends Error {
  constructor(maxBytes: number) {
    super(`the body has more than ${maxBytes} bytes, decompressed: send it in parts`);
    this.name = 'BodyTooLarge';
  }
}

/** The body is not what its content encoding says, or is cut short. */
export class BodyUnreadable extends Error {
  constructor(encoding: ContentEncoding, detail: string) {
    super(`the ${encoding} body cannot be read: ${detail}`);
    this.name = 'BodyUnreadable';
  }
}
