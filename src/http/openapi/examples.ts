import { is, SQL } from 'drizzle-orm'
import { Wrong } from '../../get-or-create/codec/codec'
import { type ColumnInfo, isGenerated, type UniqueKey } from '../../get-or-create/table'
import type { Resource } from '../resource'

const PEOPLE = ['Alice', 'Bob']

/**
 * Rows that can be sent as they are, one or two: the columns that every row needs, and those of a unique key. Rules that
 * only the database knows, such as a CHECK or a foreign key, may still refuse them.
 */
export function exampleRows(resource: Resource): Record<string, unknown>[] {
	const [first, second] = [exampleRow(resource, 0), exampleRow(resource, 1)]
	const isSame = ({ property }: ColumnInfo) =>
		Object.hasOwn(first, property) && JSON.stringify(first[property]) === JSON.stringify(second[property])
	return resource.keys.some(({ columns }) => columns.every(isSame)) ? [first] : [first, second]
}

export function exampleRow(resource: Resource, index: number): Record<string, unknown> {
	const key = exampleKey(resource)
	return Object.fromEntries(
		resource.visible
			.filter((column) => column.required || key.includes(column))
			.map((column) => [column.property, exampleValue(column, index)]),
	)
}

/** The row that comes of it in an empty table. */
export function exampleAnswer(resource: Resource, index: number): Record<string, unknown> {
	const sent = exampleRow(resource, index)
	return Object.fromEntries(
		resource.visible.map((info) => [
			info.property,
			Object.hasOwn(sent, info.property) ? sent[info.property] : exampleDefault(info, index),
		]),
	)
}

/** The unique key that a caller would ask by: the first whose values are not made up by the database. */
export function exampleKey({ keys }: Resource): ColumnInfo[] {
	return (keys.find((key) => !isGenerated(key)) ?? keys[0])?.columns ?? []
}

/** Whether the row of the example has the example's values in this key. */
export function isExampleKey(resource: Resource, { columns }: UniqueKey): boolean {
	const sent = exampleRow(resource, 0)
	return columns.every(({ property, isRowId }) => isRowId || Object.hasOwn(sent, property))
}

/** A value that the column takes, told from its name where a name says enough. */
export function exampleValue(info: ColumnInfo, index: number): unknown {
	const { codec } = info
	const isTaken = (json: unknown): boolean => {
		const value = codec.parse(json)
		return !(value instanceof Wrong) && !(codec.encode(value) instanceof Wrong)
	}
	return candidatesFor(info, index).find(isTaken) ?? null
}

function exampleDefault(info: ColumnInfo, index: number): unknown {
	const { default: constant, hasDefault, notNull, generated } = info.column
	if (constant !== undefined && constant !== null && !is(constant, SQL)) return info.codec.present(constant)
	return hasDefault || notNull || generated ? exampleValue(info, index) : null
}

function candidatesFor(info: ColumnInfo, index: number): unknown[] {
	const { codec, property, column } = info
	const { type, format, maxLength, enum: choices, pattern, contentEncoding } = codec.schema
	const n = index + 1
	if (choices) return [choices[index % choices.length]]
	if (type === 'boolean') return [index % 2 === 1]
	if (format === 'date-time') return [dateTime(index, 12)]
	if (format === 'decimal') return [`${n}.5`]
	if (pattern !== undefined) return [String(n)]
	if (contentEncoding !== undefined) return [btoa(String(n))]
	const text = exampleText(property.toLowerCase(), index)
	const short =
		maxLength === undefined || text.length <= maxLength ? text : `${text.slice(0, maxLength - 1)}${n}`
	if (type === 'string') return [short]
	if (type !== undefined) return [n, { example: n }]
	// A type of the user's own, of which only its mappers know what it takes.
	const [, length] = /^F(?:LOAT)?\d+_BLOB\((\d+)\)/i.exec(column.getSQLType()) ?? []
	const vector = length === undefined ? [] : [Array.from({ length: Number(length) }, (_, i) => n + i)]
	return [
		...vector,
		short,
		n,
		dateTime(index, 12),
		dateTime(index, 0),
		[n],
		{ example: n },
		String(n),
		btoa(String(n)),
	]
}

function dateTime(index: number, hour: number): string {
	return new Date(Date.UTC(2026, 0, 30 + (index % 2), hour)).toISOString()
}

function exampleText(property: string, index: number): string {
	const person = PEOPLE[index % PEOPLE.length] ?? ''
	if (property === 'name') return person
	if (property.endsWith('email')) return `${person.toLowerCase()}@example.com`
	if (/^(user|login|user_)name$/.test(property)) return person.toLowerCase()
	return `${property}-${index + 1}`
}
