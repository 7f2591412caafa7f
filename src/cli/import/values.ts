import { Wrong } from './stop'
import type { ColumnSchema } from './table'

/** What a cell of CSV means. */
export type Reading = (text: string) => unknown

const YES = ['true', '1', 'yes', 'y', 't', 'on']
const NO = ['false', '0', 'no', 'n', 'f', 'off']
const WHOLE = /^[+-]?\d+(?:\.0+)?$/
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i
const DATE = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d(?:\.\d+)?)? ?(Z|[+-]\d\d(?::?\d\d)?)?)?$/i

/** How the cells of a column are read, by its type. What isn't sure is said once, after the column's name. */
export function readingOf(schema: ColumnSchema, unsure: (note: string) => void): Reading {
	const types = typesOf(schema)
	if (types.has('object') || types.has('array')) return json
	if (types.has('string') && types.has('number')) return numberOrText
	if (types.has('boolean')) return boolean
	if (types.has('integer')) return integer
	if (types.has('number')) return number
	if (schema.format === 'date-time') return dateIn(unsure)
	if (types.size === 0) {
		unsure(
			"the service doesn't say of which type it is: its cells are sent as text. --json sends them as JSON.",
		)
	}
	return (text) => text
}

/** Null aside: no cell has it but those of --null. */
function typesOf({ type, oneOf = [], anyOf = [] }: ColumnSchema): Set<string> {
	const types = new Set([type ?? []].flat())
	for (const each of [...oneOf, ...anyOf]) for (const inner of typesOf(each)) types.add(inner)
	// A row that is referred to stands in JSON as an object, and its key can stand in a cell.
	if (oneOf.length + anyOf.length > 0) types.delete('object')
	types.delete('null')
	return types
}

export function json(text: string): unknown {
	try {
		return JSON.parse(text)
	} catch {
		return new Wrong(`must be JSON, as in {"a": 1}, 12 or "text" (quotes and all), and is ${shown(text)}`)
	}
}

function boolean(text: string): unknown {
	const word = text.trim().toLowerCase()
	if (YES.includes(word)) return true
	return NO.includes(word) ? false : new Wrong(`must be true or false (1, 0, yes, no), and is ${shown(text)}`)
}

function integer(text: string): unknown {
	const digits = text.trim()
	const value = Number(digits)
	if (WHOLE.test(digits) && Number.isSafeInteger(value)) return value
	return new Wrong(`must be a whole number up to 2^53, as in 1234, with no separators, and is ${shown(text)}`)
}

function number(text: string): unknown {
	const digits = text.trim()
	const value = Number(digits)
	if (NUMBER.test(digits) && Number.isFinite(value)) return value
	return new Wrong(`must be a number, as in 1234.5, with no other separators, and is ${shown(text)}`)
}

/** "007" is text, and no number. */
function numberOrText(text: string): unknown {
	return String(Number(text)) === text && Number.isFinite(Number(text)) ? Number(text) : text
}

function dateIn(unsure: (note: string) => void): Reading {
	return (text) => {
		const [, day = '', ...rest] = DATE.exec(text.trim()) ?? []
		if (!isDay(day)) {
			return new Wrong(`must be a date as in 2026-01-31 or 2026-01-31T12:00:00Z, and is ${shown(text)}`)
		}
		const [minutes = '00:00', seconds = ':00', offset] = rest
		if (offset === undefined) unsure('dates without an offset are taken for UTC.')
		return `${day}T${minutes}${seconds}${offsetOf(offset)}`
	}
}

/** Date.parse takes the 30th of February for the 2nd of March. */
function isDay(day: string): boolean {
	const date = new Date(`${day}T00:00:00Z`)
	return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day)
}

/** As RFC 3339 has it: databases write +01 and +0100. */
function offsetOf(offset = 'Z'): string {
	if (/^z$/i.test(offset)) return 'Z'
	const minutes = offset.slice(3).replace(':', '') || '00'
	return `${offset.slice(0, 3)}:${minutes}`
}

function shown(text: string): string {
	return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text)
}
