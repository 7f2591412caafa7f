/** What a caller asks for: a row, or rows as an array, of one table. */
export interface Operation {
	table: 'users' | 'accounts' | 'counters' | 'authors' | 'books'
	method: 'POST' | 'PUT'
	/** Nothing: the default. */
	by: readonly string[] | undefined
	rows: readonly Readonly<Record<string, unknown>>[]
	/** How each row names its account, where its id is known: else all do it by their usernames. */
	naming: readonly Naming[]
	isArray: boolean
	/** All of its rows or none. */
	isAtomic: boolean
	/** The caller hangs up after so many milliseconds. */
	patience: number | undefined
	/** Its Idempotency-Key: with one, a caller that was told nothing asks again. */
	key: string | undefined
	/** It asks once more though it was told. */
	asksAgain: boolean
}

export type Naming = 'username' | 'id' | 'both'

/** The operation once its rows name their accounts by the ids that are known. */
export function named(operation: Operation, ids: ReadonlyMap<unknown, number>): Operation {
	const { rows, naming } = operation
	return {
		...operation,
		rows: rows.map((row, place) => {
			const id = ids.get(row['username'])
			return id === undefined || (naming[place] ?? 'username') === 'username' ? row : { id, ...row }
		}),
	}
}

/** What is sent of a row: all of it, but for a username where its id is enough, as it is for an update. */
export function sentOf(
	{ method, rows, naming }: Operation,
	place: number,
): Readonly<Record<string, unknown>> {
	const { username, ...rest } = rows[place] ?? {}
	const isById = method === 'PUT' && naming[place] === 'id' && rest['id'] !== undefined
	return isById || username === undefined ? rest : { username, ...rest }
}

/** Where it is sent to. */
export function pathOf({ table, method, by, isAtomic }: Operation): string {
	const query = [
		...(by ? [`by=${by.join()}`] : []),
		...(table === 'books' ? ['by.authorId=email'] : []),
		...(table === 'counters' && method === 'PUT' ? ['add=n'] : []),
		...(isAtomic ? ['atomic=true'] : []),
	]
	return `/${table}${query.length > 0 ? '?' : ''}${query.join('&')}`
}
