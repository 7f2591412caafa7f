import { type Model, type Row, type Table, type Value, valueOf } from '../support/model.ts'
import type { Case } from './case.ts'
import { bodyTypeOf, parametersOf, segmentsOf } from './contract.ts'
import { linesOf, parsed, readRow } from './rows.ts'
import { FIRST_ID, LAST_CHOSEN_ID } from './tables.ts'

/**
 * The unique values that a request is about, among them those of the rows that it may change: requests that share none
 * of them may run side by side, and the model still knows what each must be answered with. Undefined where it names an
 * id that the database may be giving to another row just then, so that nobody could know.
 */
export function keysOf(request: Case, model: Model): Set<string> | undefined {
	const [name = '', key] = segmentsOf(request)
	const table = model.get(name)
	const keys = new Set<string>()
	if (!table) return keys
	for (const asked of rowsOf(request, table, key)) {
		const id = asked['id']
		if (typeof id === 'number' && id > FIRST_ID && id < LAST_CHOSEN_ID) return undefined
		for (const column of table.definition.keys) {
			const value = asked[column]
			if (value === undefined) continue
			keys.add(keyOf(table, column, value))
			const holder = table.holder(column, value)
			for (const other of holder ? table.definition.keys : []) {
				const held = holder && valueOf(holder, other)
				if (held !== undefined) keys.add(keyOf(table, other, held))
			}
		}
	}
	return keys
}

function keyOf({ definition }: Table, column: string, value: Value): string {
	return `${definition.name} ${column} ${value}`
}

/** Every row that it may ask for, be the request right or not. */
function rowsOf(request: Case, { definition }: Table, key: string | undefined): Row[] {
	const { columns } = definition
	const read = (name: string, text: string): Row => {
		const value = Object.hasOwn(columns, name) ? columns[name]?.readText(text) : undefined
		return value === undefined ? {} : { [name]: value }
	}
	if (key !== undefined) return [read('id', key)]
	if (request.method === 'GET' || request.method === 'HEAD') {
		return [...parametersOf(request)].map(([name, text]) => read(name, text))
	}
	const bodies = bodyTypeOf(request) === 'ndjson' ? linesOf(request.body) : [request.body]
	const rows = bodies.flatMap((bytes) => {
		const body = parsed(bytes)
		return 'json' in body ? body.json : []
	})
	return rows.map((json) => readRow(definition, json).asked)
}

/** Lets one request at a time be about a unique value. */
export class KeyLocks {
	readonly #held = new Map<string, Promise<void>>()

	/** Waits until nobody else holds any of the keys, which may be others by then. Returns what gives them free. */
	async acquire(keysNow: () => Set<string>): Promise<() => void> {
		for (;;) {
			const keys = keysNow()
			const holder = [...keys].flatMap((key) => this.#held.get(key) ?? [])[0]
			if (holder !== undefined) {
				await holder
				continue
			}
			const { promise, resolve } = Promise.withResolvers<void>()
			for (const key of keys) this.#held.set(key, promise)
			return () => {
				for (const key of keys) this.#held.delete(key)
				resolve()
			}
		}
	}
}
