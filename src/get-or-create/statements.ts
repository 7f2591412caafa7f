import {
	anchorOf,
	anyDiffers,
	holdsNext,
	identityOf,
	isMade,
	isMoved,
	isOther,
	type Manner,
	matches,
	names,
	rowsJson,
	stoppedBy,
	UNEXPLAINED,
	updatedValue,
	valueOf,
} from './conditions'
import { type NoteStatements, noteCondition, notesOf, wasRefused } from './idempotency'
import { ITEMS } from './items'
import { leaves, moves, written } from './order'
import { isGiven, type Shape } from './shape'
import type { Parent } from './table'

/** The statements of a plan, in the order in which they run. */
export type Step =
	| 'exchange'
	| 'write'
	| 'update'
	| 'moved'
	| 'checkUpdated'
	| 'settleUpdated'
	| 'insert'
	| 'checkInserted'
	| 'made'
	| 'settle'
	| 'read'
	| 'select'

/**
 * The SQL of a shape, over items, be it one or a thousand: see items.ts. What changes rows that have keys takes the name of
 * their try too: see idempotency.ts.
 */
export interface Statements {
	steps: { step: Step; sql: string }[]
	/** Where they failed: which of the rows that it refers to are missing, by their places among the table's parents. */
	why: string | undefined
}

const built = new WeakMap<Shape, Map<string, Statements>>()

export function statementsOf(shape: Shape, manner: Manner): Statements {
	const known = built.get(shape) ?? new Map<string, Statements>()
	built.set(shape, known)
	const name = Object.values(manner).join()
	let statements = known.get(name)
	if (!statements) known.set(name, (statements = build(shape, manner)))
	return statements
}

function build(shape: Shape, manner: Manner): Statements {
	const notes: NoteStatements | undefined = notesOf(shape, manner)
	const changing = changes(shape, manner)
	const insert = changing ? insertOf(shape, manner) : undefined
	const update = changing ? updateOf(shape) : undefined
	const isChecked = manner.rows === 'one' || manner.isFollowed
	const steps: [step: Step, sql: string | undefined][] = [
		['exchange', insert && update && manner.isInOrder ? exchangeOf(shape) : undefined],
		['write', notes?.write],
		['update', update],
		['moved', update && leaves(shape) ? changedOf(shape, manner, isMoved(shape)) : undefined],
		['checkUpdated', update && isChecked ? checkOf(shape, 'update') : undefined],
		['settleUpdated', notes?.settleUpdated],
		['insert', insert],
		['checkInserted', insert && isChecked ? checkOf(shape, 'insert') : undefined],
		['made', insert && manner.rows === 'one' ? changedOf(shape, manner, isMade(shape)) : undefined],
		['settle', notes?.settle],
		['read', notes?.read],
		['select', selectOf(shape, manner)],
	]
	return {
		steps: steps.flatMap(([step, sql]) => (sql === undefined ? [] : { step, sql })),
		why: manner.rows === 'one' && shape.table.parents.length > 0 ? missingParentsOf(shape) : undefined,
	}
}

/**
 * An update that may have been done must not be done again: it could undo one that came between, and been told to its
 * caller. It is only looked for, which tells a database that is there from one that is gone; under an Idempotency-Key it
 * may be repeated, for the key's note tells whether it was done.
 */
function changes({ set, keyed }: Shape, { isRepeat }: Manner): boolean {
	return !isRepeat || keyed || set.length === 0
}

/**
 * Who was created. The unique indexes decide the race: of any number of callers, in any number of isolates, the
 * index lets one row in, and ON CONFLICT DO NOTHING returns nothing to the others. Never OR IGNORE, which would
 * hide a broken NOT NULL or CHECK too. NOT EXISTS decides nothing: it keeps a row that is there from using up an
 * AUTOINCREMENT id, firing BEFORE triggers, or being refused by a CHECK that only a new row must pass; where the database
 * has none of these it would only be one more row to read. For one row alone it stands for every key that can be told
 * beforehand, and then what else is in the way may be an error, which names it.
 */
