import type { ColumnDef, Header, Row, RowData, SortingState, Updater } from '@tanstack/react-table';
import {
  createSortedRowModel,
  metaHelper,
  rowSortingFeature,
  sortFn_alphanumeric,
  sortFn_basic,
  sortFn_text,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { ArrowDown, ArrowUp } from 'lucide-react';
import type { MouseEvent } from 'react';
import { useCallback, useRef } from 'react';
import { cn } from '../lib/class-names.js';
import { useListKeys } from './list-keys.js';

/** `className` goes to the column's head and cells: widths, alignment, from which width on it shows. */
interface ColumnMeta {
  className?: string;
}

export const tableFeature = tableFeatures({
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns: { alphanumeric: sortFn_alphanumeric, basic: sortFn_basic, text: sortFn_text },
  columnMeta: metaHelper<ColumnMeta>(),
});
export type TableFeature = typeof tableFeature;

interface DataTableProps<T extends RowData> {
  label: string;
  // The cells' values differ from column to column; the table library types the erased union this way.
  columns: ColumnDef<TableFeature, T>[];
  rows: T[];
  rowId: (row: T) => string;
  onOpen: (row: T) => void;
  sorting?: SortingState;
  onSorting?: (sorting: SortingState) => void;
}

const NO_SORTING: SortingState = [];

function isPlainClick(event: MouseEvent): boolean {
  const target = event.target as HTMLElement;
  return target.closest('a,button,input') === null && window.getSelection()?.toString() === '';
}

/** A table whose rows open on a click or by j, k and Enter. Each row must hold a link as well: for new tabs and readers. */
export function DataTable<T extends RowData>(props: DataTableProps<T>) {
  const { columns, rows, rowId, onOpen, sorting, onSorting } = props;
  const table = useTable({
    features: tableFeature,
    columns,
    data: rows,
    getRowId: rowId,
    enableSorting: onSorting !== undefined,
    manualSorting: onSorting === undefined,
    enableSortingRemoval: false,
    state: { sorting: sorting ?? NO_SORTING },
    onSortingChange: (updater: Updater<SortingState>) =>
      onSorting?.(typeof updater === 'function' ? updater(sorting ?? NO_SORTING) : updater),
  });
  const body = useRef<HTMLTableSectionElement>(null);
  const shown = table.getRowModel().rows;
  const onMove = useCallback(
    (index: number) => body.current?.children[index]?.scrollIntoView({ block: 'nearest' }),
    [],
  );
  const marked = useListKeys({
    count: shown.length,
    onMove,
    onOpen: (index) => {
      const row = shown[index];
      if (row) onOpen(row.original);
    },
  });
  return (
    <table aria-label={props.label} className="w-full border-collapse text-left">
      <thead>
        {table.getHeaderGroups().map((group) => (
          <tr key={group.id} className="border-b">
            {group.headers.map((header) => (
              <HeadCell
                key={header.id}
                header={header}
                isSortable={onSorting !== undefined}
                FlexRender={table.FlexRender}
              />
            ))}
          </tr>
        ))}
      </thead>
      <tbody ref={body} className="divide-y">
        {shown.map((row, index) => (
          <BodyRow key={row.id} row={row} isMarked={index === marked} onOpen={onOpen} FlexRender={table.FlexRender} />
        ))}
      </tbody>
    </table>
  );
}

type Renderer<T extends RowData> = ReturnType<typeof useTable<TableFeature, T>>['FlexRender'];

interface HeadCellProps<T extends RowData> {
  header: Header<TableFeature, T>;
  isSortable: boolean;
  FlexRender: Renderer<T>;
}

function HeadCell<T extends RowData>({ header, isSortable, FlexRender }: HeadCellProps<T>) {
  const { column } = header;
  const direction = column.getIsSorted();
  return (
    <th
      scope="col"
      aria-sort={direction === 'asc' ? 'ascending' : direction === 'desc' ? 'descending' : undefined}
      className={cn(
        'h-9 px-2 text-xs font-medium whitespace-nowrap text-faint first:pl-4 last:pr-4',
        column.columnDef.meta?.className,
      )}
    >
      {isSortable && column.getCanSort() ? (
        <button
          type="button"
          className="inline-flex items-center gap-1 hover:text-fg"
          onClick={column.getToggleSortingHandler()}
        >
          <FlexRender header={header} />
          {direction === 'asc' ? <ArrowUp className="size-3" /> : null}
          {direction === 'desc' ? <ArrowDown className="size-3" /> : null}
        </button>
      ) : (
        <FlexRender header={header} />
      )}
    </th>
  );
}

interface BodyRowProps<T extends RowData> {
  row: Row<TableFeature, T>;
  isMarked: boolean;
  onOpen: (row: T) => void;
  FlexRender: Renderer<T>;
}

function BodyRow<T extends RowData>({ row, isMarked, onOpen, FlexRender }: BodyRowProps<T>) {
  return (
    <tr
      data-marked={isMarked ? '' : undefined}
      onClick={(event) => {
        if (isPlainClick(event)) onOpen(row.original);
      }}
      className="cursor-pointer hover:bg-hover data-marked:bg-accent-soft data-marked:shadow-[inset_2px_0_0_var(--accent)]"
    >
      {row.getAllCells().map((cell) => (
        <td
          key={cell.id}
          className={cn('px-2 py-2 align-middle first:pl-4 last:pr-4', cell.column.columnDef.meta?.className)}
        >
          <FlexRender cell={cell} />
        </td>
      ))}
    </tr>
  );
}
