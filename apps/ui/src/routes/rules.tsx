import { useQuery } from '@tanstack/react-query';
import { Link, getRouteApi, useNavigate } from '@tanstack/react-router';
import { FileCode2 } from 'lucide-react';
import { PageBody, PageHeader } from '../components/page-header.js';
import { QueryPane } from '../components/query-pane.js';
import { SearchBox } from '../components/search-box.js';
import { EmptyPane } from '../components/state-pane.js';
import { Badge } from '../components/ui/badge.js';
import { Card, CardHeader } from '../components/ui/card.js';
import { playbooksQuery } from '../features/documents/api/get-playbooks.js';
import { rulesQuery } from '../features/documents/api/get-rules.js';
import { DocumentList } from '../features/documents/components/document-list.js';
import { YamlView } from '../features/documents/components/yaml-view.js';
import type { RuleDocument } from '../lib/api/resources.js';
import { cn } from '../lib/class-names.js';

const route = getRouteApi('/app/rules');

export function RulesPage() {
  const search = route.useSearch();
  const navigate = useNavigate({ from: '/rules' });
  const rules = useQuery({ ...rulesQuery(), enabled: search.kind === undefined });
  const playbooks = useQuery({ ...playbooksQuery(), enabled: search.kind === 'playbooks' });
  return (
    <PageBody>
      <PageHeader title="Rules" note="What is watched for, and which playbooks answer. As they are in force now." />
      <div className="flex flex-wrap items-center gap-2">
        <KindSwitch kind={search.kind} />
        <SearchBox
          label="Search"
          placeholder="Search title, id, text"
          value={search.q}
          onSearch={(q) => void navigate({ search: (before) => ({ ...before, q }), replace: true })}
          className="w-full sm:w-72"
        />
      </div>
      <QueryPane query={search.kind === 'playbooks' ? playbooks : rules}>
        {(documents) => (
          <Documents documents={documents.filter((document) => matches(document, search.q))} selectedId={search.id} />
        )}
      </QueryPane>
    </PageBody>
  );
}

function matches(document: RuleDocument, q: string | undefined): boolean {
  return q === undefined || `${document.id}\n${document.source}`.toLowerCase().includes(q.toLowerCase());
}

function KindSwitch({ kind }: { kind: 'playbooks' | undefined }) {
  return (
    <div role="group" aria-label="Kind" className="inline-flex h-8 rounded-md border border-line-strong p-0.5">
      {([undefined, 'playbooks'] as const).map((each) => (
        <Link
          key={each ?? 'rules'}
          to="/rules"
          search={{ kind: each }}
          aria-current={kind === each ? 'page' : undefined}
          className={cn(
            'flex items-center rounded px-2.5',
            kind === each ? 'bg-accent-soft font-medium text-accent' : 'text-muted',
          )}
        >
          {each === undefined ? 'Rules' : 'Playbooks'}
        </Link>
      ))}
    </div>
  );
}

function Documents({ documents, selectedId }: { documents: readonly RuleDocument[]; selectedId: string | undefined }) {
  const selected =
    documents.find((document) => document.id === selectedId) ?? (selectedId === undefined ? documents[0] : undefined);
  if (documents.length === 0) return <EmptyPane icon={<FileCode2 />} title="Nothing here" />;
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[20rem_1fr]">
      <Card className="max-h-72 overflow-y-auto lg:max-h-[calc(100dvh-11rem)]">
        <DocumentList documents={documents} selectedId={selected?.id} />
      </Card>
      {selected === undefined ? (
        <EmptyPane icon={<FileCode2 />} title={`There is no "${selectedId}" here`} />
      ) : (
        <Card className="overflow-hidden">
          <CardHeader
            title={selected.title ?? selected.id}
            note={`version ${selected.version}, from ${selected.origin === 'build' ? 'the build' : selected.origin}`}
          >
            <Badge tone={selected.enabled ? 'ok' : 'none'}>{selected.enabled ? 'On' : 'Off'}</Badge>
          </CardHeader>
          <YamlView source={selected.source} />
        </Card>
      )}
    </div>
  );
}
