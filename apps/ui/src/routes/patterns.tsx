import { useQuery } from '@tanstack/react-query';
import { PageBody, PageHeader } from '../components/page-header.js';
import { QueryPane } from '../components/query-pane.js';
import { EmptyPane } from '../components/state-pane.js';
import { Card, CardHeader } from '../components/ui/card.js';
import { templatesQuery } from '../features/templates/api/get-templates.js';
import { TemplateList } from '../features/templates/components/template-list.js';

export function PatternsPage() {
  const templates = useQuery(templatesQuery());
  return (
    <PageBody>
      <PageHeader title="Unknown patterns" />
      <Card>
        <CardHeader title="Messages that nobody taught OPMAS to read" note="last 24 h, <*> stands for what varies" />
        <QueryPane query={templates}>
          {({ items }) =>
            items.length === 0 ? <EmptyPane title="Every message was understood" /> : <TemplateList templates={items} />
          }
        </QueryPane>
      </Card>
    </PageBody>
  );
}
