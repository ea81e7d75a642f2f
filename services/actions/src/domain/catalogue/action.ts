/** What an action of the catalogue is: typed parameters, exact commands, proof of effect, way back. One file each. */
import type { ACTION_CLASSES } from '@opmas/contracts';
import type { z } from 'zod';
import type { Command, RouterProbe } from '../run-marker.js';

/** What a second run may do: read and converge may be repeated, disrupt and destroy never are by themselves. */
export type ActionClass = (typeof ACTION_CLASSES)[number];

/** What a plan depends on beside its parameters. */
export interface RunContext {
  runId: string;
  /** The controller's address as the router sees it; null while only a plan is shown. */
  controllerAddress: string | null;
  /** Seconds since the action's first run began: a repeated run must not prolong an effect. */
  elapsedSeconds: number;
}

/** Addresses that no action may be aimed at. */
export interface ParameterContext {
  protectedAddresses: readonly string[];
}

export interface Verification {
  holds: boolean;
  /** What was seen, in words. */
  detail: string;
}

/** How an action is written: every function is pure and gets parameters that the schema has checked. */
export interface ActionDefinition<S extends z.ZodObject> {
  class: ActionClass;
  /** Seconds after which the router ends it. */
  limitSeconds: number;
  parameters: S;
  /** Programs that the router must have. */
  tools: readonly string[];
  title(parameters: z.infer<S>): string;
  /** What the cooldown counts by, e.g. the address. */
  target(parameters: z.infer<S>): string;
  /** Why these parameters are refused although each is well-formed; null where they are not. */
  refuse(parameters: z.infer<S>, context: ParameterContext): string | null;
  /** Why this router is refused; null where it is not. */
  precondition(parameters: z.infer<S>, probe: RouterProbe): string | null;
  plan(parameters: z.infer<S>, run: RunContext): Command[];
  /** The command whose output shows the effect; null where none can. */
  verification(parameters: z.infer<S>): Command | null;
  verify(parameters: z.infer<S>, output: string, run: RunContext): Verification;
  /** Commands that take the effect back; none where it ends by itself or cannot be taken back. */
  rollback(parameters: z.infer<S>): Command[];
}

/** An action with its parameters: what the workflow shows and the executor runs. */
export interface PreparedAction {
  name: string;
  class: ActionClass;
  limitSeconds: number;
  /** In canonical form. */
  parameters: Record<string, unknown>;
  title: string;
  target: string;
  precondition(probe: RouterProbe): string | null;
  plan(run: RunContext): Command[];
  verification(): Command | null;
  verify(output: string, run: RunContext): Verification;
  rollback(): Command[];
}

export type Preparation = { ok: true; action: PreparedAction } | { ok: false; reason: string };

/** An action as the registry holds it, its parameter type hidden behind `prepare`. */
export interface CatalogueAction {
  name: string;
  class: ActionClass;
  /** By parameter's name; a playbook's literal values are checked against it when the playbook is read. */
  shape: Readonly<Record<string, z.ZodType>>;
  prepare(raw: unknown, context: ParameterContext): Preparation;
}

export type Catalogue = Readonly<Record<string, CatalogueAction>>;

function faultsOf(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.join('.') || 'parameters'}: ${issue.message}`).join('; ');
}

function missingTool(tools: readonly string[], probe: RouterProbe): string | null {
  const missing = tools.filter((tool) => !probe.tools.includes(tool));
  return missing.length === 0 ? null : `the router has no ${missing.join(', ')}`;
}

/** Closes an action over its checked parameters. */
export function defineAction<S extends z.ZodObject>(name: string, definition: ActionDefinition<S>): CatalogueAction {
  return {
    name,
    class: definition.class,
    shape: definition.parameters.shape,
    prepare: (raw, context) => {
      const parsed = definition.parameters.safeParse(raw);
      if (!parsed.success) return { ok: false, reason: faultsOf(parsed.error) };
      const parameters = parsed.data;
      const refusal = definition.refuse(parameters, context);
      if (refusal !== null) return { ok: false, reason: refusal };
      return {
        ok: true,
        action: {
          name,
          class: definition.class,
          limitSeconds: definition.limitSeconds,
          parameters,
          title: definition.title(parameters),
          target: definition.target(parameters),
          precondition: (probe) => missingTool(definition.tools, probe) ?? definition.precondition(parameters, probe),
          plan: (run) => definition.plan(parameters, run),
          verification: () => definition.verification(parameters),
          verify: (output, run) => definition.verify(parameters, output, run),
          rollback: () => definition.rollback(parameters),
        },
      };
    },
  };
}

/** Commands as facts and people see them: an input text is shown as a here-document after the arguments. */
export function shownCommands(commands: readonly Command[]): string[][] {
  return commands.map(({ argv, input }) => (input === undefined ? [...argv] : [...argv, `<<'EOF'\n${input}EOF`]));
}
