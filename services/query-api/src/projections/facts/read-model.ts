/** The tables that are folded from facts: which columns a row has, and what it is made of. */
import type { Device } from '@opmas/contracts';
import type { ActionItem } from '../../domain/projections/action.js';
import { evolveAction } from '../../domain/projections/action.js';
import type { DocumentItem, UserItem } from '../../domain/projections/config.js';
import { configItemOf } from '../../domain/projections/config.js';
import type { FindingItem } from '../../domain/projections/finding.js';
import { evolveFinding } from '../../domain/projections/finding.js';

/** A table whose rows are folded from the facts of one kind. `body` of a row is the item itself. */
export interface ReadModel {
  table: string;
  /** The filter columns, beside `body` and `sequence`; the first is the key. */
  columns: readonly string[];
  /** The item's row after one more fact; null while the facts so far make none. */
  evolve(item: unknown, fact: unknown): { item: object; row: Record<string, unknown> } | null;
}

/** Ties an item's fold and its columns together; the item read back from `body` is what the fold wrote there. */
function readModel<Item extends object>(
  table: string,
  columns: readonly string[],
  evolve: (item: Item | null, fact: unknown) => Item | null,
  row: (item: Item) => Record<string, unknown>,
): ReadModel {
  return {
    table,
    columns,
    evolve: (before, fact) => {
      const item = evolve(before as Item | null, fact);
      return item === null ? null : { item, row: row(item) };
    },
  };
}

// The last fact is the whole value; a fact of another kind or shape leaves the item as it was.

function lastDevice(before: Device | null, fact: unknown): Device | null {
  const found = configItemOf(fact);
  return found?.kind === 'device' ? found.item : before;
}

function lastUser(before: UserItem | null, fact: unknown): UserItem | null {
  const found = configItemOf(fact);
  return found?.kind === 'user' ? found.item : before;
}

function lastDocument(kind: 'rule' | 'playbook') {
  return (before: DocumentItem | null, fact: unknown): DocumentItem | null => {
    const found = configItemOf(fact);
    return found?.kind === kind ? found.item : before;
  };
}

const finding = readModel<FindingItem>(
  'findings',
  ['id', 'rule_id', 'domain', 'severity', 'status', 'device_id', 'opened_at', 'search'],
  evolveFinding,
  (item) => ({
    id: item.id,
    rule_id: item.ruleId,
    domain: item.domain,
    severity: item.severity,
    status: item.status,
    device_id: item.deviceId,
    opened_at: item.openedAt,
    search: [item.title, item.description, ...Object.values(item.group)].join('\n').toLowerCase(),
  }),
);

const action = readModel<ActionItem>(
  'actions',
  ['id', 'device_id', 'finding_id', 'status', 'proposed_at', 'expires_at'],
  evolveAction,
  (item) => ({
    id: item.id,
    device_id: item.deviceId,
    finding_id: item.findingId,
    status: item.status,
    proposed_at: item.proposedAt,
    expires_at: item.expiresAt,
  }),
);

const device = readModel('devices', ['id', 'name', 'status'], lastDevice, (item) => ({
  id: item.deviceId,
  name: item.name,
  status: item.status,
}));

const user = readModel('users', ['id', 'role', 'disabled'], lastUser, (item) => ({
  id: item.userName,
  role: item.role,
  disabled: item.disabled,
}));

const DOCUMENT_COLUMNS = ['id', 'version', 'enabled'];
const rule = readModel('rules', DOCUMENT_COLUMNS, lastDocument('rule'), ({ id, version, enabled }) => ({
  id,
  version,
  enabled,
}));
const playbook = readModel('playbooks', DOCUMENT_COLUMNS, lastDocument('playbook'), ({ id, version, enabled }) => ({
  id,
  version,
  enabled,
}));

/** Kind of item → its table. A kind that is not here is kept in its history only. */
export const READ_MODELS: Readonly<Record<string, ReadModel>> = { finding, action, device, user, rule, playbook };
