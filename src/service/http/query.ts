import type { Context } from 'hono'
import { changesOf, waysOf } from '../../get-or-create/changes'
import {
	BY_REFERENCE,
	type ReferenceTerms,
	referenceTermsOf,
	type SeenTable,
} from '../../get-or-create/seen-table'
import type { ColumnInfo } from '../../get-or-create/table'
import { requireUniqueKey } from '../../get-or-create/unique-key'
import type { Changes } from '../../get-or-create/ways'
import type { Resource } from '../resource'
import { Problem } from './problem'

/**
 * The query's parameters, each of which is a list: `by=a,b`, `by=a&by=b` and `by[]=a&by[]=b` are the same, for clients
 * differ in how they write one. A parameter that this operation doesn't have is refused: a misspelt one would change what
 * is asked. Read as all URLs are, since Hono passes over a parameter without a name.
 */
export function knownParameters(
	c: Context,
	known: readonly string[],
	isKnown = (name: string) => known.includes(name),
): Map<string, string[]> {
	const parameters = new Map<string, string[]>()
	for (const [written, value] of new URL(c.req.url).searchParams) {
		const name = written.replace(/\[\]$/, '')
		if (!isKnown(name)) {
			const detail = known.length > 0 ? `It takes ${known.join(', ')}.` : 'It takes none.'
			throw new Problem(
				'invalid-parameter',
				`There is no query parameter "${shown(written)}" here. ${detail}`,
			)
		}
		const values = parameters.get(name) ?? []
		values.push(...value.split(','))
		parameters.set(name, values)
	}
	return parameters
}

/** The columns that a parameter lists; undefined where it isn't there. */
function columnsParameter(
	parameters: Map<string, string[]>,
	name: string,
	resource: Resource,
): ColumnInfo[] | undefined {
	const properties = parameters.get(name)
	if (properties === undefined) return undefined
	return [...new Set(properties)].map((property) => visibleColumn(resource, property, `"${name}"`))
}

/** The columns of `?by=`, proven to hold a unique key. @throws Problem, NotAUniqueKeyError */
export function byParameter(parameters: Map<string, string[]>, resource: Resource): ColumnInfo[] | undefined {
	const by = columnsParameter(parameters, 'by', resource)
	if (by) requireUniqueKey(resource.info, by)
	return by
}

/** A parameter of the lists of columns by which rows that a row refers to are asked for: `by.authorId`. */
export function isByReference(name: string): boolean {
	return name.startsWith(BY_REFERENCE)
}

/** What these say. @throws UnfitReferenceError, NotAUniqueKeyError */
export function referencesParameters(parameters: Map<string, string[]>, table: SeenTable): ReferenceTerms {
	return referenceTermsOf(
		table,
		[...parameters].filter(([name]) => isByReference(name)),
	)
}

/** What the parameters that name columns to change say. @throws Problem, UnfitChangeError */
export function changesParameters(
	parameters: Map<string, string[]>,
	resource: Resource,
	by: ColumnInfo[] | undefined,
): Changes | undefined {
	const columnsOf = (name: string) => columnsParameter(parameters, name, resource)
	const newer = columnsOf('newer')
	if (newer && newer.length !== 1) throw new Problem('invalid-parameter', '"newer" names one column.')
	return changesOf({ ...waysOf(columnsOf), newer: newer?.[0] }, by)
}

/** A parameter that is `true` or `false`; false where it isn't there. @throws Problem */
export function flagParameter(parameters: Map<string, string[]>, name: string): boolean {
	const values = parameters.get(name) ?? ['false']
	const [value] = values
	if (values.length > 1 || (value !== 'true' && value !== 'false')) {
		throw new Problem('invalid-parameter', `"${name}" must be true or false.`)
	}
	return value === 'true'
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
