import type { Options } from './arguments'
import { isRefusal } from './entry'
import { nearest, plainName } from './nearest'
import { Stop } from './stop'
import type { Table } from './table'
import { json, type Reading, readingOf } from './values'

/** A column of the table, for a name of the input. */
export interface Column {
	property: string
	/** Of a cell of CSV. */
	read: Reading
}

/** Which column each name of the input is. What is left out, and what isn't sure, is said once. */
export class Columns {
	readonly #known = new Map<string, Column | undefined>()
	readonly #said = new Set<string>()
	readonly #table: Table
	readonly #options: Pick<Options, 'map' | 'json'>
	readonly #say: (note: string) => void

	/** @throws Stop where `--map` leads to a column that is none. */
	constructor(table: Table, options: Pick<Options, 'map' | 'json'>, say: (note: string) => void) {
		this.#table = table
		this.#options = options
		this.#say = say
		this.insist(
			'--map',
			[...options.map.values()].filter((name) => name !== ''),
		)
		this.insist('--json', options.json)
	}

	/** Undefined for a name that is left out. */
	of(name: string): Column | undefined {
		if (!this.#known.has(name)) this.#known.set(name, this.#find(name))
		return this.#known.get(name)
	}

	/** @throws Stop where one of these is no column. */
	insist(option: string, names: readonly string[] = []): void {
		const { columns, name: table } = this.#table
		const wrong = names.find((name) => !columns.has(name))
		if (wrong === undefined) return
		throw new Stop(`${option}: ${table} has no column "${wrong}": ${nearest(wrong, [...columns.keys()])}`)
	}

	/**
	 * Looks at the names of a header, all of them.
	 * @throws Stop where no row could be right: a column that must be there is not, or two names are one.
	 */
	check(header: readonly string[], by: readonly string[] = []): void {
		const named = header.flatMap((name) => this.of(name)?.property ?? [])
		const { name: table, required } = this.#table
		if (named.length === 0) {
			throw new Stop(
				`None of its columns is one of ${table}: the first line must name them. ${nearest('', [...this.#table.columns.keys()])}`,
			)
		}
		const twice = named.find((property, i) => named.indexOf(property) < i)
		if (twice !== undefined)
			throw new Stop(`Two columns of the input are "${twice}": --map "NAME=" leaves one out.`)
		const missing = [...by, ...required].find((property) => !named.includes(property))
		if (missing === undefined) return
		const why = by.includes(missing) ? 'it is to be asked for by it' : 'each row must have one'
		throw new Stop(`The input has no column "${missing}", and ${why}: --map "NAME=${missing}" names it.`)
	}

	#find(name: string): Column | undefined {
		const { columns } = this.#table
		const property = this.#options.map.get(name) ?? this.#propertyLike(name)
		const schema = property === undefined ? undefined : columns.get(property)
		if (property === undefined || schema === undefined) {
			const isMeant = property === '' || name.trim() === '' || isRefusal(name)
			if (!isMeant)
				this.#once(`"${name}" is left out: there is no such column; ${nearest(name, [...columns.keys()])}`)
			return undefined
		}
		if (property !== name) this.#once(`"${name}" is taken for the column "${property}".`)
		const isJson = this.#options.json.includes(property)
		return { property, read: isJson ? json : readingOf(schema, (note) => this.#once(`"${name}": ${note}`)) }
	}

	/** Only where one column is like it. */
	#propertyLike(name: string): string | undefined {
		if (this.#table.columns.has(name)) return name
		const [only, ...others] = [...this.#table.columns.keys()].filter(
			(each) => plainName(each) === plainName(name),
		)
		return others.length === 0 ? only : undefined
	}

	#once(note: string): void {
		if (!this.#said.has(note)) this.#say(note)
		this.#said.add(note)
	}
}
