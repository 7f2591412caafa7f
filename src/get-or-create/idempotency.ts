import { sha256 } from '@noble/hashes/sha2.js'
import { base64Of } from '../database/bytes'
import {
	anyDiffers,
	equalsGiven,
	identityJson,
	isIdentical,
	isMade,
	type Manner,
	matches,
	rowsJson,
	stoppedBy,
} from './conditions'
import { KEPT_SECONDS } from './idempotency-keys'
import { ITEMS } from './items'
import { quoteText } from './quote'
import { isGiven, placeOf, type Shape } from './shape'
import { isAutoIncrement } from './table'

/** A row's part in an Idempotency-Key: the key covers each row by its position. */
export interface KeyPart {
	key: string
	position: number
	/** The row was the whole request, not one of many. */
	alone: boolean
}

/** What an Idempotency-Key may be. */
export function isIdempotencyKey(text: string): boolean {
	return /^[\x20-\x7e]{1,255}$/.test(text)
}

const utf8 = new TextEncoder()

/** Tells a repeat of the same request from another one under the same key, and keeps none of its values. */
export function fingerprintOf(form: string, given: readonly string[], { alone }: KeyPart): string {
	const request = utf8.encode(`${alone ? 'row' : 'rows'} ${form} ${given.join()}`)
	// Not the runtime's own, which answers with a promise.
	return base64Of(sha256(request))
}

/**
 * The statements about the notes of rows with keys, which run among the others. In them ?2 and the row's place name this
 * try of this transaction, and no other.
 */
export interface NoteStatements {
	write: string
	settleUpdated: string | undefined
	settle: string
	read: string
}

const COLUMNS = 'scope, key, position, fingerprint, attempt, noted_at, row_key, outcome'

/**
 * A note is written before anything is done, and says what this try is about to do ('creating', 'updating'), which it
 * then may do once, however often the request reaches the database; a note that is there already stays.
 * What then happened is settled after it has happened. Of a set, a row for which it came otherwise fails the whole, to be
 * asked row by row; of one row alone `changes()` tells what the statement before has done.
 */
export function notesOf(shape: Shape, manner: Manner): NoteStatements | undefined {
	if (!shape.keyed) return undefined
	const { table, set, insertable } = shape
	const { key, position, fingerprint } = places(shape)
	const from = `FROM ${table.sql} AS found WHERE ${matches(shape)}`
	const there = `EXISTS (SELECT 1 ${from})`
	const rowKey = identityJson(shape, 'found')
	const differs = set.length > 0 && anyDiffers(shape)
	const alone = manner.rows === 'one'
	const isItMade = isMade(shape)
	const made = isItMade
		? `(SELECT ${changedKey(shape)} FROM ${table.sql} AS found WHERE ${isItMade})`
		: 'NULL'
	return {
		// There is none for a row that can't be made, like for any other that is not valid.
		write: [
			`INSERT INTO idempotency_keys (${COLUMNS})`,
			`SELECT ${scope(shape)}, ${key}, ${position}, ${fingerprint}, ?2 || item.key, unixepoch(),`,
			`(SELECT ${rowKey} ${from}), CASE WHEN NOT ${there} THEN 'creating'`,
			differs ? `WHEN EXISTS (SELECT 1 ${from} AND ${differs}) THEN 'updating'` : '',
			`ELSE 'found' END FROM ${ITEMS} WHERE ${insertable ? 'true' : there}`,
			'ON CONFLICT (scope, key, position) DO UPDATE SET fingerprint = excluded.fingerprint, attempt = excluded.attempt,',
			'noted_at = excluded.noted_at, row_key = excluded.row_key, outcome = excluded.outcome',
			`WHERE noted_at <= unixepoch() - ${KEPT_SECONDS}`,
		].join(' '),
		settleUpdated:
			alone && differs
				? settled(
						shape,
						`note.outcome = 'updating'`,
						done(shape, 'update', `coalesce((SELECT ${rowKey} ${from}), note.row_key)`),
					)
				: undefined,
		settle: alone
			? settled(
					shape,
					`note.outcome = 'creating'`,
					done(shape, 'insert', `coalesce((SELECT ${rowKey} ${from}), ${made})`),
				)
			: settled(shape, IS_PENDING, {
					rowKey: `coalesce((SELECT ${rowKey} ${from}${differs ? ` AND NOT (note.outcome = 'updating' AND ${differs})` : ''}), json(note.outcome))`,
					outcome: DONE,
				}),
		// And the row that it is about.
		read: [
			`SELECT ${rowsJson(shape, manner, 'item.key', 'note.outcome', 'note.attempt', `note.fingerprint = ${fingerprint}`)}`,
			`FROM ${ITEMS} CROSS JOIN idempotency_keys AS note ON ${note(shape)}`,
			`LEFT JOIN ${table.sql} AS found ON ${isIdentical(shape, 'note.row_key')} AND (note.attempt = ?2 || item.key OR ${isKnownAgain(shape)})`,
		].join(' '),
	}
}

