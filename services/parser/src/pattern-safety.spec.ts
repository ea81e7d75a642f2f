import { describe, expect, it } from '@jest/globals';
import { Linter } from 'eslint';
import regexp from 'eslint-plugin-regexp';
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';

/**
 * Every regular expression that reads what a sender wrote: none may need more than linear time. As they stand, no
 * unbounded repeats may trade characters with each other; and were their bounds taken away, none may be exponential, so
 * that a bounded repeat within a bounded repeat is no way out.
 */
const root = join(import.meta.dirname, '../../..');
const FOLDERS = ['services/parser/src', 'services/ingestor/src', 'services/agents/src', 'libs/contracts/src'];

interface Pattern {
  place: string;
  literal: string;
}

function sourceFiles(): string[] {
  return FOLDERS.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
      .map((name) => join(root, folder, name)),
  );
}

/** The literals of a source text, and where it makes a pattern of a text, which nobody can check. */
function patternsOf(file: string, text: string): { patterns: Pattern[]; dynamic: string[] } {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  const patterns: Pattern[] = [];
  const dynamic: string[] = [];
  const visit = (node: ts.Node): void => {
    const place = `${relative(root, file)}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
    if (ts.isRegularExpressionLiteral(node)) patterns.push({ place, literal: node.getText() });
    const isCall = ts.isNewExpression(node) || ts.isCallExpression(node);
    if (isCall && node.expression.getText() === 'RegExp') dynamic.push(place);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { patterns, dynamic };
}

/** Without the upper bounds of its repeats. */
function unbounded({ place, literal }: Pattern): Pattern {
  return { place, literal: literal.replace(/\{(\d+),\d+\}/g, (_, least: string) => `{${least},}`) };
}

const linter = new Linter();
const quick: Linter.RulesRecord = {
  'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
  'regexp/no-super-linear-move': ['error', { report: 'certain', ignoreSticky: true }],
};
/** Slow with bounds, and of use only where alternatives are repeated. */
const repeated: Linter.RulesRecord = {
  'regexp/no-dupe-disjunctions': ['error', { report: 'trivial', reportExponentialBacktracking: 'potential' }],
};
const REPEATED_GROUP = /\)(?:[*+]|\{\d)/;

/** What is wrong with the patterns. */
function faultsOf(patterns: readonly Pattern[]): string[] {
  const groups = patterns.filter(({ literal }) => REPEATED_GROUP.test(literal) && literal.includes('|'));
  return [
    ...lint(patterns, quick),
    ...lint(groups.map(unbounded), repeated).filter((fault) => fault.includes('exponential')),
  ];
}

/** Each pattern is a line of one program. */
function lint(patterns: readonly Pattern[], rules: Linter.RulesRecord): string[] {
  const program = patterns.map(({ literal }, index) => `export const p${index} = ${literal};`).join('\n');
  const messages = linter.verify(program, [{ plugins: { regexp }, rules }]);
  return messages.map(({ line, message }) => `${patterns[line - 1]?.place ?? '?'}: ${message}`);
}

/** A repeat that reaches itself by a loop around it, or two ways through one alternative. */
const isExponential = (fault: string): boolean =>
  /can reach itself|is going to cause exponential|exponential backtracking\.$/.test(fault) &&
  !fault.includes('can exchange');

const found = sourceFiles().map((file) => patternsOf(file, readFileSync(file, 'utf8')));
const patterns = found.flatMap((file) => file.patterns);

describe('the regular expressions', () => {
  it('are all there', () => {
    expect(patterns.length).toBeGreaterThan(200);
  });

  it('are literals, every one', () => {
    expect(found.flatMap((file) => file.dynamic)).toEqual([]);
  });

  it('backtrack in linear time', () => {
    expect(faultsOf(patterns)).toEqual([]);
  });

  it('would not backtrack in exponential time without their bounds', () => {
    expect(faultsOf(patterns.map(unbounded)).filter(isExponential)).toEqual([]);
  });
});

describe('the check', () => {
  const check = (literal: string): string[] => faultsOf([{ place: 'here', literal }]);

  it.each(['/(a+)+$/', '/^\\s*(\\w|\\d)+,$/', '/x.*y.*z$/', '/(?:\\w+ ?)+:/y', '/\\s+$/', '/^(?:a|a)+$/'])(
    'finds %s',
    (literal) => {
      expect(check(literal)).not.toEqual([]);
    },
  );

  it('finds an exponential one that bounds hide', () => {
    const hidden = { place: 'here', literal: '/(?:\\w{1,64} ?){1,64}:/y' };
    expect(faultsOf([unbounded(hidden)]).filter(isExponential)).not.toEqual([]);
  });

  it.each(['/\\w+ \\d+/y', '/^[^:]*: (.*)$/', '/a{1,20}b/'])('lets %s pass', (literal) => {
    expect(check(literal)).toEqual([]);
  });

  it('finds a pattern that is made of a text', () => {
    expect(patternsOf(join(root, 'x.ts'), 'const a = new RegExp(b);').dynamic).toEqual(['x.ts:1']);
  });
});
