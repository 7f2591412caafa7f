import type { Resource } from './resource'

/** Where a row can be read: by its primary key, or in a table without one by a unique key. */
export function locationOf({ info, keys }: Resource, row: Record<string, unknown>): string {
	const path = `/${encodeURIComponent(info.name)}`
	const key = keys.find((candidate) => candidate === info.primaryKey) ?? keys[0]
	const values = key?.columns.map(({ property }) => [property, String(row[property])]) ?? []
	return key === info.primaryKey
		? `${path}/${values.map(([, value = '']) => encodeURIComponent(value)).join(',')}`
		: `${path}?${new URLSearchParams(values).toString()}`
}
