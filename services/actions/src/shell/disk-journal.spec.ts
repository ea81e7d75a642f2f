import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { actionFact } from '../domain/workflow.js';
import { DiskJournal, FACTS_KEPT_MS, INTENTS_KEPT_MS } from './disk-journal.js';

describe("the executor's own disk", () => {
  let folder: string;
  let nowMs = 1_000_000;
  const open = (): DiskJournal => DiskJournal.open(folder, () => nowMs);
  const file = (): string => join(folder, 'actions.journal');
  const skipped = (actionId: string) =>
    actionFact('opmas.action.skipped', '', nowMs, { actionId, deviceId: 'd', reason: 'r' });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'opmas-journal-'));
    nowMs = 1_000_000;
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('remembers how far a run came, over a crash', () => {
    const journal = open();
    expect(journal.reached('a-1')).toBeNull();
    journal.intent('intent', 'a-1', 'a');
    const next = open();
    expect(next.reached('a-1')).toBe('intent');
    next.intent('claiming', 'a-1', 'a');
    const again = open();
    expect(again.reached('a-1')).toBe('claiming');
    expect(again.reached('a-2')).toBeNull();
  });

  it('cuts off a last line that was torn, and goes on after it', () => {
    open().intent('intent', 'a-1', 'a');
    appendFileSync(file(), '{"kind":"intent","atMs":1,"runI');
    const journal = open();
    journal.intent('intent', 'b-1', 'b');
    expect(readFileSync(file(), 'utf8').trim().split('\n')).toHaveLength(2);
    expect(open().reached('b-1')).toBe('intent');
  });

  it('passes over a line that is not its own', () => {
    appendFileSync(file(), 'rubbish\n{"kind":"other"}\n');
    open().intent('intent', 'a-1', 'a');
    expect(open().reached('a-1')).toBe('intent');
  });

  it('keeps facts for minutes and intents for a day, each fact once', () => {
    const journal = open();
    journal.intent('intent', 'a-1', 'a');
    journal.fact('s1', skipped('a'));
    journal.fact('s1', skipped('a'));
    expect(journal.recentFacts().get('s1')).toEqual([skipped('a')]);
    expect(open().recentFacts().get('s1')).toHaveLength(1);
    nowMs += FACTS_KEPT_MS;
    const later = open();
    expect(later.recentFacts().size).toBe(0);
    expect(later.reached('a-1')).toBe('intent');
    nowMs += INTENTS_KEPT_MS;
    expect(open().reached('a-1')).toBeNull();
    expect(readFileSync(file(), 'utf8')).toBe('');
  });

  it('is readable by its owner only', () => {
    open().intent('intent', 'a-1', 'a');
    expect(statSync(file()).mode & 0o077).toBe(0);
  });
});