function insertOf(shape: Shape, { rows, looksFirst }: Manner): string | undefined {
	if (!shape.insertable) return undefined
	const { table } = shape
	const columns = shape.slots.filter(({ use }) => use !== 'update').map(({ column }) => column)
	const looked = table.keys.filter(
		(key) => rows === 'one' || (looksFirst && key.columns.every((column) => isGiven(shape, column))),
	)
	const absent = looked.flatMap((key) => {
		const held = holdsNext(shape, key, 'insert')
		return held === undefined ? [] : `NOT EXISTS (SELECT 1 FROM ${table.sql} AS held WHERE ${held})`
	})
	// A row that was just updated, and is no longer what it was asked by, is not one that isn't there.
	const unlessMoved = leaves(shape) ? ['changes() = 0'] : []
	return [
		`INSERT INTO ${table.sql} (${names(columns)})`,
		`SELECT ${columns.map((column) => valueOf(shape, column, 'insert')).join(', ')} FROM ${ITEMS}`,
		`WHERE ${[...absent, ...unlessMoved, ...noteCondition(shape)].join(' AND ') || 'true'}`,
		...(rows === 'set' ? ['ON CONFLICT DO NOTHING'] : []),
		`RETURNING ${identityOf(table)}`,
	].join(' ')
}

/**
 * Who was updated: rows that are there, that differ, and whose new unique values no other row holds (those are
 * conflicts, to be named).
 */
function updateOf(shape: Shape): string | undefined {
	const { table, set } = shape
	if (set.length === 0) return undefined
	const assignments = written(shape).map((column) => `${column.sql} = ${updatedValue(shape, column)}`)
	const free = table.keys.flatMap((key) => {
		const held = moves(shape, key) ? holdsNext(shape, key, 'update') : undefined
		return held === undefined
			? []
			: `NOT EXISTS (SELECT 1 FROM ${table.sql} AS held WHERE ${held} AND ${isOther(table)})`
	})
	return [
		`UPDATE ${table.sql} AS found SET ${assignments.join(', ')} FROM ${ITEMS}`,
		`WHERE ${[matches(shape), anyDiffers(shape), ...free, ...noteCondition(shape)].join(' AND ')}`,
		`RETURNING ${identityOf(table)}`,
	].join(' ')
}

/**
 * Fails ("integer overflow") where a row that is yet to be made wants a unique value that another of them holds, and may
 * give up: then the order counts, and they go one by one. Of rows that are there the SELECT tells by itself: what stood in
 * the way of an update is no longer there to be told. Nothing where no update gives a value up.
 */
function exchangeOf(shape: Shape): string | undefined {
	const { table } = shape
	const identity = (alias: string) => table.identity.map(({ sql }) => `${alias}.${sql}`).join(', ')
	const found = `FROM ${ITEMS} CROSS JOIN ${table.sql} AS found ON ${matches(shape)}`
	// The plus keeps SQLite from looking for each row under every identity.
	const isAsked = `(${identity('+held')}) IN (SELECT ${identity('found')} ${found})`
	const isNew = `NOT EXISTS (SELECT 1 FROM ${table.sql} AS found WHERE ${matches(shape)})`
	const wanted = table.keys
		.filter((key) => moves(shape, key))
		.flatMap((key) => holdsNext(shape, key, 'insert') ?? [])
		.map(
			(held) =>
				`EXISTS (SELECT 1 FROM ${ITEMS} CROSS JOIN ${table.sql} AS held ON ${held} WHERE ${isAsked} AND ${isNew})`,
		)
	if (wanted.length === 0) return undefined
	return `SELECT abs(CASE WHEN ${wanted.join(' OR ')} THEN -9223372036854775808 ELSE 1 END)`
}

/**
 * What each row is now, in the order asked: its columns and its place, in the stead of which, where it isn't there or not
 * as the update would have it, is told what stands in the way.
 */
