import { randomInt } from 'node:crypto'
import { type Client, createClient } from '@libsql/client/http'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { PATIENT, type Stage, startStage } from '../faults/stage.ts'
import type { Model, Row } from '../support/model.ts'
import { HIDDEN, SECRET } from './leaks.ts'
import { type Failure, run } from './run.ts'
import { emptyModel, FIRST_ID } from './tables.ts'
import { CANARIES } from './values.ts'

// Hostile requests over real connections to the bundle in the Workers runtime. FUZZ_SEED, FUZZ_CASES and FUZZ_ONLY (one
// case of the seed, by its number) choose which; without them a fixed seed and a random one go. A case that fails only
// after those before it is seen again by its seed alone.

const FIXED_SEED = 20_261_101
const { FUZZ_SEED, FUZZ_CASES, FUZZ_ONLY } = process.env
const CASES = Number(FUZZ_CASES ?? 4_000)
const SEEDS = FUZZ_SEED === undefined ? [FIXED_SEED, randomInt(2 ** 31)] : [Number(FUZZ_SEED)]
const ONLY = FUZZ_ONLY === undefined ? undefined : Number(FUZZ_ONLY)

const TOKEN = 'token-51c7e0'
const TIMEOUT_MS = 60_000 + CASES * 20

const STATUSES = [200, 201, 400, 401, 404, 405, 409, 413, 415, 422]

describe.each(SEEDS)('hostile requests of seed %i', (seed) => {
	// Of its own, so that the seed alone decides what the tables hold.
	let service: Stage
	beforeAll(async () => {
		service = await startStage(inject('bundle'), {
			services: [{ settings: { ...PATIENT, API_TOKENS: `other-token, ${TOKEN}` }, direct: true }],
		})
	}, 60_000)
	afterAll(async () => await service.stop())

	it(
		'are answered as the contract says, and change nothing that they may not',
		async () => {
			const { origin, databaseUrl } = service
			const database = createClient({ url: databaseUrl })
			const model = emptyModel()
			await plantCanaries(database, model)
			const { failures, statuses } = await run(
				{ origin, token: TOKEN, model },
				{ seed, cases: CASES, only: ONLY },
			)
			expect(failures.map((failure) => report(failure, seed)).join('\n\n')).toBe('')
			expect(await contentOf(database)).toEqual(contentOfModel(model))
			// They reached every answer that there is.
			expect(ONLY !== undefined || STATUSES.every((status) => statuses.has(status))).toBe(true)
		},
		TIMEOUT_MS,
	)
})

function report({ index, fault, request, answer }: Failure, seed: number): string {
	const again = `FUZZ_SEED=${seed} FUZZ_CASES=${CASES} FUZZ_ONLY=${index} npm run test:fuzz`
	return `${fault}\nagain: ${again}\nrequest: ${request}\nanswer: ${answer}`
}

/** Rows with values that nobody is told unless they ask for that row. */
async function plantCanaries(client: Client, tables: Model): Promise<void> {
	const rows = Array.from({ length: CANARIES }, (_, i) => ({
		id: FIRST_ID - i,
		name: `canary-${i}`,
		secret: `${SECRET}-${i}`,
	}))
	await client.batch(
		rows.flatMap(({ id, name, secret }) => [
			{ sql: 'INSERT INTO users (id, name, email) VALUES (?, ?, ?)', args: [id, name, secret] },
			{ sql: 'INSERT INTO accounts (id, username, password) VALUES (?, ?, ?)', args: [id, name, HIDDEN] },
		]),
	)
	for (const { id, name, secret } of rows) {
		tables.get('users')?.put({ id, values: { name, email: secret } })
		tables.get('accounts')?.put({ id, values: { username: name, lastLogin: null, isSuperuser: false } })
	}
}

type Content = Record<string, Row[]>

async function contentOf(client: Client): Promise<Content> {
	const [users, accounts, exposed] = await client.batch([
		'SELECT id, name, email FROM users ORDER BY id',
		'SELECT id, username, last_login, is_superuser FROM accounts ORDER BY id',
		{ sql: "SELECT id FROM accounts WHERE password NOT IN ('*', ?)", args: [HIDDEN] },
	])
	expect(exposed?.rows, 'a hidden column that a request has set').toEqual([])
	return {
		users: (users?.rows ?? []).map(({ id, name, email }) => ({ id, name, email }) as Row),
		accounts: (accounts?.rows ?? []).map(
			({ id, username, last_login: seconds, is_superuser: flag }) =>
				({
					id,
					username,
					lastLogin: seconds === null ? null : new Date(Number(seconds) * 1000).toISOString(),
					isSuperuser: flag === 1,
				}) as Row,
		),
	}
}

function contentOfModel(tables: Model): Content {
	return Object.fromEntries(
		[...tables].map(([name, { rows }]) => [
			name,
			[...rows]
				.map(({ id, values }): Row => ({ id: id ?? null, ...values }))
				.toSorted((a, b) => Number(a['id']) - Number(b['id'])),
		]),
	)
}
