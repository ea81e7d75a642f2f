/**
 * Where the hostname of a syslog line stands, found in its bytes without reading more of it. The rules are the parser's
 * (`services/parser/src/domain/header`): a spec of the command line runs both over the same lines. What is found here is
 * a hostname there too; a form that is too rare for a hot path (Cisco's origin-id, JSON) is found there only.
 */

const SPACE = 0x20;
const PERCENT = 0x25;
const ASTERISK = 0x2a;
const PLUS = 0x2b;
const COMMA = 0x2c;
const DASH = 0x2d;
const DOT = 0x2e;
const COLON = 0x3a;
const LESS_THAN = 0x3c;
const GREATER_THAN = 0x3e;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

const LONGEST_HOSTNAME = 255;
/** The longest header in front of a hostname that is looked at, in bytes, and the hostname behind it. */
const LOOKAHEAD = 96 + LONGEST_HOSTNAME;
const HIGHEST_PRIORITY = 191;

const MONTH_DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const MONTHS = codesOf('JanFebMarAprMayJunJulAugSepOctNovDec');
const WEEKDAYS = codesOf('MonTueWedThuFriSatSun');
/** `daemon.notice` in the place of a hostname, as busybox and logread write it. */
const PRIORITY_WORDS =
  /^(?:kern|user|mail|daemon|auth|syslog|lpr|news|uucp|cron|authpriv|ftp|ntp|audit|alert|clock|local[0-7])\.(?:emerg|panic|alert|crit|err|error|warn|warning|notice|info|debug)$/;
const LONGEST_WORDS = 16;
const REPEATED = 'last message repeated ';

function codesOf(names: string): number[] {
  return Array.from({ length: names.length / 3 }, (_, at) => {
    const [first, second, third] = Buffer.from(names.slice(at * 3, at * 3 + 3));
    return (first! << 16) | (second! << 8) | third!;
  });
}

const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;

/** Days of a month in a year of the Gregorian calendar. */
function daysInMonth(year: number, month: number): number {
  if (month !== 2) return MONTH_DAYS[month - 1]!;
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
}

/** One for all lines: it stands on a line only while `hostName` runs. */
export class HeaderScanner {
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;
  #end = 0;
  /** Whether the last time of RFC 3164 that was read has a year. */
  #hasYear = false;

