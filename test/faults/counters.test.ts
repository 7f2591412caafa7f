import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, ask, faultOf } from './client.ts'
import { codeOf, type Service, SHARING, type Stage, startStage } from './stage.ts'

// What is added once is there once: whatever became of the answer, of the database, and of those who share a statement.

const CALLERS = 40

interface Told {
	row: { views: number }
	created: boolean
	updated: boolean
}

describe.each<[string, Service]>([
	['in the isolate', {}],
	['through the object', SHARING],
])('what many add to one row, %s,', (_, service) => {
	let stage: Stage
	beforeAll(async () => {
		stage = await startStage(await codeOf('bench/workers/counters.ts'), { services: [service] })
		await stage.query(
			'CREATE TABLE counters (slug TEXT PRIMARY KEY NOT NULL, views INTEGER NOT NULL DEFAULT 0)',
		)
	}, 60_000)
	afterAll(() => stage.stop())
	afterEach(() => stage.proxy.heal())

	async function add(slug: string, key?: string): Promise<Answer> {
		const answer = await ask(stage.origin, {
			method: 'PUT',
			path: '/counters?by=slug&add=views',
			body: { slug, views: 1 },
			headers: key === undefined ? {} : { 'idempotency-key': key },
		})
		expect(faultOf(answer)).toBeUndefined()
		return answer
	}

	async function addUntilAnswered(slug: string): Promise<Told> {
		const key = randomUUID()
		for (;;) {
			const answer = await add(slug, key)
			if (answer.status < 300) return answer.body as Told
		}
	}

	/** The row is there, and known to be one whose updates nothing watches. */
	async function counter(): Promise<string> {
		const slug = randomUUID()
		for (let time = 0; time < 2; time++) await add(slug)
		return slug
	}

	const stored = async (slug: string) =>
		(await stage.query<{ views: number }>(`SELECT views FROM counters WHERE slug = '${slug}'`))[0]?.views

	/** Every third transaction with this in it is done, and its answer dropped. */
	function lose(slug: string): void {
		let count = 0
		stage.proxy.inject((asked) =>
			asked.includes(slug) && count++ % 3 === 0 ? { kind: 'drop-answer' } : undefined,
		)
	}

	it.each([2, 0])('is not repeated without a key where the answer was lost: %i are there', async (there) => {
		const slug = there > 0 ? await counter() : randomUUID()
		lose(slug)
		const answers = await Promise.all(Array.from({ length: CALLERS }, async () => await add(slug)))
		const told = answers.filter(({ status }) => status < 300).map(({ body }) => (body as Told).row.views)
		expect(new Set(told).size).toBe(told.length)
		expect(answers.some(({ status }) => status >= 500)).toBe(true)
		expect(await stored(slug)).toBe(there + CALLERS)
	})

	it('is added once under a key, as often as it is asked for', async () => {
		const slug = await counter()
		lose(slug)
		const told = await Promise.all(Array.from({ length: CALLERS }, async () => await addUntilAnswered(slug)))
		expect(told.every(({ updated }) => updated)).toBe(true)
		expect(await stored(slug)).toBe(2 + CALLERS)
	})

	it('is added once under a key over the death of the database', async () => {
		const slug = await counter()
		const asked = Promise.all(Array.from({ length: CALLERS }, async () => await addUntilAnswered(slug)))
		await stage.killDatabase()
		await stage.restartDatabase()
		expect((await asked).every(({ updated }) => updated)).toBe(true)
		expect(await stored(slug)).toBe(2 + CALLERS)
	})
})
