import type { Values } from './subject'

/** A value of Drizzle's as the service takes and gives it. */
export function jsonOf(value: unknown): unknown {
	if (value instanceof Date) return value.toISOString()
	if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
	if (value instanceof Float32Array) return Array.from(value)
	return typeof value === 'bigint' ? String(value) : value
}

export function jsonRow(values: Values): Values {
	return Object.fromEntries(Object.entries(values).map(([property, value]) => [property, jsonOf(value)]))
}

/** A value as a query or a path has it. */
export function textOf(value: unknown): string {
	const json = jsonOf(value)
	return typeof json === 'string' ? json : JSON.stringify(json)
}
