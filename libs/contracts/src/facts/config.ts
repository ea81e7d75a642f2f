/** Facts in OPMAS_CONFIG: the last per subject is the item's whole current value. */
import { z } from 'zod';
import { instantSchema } from '../raw-record.js';
import { factSchema } from './cloud-event.js';

/** A secret sealed by AES-256-GCM with the deployment's key: base64 of nonce, tag and cipher text. */
export const sealedSchema = z.object({ alg: z.literal('A256GCM'), keyId: z.string(), box: z.base64() });
export type Sealed = z.infer<typeof sealedSchema>;

/** How services/actions reaches a router. */
export const sshConnectionSchema = z.object({
  host: z.string().min(1),
  port: z.number().int().min(1).max(65535),
  user: z.string().min(1),
  /** `SHA256:<base64 without padding>` of each pinned host key. */
  hostKeys: z.array(z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/)).min(1),
  /** Sealed JSON: `{"privateKey": "..."}` or `{"password": "..."}`. */
  credential: sealedSchema,
});

/**
 * A person's decision whose the lines of a sender are: of one key, from one address or (`peer` null) from any. It goes
 * before what the key alone says.
 */
export const senderBindingSchema = z.object({ key: z.string().min(1).max(300), peer: z.string().nullable() });
export type SenderBinding = z.infer<typeof senderBindingSchema>;

/** A device as it now is. `keys` are the sender keys that are bound to it; none where only `bindings` are. */
export const deviceSchema = z.object({
  deviceId: z.string(),
  name: z.string(),
  shard: z.number().int().min(0),
  keys: z.array(z.string()),
  /** Decisions of people; see `senderBindingSchema`. */
  bindings: z.array(senderBindingSchema).optional(),
  /** Those of `keys` that were made up for this device and given to it: `host:<token>`, the token being its log_hostname. */
  tokens: z.array(z.string()).optional(),
  /** The device that this one turned out to be; it has no keys any more. */
  mergedInto: z.string().optional(),
  status: z.enum(['discovered', 'adopted', 'ignored']),
  /** Id of the raw record that first showed it. */
  firstRecordId: z.string(),
  discoveredAt: instantSchema,
  /** IANA name; null until it is learned: then the listener's default holds. */
  timeZone: z.string().nullable(),
  labels: z.record(z.string(), z.string()),
  ssh: sshConnectionSchema.nullable(),
});
export type Device = z.infer<typeof deviceSchema>;

/** The sender key of a router whose log_hostname is a token, as the ingestor makes it. */
export function provisionedKeyOf(token: string): string {
  return `host:${token.toLowerCase()}`;
}

export const deviceDiscoveredSchema = factSchema('opmas.config.device.discovered', deviceSchema);
export const deviceChangedSchema = factSchema('opmas.config.device.changed', deviceSchema);

/** A rule or playbook as a build ships it or a person edited it. `source` is its YAML text. */
const document = z.object({
  id: z.string(),
  version: z.number().int().min(1),
  enabled: z.boolean(),
  /** `build` for what a build ships, else the user's name. */
  origin: z.string(),
  source: z.string(),
});
export const rulePublishedSchema = factSchema('opmas.config.rule.published', document);
export const playbookPublishedSchema = factSchema('opmas.config.playbook.published', document);

/** Says that all that a build ships of a kind (`rules`, `playbooks`) stands in the stream. */
export const buildPublishedSchema = factSchema(
  'opmas.config.build.published',
  z.object({ kind: z.enum(['rules', 'playbooks']), build: z.string(), digest: z.string(), count: z.number().int() }),
);

export const ROLES = ['viewer', 'operator', 'admin'] as const;
export type Role = (typeof ROLES)[number];

export const userSchema = z.object({
  userName: z.string().regex(/^[a-z0-9_-]{1,64}$/),
  role: z.enum(ROLES),
  /** Sealed scrypt hash. */
  password: sealedSchema,
  disabled: z.boolean(),
  createdAt: instantSchema,
});
export const userChangedSchema = factSchema('opmas.config.user.changed', userSchema);

/** An ingestor that will not come back: its devices' silence is timed on the shard's clock. */
export const ingestorRetiredSchema = factSchema('opmas.config.ingestor.retired', z.object({ ingestor: z.string() }));

export const configFactSchema = z.discriminatedUnion('type', [
  deviceDiscoveredSchema,
  deviceChangedSchema,
  rulePublishedSchema,
  playbookPublishedSchema,
  buildPublishedSchema,
  userChangedSchema,
  ingestorRetiredSchema,
]);
export type ConfigFact = z.infer<typeof configFactSchema>;
export type ConfigFactOf<T extends ConfigFact['type']> = Extract<ConfigFact, { type: T }>;
