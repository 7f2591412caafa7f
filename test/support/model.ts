/** A value of a column as an answer has it. */
export type Value = string | number | boolean | null

/** A row as a caller asks for it, and, with its defaults, as the table holds it. */
export type Row = Record<string, Value>

export interface Column {
	/** The value as the table would hold it; undefined where the contract refuses it. */
	read(json: unknown): Value | undefined
	/** The same from a query or a path, where all is text. */
	readText(text: string): Value | undefined
	isKey?: true
	required?: true
	default?: Value
}

export interface TableDefinition {
	name: string
	columns: Record<string, Column>
	/** The columns that no two rows share, the primary key first. */
	keys: string[]
}

/** What a row's request must be answered with, besides the members that every problem has. */
export type Refusal =
	| { slug: 'invalid-row'; pointers: string[] }
	| { slug: 'not-a-unique-key'; keys: string[][] }
	| { slug: 'conflict'; conflicts: { key: string[]; differs: string[] }[] }
	| { slug: PlainSlug; allow?: string }

export type PlainSlug =
	| 'malformed-json'
	| 'unauthorized'
	| 'not-found'
	| 'method-not-allowed'
	| 'payload-too-large'
	| 'unsupported-media-type'
	| 'invalid-parameter'

/** A row of the table. Its id is unknown until the answer that made it has told it. */
export interface Stored {
	id: number | undefined
	values: Row
}

export type Result =
	/** The row as it is at that moment. */
	{ stored: Stored; now: Stored; created: boolean; updated?: boolean } | Refusal

export interface Write {
	method: 'POST' | 'PUT'
	by: string[] | undefined
	update: string[] | undefined
}

/** What a table must hold, were its rows asked for one by one. */
export class Table {
	readonly definition: TableDefinition
	readonly rows = new Set<Stored>()
	readonly #holders = new Map<string, Map<Value, Stored>>()

	constructor(definition: TableDefinition) {
		this.definition = definition
		for (const key of definition.keys) this.#holders.set(key, new Map())
	}

	holder(key: string, value: Value | undefined): Stored | undefined {
		return value === undefined ? undefined : this.#holders.get(key)?.get(value)
	}

	/** The row that all these values are of. */
	find(asked: Row): Stored | undefined {
		const key = this.definition.keys.find((name) => name in asked)
		const found = key === undefined ? undefined : this.holder(key, asked[key])
		const isSame = found && Object.entries(asked).every(([name, value]) => valueOf(found, name) === value)
		return isSame ? found : undefined
	}

	put(stored: Stored): void {
		this.rows.add(stored)
		for (const [key, holders] of this.#holders) {
			const value = valueOf(stored, key)
			if (value !== undefined) holders.set(value, stored)
		}
	}

	/** The answer has told the id of a row that it made. */
	identify(stored: Stored, id: number): void {
		if (this.holder('id', id)) throw new Error(`two rows of ${this.definition.name} have the id ${id}`)
		stored.id = id
		this.put(stored)
	}

	/** Asks for a row whose values are right, and changes what it changes. */
	apply({ method, by: givenBy, update }: Write, asked: Row): Result {
		const { columns, keys } = this.definition
		const given = Object.keys(columns).filter((name) => name in asked)
		const covered = keys.filter((key) => key in asked)
		const by = givenBy ?? (method === 'POST' ? given : 'id' in asked ? ['id'] : covered)
		if (!by.some((column) => keys.includes(column))) return notAUniqueKey(keys)
		const found = this.find(pick(asked, by))
		const missing = Object.keys(columns).filter((name) => columns[name]?.required && !(name in asked))
		if (!found && missing.length > 0)
			return { slug: 'invalid-row', pointers: missing.map((name) => `/${name}`) }

		const set = method === 'POST' ? [] : given.filter((name) => !by.includes(name))
		const named = set.filter((name) => update?.includes(name) ?? name !== 'id')
		const { id, ...values } = asked
		const next: Stored = found
			? merged(found, pick(asked, named))
			: { id: typeof id === 'number' ? id : undefined, values: { ...defaultsOf(this.definition), ...values } }
		const isBlocked = keys.some((key) => {
			const holder = this.holder(key, valueOf(next, key))
			return holder !== undefined && holder !== found
		})
		if (isBlocked) return { slug: 'conflict', conflicts: this.conflicts(by, asked) }
		const updated = found !== undefined && JSON.stringify(found) !== JSON.stringify(next)
		const stored = found ?? next
		if (found) this.#change(found, next)
		else this.put(next)
		return { stored, now: { ...next }, created: !found, ...(method === 'PUT' ? { updated } : {}) }
	}

	#change(stored: Stored, next: Stored): void {
		for (const [key, holders] of this.#holders) {
			const value = valueOf(stored, key)
			if (value !== undefined) holders.delete(value)
		}
		Object.assign(stored, next)
		this.put(stored)
	}

	/** What another row holds of the row's keys, and what differs there of what it is asked by. */
	conflicts(by: string[], asked: Row): { key: string[]; differs: string[] }[] {
		return this.definition.keys.flatMap((key) => {
			const holder = this.holder(key, asked[key])
			const differs = by.filter((name) => holder && valueOf(holder, name) !== asked[name])
			return differs.length > 0 ? [{ key: [key], differs }] : []
		})
	}
}

export type Model = Map<string, Table>

export function notAUniqueKey(keys: string[]): Refusal {
	return { slug: 'not-a-unique-key', keys: keys.map((key) => [key]) }
}

export function valueOf({ id, values }: Stored, name: string): Value | undefined {
	return name === 'id' ? id : values[name]
}

function defaultsOf({ columns }: TableDefinition): Row {
	return Object.fromEntries(
		Object.entries(columns).flatMap(([name, column]) =>
			column.default === undefined ? [] : [[name, column.default]],
		),
	)
}

function pick(row: Row, names: string[]): Row {
	return Object.fromEntries(Object.entries(row).filter(([name]) => names.includes(name)))
}

function merged({ id, values }: Stored, { id: nextId, ...changes }: Row): Stored {
	return { id: typeof nextId === 'number' ? nextId : id, values: { ...values, ...changes } }
}
