import * as fc from 'fast-check'

/** What a caller asks for: a row, or rows as an array, of one table. */
export interface Operation {
	table: 'users' | 'accounts'
	method: 'POST' | 'PUT'
	/** Nothing: the default. */
	by: readonly string[] | undefined
	rows: readonly Readonly<Record<string, unknown>>[]
	isArray: boolean
	/** The caller hangs up after so many milliseconds. */
	patience: number | undefined
	/** Its Idempotency-Key: with one, a caller that was told nothing asks again. */
	key: string | undefined
	/** It asks once more though it was told. */
	asksAgain: boolean
}

/** How many keys are in use at a time. They move on by one with each operation, so that rows are made all the time. */
const KEYS = 6

/** How many names users who are new choose from, at a time. */
const NAMES = 4

const CHUNK = 200

const choices = fc.record({
	table: fc.constantFrom<('users' | 'accounts')[]>('users', 'accounts'),
	method: fc.constantFrom<('POST' | 'PUT')[]>('POST', 'PUT'),
	by: fc.nat({ max: 3 }),
	isArray: fc.constantFrom(true, false, false),
	rows: fc.array(
		fc.record({ key: fc.nat({ max: KEYS - 1 }), name: fc.nat({ max: NAMES - 1 }), isBare: fc.boolean() }),
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
		return {
			...shared,
			by: chosen.by > 0 ? ['username'] : undefined,
			rows: rows.map(({ key, isBare }, place) => {
				const username = `account-${index + key}`
				if (isBare && method === 'POST') return { username }
				const at = stamp(place)
				return { username, lastLogin: new Date(at * 1000).toISOString(), isSuperuser: index % 2 === 1 }
			}),
		}
	}
	const moves = method === 'PUT' && chosen.by > 0
	const bys = [undefined, ['email'], ['name'], ['email', 'name']]
	return {
		...shared,
		by: moves ? ['email'] : bys[chosen.by],
		rows: rows.map(({ key, name }, place) => ({
			email: `user-${index + key}`,
			name: moves ? `name-${stamp(place)}-of-one` : `name-${index + name}`,
		})),
	}
}
