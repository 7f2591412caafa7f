import type { ColumnInfo, UniqueKey } from '../../get-or-create/table'
import type { Resource } from '../resource'
import { NO_SEGMENTS, tablePath } from './path'

/**
 * How long a Location may be, in bytes, of which it has one a character. Many a proxy or client holds all headers of an
 * answer, or the line of a request, to 4 KiB: this leaves the other half to the host, the token and the rest.
 */
const MAX_LENGTH = 2000

/** Where a row can be read: by its primary key, else by another unique key; undefined where a URL can hold none. `prefix` is where the service is mounted. */
export function locationOf(
	resource: Resource,
	row: Record<string, unknown>,
	prefix: string,
): string | undefined {
	for (const location of locationsOf(resource, row, prefix)) {
		if (location.length <= MAX_LENGTH) return location
	}
	return undefined
}

function* locationsOf(resource: Resource, row: Record<string, unknown>, prefix: string): Iterable<string> {
	const { name, primaryKey } = resource.info
	const path = `${prefix}${tablePath(name)}`
	for (const key of resource.keys) {
		const texts = textsOf(key, row)
		if (!texts) continue
		if (key === primaryKey) {
			const segment = texts.map(encodeURIComponent).join(',')
			if (!NO_SEGMENTS.includes(segment)) yield `${path}/${segment}`
		}
		const query = key.columns.map(({ property }, place) => [property, texts[place] ?? ''])
		yield `${path}?${new URLSearchParams(query).toString()}`
	}
}

/** A key's values as a URL has them, not yet encoded; undefined where one of them can't be in a URL, as null can't. */
function textsOf({ columns }: UniqueKey, row: Record<string, unknown>): string[] | undefined {
	const texts = columns.flatMap((column) => textOf(column, row[column.property]) ?? [])
	return texts.length === columns.length ? texts : undefined
}

function textOf({ codec }: ColumnInfo, value: unknown): string | undefined {
	if (value === null || value === undefined) return undefined
	// 1e+21 without the plus, which some clients read as a space.
	return typeof value === 'number' ? String(value).replace('+', '') : codec.presentText(value)
}
