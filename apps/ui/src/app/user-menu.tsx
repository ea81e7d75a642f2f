import { ChevronsUpDown, LogOut, Monitor, Moon, Sun } from 'lucide-react';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuRadioGroup,
  DropdownMenuRadioItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '../components/ui/dropdown-menu.js';
import { signOut } from '../features/auth/api/sign-out.js';
import { useCurrentUser } from '../lib/current-user.js';
import { themePreference, useTheme, useZone, zonePreference } from '../lib/preferences.js';

export function UserMenu() {
  const user = useCurrentUser();
  const theme = useTheme();
  const zone = useZone();
  const localZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <DropdownMenu>
      <DropdownMenuTrigger className="flex h-10 w-full items-center gap-2.5 rounded-md px-2 text-left hover:bg-hover">
        <span
          aria-hidden
          className="grid size-6 place-items-center rounded-full bg-accent-soft text-xs font-semibold text-accent uppercase"
        >
          {user?.userName.slice(0, 1) ?? '?'}
        </span>
        <span className="min-w-0 flex-1 leading-4">
          <span className="block truncate font-medium">{user?.userName}</span>
          <span className="block text-xs text-faint">{user?.role}</span>
        </span>
        <ChevronsUpDown aria-hidden className="size-3.5 text-faint" />
      </DropdownMenuTrigger>
      <DropdownMenuContent align="start" className="w-56">
        <DropdownMenuLabel>Theme</DropdownMenuLabel>
        <DropdownMenuRadioGroup value={theme}>
          <DropdownMenuRadioItem value="system" onSelect={() => themePreference.set('system')}>
            <Monitor /> As the system
          </DropdownMenuRadioItem>
          <DropdownMenuRadioItem value="light" onSelect={() => themePreference.set('light')}>
            <Sun /> Light
          </DropdownMenuRadioItem>
          <DropdownMenuRadioItem value="dark" onSelect={() => themePreference.set('dark')}>
            <Moon /> Dark
          </DropdownMenuRadioItem>
        </DropdownMenuRadioGroup>
        <DropdownMenuSeparator />
        <DropdownMenuLabel>Times</DropdownMenuLabel>
        <DropdownMenuRadioGroup value={zone}>
          <DropdownMenuRadioItem value="local" onSelect={() => zonePreference.set('local')}>
            Local ({localZone})
          </DropdownMenuRadioItem>
          <DropdownMenuRadioItem value="utc" onSelect={() => zonePreference.set('utc')}>
            UTC
          </DropdownMenuRadioItem>
        </DropdownMenuRadioGroup>
        <DropdownMenuSeparator />
        <DropdownMenuItem onSelect={() => void signOut()}>
          <LogOut /> Sign out
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
