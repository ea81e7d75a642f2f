/** Templates of messages that no dialect knows, as they are shown: those with the same words count as one. */

/** One id's share; the words are those of its newest event. */
export interface CountedTemplate {
  templateId: string;
  appName: string | null;
  template: string;
  count: number;
  devices: number;
  /** ISO 8601. */
  firstSeenAt: string;
  lastSeenAt: string;
  /** The newest event's message. */
  sample: string;
}

export type TemplateItem = Omit<CountedTemplate, 'templateId'> & { templateIds: string[] };

/**
 * Shards that first saw different lines of one template gave it different ids. What devices they have in common is not
 * known here: the larger number is answered, so `devices` is "at least".
 */
export function mergeTemplates(counted: readonly CountedTemplate[]): TemplateItem[] {
  const byWords = new Map<string, TemplateItem>();
  for (const { templateId, ...each } of counted) {
    const key = JSON.stringify([each.appName, each.template]);
    const known = byWords.get(key);
    byWords.set(key, known === undefined ? { ...each, templateIds: [templateId] } : merged(known, templateId, each));
  }
  return [...byWords.values()].sort((a, b) => b.count - a.count || (a.template < b.template ? -1 : 1));
}

function merged(known: TemplateItem, id: string, each: Omit<CountedTemplate, 'templateId'>): TemplateItem {
  const newest = each.lastSeenAt > known.lastSeenAt ? each : known;
  return {
    appName: known.appName,
    template: known.template,
    count: known.count + each.count,
    devices: Math.max(known.devices, each.devices),
    firstSeenAt: each.firstSeenAt < known.firstSeenAt ? each.firstSeenAt : known.firstSeenAt,
    lastSeenAt: newest.lastSeenAt,
    sample: newest.sample,
    templateIds: [...known.templateIds, id],
  };
}
