/** The public door of the simulator. */
export { createFleet } from './fleet.js';
export type { Fleet, FleetOptions, SimulatedLine } from './fleet.js';
export { SCENARIO_NAMES, isScenarioName } from './scenarios/registry.js';
export type { ScenarioName } from './scenarios/registry.js';
