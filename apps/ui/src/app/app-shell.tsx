import { Link, Outlet } from '@tanstack/react-router';
import { Menu } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../components/ui/button.js';
import { Dialog, DialogContent, DialogTrigger } from '../components/ui/dialog.js';
import { BrandMark } from './brand-mark.js';
import { ConnectionState } from './connection-state.js';
import { useLiveCache } from './live-cache.js';
import { Navigation } from './navigation.js';
import { UserMenu } from './user-menu.js';

/** Navigation at the side, on narrow screens in a drawer; every signed-in page stands in it. */
export function AppShell() {
  useLiveCache();
  return (
    <div className="flex min-h-dvh flex-col lg:grid lg:grid-cols-[13rem_1fr]">
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-md focus:bg-surface focus:px-3 focus:py-2 focus:shadow-pop"
      >
        Skip to the content
      </a>
      <aside className="sticky top-0 hidden h-dvh flex-col border-r bg-surface lg:flex">
        <Brand />
        <Navigation />
        <div className="mt-auto space-y-1 border-t p-2">
          <ConnectionState />
          <UserMenu />
        </div>
      </aside>
      <NarrowBar />
      <main id="main" tabIndex={-1} className="min-w-0 flex-1 outline-none">
        <Outlet />
      </main>
    </div>
  );
}

function Brand() {
  return (
    <Link to="/" className="flex h-13 items-center gap-2.5 px-4">
      <BrandMark className="size-6" />
      <span className="font-semibold tracking-tight">OPMAS</span>
    </Link>
  );
}

function NarrowBar() {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <header className="sticky top-0 z-30 flex h-12 items-center gap-1 border-b bg-surface px-2 lg:hidden">
      <Dialog open={isOpen} onOpenChange={setIsOpen}>
        <DialogTrigger asChild>
          <Button variant="ghost" size="icon" aria-label="Open the navigation">
            <Menu />
          </Button>
        </DialogTrigger>
        <DialogContent title="OPMAS" placement="side">
          <Navigation onNavigate={() => setIsOpen(false)} />
          <div className="mt-auto border-t p-2">
            <UserMenu />
          </div>
        </DialogContent>
      </Dialog>
      <Link to="/" className="flex items-center gap-2 font-semibold">
        <BrandMark className="size-6" />
        OPMAS
      </Link>
      <div className="ml-auto">
        <ConnectionState />
      </div>
    </header>
  );
}
