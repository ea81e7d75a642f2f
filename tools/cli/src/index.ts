/** The public door: the command line as a function, and the carriers that other tools send lines with. */
export { runCommandLine } from './main.js';
export { openCarrier } from './delivery/open-carrier.js';
export type { Carrier, DeliveryTotals, OutgoingLine } from './delivery/carrier.js';
