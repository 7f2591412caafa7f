import { namedPart, written } from './order'
import type { PendingCall } from './pending-call'
import type { Shape } from './shape'
import type { TableInfo } from './table'

/**
 * The rows of a call table by table, where what they refer to comes first and that is the same as row by row, as long as
 * none of them is refused. Nothing where it may not be:
 * - tables that refer to each other in a circle, or to themselves, have no order;
 * - a trigger does to other tables whatever it likes;
 * - a key that is given as a value may be that of a row which a later one would make;
 * - an update may change the key of rows that others refer to, and of two rows with nothing but looked up values in their
 *   key nobody knows beforehand whether they are one.
 */
export function levelsOf(
	{ places, requests }: PendingCall,
	hasNoTriggers: (table: TableInfo) => boolean,
): (readonly number[])[] | undefined {
	if (!places.some((place) => requests[place]?.bond?.isReferred)) return [places]
	const byTable = new Map<TableInfo, number[]>()
	const parents = new Map<TableInfo, Set<TableInfo>>()
	const shapes = new Set<Shape>()
	for (const place of places) {
		const request = requests[place]
		if (!request) continue
		const { shape, bond } = request
		const { table } = shape
		shapes.add(shape)
		const own = byTable.get(table) ?? []
		byTable.set(table, own)
		own.push(place)
		const of = parents.get(table) ?? new Set<TableInfo>()
		parents.set(table, of)
		for (const each of bond?.refersTo ?? []) {
			const referred = requests[each]
			if (referred) of.add(referred.shape.table)
		}
	}
	const tables = [...byTable.keys()]
	if (!tables.every(hasNoTriggers) || ![...shapes].every((shape) => isApart(shape, tables))) return undefined
	const levels: number[][] = []
	let left = tables
	while (left.length > 0) {
		const next = left.find((table) => !left.some((other) => parents.get(table)?.has(other)))
		if (!next) return undefined
		levels.push(byTable.get(next) ?? [])
		left = left.filter((table) => table !== next)
	}
	return levels
}

/** Rows of the shape meet those of the other tables of their call in nothing but what they look up. */
function isApart(shape: Shape, tables: readonly TableInfo[]): boolean {
	const { table, slots, set, key } = shape
	const isWithin = (name: string) => tables.some(({ sql }) => sql === name)
	const isLookedUp = slots
		.filter(({ column }) =>
			table.parents.some((parent) => parent.columns.includes(column) && isWithin(parent.table)),
		)
		.every(({ use, expression }) => use === 'given' && expression !== undefined)
	if (!isLookedUp || set.length === 0) return isLookedUp
	const changed = written(shape).map(({ sql }) => sql)
	const movesReferred = tables.some(({ parents }) =>
		parents.some(
			(parent) => parent.table === table.sql && parent.references.some((each) => changed.includes(each)),
		),
	)
	return !movesReferred && namedPart(shape, key).length > 0
}
