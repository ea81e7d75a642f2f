import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { LoadMore } from '../components/load-more.js';
import { PageBody, PageHeader } from '../components/page-header.js';
import { QueryPane } from '../components/query-pane.js';
import { EmptyPane } from '../components/state-pane.js';
import { Card, CardHeader } from '../components/ui/card.js';
import { auditQuery } from '../features/users/api/get-audit.js';
import { usersQuery } from '../features/users/api/get-users.js';
import { AuditList } from '../features/users/components/audit-list.js';
import { UsersList } from '../features/users/components/users-list.js';

export function UsersPage() {
  const users = useQuery(usersQuery());
  const audit = useInfiniteQuery(auditQuery());
  return (
    <PageBody>
      <PageHeader title="Users" />
      <div className="grid items-start gap-4 xl:grid-cols-2">
        <Card>
          <CardHeader title="Who may sign in" />
          <QueryPane query={users}>{(data) => <UsersList users={data} />}</QueryPane>
        </Card>
        <Card>
          <CardHeader title="Audit" note="what people asked to change" />
          <QueryPane query={audit}>
            {(data) => {
              const entries = data.pages.flatMap((page) => page.items);
              return (
                <>
                  {entries.length === 0 ? (
                    <EmptyPane title="Nobody has changed anything yet" />
                  ) : (
                    <AuditList entries={entries} />
                  )}
                  <LoadMore query={audit} />
                </>
              );
            }}
          </QueryPane>
        </Card>
      </div>
    </PageBody>
  );
}
