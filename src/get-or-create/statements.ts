import { anyDiffers, columnsOf, equal, identity, isGiven, matches, names, valueOf } from './conditions'
import { type NoteStatements, noteCondition, notesOf } from './idempotency'
import type { Shape } from './shape'
import type { UniqueKey } from './table'

/**
 * The SQL of a shape. Each takes the rows as one parameter, a JSON array of arrays, be it one row or a thousand. What
 * changes rows that have keys takes a second one: see idempotency.ts.
 */
export interface Statements {
	update: string | undefined
	insert: string | undefined
	select: string
	/** Of rows with an Idempotency-Key. */
	notes: NoteStatements | undefined
	/** After a conflict only: who holds each key that it can be over. */
	holders: { key: UniqueKey; sql: string }[]
}

const built = new WeakMap<Shape, Statements>()

export function statementsOf(shape: Shape): Statements {
	const known = built.get(shape)
	if (known) return known
	const statements = {
		update: updateOf(shape),
		insert: insertOf(shape),
		select: selectOf(shape),
		notes: notesOf(shape),
		holders: keysAtStake(shape).map((key) => ({ key, sql: holdersOf(shape, key) })),
	}
	built.set(shape, statements)
	return statements
}

/**
 * Who was created. The unique indexes decide the race: of any number of callers, in any number of isolates, the
 * index lets one row in, and ON CONFLICT DO NOTHING returns nothing to the others. Never OR IGNORE, which would
 * hide a broken NOT NULL or CHECK too. NOT EXISTS decides nothing: it keeps a row that is there from using up an
 * AUTOINCREMENT id, firing BEFORE triggers, or being refused by a CHECK that only a new row must pass.
 */
function insertOf(shape: Shape): string | undefined {
	if (!shape.insertable) return undefined
	const { table } = shape
	const columns = shape.slots.filter(({ use }) => use !== 'update').map(({ column }) => column)
	const absent = table.keys
		.filter((key) => key.columns.every((column) => isGiven(shape, column)))
		.map(
			(key) => `NOT EXISTS (SELECT 1 FROM ${table.sql} AS held WHERE ${equal(shape, key.columns, 'held')})`,
		)
	return [
		`INSERT INTO ${table.sql} (${names(columns)})`,
		`SELECT ${columns.map((column) => valueOf(shape, column, 'insert')).join(', ')} FROM json_each(?1) AS item`,
		`WHERE ${[...absent, ...noteCondition(shape)].join(' AND ') || 'true'}`,
		`ON CONFLICT DO NOTHING RETURNING ${names(identity(shape))}`,
	].join(' ')
}

/** What each row is now, in the order asked: its columns, its place, and for an update whether it still differs. */
function selectOf(shape: Shape): string {
	const differs = shape.set.length > 0 ? `, ${anyDiffers(shape)}` : ''
	return `SELECT ${columnsOf(shape)}, item.key${differs} FROM json_each(?1) AS item CROSS JOIN ${shape.table.sql} AS found ON ${matches(shape)}`
}

/**
 * Who was updated: rows that are there, that differ, and whose new unique values no other row holds (those are
 * conflicts: an error here would take the whole transaction with it).
 */
function updateOf(shape: Shape): string | undefined {
	const { table, set } = shape
	if (set.length === 0) return undefined
	const touched = shape.slots.filter(({ use }) => use === 'update').map(({ column }) => column)
	const assignments = [
		...set.map((column) => `${column.sql} = ${valueOf(shape, column, 'given')}`),
		...touched.map((column) => `${column.sql} = ${valueOf(shape, column, 'update')}`),
	]
	const other = identity(shape).map((column) => `held.${column.sql} IS NOT found.${column.sql}`)
	const free = table.keys
		.filter((key) => key.columns.some((column) => set.includes(column)))
		.map(
			(key) =>
				`NOT EXISTS (SELECT 1 FROM ${table.sql} AS held WHERE ${holdsNext(shape, key)} AND (${other.join(' OR ')}))`,
		)
	return [
		`UPDATE ${table.sql} AS found SET ${assignments.join(', ')} FROM json_each(?1) AS item`,
		`WHERE ${[matches(shape), anyDiffers(shape), ...free, ...noteCondition(shape)].join(' AND ')}`,
		`RETURNING ${names(identity(shape))}`,
	].join(' ')
}

/** A line for each row that another row holds this key of: its place, and for each `by` column whether it differs there. */
function holdersOf(shape: Shape, key: UniqueKey): string {
	const differs = shape.by.map((column) => `held.${column.sql} IS NOT ${valueOf(shape, column, 'given')}`)
	const partly = key.columns.some((column) => !isGiven(shape, column))
	const found = partly ? `CROSS JOIN ${shape.table.sql} AS found ON ${matches(shape)} ` : ''
	return `SELECT item.key, ${differs.join(', ')} FROM json_each(?1) AS item ${found}CROSS JOIN ${shape.table.sql} AS held ON ${holdsNext(shape, key)}`
}

/** The keys whose values a request can be in conflict over. */
function keysAtStake(shape: Shape): UniqueKey[] {
	return shape.table.keys.filter(
		({ columns }) =>
			columns.every((column) => isGiven(shape, column)) ||
			columns.some((column) => shape.set.includes(column)),
	)
}

/** Holds what the found row's key will be once it is updated. */
function holdsNext(shape: Shape, key: UniqueKey): string {
	return key.columns
		.map((column) => {
			const next = isGiven(shape, column) ? valueOf(shape, column, 'given') : `found.${column.sql}`
			return `held.${column.sql} = ${next}`
		})
		.join(' AND ')
}
