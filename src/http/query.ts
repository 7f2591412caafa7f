import type { Context } from 'hono'
import type { ColumnInfo } from '../get-or-create/table'
import { requireUniqueKey } from '../get-or-create/unique-key'
import { Problem } from './problem'
import type { Resource } from './resource'

/** Refuses parameters that this operation doesn't have: a misspelt one would change what is asked. */
export function requireKnownParameters(c: Context, known: readonly string[]): void {
	for (const [name, values] of Object.entries(c.req.queries())) {
		if (!known.includes(name)) {
			const detail = known.length > 0 ? `It takes ${known.join(', ')}.` : 'It takes none.'
			throw new Problem('invalid-parameter', `There is no query parameter "${shown(name)}" here. ${detail}`)
		}
		if (values.length > 1) throw new Problem('invalid-parameter', `"${name}" is given more than once.`)
	}
}

/** The columns that a comma-separated parameter names; undefined where it isn't there. */
export function columnsParameter(c: Context, name: string, resource: Resource): ColumnInfo[] | undefined {
	const value = c.req.query(name)
	if (value === undefined) return undefined
	return [...new Set(value.split(','))].map((property) => visibleColumn(resource, property, `"${name}"`))
}

/** The columns of `?by=`, proven to hold a unique key. @throws Problem, NotAUniqueKeyError */
export function byParameter(c: Context, resource: Resource): ColumnInfo[] | undefined {
	const by = columnsParameter(c, 'by', resource)
	if (by) requireUniqueKey(resource.info, by)
	return by
}

export function visibleColumn({ info, visible }: Resource, property: string, where: string): ColumnInfo {
	const column = visible.find((candidate) => candidate.property === property)
	if (column) return column
	const columns = visible.map((candidate) => candidate.property).join(', ')
	throw new Problem(
		'invalid-parameter',
		`${where} names "${shown(property)}", which is not a column of ${info.name}: it has ${columns}.`,
	)
}

/** A caller's own word in an answer: short. */
function shown(word: string): string {
	return word.length > 50 ? `${word.slice(0, 50)}…` : word
}
