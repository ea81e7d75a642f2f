/** What a tool may use without a server. */
export { decideAction, refusalOf } from './decision.js';
export type { DecideAction, Decision } from './decision.js';
export { deviceHealth } from './device-health.js';
export type { DeviceHealth, OpenFindings } from './device-health.js';
export { evolveAction } from './projections/action.js';
export type { ActionItem, ActionStatus } from './projections/action.js';
export { configItemOf } from './projections/config.js';
export type { ConfigItem, DocumentItem, UserItem } from './projections/config.js';
export { evolveFinding } from './projections/finding.js';
export type { FindingItem } from './projections/finding.js';
