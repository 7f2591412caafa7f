import { Wrong } from '../../get-or-create/codec/codec'
import type { ColumnInfo } from '../../get-or-create/table'

const PEOPLE = ['Alice', 'Bob']

/**
 * A value that the column takes, told from its name where a name says enough: another for each of two rows, where the
 * column has two. Undefined where none is known that a type of the user's own takes.
 */
export function exampleValue(info: ColumnInfo, index: number): unknown {
	const taken = candidatesFor(info, index).filter((json) => isTaken(info, json))
	return taken.find((json) => JSON.stringify(keptValue(info, json)) === JSON.stringify(json)) ?? taken[0]
}

/** What the answer has where this JSON was sent. */
export function keptValue(info: ColumnInfo, json: unknown): unknown {
	return presented(info, info.codec.parse(json))
}

/** What the answer has where the database was given this Drizzle value; undefined where a mapper can't read it back. */
export function presented({ column, codec }: ColumnInfo, value: unknown): unknown {
	const cell = codec.encode(value)
	// What SQL makes of it only the database knows.
	if (typeof cell !== 'string') return codec.present(value)
	try {
		const driver: unknown = column.mapToDriverValue(value)
		const isNumber = typeof driver === 'string' && !cell.startsWith('"')
		return codec.present(column.mapFromDriverValue(isNumber ? codec.ofJson(driver) : driver))
	} catch {
		return undefined
	}
}

/** Whether the column takes this JSON, as far as can be told without the database. */
export function isTaken(info: ColumnInfo, json: unknown): boolean {
	const value = info.codec.parse(json)
	if (value instanceof Wrong || info.codec.encode(value) instanceof Wrong) return false
	return presented(info, value) !== undefined
}

function candidatesFor({ property, column, codec }: ColumnInfo, index: number): unknown[] {
	const { type, enum: choices, format, pattern, contentEncoding, maxLength } = codec.schema
	const number = index + 1
	const text = exampleText(property.toLowerCase(), index)
	const time = `2026-01-3${index % 2}T12:00:00.000Z`
	const types = [type ?? []].flat()
	if (choices) return [choices[index % choices.length]]
	if (types.includes('object')) return [{ example: number }]
	if (types.includes('integer') || types.includes('number')) return [number]
	if (types.includes('boolean')) return [index % 2 === 1]
	if (format === 'date-time') return [time]
	if (contentEncoding) return [btoa(String(number))]
	// Digits, and decimals: of their text the database makes a number.
	if (pattern || (type && codec.encode('1') === '1')) return [String(number)]
	if (type) return [maxLength === undefined || text.length <= maxLength ? text : shortText(number, maxLength)]
	return guesses(column.getSQLType(), { index, number, text, time })
}

/** What types of the user's own are made for, as a rule. */
function guesses(
	sqlType: string,
	{ index, number, text, time }: { index: number; number: number; text: string; time: string },
): unknown[] {
	// https://docs.turso.tech/features/ai-and-embeddings: F32_BLOB(3)
	const [, size] = /^f\w+\((\d+)\)/i.exec(sqlType) ?? []
	return [
		...(size === undefined ? [] : [Array.from({ length: Number(size) }, (_, place) => (index + place) % 8)]),
		text,
		number,
		time,
		time.slice(0, 10),
		`00000000-0000-4000-8000-00000000000${number}`,
		`https://example.com/${number}`,
		exampleText('email', index),
		String(number),
		btoa(String(number)),
		index % 2 === 1,
		[text],
		[number],
		{ example: number },
	]
}

function shortText(number: number, maxLength: number): string {
	return maxLength === 0 ? '' : String(number)
}

function exampleText(property: string, index: number): string {
	const person = PEOPLE[index % PEOPLE.length] ?? ''
	if (property === 'name') return person
	if (property.endsWith('email')) return `${person.toLowerCase()}@example.com`
	if (/^(user|login|user_)name$/.test(property)) return person.toLowerCase()
	return `${property}-${index + 1}`
}
