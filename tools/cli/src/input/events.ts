/** Lines as parsed events: the services' own parser, without a server. */
import { isUtf8 } from 'node:buffer';
import { derivedId } from '@opmas/contracts';
import { headerHostName, realHostName } from '@opmas/ingestor/domain';
import { createLineParser, parseHeader, timeOfLine } from '@opmas/parser/domain';
import type { LineExplanation, LineSource } from '@opmas/parser/domain';
import { ImportClock } from './import-clock.js';

export interface EventReaderOptions {
  /** IANA name of the zone of lines that name none; null: UTC. */
  timeZone: string | null;
  /** µs since the epoch: tells the year of the first line, and is the time of lines before any that says one. */
  referenceMicros: number;
}

export interface ReadEvent {
  /** The event as JSON. */
  json: string;
  receivedAtMicros: number;
}

/** Whose line it is, as far as the line alone tells. */
export interface LineSender {
  /** `host:<name>`; `addr:-` where the sender's address would decide, which a file does not have. */
  key: string;
  /** The hostname in the header, as it stands there; null where there is none. */
  hostname: string | null;
  /** `header`: where the ingestor reads it; `file`: only the parser reads it, so on the wire the address would decide. */
  foundBy: 'header' | 'file' | null;
}

export interface ExplainedEvent extends LineExplanation {
  id: string;
  raw: string;
  sender: LineSender;
}

/** Turns one line after the other into an event. Ids are `line-<n>`, n counted from 1. */
export class EventReader {
  readonly #parser;
  readonly #clock: ImportClock;
  readonly #timeZone: string | null;
  readonly #deviceIds = new Map<string, string>();
  #count = 0;

  constructor(options: EventReaderOptions) {
    this.#timeZone = options.timeZone;
    this.#clock = new ImportClock(options.referenceMicros);
    this.#parser = createLineParser({ timeZone: options.timeZone });
  }

  get count(): number {
    return this.#count;
  }

  read(line: Buffer): ReadEvent {
    const text = line.toString('utf8');
    const source = this.#next(text, senderOf(line, text));
    const json = this.#parser.parseToJson(text, source);
    return { json: isUtf8(line) ? json : withBytes(json, line), receivedAtMicros: source.receivedAtMicros };
  }

  /** The same line, and which step decided what. */
  explain(line: Buffer): ExplainedEvent {
    const raw = line.toString('utf8');
    const sender = senderOf(line, raw);
    const source = this.#next(raw, sender);
    return { id: source.id, raw, sender, ...this.#parser.explainLine(raw, source) };
  }

  #next(text: string, { key }: LineSender): LineSource {
    const receivedAtMicros = this.#clock.take(key, timeOfLine(text, this.#clock.nearMicros, this.#timeZone));
    return { receivedAtMicros, key, id: `line-${++this.#count}`, deviceId: this.#deviceId(key) };
  }

  /** Without a server nobody has registered the device: its id here is a hash of what it calls itself. */
  #deviceId(key: string): string {
    let deviceId = this.#deviceIds.get(key);
    if (deviceId === undefined) {
      deviceId = derivedId('offline-device', key);
      this.#deviceIds.set(key, deviceId);
    }
    return deviceId;
  }
}

/**
 * The ingestor's key where the line has a header as on the wire; in a file as `logread` prints it, the hostname that the
 * parser finds. All other lines of an input are one sender's.
 */
function senderOf(line: Buffer, text: string): LineSender {
  const inHeader = headerHostName(line, 0, line.length);
  const hostname = inHeader ?? parseHeader(text).hostname;
  const name = hostname === null ? null : realHostName(hostname);
  const foundBy = hostname === null ? null : inHeader === null ? 'file' : 'header';
  return { key: name === null ? 'addr:-' : `host:${name}`, hostname, foundBy };
}

/** An event whose line is not valid UTF-8 carries its bytes, last in the contract's order. */
function withBytes(json: string, line: Buffer): string {
  return `${json.slice(0, -1)},"rawBase64":"${line.toString('base64')}"}`;
}
