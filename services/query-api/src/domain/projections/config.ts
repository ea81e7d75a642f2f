/** The current value of each item of OPMAS_CONFIG that the API shows. The last fact of a subject is the whole value. */
import type { ConfigFact, Device, Role, Sealed } from '@opmas/contracts';
import { configFactSchema } from '@opmas/contracts';
import { parse } from 'yaml';

/** A rule or playbook; what its YAML text says about itself is null where it says nothing, or is no YAML. */
export interface DocumentItem {
  id: string;
  version: number;
  enabled: boolean;
  origin: string;
  source: string;
  title: string | null;
  domain: string | null;
  severity: string | null;
}

export interface UserItem {
  userName: string;
  role: Role;
  password: Sealed;
  disabled: boolean;
  createdAt: string;
  /** When this value was written: refresh tokens from before it are no longer taken. */
  changedAt: string;
}

/** An item, and the kind that names its table. */
export type ConfigItem =
  | { kind: 'device'; item: Device }
  | { kind: 'rule'; item: DocumentItem }
  | { kind: 'playbook'; item: DocumentItem }
  | { kind: 'user'; item: UserItem };

/** The item that a fact sets; null for a fact of another kind or shape. */
export function configItemOf(fact: unknown): ConfigItem | null {
  const parsed = configFactSchema.safeParse(fact);
  return parsed.success ? itemOf(parsed.data) : null;
}

function itemOf(fact: ConfigFact): ConfigItem | null {
  switch (fact.type) {
    case 'opmas.config.device.discovered':
    case 'opmas.config.device.changed':
      return { kind: 'device', item: fact.data };
    case 'opmas.config.rule.published':
      return { kind: 'rule', item: { ...fact.data, ...headOf(fact.data.source) } };
    case 'opmas.config.playbook.published':
      return { kind: 'playbook', item: { ...fact.data, ...headOf(fact.data.source) } };
    case 'opmas.config.user.changed':
      return { kind: 'user', item: { ...fact.data, changedAt: fact.time } };
    default:
      return null;
  }
}

function headOf(source: string): Pick<DocumentItem, 'title' | 'domain' | 'severity'> {
  let value: unknown;
  try {
    value = parse(source, { maxAliasCount: 10 });
  } catch {
    value = null;
  }
  const head = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const text = (name: string): string | null => (typeof head[name] === 'string' ? head[name] : null);
  return { title: text('title'), domain: text('domain'), severity: text('severity') ?? text('level') };
}
