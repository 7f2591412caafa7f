import * as fc from 'fast-check'
import { amountOf, SLOTS } from './counts.ts'
import type { Naming, Operation } from './operation.ts'
import { TOO_LATE, TOO_MANY } from './rules.ts'

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
	table: fc.oneof(
		{ weight: 3, arbitrary: fc.constantFrom<('users' | 'accounts')[]>('users', 'accounts') },
		{
			weight: 4,
			arbitrary: fc.constantFrom<('counters' | 'authors' | 'books')[]>(
				'counters',
				'counters',
				'books',
				'books',
				'authors',
			),
		},
	),
	method: fc.constantFrom<('POST' | 'PUT')[]>('POST', 'PUT'),
	by: fc.nat({ max: 3 }),
	isArray: fc.constantFrom(true, false, false),
	isAtomic: fc.constantFrom(true, false, false),
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
	let added = 0
	for (let index = 0; ; index++) {
		const chunk = fc.sample(choices, { seed: seed + caller * 1_000_003 + index, numRuns: CHUNK })
		for (const chosen of chunk) {
			if (index % ROUND === 0) added = 0
			const operation = operationOf(chosen, caller, index++, added)
			if (operation.table === 'counters' && operation.method === 'PUT') added += operation.rows.length
			yield operation
		}
	}
}

type Choices = typeof choices extends fc.Arbitrary<infer T> ? T : never

function operationOf(chosen: Choices, caller: number, index: number, added: number): Operation {
	const { table, method, isArray } = chosen
	const shared = {
		table,
		method,
		isArray,
		isAtomic: isArray && chosen.isAtomic,
		patience: chosen.patience,
		key: chosen.isKeyed ? `${caller} ${index}` : undefined,
		asksAgain: chosen.isKeyed && chosen.asksAgain,
	}
	const own = { ...chosen, rows: isArray ? chosen.rows : chosen.rows.slice(0, 1) }
	// Nobody else writes this value, so that whoever reads it knows who did.
	const stamp = (place: number) => (index * 10 + place) * 1000 + caller
	switch (table) {
		case 'users':
		case 'authors':
			return { ...shared, ...people(own, index, stamp) }
		case 'accounts':
			return { ...shared, ...accounts(own, index, stamp) }
		case 'books':
			return { ...shared, ...books(own, index, stamp) }
		case 'counters':
			return { ...shared, ...counters(own, index, caller, added) }
	}
}

type Asked = Pick<Operation, 'by' | 'rows' | 'naming'>
type Stamp = (place: number) => number

function accounts({ method, by: chosen, rows }: Choices, index: number, stamp: Stamp): Asked {
	const by = chosen > 1 ? ['username'] : undefined
	return {
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

function people({ table, method, by, rows }: Choices, index: number, stamp: Stamp): Asked {
	const moves = method === 'PUT' && by > 0
	const bys = [undefined, ['email'], ['name'], ['email', 'name']]
	return {
		by: moves ? ['email'] : bys[by],
		naming: [],
		rows: rows.map(({ key, name }, place) => ({
			email: table === 'users' ? `user-${index + key}` : `author-${aloneOf(index + key)}`,
			name: moves ? `name-${stamp(place)}-of-one` : `name-${index + name}`,
		})),
	}
}

/** One author in three is asked for alone too; the others only by their books, whose refusal they must not outlive. */
function aloneOf(key: number): number {
	return key - (key % 3)
}

function books({ rows }: Choices, index: number, stamp: Stamp): Asked {
	return {
		by: ['title', 'authorId'],
		naming: [],
		rows: rows.map(({ key, name, isBare, refusal: broken }, place) => {
			const email = `${broken === 'venom' ? 'poison' : 'author'}-${index + key}`
			return {
				title: `${broken === 'poison' ? 'poison' : 'title'}-${name % 2}`,
				pages: stamp(place) + (broken === 'late' ? TOO_MANY : 0),
				authorId: { email, name: isBare ? `name-of-${email}` : `name-${index + name}` },
			}
		}),
	}
}

/** Callers who add to the same counters, and how often one of them does to one. */
const ADDERS = 8
const ADDS = Math.floor(SLOTS / ADDERS)

/** After so many operations they go on to other counters. */
const ROUND = 24

/** A caller adds in slots of its own, each once: to another counter once they are used up. `added` are those of this round. */
function counters({ method, rows }: Choices, index: number, caller: number, added: number): Asked {
	const slugOf = (count: number) =>
		`counter-${Math.floor(caller / ADDERS)}-${Math.floor(index / ROUND)}-${Math.floor(count / ADDS)}`
	const slotOf = (count: number) => (caller % ADDERS) * ADDS + (count % ADDS)
	return {
		by: ['slug'],
		naming: [],
		rows: rows.map(({ key }, place) =>
			method === 'POST'
				? { slug: slugOf(key), n: 0 }
				: { slug: slugOf(added + place), n: amountOf(slotOf(added + place)) },
		),
	}
}