function selectOf(shape: Shape, manner: Manner): string {
	const anchor = `found.${anchorOf(shape).sql}`
	const from = `FROM ${ITEMS} LEFT JOIN ${shape.table.sql} AS found ON ${matches(shape)}`
	if (shape.verb === 'get') return `SELECT ${rowsJson(shape, manner)} ${from}`
	const isStrict = manner.rows === 'set' && !manner.isRepeat
	// A trigger may have changed what it was asked by: then later rows would meet it before it is read.
	const unmade =
		isStrict && manner.isFollowed && manner.mayChange ? UNEXPLAINED : stoppedBy(shape, 'insert', isStrict)
	const missed = shape.insertable ? unmade : `'[]'`
	// A repeat of what was refused is refused again, and told what stands in the way now.
	const refused = shape.keyed
		? ` WHEN ${wasRefused(shape)} THEN ${stoppedBy(shape, shape.insertable ? 'either' : 'update', false)}`
		: ''
	const kept =
		shape.set.length > 0 ? ` WHEN ${anyDiffers(shape)} THEN ${stoppedBy(shape, 'update', isStrict)}` : ''
	const state = `CASE WHEN ${anchor} IS NULL THEN ${missed}${refused}${kept} ELSE item.key END`
	return `SELECT ${rowsJson(shape, manner, state)} ${from}`
}

/** The row that the statement before has written, whatever it is by now; `which` is how it is found, where it can be. */
function changedOf(shape: Shape, manner: Manner, which: string | undefined): string | undefined {
	return (
		which &&
		`SELECT ${rowsJson(shape, manner)} FROM ${ITEMS} CROSS JOIN ${shape.table.sql} AS found ON ${which} WHERE changes() > 0`
	)
}

/** The row with an identity, whose cells are one row of the parameter. */
export function selectByIdentity(shape: Shape): string {
	const { sql, identity } = shape.table
	const same = identity.map(
		(column, place) => `found.${column.sql} = ${column.codec.sql('item.value', [place])}`,
	)
	return `SELECT ${rowsJson(shape, { asBytes: false })} FROM ${ITEMS} CROSS JOIN ${sql} AS found ON ${same.join(' AND ')}`
}

/**
 * Fails ("integer overflow") where the statement before it left a row without one that it refers to. The database looks
 * by itself, but where the foreign key is DEFERRABLE only at COMMIT, for all at once: then the row may be there that a
 * later row of the call has made, and else everybody would pay for it.
 */
function checkOf(shape: Shape, change: 'insert' | 'update'): string | undefined {
	const { table, set } = shape
	const referring = table.parents.filter(
		({ columns }) => change === 'insert' || columns.every((column) => set.includes(column)),
	)
	const missing = referring.flatMap((parent) => isOrphan(shape, parent) ?? [])
	if (missing.length === 0) return undefined
	return `SELECT abs(CASE WHEN changes() > 0 AND EXISTS (SELECT 1 FROM ${ITEMS} WHERE ${missing.join(' OR ')}) THEN -9223372036854775808 ELSE 1 END)`
}

function missingParentsOf(shape: Shape): string | undefined {
	const missing = shape.table.parents.flatMap((parent, place) => {
		const orphan = isOrphan(shape, parent)
		return orphan === undefined ? [] : `SELECT ${place} FROM ${ITEMS} WHERE ${orphan}`
	})
	return missing.length > 0 ? missing.join(' UNION ALL ') : undefined
}

function isOrphan(shape: Shape, { columns, table, references }: Parent): string | undefined {
	if (!columns.every((column) => isGiven(shape, column))) return undefined
	const values = columns.map((column) => valueOf(shape, column, 'given'))
	const equal = references.map((reference, i) => `parent.${reference} = ${values[i]}`).join(' AND ')
	const areGiven = values.map((value) => `${value} IS NOT NULL`).join(' AND ')
	return `(${areGiven} AND NOT EXISTS (SELECT 1 FROM ${table} AS parent WHERE ${equal}))`
}
