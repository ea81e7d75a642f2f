/** Facts of an action's life in OPMAS_ACTIONS, subject `opmas.actions.<deviceId>.<actionId>`. */
import { z } from 'zod';
import { instantSchema } from '../raw-record.js';
import { factSchema } from './cloud-event.js';

/** What a re-run may do to the router: read and converge may be repeated, disrupt and destroy may not. */
export const ACTION_CLASSES = ['read', 'converge', 'disrupt', 'destroy'] as const;

/** What a playbook's step does with its action: only record it, ask a person, or run it at once. */
export const ACTION_MODES = ['observe', 'approve', 'auto'] as const;

/** Who decided, and from where; `reason` is what the person said. */
export const decisionSchema = z.object({
  userName: z.string(),
  address: z.string().nullable(),
  reason: z.string(),
});

const about = { actionId: z.string(), deviceId: z.string() };

export const actionProposedSchema = factSchema(
  'opmas.action.proposed',
  z.object({
    ...about,
    /** Null for an action that a person asked for. */
    findingId: z.string().nullable(),
    playbookId: z.string().nullable(),
    playbookVersion: z.number().int().nullable(),
    step: z.string().nullable(),
    /** Name in the catalogue, e.g. `block-address`. */
    name: z.string(),
    title: z.string(),
    parameters: z.record(z.string(), z.unknown()),
    class: z.enum(ACTION_CLASSES),
    /**
     * The commands that would run, one argument a string, exactly; a command that reads a text has it as a last
     * element, written as a here-document. What only the router knows stands in angle brackets.
     */
    commands: z.array(z.array(z.string())),
    /** When the proposal expires unless it is decided. */
    expiresAt: instantSchema,
    /** How its playbook's step runs: recorded only, on a person's word, or by itself. */
    mode: z.enum(ACTION_MODES).optional(),
    /** What a person should know before deciding, e.g. that no SSH connection is configured. */
    note: z.string().optional(),
    /** Why it will not run whatever is decided; `skipped` follows with the same reason. */
    withheld: z.string().optional(),
  }),
);

export const actionApprovedSchema = factSchema(
  'opmas.action.approved',
  z.object({ ...about, decision: decisionSchema }),
);
export const actionRejectedSchema = factSchema(
  'opmas.action.rejected',
  z.object({ ...about, decision: decisionSchema }),
);
export const actionExpiredSchema = factSchema('opmas.action.expired', z.object({ ...about, expiredAt: instantSchema }));

export const actionStartedSchema = factSchema(
  'opmas.action.started',
  z.object({ ...about, runId: z.string(), executor: z.string(), startedAt: instantSchema, deadlineAt: instantSchema }),
);

/** A piece of what the router answered; text cut at UTF-8 boundaries, `base64` where it is not valid UTF-8. */
export const actionOutputSchema = factSchema(
  'opmas.action.output',
  z.object({
    ...about,
    runId: z.string(),
    channel: z.enum(['stdout', 'stderr']),
    text: z.string(),
    base64: z.string().optional(),
    truncated: z.boolean(),
  }),
);

export const actionSucceededSchema = factSchema(
  'opmas.action.succeeded',
  z.object({
    ...about,
    runId: z.string(),
    exitCode: z.literal(0),
    finishedAt: instantSchema,
    /** The commands as they ran; absent where the executor that knew them was lost. */
    commands: z.array(z.array(z.string())).optional(),
    /** What the router showed afterwards. */
    verification: z.string().optional(),
  }),
);

export const actionFailedSchema = factSchema(
  'opmas.action.failed',
  z.object({
    ...about,
    runId: z.string().nullable(),
    /** Null where the command gave none: not connected, lost, refused. */
    exitCode: z.number().int().nullable(),
    reason: z.string(),
    finishedAt: instantSchema,
    commands: z.array(z.array(z.string())).optional(),
  }),
);

/** The executor was lost between `started` and a result, and the router could not tell what happened. */
export const actionInterruptedSchema = factSchema(
  'opmas.action.interrupted',
  z.object({ ...about, runId: z.string(), reason: z.string(), interruptedAt: instantSchema }),
);

export const actionSkippedSchema = factSchema('opmas.action.skipped', z.object({ ...about, reason: z.string() }));

export const actionFactSchema = z.discriminatedUnion('type', [
  actionProposedSchema,
  actionApprovedSchema,
  actionRejectedSchema,
  actionExpiredSchema,
  actionStartedSchema,
  actionOutputSchema,
  actionSucceededSchema,
  actionFailedSchema,
  actionInterruptedSchema,
  actionSkippedSchema,
]);

export type ActionFact = z.infer<typeof actionFactSchema>;
export type ActionFactOf<T extends ActionFact['type']> = Extract<ActionFact, { type: T }>;
