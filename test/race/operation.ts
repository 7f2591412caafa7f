import * as fc from 'fast-check'
import { TOO_LATE } from './rules.ts'

/** What a caller asks for: a row, or rows as an array, of one table. */
export interface Operation {
	table: 'users' | 'accounts'
	method: 'POST' | 'PUT'
	/** Nothing: the default. */
	by: readonly string[] | undefined
	rows: readonly Readonly<Record<string, unknown>>[]
	/** How each row names its account, where its id is known: else all do it by their usernames. */
	naming: readonly Naming[]
	isArray: boolean
	/** The caller hangs up after so many milliseconds. */
	patience: number | undefined
	/** Its Idempotency-Key: with one, a caller that was told nothing asks again. */
	key: string | undefined
	/** It asks once more though it was told. */
	asksAgain: boolean
}

export type Naming = 'username' | 'id' | 'both'

/** How many keys are in use at a time. They move on by one with each operation, so that rows are made all the time. */
const KEYS = 6

/** How many names users who are new choose from, at a time. */
const NAMES = 4

const CHUNK = 200

/** Which rule of the database an account breaks, if any. */
const refusal = fc.oneof(
	{ weight: 90, arbitrary: fc.constant(undefined) },
	{ weight: 4, arbitrary: fc.constant('poison' as const) },
	{ weight: 4, arbitrary: fc.constant('late' as const) },
	{ weight: 2, arbitrary: fc.constant('venom' as const) },
)

const choices = fc.record({
	table: fc.constantFrom<('users' | 'accounts')[]>('users', 'accounts'),
	method: fc.constantFrom<('POST' | 'PUT')[]>('POST', 'PUT'),
	by: fc.nat({ max: 3 }),
	isArray: fc.constantFrom(true, false, false),
	rows: fc.array(
		fc.record({
			key: fc.nat({ max: KEYS - 1 }),
			name: fc.nat({ max: NAMES - 1 }),
			isBare: fc.boolean(),
			naming: fc.constantFrom<Naming[]>('username', 'username', 'id', 'both'),
			refusal,
		}),
		{
			minLength: 1,
			maxLength: 8,
		},
	),
	isKeyed: fc.boolean(),
	asksAgain: fc.constantFrom(true, false, false),
	patience: fc.oneof(
		{ weight: 49, arbitrary: fc.constant(undefined) },
		{ weight: 1, arbitrary: fc.nat({ max: 30 }) },
	),
})

/** What one caller asks, one after the other: the same for the same seed. */
export function* operationsOf(seed: number, caller: number): Generator<Operation> {
	for (let index = 0; ; index++) {
		const chunk = fc.sample(choices, { seed: seed + caller * 1_000_003 + index, numRuns: CHUNK })
		for (const chosen of chunk) yield operationOf(chosen, caller, index++)
	}
}

type Choices = typeof choices extends fc.Arbitrary<infer T> ? T : never

function operationOf(chosen: Choices, caller: number, index: number): Operation {
	const { table, method, isArray } = chosen
	const rows = isArray ? chosen.rows : chosen.rows.slice(0, 1)
	const asksAgain = chosen.isKeyed && chosen.asksAgain
	const shared = {
		table,
		method,
		isArray,
		patience: chosen.patience,
		key: chosen.isKeyed ? `${caller} ${index}` : undefined,
		asksAgain,
	}
	// Nobody else writes this value, so that whoever reads it knows who did.
	const stamp = (place: number) => (index * 10 + place) * 1000 + caller
	if (table === 'accounts') {
		const by = chosen.by > 1 ? ['username'] : undefined
		return {
			...shared,
			by,
			rows: rows.map(({ key, isBare, refusal: broken }, place) => {
				const prefix = broken === 'poison' || broken === 'venom' ? broken : 'account'
				const username = `${prefix}-${index + key}`
				if (isBare && method === 'POST' && broken !== 'late') return { username }
				const at = stamp(place) + (broken === 'late' ? TOO_LATE : 0)
				return { username, lastLogin: new Date(at * 1000).toISOString(), isSuperuser: index % 2 === 1 }
			}),
			naming: rows.map(({ naming }) => (by ? 'username' : naming)),
		}
	}
	const moves = method === 'PUT' && chosen.by > 0
	const bys = [undefined, ['email'], ['name'], ['email', 'name']]
	return {
		...shared,
		by: moves ? ['email'] : bys[chosen.by],
		naming: [],
		rows: rows.map(({ key, name }, place) => ({
			email: `user-${index + key}`,
			name: moves ? `name-${stamp(place)}-of-one` : `name-${index + name}`,
		})),
	}
}

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
