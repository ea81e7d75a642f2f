import { useInfiniteQuery } from '@tanstack/react-query';
import { CircleCheck } from 'lucide-react';
import { useState } from 'react';
import { LoadMore } from '../components/load-more.js';
import { PageBody, PageHeader } from '../components/page-header.js';
import { QueryPane } from '../components/query-pane.js';
import { EmptyPane } from '../components/state-pane.js';
import { Card, CardHeader } from '../components/ui/card.js';
import { Select } from '../components/ui/select.js';
import type { SenderState } from '../features/senders/api/get-senders.js';
import { sendersQuery } from '../features/senders/api/get-senders.js';
import { SenderList } from '../features/senders/components/sender-list.js';

export function UnattributedPage() {
  const [state, setState] = useState<SenderState>('open');
  const senders = useInfiniteQuery(sendersQuery(state));
  const counts = senders.data?.pages[0]?.counts;
  const options = [
    { value: 'open', label: `Undecided${counts ? ` (${counts.open})` : ''}` },
    { value: 'decided', label: `Decided${counts ? ` (${counts.decided})` : ''}` },
  ] as const;
  return (
    <PageBody>
      <PageHeader
        title="Unattributed"
        note="Senders whose lines OPMAS gives to no device, because it would have to guess."
      />
      <Card>
        <CardHeader title={state === 'open' ? 'Waiting for a decision' : 'Decided'}>
          <Select label="Which senders" value={state} options={options} onChange={setState} />
        </CardHeader>
        <QueryPane query={senders}>
          {({ pages }) => {
            const items = pages.flatMap((page) => page.items);
            return items.length > 0 ? (
              <>
                <SenderList senders={items} />
                <LoadMore query={senders} />
              </>
            ) : (
              <EmptyPane
                icon={<CircleCheck />}
                title={state === 'open' ? 'Every line has its device' : 'Nothing was decided'}
              >
                {state === 'open'
                  ? 'Where two routers send under one name, or one address hides several, they appear here.'
                  : 'What is decided here can be taken back here.'}
              </EmptyPane>
            );
          }}
        </QueryPane>
      </Card>
    </PageBody>
  );
}
