/** What the service is for, pure: for the command line and other tools. */
export { LINE, MAX_LINE_BYTES, SyslogStreamDecoder } from './stream-framing.js';
export type { FramingCounts, LineSink } from './stream-framing.js';
export { headerHostName, peerAddress, realHostName } from './sender-key.js';
export { KeyBindings } from './key-bindings.js';
export { KeyCap } from './key-cap.js';
export { peerFields, recordHead, recordTail, textRecordTail } from './raw-record.js';
export { importFormat, parseImportLine } from './import-body.js';
export type { ImportFormat, ImportLine, ParsedImportLine } from './import-body.js';
export { ReceivedClock } from './received-clock.js';
export { tickPeriodMs } from './ticking.js';
