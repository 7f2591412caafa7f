import type { Statement } from '../database/send'

// Rows go to the database as items: each a JSON array of its cells, with its place among the rows as its key.

/** Where statements take their items from, until they are sent. */
export const ITEMS = 'json_each(?1) AS item'

/**
 * Up to so many items stand in a statement one by one. json_each would read each of them once more, in every statement,
 * and Turso bills rows by how many were read; of more the statement itself would take longer to read than its rows.
 */
const MAX_LISTED = 64

/** A statement over rows, of which each is the JSON of its cells. `name` is that of their try, where they have keys: ?2 in statements about notes. */
export function overItems(sql: string, rows: readonly string[], name?: string): Statement {
	const isNamed = name !== undefined && sql.includes('?2')
	if (rows.length > MAX_LISTED) return { sql, args: [`[${rows.join()}]`, ...(isNamed ? [name] : [])] }
	const [first = '', ...others] = rows
	const args = isNamed || others.length > 0 ? [first, name ?? '', ...others] : [first]
	return { sql: sql.replaceAll(ITEMS, listed(rows.length)), args }
}

const known: string[] = []

function listed(count: number): string {
	return (known[count] ??=
		`(SELECT column1 AS key, column2 AS value FROM (VALUES ${valuesOf(count)})) AS item`)
}

function valuesOf(count: number): string {
	return Array.from({ length: count }, (_, place) => `(${place}, ?${place === 0 ? 1 : place + 2})`).join()
}
