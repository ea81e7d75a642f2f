/** What other projects may use of the parser's domain: the fold, and the same path for single lines. */
export { createParserFold, parserFold } from './fold.js';
export type { ParserOptions } from './fold.js';
export { createLineParser, timeOfLine } from './line-parser.js';
export type { LineParser, LineParserOptions, LineSource } from './line-parser.js';
export type { ExplainedHeader, ExplainedPart, ExplainedTime, LineExplanation } from './explain.js';
export { parseHeader, parseHeaderWithSpans } from './header/header.js';
export type { HeaderPart, HeaderSpan } from './header/spans.js';
export type { Header, HeaderForm } from './header/header.js';
export { IMPORT_CLOCK, LIVE_CLOCK, resolveTime } from './time.js';
export type { ClockTrust, EventTime } from './time.js';
export { DIALECTS, readMessage } from './dialects/registry.js';
export type { Dialect, DialectContext, TypedMessage } from './dialects/dialect.js';
export type { ParserCounts, ParserState } from './state.js';