  /** The hostname token of `[start, end)` as it stands there; null where no header says one. */
  hostName(bytes: Buffer, start: number, end: number): string | null {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = Math.min(end, start + LOOKAHEAD);
    const priority = this.#priority();
    const behindPriority = this.#at;
    if (priority <= HIGHEST_PRIORITY && this.#rfc5424(priority >= 0)) return this.#token(this.#end === end);
    this.#at = behindPriority;
    this.#skipSpaces();
    if (!this.#stamp(priority >= 0)) return null;
    this.#skipSpaces();
    const name = this.#token(false);
    if (name === null || !this.#isName(name)) return null;
    return priority >= 0 || this.#isBeforeTag() ? name : null;
  }

  #peek(offset = 0): number {
    const at = this.#at + offset;
    return at < this.#end ? this.#bytes[at]! : -1;
  }

  #skipSpaces(): void {
    while (this.#peek() === SPACE) this.#at++;
  }

  /** Passes over up to `most` digits; their number, or -1 where there are none. */
  #number(most: number): number {
    let value = 0;
    let digits = 0;
    while (digits < most && isDigit(this.#peek())) {
      value = value * 10 + this.#peek() - 0x30;
      this.#at++;
      digits++;
    }
    return digits === 0 ? -1 : value;
  }

  /** Passes over exactly two digits; their number, or -1. */
  #twoDigits(): number {
    const isNumber = isDigit(this.#peek()) && isDigit(this.#peek(1));
    return isNumber ? this.#number(2) : -1;
  }

  #take(byte: number): boolean {
    if (this.#peek() !== byte) return false;
    this.#at++;
    return true;
  }

  /** The number in `<PRI>`, or -1, with nothing passed over, where there is none. */
  #priority(): number {
    const start = this.#at;
    if (this.#take(LESS_THAN)) {
      const value = this.#number(3);
      // Above 191 it is none; the parser reads the header behind it only where it has three digits.
      if (value >= 0 && this.#take(GREATER_THAN) && (value <= HIGHEST_PRIORITY || this.#at === start + 5)) return value;
    }
    this.#at = start;
    return -1;
  }

  /** VERSION SP TIMESTAMP SP, where TIMESTAMP may be `-` behind a PRI. */
  #rfc5424(hasPriority: boolean): boolean {
    if (!isDigit(this.#peek()) || this.#peek() === 0x30) return false;
    this.#number(3);
    if (!this.#take(SPACE)) return false;
    if (hasPriority && this.#peek() === DASH) {
      this.#at++;
      return this.#take(SPACE);
    }
    return this.#peek(10) !== SPACE && this.#isoTime() && this.#take(SPACE);
  }

  /** The time of RFC 3164 as it is met, and logread's `[epoch.ms]` behind it. */
  #stamp(hasPriority: boolean): boolean {
    const start = this.#at;
    if (isDigit(this.#peek())) return this.#digitsStamp(hasPriority);
    if (this.#bsdTime()) return this.#behindTime();
    this.#at = start;
    if (!hasPriority || !WEEKDAYS.includes(this.#code()) || this.#peek(3) !== SPACE) return this.#markedTime();
    this.#at += 4;
    // Weekday, time and year, as ctime writes it: without the year what follows may be the name of a zone.
    return this.#bsdTime() && this.#hasYear && this.#behindTime();
  }

  #digitsStamp(hasPriority: boolean): boolean {
    const start = this.#at;
    // Without a PRI, ISO 8601's comma is dmesg's.
    if (this.#isoTime() && this.#endsTime()) return (hasPriority || this.#commaAt(start) < 0) && this.#behindTime();
    this.#at = start;
    if (this.#bsdTime() && this.#endsTime()) return this.#behindTime();
    this.#at = start;
    if (this.#epochSeconds(9, 3, 6) && this.#endsTime()) return this.#behindTime();
    this.#at = start;
    // Cisco's `237: `.
    this.#number(10);
    if (!this.#take(COLON) || this.#peek() !== SPACE) return false;
    this.#skipSpaces();
    return this.#markedTime();
  }

  #commaAt(start: number): number {
    return this.#bytes[start + 19] === COMMA ? start + 19 : -1;
  }

  /** Cisco's mark of a clock that is not synchronised. */
  #markedTime(): boolean {
    if (this.#peek() === ASTERISK || this.#peek() === DOT) this.#at++;
    return this.#bsdTime() && this.#behindTime();
  }

  #endsTime(): boolean {
    return this.#peek() === SPACE || this.#peek() === COLON;
  }

  #behindTime(): boolean {
    if (this.#peek() === COLON) this.#at++;
    else if (this.#peek() !== SPACE) return this.#peek() !== -1 && this.#peek() !== OPEN_BRACKET;
    this.#skipSpaces();
    if (this.#peek() !== OPEN_BRACKET) return true;
    this.#at++;
    return this.#epochSeconds(9, 3, 6) && this.#take(CLOSE_BRACKET);
  }

  /** `seconds.fraction` since the epoch. */
  #epochSeconds(leastDigits: number, leastFraction: number, mostFraction: number): boolean {
    const start = this.#at;
    this.#number(11);
    if (this.#at - start < leastDigits || !this.#take(DOT)) return false;
    const point = this.#at;
    this.#number(mostFraction + 1);
    return this.#at - point >= leastFraction && this.#at - point <= mostFraction;
  }

  #code(): number {
    return this.#at + 2 < this.#end
      ? (this.#bytes[this.#at]! << 16) | (this.#bytes[this.#at + 1]! << 8) | this.#bytes[this.#at + 2]!
      : -1;
  }

  /** `[yyyy] Mmm dd [yyyy] hh:mm:ss[.fraction] [yyyy]`. */
  #bsdTime(): boolean {
    this.#hasYear = isDigit(this.#peek()) && this.#year();
    if (this.#hasYear) this.#at++;
    const month = MONTHS.indexOf(this.#code());
    if (month < 0 || this.#peek(3) !== SPACE) return false;
    this.#at += 4;
    if (this.#peek() === SPACE) this.#at++;
    const day = this.#number(2);
    if (day < 1 || day > MONTH_DAYS[month]! || !this.#take(SPACE)) return false;
    if (!this.#hasYear && this.#year()) {
      this.#hasYear = true;
      this.#at++;
    }
    if (!this.#clock()) return false;
    if (!this.#hasYear && this.#peek() === SPACE) {
      this.#at++;
      this.#hasYear = this.#year();
      if (!this.#hasYear) this.#at--;
    }
    return true;
  }

  /** Passes over four digits from 1970 to 2199, and nothing else, that a space or the end follows. */
  #year(): boolean {
    const start = this.#at;
    const year = this.#number(5);
    const next = this.#peek();
    const ends = next === SPACE || next === CLOSE_BRACKET || (next === -1 && this.#at === this.#end);
    if (this.#at - start === 4 && year >= 1970 && year <= 2199 && ends) return true;
    this.#at = start;
    return false;
  }

  /** `hh:mm:ss[.fraction]`. */
  #clock(): boolean {
    const hour = this.#twoDigits();
    if (hour < 0 || hour > 23 || !this.#take(COLON)) return false;
    const minute = this.#twoDigits();
    if (minute < 0 || minute > 59 || !this.#take(COLON)) return false;
    const second = this.#twoDigits();
    if (second < 0 || second > 60) return false;
    const point = this.#peek();
    if ((point === DOT || point === COMMA) && isDigit(this.#peek(1))) {
      this.#at++;
      this.#number(18);
    }
    return true;
  }

  /** `yyyy-mm-ddThh:mm:ss[.fraction][offset]`. */
  #isoTime(): boolean {
    if (this.#peek(4) !== DASH || this.#peek(7) !== DASH) return false;
    const start = this.#at;
    const year = this.#number(4);
    if (this.#at !== start + 4) return false;
    this.#at++;
    const month = this.#twoDigits();
    this.#at = start + 8;
    const day = this.#twoDigits();
    if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return false;
    const between = this.#peek();
    if (between !== 0x54 && between !== 0x74 && between !== SPACE) return false;
    this.#at++;
    if (!this.#clock()) return false;
    this.#offset();
    return true;
  }

  /** `Z`, `+hh:mm`, `+hhmm` or `+hh`; what is none stays where it is. */
  #offset(): void {
    const start = this.#at;
    const sign = this.#peek();
    this.#at++;
    if (sign === 0x5a || sign === 0x7a) return;
    if (sign === PLUS || sign === DASH) {
      const hours = this.#twoDigits();
      const hasColon = this.#take(COLON);
      const isDigitNext = isDigit(this.#peek());
      const minutes = this.#twoDigits();
      if (hours >= 0 && hours <= 23 && minutes <= 59 && (minutes >= 0 || (!hasColon && !isDigitNext))) return;
    }
    this.#at = start;
  }

  /** The bytes up to the next space; null where there are none, or where nothing follows and `mayEnd` does not allow it. */
  #token(mayEnd: boolean): string | null {
    const from = this.#at;
    while (this.#at < this.#end && this.#bytes[this.#at] !== SPACE) this.#at++;
    if (this.#at === from || (this.#at === this.#end && !mayEnd)) return null;
    return this.#bytes.toString('latin1', from, this.#at);
  }

  /** One that ends with a colon is the tag of a line without a name. */
  #isName(name: string): boolean {
    if (name.charCodeAt(name.length - 1) === COLON || name.charCodeAt(0) === PERCENT) return false;
    if (name.length <= LONGEST_WORDS && name.includes('.') && PRIORITY_WORDS.test(name)) return false;
    const from = this.#at - name.length;
    return (
      name !== 'last' || this.#bytes.toString('latin1', from, Math.min(from + REPEATED.length, this.#end)) !== REPEATED
    );
  }

  /** Without a PRI only a tag or `daemon.notice` behind it tells a name from the first word of a sentence. */
  #isBeforeTag(): boolean {
    this.#skipSpaces();
    const next = this.#token(false);
    return next !== null && (next.charCodeAt(next.length - 1) === COLON || PRIORITY_WORDS.test(next));
  }
}
