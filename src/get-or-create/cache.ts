import type { TableInfo } from './table'

/** Remembers what was made under a name, of so many names at most: at one more it forgets all of them. */
export class Cache<T> {
	readonly #limit: number
	readonly #made = new Map<string, T>()

	constructor(limit: number) {
		this.#limit = limit
	}

	get size(): number {
		return this.#made.size
	}

	get(name: string, make: () => T): T {
		const known = this.#made.get(name)
		if (known !== undefined) return known
		const made = make()
		if (this.#made.size >= this.#limit) this.#made.clear()
		this.#made.set(name, made)
		return made
	}
}

/** A cache for each table. */
export function cachePerTable<T>(limit: number): (table: TableInfo) => Cache<T> {
	const caches = new WeakMap<TableInfo, Cache<T>>()
	return (table) => {
		const cache = caches.get(table) ?? new Cache(limit)
		caches.set(table, cache)
		return cache
	}
}
