/** The public door of the workflow's pure core, for the command line and for tests. */
export { CATALOGUE, ACTION_NAMES } from './catalogue/registry.js';
export type { ActionName } from './catalogue/registry.js';
export { formatPlaybookFault, parsePlaybook } from './playbook.js';
export type { Playbook, PlaybookFault, PlaybookReading } from './playbook.js';
export { decideAction, decideFinding, evolve, initialState } from './workflow.js';
export type { ActionState, Decision, DeviceView, WorkflowState, World } from './workflow.js';
