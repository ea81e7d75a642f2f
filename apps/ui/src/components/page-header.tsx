import type { ReactNode } from 'react';
import { useEffect } from 'react';

interface PageHeaderProps {
  title: string;
  /** The tab's title where it differs. */
  documentTitle?: string;
  note?: ReactNode;
  above?: ReactNode;
  children?: ReactNode;
}

export function PageHeader({ title, documentTitle, note, above, children }: PageHeaderProps) {
  useEffect(() => {
    document.title = `${documentTitle ?? title} · OPMAS`;
  }, [documentTitle, title]);
  return (
    <header className="flex flex-wrap items-end gap-x-4 gap-y-2">
      <div className="min-w-0 flex-1">
        {above}
        <h1 className="text-lg leading-7 font-semibold tracking-tight text-balance">{title}</h1>
        {note === undefined ? null : <div className="text-muted">{note}</div>}
      </div>
      {children === undefined ? null : <div className="flex flex-wrap items-center gap-2">{children}</div>}
    </header>
  );
}

/** The column that a page's parts stand in. */
export function PageBody({ children }: { children: ReactNode }) {
  return <div className="mx-auto flex w-full max-w-[1600px] flex-col gap-4 px-4 py-4 md:px-6">{children}</div>;
}
