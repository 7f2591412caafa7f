import { runInNewContext } from 'node:vm'
import type { Refusal, Result, Row, Table, TableDefinition, Write } from '../support/model.ts'
import { notAUniqueKey } from '../support/model.ts'

const MAX_LINE_BYTES = 64 * 1024
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** What a body or a line says, or that it is not JSON. */
export function parsed(bytes: Buffer): { json: unknown } | Refusal {
	try {
		return { json: parseJson(utf8.decode(bytes)) }
	} catch {
		return { slug: 'malformed-json' }
	}
}

/** A property name with an escape. */
const ESCAPED_NAME = /[{,]\s*"[^"\\]*\\/

/**
 * After a name with a backslash, Node 24's JSON.parse takes other escaped names for it, for as long as the realm lasts
 * (https://github.com/nodejs/node/issues/63785; the Workers runtime does not). Such texts get a realm of their own.
 */
function parseJson(text: string): unknown {
	return ESCAPED_NAME.test(text) ? runInNewContext('JSON.parse(text)', { text }) : JSON.parse(text)
}

/** The lines of NDJSON that are answered: all that hold more than white space. */
export function linesOf(body: Buffer): Buffer[] {
	const lines: Buffer[] = []
	for (let start = 0; start <= body.length; ) {
		const newline = body.indexOf('\n', start)
		const end = newline < 0 ? body.length : newline
		// A carriage return is a part of the line's end, which does not count.
		const line = body.subarray(start, end > start && body[end - 1] === 0x0d ? end - 1 : end)
		if (line.length > MAX_LINE_BYTES || /[^ \t\r]/.test(line.toString('latin1'))) lines.push(line)
		start = end + 1
	}
	return lines
}

export function answerLine(table: Table, write: Write, line: Buffer): Result {
	if (line.length > MAX_LINE_BYTES) return { slug: 'payload-too-large' }
	const body = parsed(line)
	return 'slug' in body ? body : answerRow(table, write, body.json)
}

/** What one row must be answered with, and what that changes. */
export function answerRow(table: Table, write: Write, json: unknown): Result {
	const { definition } = table
	const { asked, faults } = readRow(definition, json)
	if (faults.has('')) return { slug: 'invalid-row', pointers: [''] }
	const { method, by, update } = write
	const required = Object.keys(definition.columns).filter((name) => definition.columns[name]?.required)
	const needed = [...(by ?? []), ...(update ?? []), ...(method === 'POST' ? required : [])]
	for (const name of needed) if (!(name in asked)) faults.add(pointerTo(name))
	if (faults.size > 0) return { slug: 'invalid-row', pointers: [...faults] }
	if (by && !by.some((name) => definition.keys.includes(name))) return notAUniqueKey(definition.keys)
	return table.apply(write, asked)
}

/** The values that a row asks for, as far as they are right, and a pointer to each fault. */
export function readRow({ columns }: TableDefinition, json: unknown): { asked: Row; faults: Set<string> } {
	if (typeof json !== 'object' || json === null || Array.isArray(json)) {
		return { asked: {}, faults: new Set(['']) }
	}
	const asked: Row = {}
	const faults = new Set<string>()
	for (const [name, value] of Object.entries(json)) {
		const read = Object.hasOwn(columns, name) ? columns[name]?.read(value) : undefined
		if (read === undefined) faults.add(pointerTo(name))
		else asked[name] = read
	}
	return { asked, faults }
}

/** RFC 6901. */
function pointerTo(name: string): string {
	return `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
}
