import { type ColumnInfo, listed, tableInfo } from '../../get-or-create/table'
import { tablePath } from '../http/path'
import { isTaken, keptValue } from '../openapi/example-value'
import { constantOf, examplesOf } from '../openapi/examples'
import type { Resource } from '../resource'
import { type Maker, made, type RaceTable, type RaceTables, SEEDS } from './race-table'

/** Which tables can be raced with rows that nobody has to think of, and why others can't. */
export function raceTables(resources: readonly Resource[]): RaceTables {
	const all = resources.map((resource) => ({ name: resource.info.name, found: raceTable(resource) }))
	return {
		raced: all.flatMap(({ found }) => (typeof found === 'string' ? [] : [found])),
		left: all.flatMap(({ name, found }) => (typeof found === 'string' ? [{ name, why: found }] : [])),
	}
}

/** The rows are those of the examples in the OpenAPI document, with another value in each column of a key. */
function raceTable(resource: Resource): RaceTable | string {
	const { info, table } = resource
	const { key, given, sent } = examplesOf(resource)
	const [row] = sent
	if (!row) return 'nobody can guess a value that its columns take'
	const referring = info.parents.flatMap(({ columns }) => columns).find((column) => given.includes(column))
	if (referring)
		return `its "${referring.property}" names a row of another table, which would have to be there`
	const makers = new Map(
		given.flatMap((column) => {
			const maker = column.isInKey || key.includes(column) ? makerOf(column) : undefined
			return maker ? [[column, maker] as const] : []
		}),
	)
	const stuck = stuckKey([{ columns: key }, ...tableInfo(table).keys], given, makers)
	if (stuck) return `too few values are known of its key "${listed(stuck.columns)}"`
	return {
		name: info.name,
		path: tablePath(info.name),
		by: key.map(({ property }) => property),
		row,
		made: Object.fromEntries(Array.from(makers, ([{ property }, maker]) => [property, maker])),
	}
}

interface Key {
	columns: readonly ColumnInfo[]
}

/** A key that would be the same in all rows. */
function stuckKey(
	keys: Key[],
	given: readonly ColumnInfo[],
	makers: Map<ColumnInfo, Maker>,
): Key | undefined {
	const makerNames = new Set(Array.from(makers.keys(), ({ property }) => property))
	const givenNames = new Set(given.map(({ property }) => property))
	return keys.find(
		({ columns }) =>
			!columns.some(({ property, column }) =>
				givenNames.has(property) ? makerNames.has(property) : constantOf(column) === undefined,
			),
	)
}

/** The first whose values the column takes, and tells apart. */
function makerOf(info: ColumnInfo): Maker | undefined {
	return makersFor(info).find((maker) => {
		const [one, next, last] = [SEEDS.from, SEEDS.from + 1, SEEDS.to].map((seed) => made(maker, seed))
		return (
			[one, next, last].every((value) => isTaken(info, value)) &&
			JSON.stringify(keptValue(info, one)) !== JSON.stringify(keptValue(info, next))
		)
	})
}

function makersFor({ property, column, codec: { schema } }: ColumnInfo): Maker[] {
	const types = [schema.type ?? []].flat()
	if (schema.enum || types.join() === 'boolean') return []
	const before = `${property.toLowerCase().slice(0, 12)}-`
	const texts: Maker[] = [
		{ kind: 'text', before: 'race-', after: '@example.com' },
		{ kind: 'text', before, after: '' },
		{ kind: 'text', before: '', after: '' },
	]
	const isEmail = property.toLowerCase().endsWith('email')
	return [
		...(types.includes('object') ? [{ kind: 'object' } as const] : []),
		...(types.some((type) => type === 'integer' || type === 'number') ? [{ kind: 'number' } as const] : []),
		...(schema.format === 'date-time' ? [{ kind: 'time' } as const] : []),
		...(schema.contentEncoding ? [{ kind: 'bytes' } as const] : []),
		...(schema.pattern || column.dataType === 'bigint' ? [{ kind: 'digits' } as const] : []),
		...(isEmail ? texts : texts.slice(1)),
		// Of a type of the user's own nothing is known: no large number is tried, for some take one for a length.
		...(['uuid', 'time', 'bytes', 'object'] as const).map((kind) => ({ kind })),
		...(isEmail ? [] : texts.slice(0, 1)),
	]
}
