import { RelativeTime } from '../../../components/relative-time.js';
import { Badge } from '../../../components/ui/badge.js';
import type { User } from '../../../lib/api/resources.js';

const ROLE_NOTES: Readonly<Record<User['role'], string>> = {
  viewer: 'sees everything',
  operator: 'also decides on actions and edits devices',
  admin: 'also manages users and SSH connections',
};

export function UsersList({ users }: { users: readonly User[] }) {
  return (
    <ul className="divide-y">
      {users.map((user) => (
        <li key={user.userName} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5">
          <span className="min-w-32 font-medium">{user.userName}</span>
          <span className="min-w-0 flex-1 text-muted">
            {user.role} <span className="text-faint max-sm:hidden">· {ROLE_NOTES[user.role]}</span>
          </span>
          {user.disabled ? <Badge>disabled</Badge> : null}
          {user.createdAt ? (
            <span className="text-xs text-faint">
              since <RelativeTime at={user.createdAt} />
            </span>
          ) : null}
        </li>
      ))}
    </ul>
  );
}
