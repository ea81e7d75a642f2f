/** `tag[pid]: ` in front of a message. */
import { CLOSE_BRACKET, COLON, OPEN_BRACKET, SPACE, isAlphanumeric, isDigit } from './characters.js';

const LONGEST_TAG = 64;
const LONGEST_PID = 32;

/** Reads tags in place: what it found stands in its fields until the next call, so that a line costs no object. */
export class TagReader {
  /** The name is `[nameFrom, nameTo)`, empty for logread's empty tag. */
  nameFrom = 0;
  nameTo = 0;
  /** The pid is `[pidFrom, pidTo)`; `pidFrom` is -1 where there is none. */
  pidFrom = -1;
  pidTo = -1;
  /** Index of the message. */
  end = 0;

  get hasPid(): boolean {
    return this.pidFrom >= 0;
  }

  get hasName(): boolean {
    return this.nameTo > this.nameFrom;
  }

  /** Reads `name:`, `name[pid]:`, `name[pid] `, `[pid]:`, `[name]:` or a lone `:` at `at`; false where there is no tag. */
  read(text: string, at: number): boolean {
    const limit = Math.min(text.length, at + LONGEST_TAG);
    for (let end = at; end < limit; end++) {
      const code = text.charCodeAt(end);
      if (code <= SPACE) return false;
      if (code === OPEN_BRACKET) return this.#readBracket(text, at, end);
      if (code === COLON && endsTag(text, end)) {
        this.pidFrom = -1;
        this.#found(text, at, end, afterColons(text, end));
        return true;
      }
    }
    return false;
  }

  #found(text: string, nameFrom: number, nameTo: number, behind: number): void {
    this.nameFrom = nameFrom;
    this.nameTo = nameTo;
    this.end = text.charCodeAt(behind) === SPACE ? behind + 1 : behind;
  }

  #readBracket(text: string, at: number, bracket: number): boolean {
    let close = bracket + 1;
    while (close <= bracket + LONGEST_PID && text.charCodeAt(close) > SPACE && text.charCodeAt(close) !== CLOSE_BRACKET)
      close++;
    if (text.charCodeAt(close) !== CLOSE_BRACKET || close === bracket + 1) return false;
    const isColon = text.charCodeAt(close + 1) === COLON;
    if (!isColon && (text.charCodeAt(close + 1) !== SPACE || bracket === at)) return false;
    // charon's `05[IKE] <site-b|4> ...` begins with its thread: a number is no name of a daemon.
    if (!isColon && isDigit(text.charCodeAt(at))) return false;
    const behind = isColon ? close + 2 : close + 1;
    this.pidFrom = bracket + 1;
    this.pidTo = close;
    if (bracket > at || isDigit(text.charCodeAt(bracket + 1))) this.#found(text, at, bracket, behind);
    else this.#named(text, bracket + 1, close, behind);
    return true;
  }

  /** `[name]:` and `[name:pid]:`, which scripts give to `logger -t`. */
  #named(text: string, from: number, to: number, behind: number): void {
    let nameTo = from;
    while (nameTo < to && text.charCodeAt(nameTo) !== COLON) nameTo++;
    let pidTo = nameTo + 1;
    while (pidTo < to && isAlphanumeric(text.charCodeAt(pidTo))) pidTo++;
    const hasPid = nameTo > from && nameTo + 1 < to && pidTo === to;
    this.pidFrom = hasPid ? nameTo + 1 : -1;
    this.#found(text, from, hasPid ? nameTo : to, behind);
  }
}

/** A colon ends a tag where a space or nothing follows it; `wan-check:: ` is met too. */
function endsTag(text: string, colon: number): boolean {
  const next = text.charCodeAt(afterColons(text, colon));
  return Number.isNaN(next) || next === SPACE;
}

function afterColons(text: string, colon: number): number {
  return text.charCodeAt(colon + 1) === COLON ? colon + 2 : colon + 1;
}
