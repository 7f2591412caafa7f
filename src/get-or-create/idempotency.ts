import { createHash } from 'node:crypto'
import { anyDiffers, columnsOf, identity, matches } from './conditions'
import { KEPT_SECONDS } from './idempotency-keys'
import type { Shape } from './shape'

/** A row's part in an Idempotency-Key: the key covers each row by its position. */
export interface RowKey {
	key: string
	position: number
	/** The row was the whole request, not one of many. */
	alone: boolean
}

/** What an Idempotency-Key may be. */
export function isIdempotencyKey(text: string): boolean {
	return /^[\x20-\x7e]{1,255}$/.test(text)
}

/** Tells a repeat of the same request from another one under the same key, and keeps none of its values. */
export function fingerprintOf(form: string, given: readonly string[], { alone }: RowKey): string {
	return createHash('sha256')
		.update(`${alone ? 'row' : 'rows'} ${form} ${given.join()}`)
		.digest('base64')
}

/** A value of a JSON column as text that doesn't depend on the order of properties. */
export function orderedJson(json: unknown): string {
	return JSON.stringify(json, (_, value: unknown) =>
		typeof value === 'object' && value !== null && !Array.isArray(value)
			? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
			: value,
	)
}

/**
 * The statements about the notes of rows with keys, in the order in which they run with the others: `write`, update,
 * insert, `settle`, `read`, select. In them ?2 and the row's place name this try of this transaction, and no other.
 */
export interface NoteStatements {
	write: string
	settle: string
	read: string
}

const COLUMNS = 'scope, key, position, fingerprint, attempt, noted_at, row_key, outcome'

export function notesOf(shape: Shape): NoteStatements | undefined {
	if (!shape.keyed) return undefined
	const { table, set, insertable } = shape
	const { key, position, fingerprint } = places(shape)
	const from = `FROM ${table.sql} AS found WHERE ${matches(shape)}`
	const there = `EXISTS (SELECT 1 ${from})`
	const differs = set.length > 0 && anyDiffers(shape)
	const rowKey = `json_array(${identity(shape)
		.map((column) => (column.affinity === 'blob' ? `hex(found.${column.sql})` : `found.${column.sql}`))
		.join(', ')})`
	return {
		// What the row is before anything is done tells what this try will do; a note that is there already stays. There is
		// none for a row that can't be made, like for any other that is not valid.
		write: [
			`INSERT INTO idempotency_keys (${COLUMNS})`,
			`SELECT ${scope(shape)}, ${key}, ${position}, ${fingerprint}, ?2 || item.key, unixepoch(),`,
			`(SELECT ${rowKey} ${from}), CASE WHEN NOT ${there} THEN 'created'`,
			differs ? `WHEN EXISTS (SELECT 1 ${from} AND ${differs}) THEN 'updated'` : '',
			`ELSE 'found' END FROM json_each(?1) AS item WHERE ${insertable ? 'true' : there}`,
			'ON CONFLICT (scope, key, position) DO UPDATE SET fingerprint = excluded.fingerprint, attempt = excluded.attempt,',
			'noted_at = excluded.noted_at, row_key = excluded.row_key, outcome = excluded.outcome',
			`WHERE noted_at <= unixepoch() - ${KEPT_SECONDS}`,
		].join(' '),
		// Which row it made; none where another row's unique value stood in the way. Not an UPDATE, which would be free to
		// look through all notes for those of the rows.
		settle: [
			`INSERT INTO idempotency_keys (${COLUMNS})`,
			'SELECT note.scope, note.key, note.position, note.fingerprint, note.attempt, note.noted_at,',
			`(SELECT ${rowKey} ${from}`,
			differs ? `AND NOT (note.outcome = 'updated' AND ${differs})` : '',
			`), note.outcome FROM json_each(?1) AS item CROSS JOIN idempotency_keys AS note ON ${ownNote(shape)}`,
			`WHERE note.outcome <> 'found' ON CONFLICT (scope, key, position) DO UPDATE SET row_key = excluded.row_key,`,
			`outcome = CASE WHEN excluded.row_key IS NULL THEN 'refused' ELSE outcome END`,
		].join(' '),
		// And the row, where another try wrote the note.
		read: [
			`SELECT item.key, note.outcome, note.attempt, note.fingerprint = ${fingerprint}, ${columnsOf(shape)}`,
			`FROM json_each(?1) AS item CROSS JOIN idempotency_keys AS note ON ${note(shape)}`,
			`LEFT JOIN ${table.sql} AS found ON note.attempt <> ?2 || item.key AND ${noted(shape)}`,
		].join(' '),
	}
}

/** The row that the note is about. */
function noted(shape: Shape): string {
	return identity(shape)
		.map((column, place) => {
			const value = `note.row_key ->> ${place}`
			return `found.${column.sql} = ${column.affinity === 'blob' ? `unhex(${value})` : value}`
		})
		.join(' AND ')
}

/**
 * The row's note is of this very try: a repeat writes nothing, and nor does a try that comes late, after its own repeat.
 * For the WHERE of what changes the row; nothing for a row without a key.
 */
export function noteCondition(shape: Shape): string[] {
	if (!shape.keyed) return []
	return [`EXISTS (SELECT 1 FROM idempotency_keys AS note WHERE ${ownNote(shape)})`]
}

function ownNote(shape: Shape): string {
	return `${note(shape)} AND note.attempt = ?2 || item.key`
}

function note(shape: Shape): string {
	const { key, position } = places(shape)
	return `note.scope = ${scope(shape)} AND note.key = ${key} AND note.position = ${position}`
}

function scope({ table: { name } }: Shape): string {
	return `'${name.replaceAll("'", "''")}'`
}

/** They stand behind the row's own values. */
function places({ slots }: Shape): { key: string; position: string; fingerprint: string } {
	const first = slots.filter(({ expression }) => expression === undefined).length
	const [key = '', position = '', fingerprint = ''] = [0, 1, 2].map(
		(place) => `item.value ->> ${first + place}`,
	)
	return { key, position, fingerprint }
}