const IS_PENDING = `note.outcome IN ('creating', 'updating')`
const DONE = `CASE note.outcome WHEN 'creating' THEN 'created' ELSE 'updated' END`

/** Of a row that is no longer what it was asked by: one more element says that its values don't tell it. */
function changedKey(shape: Shape): string {
	return `json_insert(${identityJson(shape, 'found')}, '$[#]', 'changed')`
}

/**
 * SQLite gives an id again after its row was deleted, but where there is AUTOINCREMENT: the row with the id may be
 * somebody else's, unless a unique value tells that it is the one that was asked for.
 */
function isKnownAgain(shape: Shape): string {
	const { identity, keys } = shape.table
	const isReused = identity.some(({ isRowId, column }) => isRowId && !isAutoIncrement(column))
	if (!isReused || identity.every((column) => isGiven(shape, column))) return 'true'
	const kept = keys
		.filter(({ columns }) => columns.every((column) => isGiven(shape, column)))
		.map(({ columns }) => `(${equalsGiven(shape, columns)})`)
	return [...kept, `json_array_length(note.row_key) > ${identity.length}`].join(' OR ')
}

interface Settled {
	rowKey: string
	outcome: string
	join?: string
}

/** Not an UPDATE, which would be free to look through all notes for those of the rows. */
function settled(shape: Shape, which: string, { rowKey, outcome, join = '' }: Settled): string {
	return [
		`INSERT INTO idempotency_keys (${COLUMNS})`,
		`SELECT note.scope, note.key, note.position, note.fingerprint, note.attempt, note.noted_at, ${rowKey}, ${outcome}`,
		`FROM ${ITEMS} CROSS JOIN idempotency_keys AS note ON ${ownNote(shape)} ${join}`,
		`WHERE ${which} ON CONFLICT (scope, key, position) DO UPDATE SET row_key = excluded.row_key, outcome = excluded.outcome`,
	].join(' ')
}

/**
 * Whether the statement before did it, or a unique value stood in the way. Where it was neither, a rule of the table's
 * has refused the row: that is an error, and nothing is noted, like for any other row that is not valid.
 */
function done(shape: Shape, change: 'insert' | 'update', rowKey: string): Settled {
	const stopped = stoppedBy(shape, change, true)
	return {
		rowKey: `CASE WHEN changes() > 0 THEN ${rowKey} END`,
		outcome: `CASE WHEN changes() > 0 THEN ${DONE} WHEN json_array_length(${stopped}) > 0 THEN 'refused' END`,
		join: change === 'update' ? `LEFT JOIN ${shape.table.sql} AS found ON ${matches(shape)}` : '',
	}
}

/**
 * The row's note is of this very try, and not yet settled: a repeat writes nothing, and nor does a try that comes late,
 * after its own repeat, or once more.
 * For the WHERE of what changes the row; nothing for a row without a key.
 */
export function noteCondition(shape: Shape): string[] {
	if (!shape.keyed) return []
	return [`EXISTS (SELECT 1 FROM idempotency_keys AS note WHERE ${ownNote(shape)} AND ${IS_PENDING})`]
}

/** The row's note says that something stood in the way. */
export function wasRefused(shape: Shape): string {
	return `EXISTS (SELECT 1 FROM idempotency_keys AS note WHERE ${note(shape)} AND note.outcome = 'refused')`
}

function ownNote(shape: Shape): string {
	return `${note(shape)} AND note.attempt = ?2 || item.key`
}

function note(shape: Shape): string {
	const { key, position } = places(shape)
	return `note.scope = ${scope(shape)} AND note.key = ${key} AND note.position = ${position}`
}

function scope({ table: { name } }: Shape): string {
	return quoteText(name)
}

/** They stand behind the row's own values. */
function places(shape: Shape): { key: string; position: string; fingerprint: string } {
	const first = placeOf(shape)
	const [key = '', position = '', fingerprint = ''] = [0, 1, 2].map(
		(place) => `item.value ->> ${first + place}`,
	)
	return { key, position, fingerprint }
}
