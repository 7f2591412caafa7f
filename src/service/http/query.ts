import type { Context } from 'hono'
import type { ColumnInfo } from '../../get-or-create/table'
import { requireUniqueKey } from '../../get-or-create/unique-key'
import type { Resource } from '../resource'
import { Problem } from './problem'

/**
 * The query's parameters. One that this operation doesn't have is refused: a misspelt one would change what is asked.
 * Read as all URLs are, since Hono passes over a parameter without a name.
 */
export function knownParameters(c: Context, known: readonly string[]): Map<string, string> {
	const parameters = new Map<string, string>()
	for (const [name, value] of new URL(c.req.url).searchParams) {
		if (!known.includes(name)) {
			const detail = known.length > 0 ? `It takes ${known.join(', ')}.` : 'It takes none.'
			throw new Problem('invalid-parameter', `There is no query parameter "${shown(name)}" here. ${detail}`)
		}
		if (parameters.has(name)) throw new Problem('invalid-parameter', `"${name}" is given more than once.`)
		parameters.set(name, value)
	}
	return parameters
}

/** The columns that a comma-separated parameter names; undefined where it isn't there. */
export function columnsParameter(
	parameters: Map<string, string>,
	name: string,
	resource: Resource,
): ColumnInfo[] | undefined {
	const value = parameters.get(name)
	if (value === undefined) return undefined
	return [...new Set(value.split(','))].map((property) => visibleColumn(resource, property, `"${name}"`))
}

/** The columns of `?by=`, proven to hold a unique key. @throws Problem, NotAUniqueKeyError */
export function byParameter(parameters: Map<string, string>, resource: Resource): ColumnInfo[] | undefined {
	const by = columnsParameter(parameters, 'by', resource)
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

/** A caller's own word in an answer: short, and without the half of a character that the cut may leave. */
function shown(word: string): string {
	return word.length > 50 ? `${word.slice(0, 50).toWellFormed()}…` : word
}
