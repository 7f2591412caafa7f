import { type ColumnInfo, isGenerated } from '../../get-or-create/table'
import type { Resource } from '../resource'
import { valueSchema } from './column-schema'

const PEOPLE = ['Alice', 'Bob']

/**
 * A row that can be sent as it is: the columns that every row needs, and those of a unique key.
 * Rules that only the database knows, such as a CHECK or a foreign key, may still refuse it.
 */
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
		resource.visible.map((info) => {
			const { property, column } = info
			const filled = column.notNull ? exampleDefault(info, index) : null
			return [property, sent[property] ?? filled]
		}),
	)
}

/** The unique key that a caller would ask by: the first whose values are not made up by the database. */
export function exampleKey({ keys }: Resource): ColumnInfo[] {
	return (keys.find((key) => !isGenerated(key)) ?? keys[0])?.columns ?? []
}

function exampleDefault(info: ColumnInfo, index: number): unknown {
	const constant = info.column.default
	return ['string', 'number', 'boolean'].includes(typeof constant) ? constant : exampleValue(info, index)
}

/** A value that is valid for the column, told from its name where a name says enough. */
export function exampleValue(info: ColumnInfo, index: number): unknown {
	const { type, format, maxLength, enum: values, pattern, contentEncoding } = valueSchema(info)
	if (values) return values[index % values.length]
	if (type === 'boolean') return false
	if (type === 'integer' || type === 'number') return index + 1
	if (type !== 'string') return { example: index + 1 }
	if (format === 'date-time') return `2026-01-3${index % 2}T12:00:00.000Z`
	if (pattern) return String(index + 1)
	if (contentEncoding) return btoa(String(index + 1))
	const text = exampleText(info.property.toLowerCase(), index)
	return maxLength === undefined ? text : text.slice(0, maxLength)
}

function exampleText(property: string, index: number): string {
	const person = PEOPLE[index % PEOPLE.length] ?? ''
	if (property === 'name') return person
	if (property.endsWith('email')) return `${person.toLowerCase()}@example.com`
	if (/^(user|login|user_)name$/.test(property)) return person.toLowerCase()
	return `${property}-${index + 1}`
}
