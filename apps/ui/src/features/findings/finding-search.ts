import type { Domain, FindingSeverity } from '@opmas/contracts';
import { z } from 'zod';
import type { Finding } from '../../lib/api/resources.js';
import { anyText, choiceParam, listParam, oneOf, textParam } from '../../lib/search-params.js';
import { SEVERITIES } from '../../lib/severity.js';

export const FINDING_DOMAINS = [
  'security',
  'wifi',
  'wan',
  'lan',
  'health',
  'other',
] as const satisfies readonly Domain[];

/** The findings list's state in the URL. An absent status means open. */
export const findingSearchSchema = z.object({
  status: choiceParam(['cleared', 'all']),
  severity: listParam<FindingSeverity>(oneOf(SEVERITIES)),
  domain: listParam<Domain>(oneOf(FINDING_DOMAINS)),
  deviceId: listParam(anyText),
  ruleId: listParam(anyText),
  q: textParam,
});
export type FindingSearch = Partial<z.infer<typeof findingSearchSchema>>;

/** The API's parameters. */
export function findingQueryOf(search: FindingSearch): Record<string, string | undefined> {
  return {
    status: search.status === 'all' ? undefined : (search.status ?? 'open'),
    severity: search.severity?.join(','),
    domain: search.domain?.join(','),
    deviceId: search.deviceId?.join(','),
    ruleId: search.ruleId?.join(','),
    q: search.q?.slice(0, 200),
  };
}

function isIn(wanted: readonly string[] | undefined, value: string | null): boolean {
  return wanted === undefined || (value !== null && wanted.includes(value));
}

/** The same filter on a finding that arrives live. */
export function findingMatches(search: FindingSearch, finding: Finding): boolean {
  const isStatus = search.status === 'all' || finding.status === (search.status ?? 'open');
  const text = [finding.title, finding.description, ...Object.values(finding.group)].join('\n').toLowerCase();
  return (
    isStatus &&
    isIn(search.severity, finding.severity) &&
    isIn(search.domain, finding.domain) &&
    isIn(search.deviceId, finding.deviceId) &&
    isIn(search.ruleId, finding.ruleId) &&
    (search.q === undefined || text.includes(search.q.toLowerCase()))
  );
}
