/** Lines as parsed events: the services' own parser, without a server. */
import { isUtf8 } from 'node:buffer';
import { derivedId } from '@opmas/contracts';
import { headerHostName, realHostName } from '@opmas/ingestor/domain';
import { createLineParser, parseHeader, timeOfLine } from '@opmas/parser/domain';
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
    const key = senderKey(line, text);
    const receivedAtMicros = this.#clock.take(key, timeOfLine(text, this.#clock.nearMicros, this.#timeZone));
    const id = `line-${++this.#count}`;
    const json = this.#parser.parseToJson(text, { receivedAtMicros, key, id, deviceId: this.#deviceId(key) });
    return { json: isUtf8(line) ? json : withBytes(json, line), receivedAtMicros };
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
function senderKey(line: Buffer, text: string): string {
  const hostname = headerHostName(line, 0, line.length) ?? parseHeader(text).hostname;
  const name = hostname === null ? null : realHostName(hostname);
  return name === null ? 'addr:-' : `host:${name}`;
}

/** An event whose line is not valid UTF-8 carries its bytes, last in the contract's order. */
function withBytes(json: string, line: Buffer): string {
  return `${json.slice(0, -1)},"rawBase64":"${line.toString('base64')}"}`;
}
