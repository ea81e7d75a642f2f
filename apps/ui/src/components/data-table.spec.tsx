import { afterEach, describe, expect, it } from '@jest/globals';
import { createColumnHelper } from '@tanstack/react-table';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { DataTable } from './data-table.js';
import type { TableFeature } from './data-table.js';

interface Row {
  id: string;
  size: number;
}

const helper = createColumnHelper<TableFeature, Row>();
const columns = helper.columns([
  helper.accessor('id', { header: 'Id', sortFn: 'alphanumeric' }),
  helper.accessor('size', { header: 'Size', sortFn: 'basic' }),
]);
const rows: Row[] = [
  { id: 'a', size: 3 },
  { id: 'b', size: 1 },
  { id: 'c', size: 2 },
];

Element.prototype.scrollIntoView = () => undefined;
afterEach(cleanup);

const order = () =>
  screen
    .getAllByRole('row')
    .slice(1)
    .map((row) => row.textContent?.slice(0, 1))
    .join('');

describe('a table of rows that open', () => {
  it('moves by j and k and opens by Enter', () => {
    const opened: string[] = [];
    render(
      <DataTable
        label="T"
        columns={columns}
        rows={rows}
        rowId={(row) => row.id}
        onOpen={(row) => opened.push(row.id)}
      />,
    );
    for (const key of ['j', 'j', 'j', 'j', 'k', 'Enter']) fireEvent.keyDown(document.body, { key });
    expect(opened).toEqual(['b']);
    fireEvent.click(screen.getByText('c'));
    expect(opened).toEqual(['b', 'c']);
  });

  it('does not move while somebody types', () => {
    const opened: string[] = [];
    render(
      <>
        <input aria-label="field" />
        <DataTable
          label="T"
          columns={columns}
          rows={rows}
          rowId={(row) => row.id}
          onOpen={(row) => opened.push(row.id)}
        />
      </>,
    );
    fireEvent.keyDown(screen.getByLabelText('field'), { key: 'j' });
    fireEvent.keyDown(document.body, { key: 'Enter' });
    expect(opened).toEqual([]);
  });

  it('sorts as it is told and says so', () => {
    const asked: unknown[] = [];
    const table = (desc: boolean) => (
      <DataTable
        label="T"
        columns={columns}
        rows={rows}
        rowId={(row) => row.id}
        onOpen={() => undefined}
        sorting={[{ id: 'size', desc }]}
        onSorting={(next) => asked.push(next)}
      />
    );
    const view = render(table(false));
    expect(order()).toBe('bca');
    expect(screen.getByText('Size').closest('th')?.getAttribute('aria-sort')).toBe('ascending');
    fireEvent.click(screen.getByText('Size'));
    expect(asked).toEqual([[{ id: 'size', desc: true }]]);
    view.rerender(table(true));
    expect(order()).toBe('acb');
  });

  it('leaves the order to the server where it sorts', () => {
    render(<DataTable label="T" columns={columns} rows={rows} rowId={(row) => row.id} onOpen={() => undefined} />);
    expect(order()).toBe('abc');
  });
});
