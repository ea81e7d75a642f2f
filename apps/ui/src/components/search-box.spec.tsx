import { afterEach, describe, expect, it } from '@jest/globals';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { SearchBox } from './search-box.js';

afterEach(cleanup);

function renderBox(value?: string) {
  const searched: (string | undefined)[] = [];
  const box = (shown: string | undefined) => (
    <SearchBox
      label="Search"
      placeholder=""
      value={shown}
      onSearch={(text) => searched.push(text)}
      whileTyping={false}
    />
  );
  const view = render(box(value));
  return {
    searched,
    field: screen.getByLabelText<HTMLInputElement>('Search'),
    show: (next?: string) => view.rerender(box(next)),
  };
}

describe('the search field', () => {
  it('searches on Enter, trimmed, and not for what is searched already', () => {
    const { searched, field } = renderBox('old');
    fireEvent.change(field, { target: { value: ' old ' } });
    fireEvent.keyDown(field, { key: 'Enter' });
    expect(searched).toEqual([]);
    fireEvent.change(field, { target: { value: ' new ' } });
    fireEvent.keyDown(field, { key: 'Enter' });
    expect(searched).toEqual(['new']);
  });

  it('follows the URL, and clears', () => {
    const { searched, field, show } = renderBox('old');
    show('from the back button');
    expect(field.value).toBe('from the back button');
    fireEvent.click(screen.getByLabelText('Clear the search'));
    expect(searched).toEqual([undefined]);
  });

  it('takes the cursor on a slash', () => {
    const { field } = renderBox();
    fireEvent.keyDown(document.body, { key: '/' });
    expect(document.activeElement).toBe(field);
  });
});
