import {
	anchorOf,
	holdsNext,
	identityOf,
	isKept,
	isMade,
	isMoved,
	isOther,
	type Manner,
	matches,
	names,
	rowsJson,
	stoppedBy,
	TOLD,
	UNEXPLAINED,
	updatedValue,
	valueOf,
	wouldChange,
} from './conditions'
import { type NoteStatements, noteCondition, notesOf, wasNoted, wasRefused } from './idempotency'
import { ITEMS } from './items'
import { leaves, moves, written } from './order'
import { dependsOnRow, isGiven, type Shape } from './shape'
import type { ColumnInfo, Parent } from './table'
import type { Change } from './ways'

/** The statements of a plan, in the order in which they run. */
export type Step =
	| 'exchange'
	| 'write'
	| 'update'
	| 'checkAll'
	| 'moved'
	| 'checkUpdated'
	| 'verdictUpdated'
	| 'settleUpdated'
	| 'insert'
	| 'checkInserted'
	| 'made'
	| 'settle'
	| 'read'
	| 'select'
	| 'verdict'

/**
 * The SQL of a shape, over items, be it one or a thousand: see items.ts. What changes rows that have keys takes the name of
 * their try too: see idempotency.ts.
 */
export interface Statements {
	steps: { step: Step; sql: string }[]
	/** Where they failed for one row: what of it is to blame, see `whyOf`; and where it stands or falls with others, what it is. */
	why: { step: Step | 'blame'; sql: string }[]
}

const known = new WeakMap<Shape, Map<string, Statements>>()

export function statementsOf(shape: Shape, manner: Manner): Statements {
	const ofShape = known.get(shape) ?? new Map<string, Statements>()
	known.set(shape, ofShape)
	const name = Object.values(manner).join()
	let statements = ofShape.get(name)
	if (!statements) ofShape.set(name, (statements = build(shape, manner)))
	return statements
}

function build(shape: Shape, manner: Manner): Statements {
	const notes: NoteStatements | undefined = notesOf(shape, manner)
	const changing = changes(shape, manner)
	const insert = changing ? insertOf(shape, manner) : undefined
	const update = changing ? updateOf(shape) : undefined
	const isOne = manner.rows === 'one'
	const isBound = manner.bond !== 'none' && changing
	const isChecked = isOne || isBound || manner.isFollowed || manner.mayDefer
	const steps: [step: Step, sql: string | undefined][] = [
		['exchange', insert && update && manner.isInOrder ? exchangeOf(shape) : undefined],
		['write', notes?.write],
		['update', update],
		['checkAll', update && dependsOnRow(shape) && manner.rows === 'set' ? checkAllOf(shape) : undefined],
		['moved', update && leaves(shape) ? changedOf(shape, manner, isMoved(shape)) : undefined],
		['checkUpdated', update && isChecked ? checkOf(shape, 'update') : undefined],
		['verdictUpdated', update && isBound && isOne && !shape.keyed ? wasKeptFromUpdate(shape) : undefined],
		['settleUpdated', notes?.settleUpdated],
		['insert', insert],
		['checkInserted', insert && isChecked ? checkOf(shape, 'insert') : undefined],
		['made', insert && manner.rows === 'one' ? changedOf(shape, manner, isMade(shape)) : undefined],
		['settle', notes?.settle],
		['read', notes?.read],
		['select', selectOf(shape, manner)],
		['verdict', isBound ? verdictOf(shape, manner, insert ?? update) : undefined],
	]
	const why: [step: Step | 'blame', sql: string | undefined][] = [
		['blame', isOne ? whyOf(shape) : undefined],
		['read', isOne && isBound ? notes?.read : undefined],
		['select', isOne && isBound ? selectOf(shape, manner) : undefined],
	]
	return { steps: steps.flatMap(built), why: why.flatMap(built) }
}

function built<S>([step, sql]: [step: S, sql: string | undefined]): { step: S; sql: string }[] {
	return sql === undefined ? [] : [{ step, sql }]
}

/**
 * An update that may have been done must not be done again: it could undo one that came between, and been told to its
 * caller. It is only looked for, which tells a database that is there from one that is gone; under an Idempotency-Key it
 * may be repeated, for the key's note tells whether it was done. What it refers to is then not made either.
 */
function changes(shape: Shape, { isRepeat, isOnlyLooked }: Manner): boolean {
	return !isOnlyLooked && (!isRepeat || isRepeatable(shape))
}

/** Done once more it is not done twice. */
export function isRepeatable({ set, keyed }: Shape): boolean {
	return keyed || set.length === 0
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
	const assignments = written(shape).map((column) => {
		const value = updatedValue(shape, column)
		const kept = isKept(shape, column)
		return `${column.sql} = ${kept ? `CASE WHEN ${kept} THEN ${value} ELSE ${UNEXPLAINED} END` : value}`
	})
	const free = table.keys.flatMap((key) => {
		const held = moves(shape, key) ? holdsNext(shape, key, 'update') : undefined
		return held === undefined
			? []
			: `NOT EXISTS (SELECT 1 FROM ${table.sql} AS held WHERE ${held} AND ${isOther(table)})`
	})
	return [
		`UPDATE ${table.sql} AS found SET ${assignments.join(', ')} FROM ${ITEMS}`,
		`WHERE ${[matches(shape), wouldChange(shape), ...free, ...noteCondition(shape)].join(' AND ')}`,
		`RETURNING ${identityOf(table)}`,
	].join(' ')
}

