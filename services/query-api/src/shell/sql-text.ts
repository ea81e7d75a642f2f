/** Values inside a statement's text, for messages that must hold several statements and so cannot have parameters. */

/** NUL cannot stand in a Postgres text, a lone surrogate not in UTF-8. */
export function storableText(text: string): string {
  return text.replaceAll('\0', '\u2400').replaceAll(/\p{Surrogate}/gu, '\ufffd');
}

/** A text literal; `standard_conforming_strings` is on in every Postgres since 9.1. */
export function literal(text: string | null): string {
  return text === null ? 'NULL' : `'${storableText(text).replaceAll("'", "''")}'`;
}

/** A JSON text whose strings Postgres can turn into columns: a NUL in them becomes U+2400. */
export function rowsLiteral(rows: readonly object[]): string {
  const json = JSON.stringify(rows, (_key, value: unknown) =>
    typeof value === 'string' ? storableText(value) : value,
  );
  return `'${json.replaceAll("'", "''")}'`;
}

/** Inserts rows (objects with the column names as keys), or replaces those with the same key. */
export function upsert(table: string, key: string, columns: readonly string[], rows: readonly object[]): string {
  if (rows.length === 0) return '';
  const sets = columns.filter((column) => column !== key).map((column) => `${column} = excluded.${column}`);
  return `INSERT INTO ${table} (${columns.join(', ')})
    SELECT ${columns.join(', ')} FROM json_populate_recordset(NULL::${table}, ${rowsLiteral(rows)})
    ON CONFLICT (${key}) DO UPDATE SET ${sets.join(', ')};`;
}

/** Inserts rows, passing over those whose primary key is there. */
export function insertNew(table: string, columns: readonly string[], rows: readonly object[]): string {
  if (rows.length === 0) return '';
  return `INSERT INTO ${table} (${columns.join(', ')})
    SELECT ${columns.join(', ')} FROM json_populate_recordset(NULL::${table}, ${rowsLiteral(rows)})
    ON CONFLICT DO NOTHING;`;
}
