/** The condition of a correlation: `{gte: 10}`, or several comparisons that must all hold. */
import { COMPARE } from '../language/field-item.js';
import type { SourceNode } from '../language/source.js';
import type { CorrelationSource } from './kind.js';
import { MAX_WINDOW_ENTRIES } from './window.js';

export interface CountCondition {
  holds: (value: number) => boolean;
  /** The least value for which it can hold. */
  threshold: number;
  /** `condition.field`. */
  field: SourceNode | undefined;
}

const OPERATORS = ['gt', 'gte', 'lt', 'lte', 'eq', 'neq'] as const;
type Operator = (typeof OPERATORS)[number];

const HOLDS: Record<Operator, (a: number, b: number) => boolean> = {
  ...COMPARE,
  eq: (a, b) => a === b,
  neq: (a, b) => a !== b,
};

/** The least value that each operator lets through; those without one cannot open a finding when an event comes. */
const LEAST: Partial<Record<Operator, (b: number) => number>> = { gt: (b) => b + 1, gte: (b) => b, eq: (b) => b };

/** Reads it; null where it has faults. `withField`: whether `field` belongs to it. */
export function readCountCondition(source: CorrelationSource, withField: boolean): CountCondition | null {
  const { reader, condition: at } = source;
  if (!at) {
    reader.fault(
      source.correlation,
      'correlation lacks "condition"',
      'what has to be reached, like `condition: {gte: 10}`',
    );
    return null;
  }
  const before = reader.faults.length;
  const names = withField ? ([...OPERATORS, 'field'] as const) : OPERATORS;
  const found: Partial<Record<Operator | 'field', SourceNode>> | null = reader.record(
    at,
    'correlation.condition',
    names,
  );
  if (!found) return null;
  const parts: { operator: Operator; limit: number }[] = [];
  for (const operator of OPERATORS) {
    const node = found[operator];
    if (!node) continue;
    const limits = { min: operator === 'gt' ? 0 : 1, max: MAX_WINDOW_ENTRIES };
    parts.push({ operator, limit: reader.integer(node, `correlation.condition.${operator}`, limits) });
  }
  const least = parts.map(({ operator, limit }) => LEAST[operator]?.(limit)).filter((value) => value !== undefined);
  if (least.length === 0 && reader.faults.length === before) {
    reader.fault(at, 'the condition has no lower limit, so that no event could make it true', 'gte, gt or eq');
  }
  if (reader.faults.length > before) return null;
  return {
    holds: (value) => parts.every(({ operator, limit }) => HOLDS[operator](value, limit)),
    threshold: Math.max(...least),
    field: found.field,
  };
}