/**
 * Fails ("integer overflow") where the update before it did not change each row that it would: one that something stands
 * in the way of, or that several of the rows mean. Afterwards nobody could tell: what is added once can be added again.
 */
function checkAllOf(shape: Shape): string {
	const left = [wouldChange(shape), ...noteCondition(shape)].join(' AND ')
	const from = `FROM ${ITEMS} CROSS JOIN ${shape.table.sql} AS found ON ${matches(shape)}`
	return failingIf(`changes() < (SELECT count(*) ${from} WHERE ${left})`)
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
	return failingIf(wanted.join(' OR '))
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
	// Of a set `checkAll` has told already.
	const isLooked = shape.set.length > 0 && !(dependsOnRow(shape) && manner.rows === 'set')
	const kept = isLooked ? ` WHEN ${wouldChange(shape)} THEN ${stoppedBy(shape, 'update', isStrict)}` : ''
	const state = `CASE WHEN ${anchor} IS NULL THEN ${missed}${refused}${kept} ELSE item.key END`
	return `SELECT ${rowsJson(shape, manner, state)} ${from}`
}

/**
 * Fails ("integer overflow") where a row is not there as it was asked for, so that nothing remains of those that stand or
 * fall with it. Of one row alone the statement that was to change it may tell that it did, whatever a trigger made of it
 * then; under a key the note does. A row that others refer to has to be found by what it was asked for.
 */
function verdictOf(shape: Shape, { rows, bond }: Manner, change: string | undefined): string {
	const { table } = shape
	if (shape.keyed) return failing(`SELECT 1 FROM ${ITEMS} WHERE NOT ${wasNoted(shape, bond === 'referred')}`)
	const anchor = `found.${anchorOf(shape).sql}`
	const from = `SELECT 1 FROM ${ITEMS} LEFT JOIN ${table.sql} AS found ON ${matches(shape)} WHERE`
	if (rows === 'set' || bond === 'referred') {
		// Of what hangs on the stored row `checkAll` has told already.
		const differs = shape.set.length > 0 && !dependsOnRow(shape) ? ` OR ${wouldChange(shape)}` : ''
		return failing(`${from} (${anchor} IS NULL${differs})`)
	}
	const moved = change !== undefined && leaves(shape) ? isMoved(shape) : undefined
	const isElsewhere = moved && ` AND NOT EXISTS (SELECT 1 FROM ${table.sql} AS found WHERE ${moved})`
	return failing(`${from} ${anchor} IS NULL${change ? ' AND changes() = 0' : ''}${isElsewhere ?? ''}`)
}

/** The same of one row that is there, and that another kept from being updated. */
function wasKeptFromUpdate(shape: Shape): string {
	const from = `${ITEMS} CROSS JOIN ${shape.table.sql} AS found ON ${matches(shape)}`
	return failing(`SELECT 1 FROM ${from} WHERE changes() = 0 AND ${wouldChange(shape)}`)
}

function failing(rows: string): string {
	return failingIf(`EXISTS (${rows})`)
}

/** A statement that fails ("integer overflow") where this holds. */
function failingIf(condition: string): string {
	return `SELECT abs(CASE WHEN ${condition} THEN -9223372036854775808 ELSE 1 END) AS ${TOLD}`
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
 * later row of the call has made, and else everybody would pay for it. Asked of tables that have such keys, of rows that
 * go alone, and of those that others follow.
 */
function checkOf(shape: Shape, change: 'insert' | 'update'): string | undefined {
	const { table, set } = shape
	const referring = table.parents.filter(
		({ columns }) => change === 'insert' || columns.every((column) => set.some(isSetTo(column))),
	)
	const missing = referring.flatMap((parent) => isOrphan(shape, parent) ?? [])
	if (missing.length === 0) return undefined
	return failingIf(`changes() > 0 AND EXISTS (SELECT 1 FROM ${ITEMS} WHERE ${missing.join(' OR ')})`)
}

/** What the column will hold is the given value. */
function isSetTo(column: ColumnInfo): (change: Change) => boolean {
	return (change) => change.column === column && change.how === 'update'
}

/**
 * What of a row may be to blame: which of the rows that it refers to are missing, by their places among the table's
 * parents; and the columns that can't hold what an update would make of them, by theirs among its columns.
 */
function whyOf(shape: Shape): string | undefined {
	const { table, set } = shape
	const missing = table.parents.flatMap((parent, place) => {
		const orphan = isOrphan(shape, parent)
		return orphan === undefined ? [] : `SELECT 'parent', ${place} FROM ${ITEMS} WHERE ${orphan}`
	})
	const beyond = set.flatMap(({ column }) => {
		const kept = isKept(shape, column)
		const from = `FROM ${ITEMS} CROSS JOIN ${table.sql} AS found ON ${matches(shape)}`
		return kept === undefined ? [] : `SELECT 'column', ${column.index} ${from} WHERE NOT ${kept}`
	})
	return [...missing, ...beyond].join(' UNION ALL ') || undefined
}

function isOrphan(shape: Shape, { columns, table, references }: Parent): string | undefined {
	if (!columns.every((column) => isGiven(shape, column))) return undefined
	const values = columns.map((column) => valueOf(shape, column, 'given'))
	const equal = references.map((reference, i) => `parent.${reference} = ${values[i]}`).join(' AND ')
	const areGiven = values.map((value) => `${value} IS NOT NULL`).join(' AND ')
	return `(${areGiven} AND NOT EXISTS (SELECT 1 FROM ${table} AS parent WHERE ${equal}))`
}
