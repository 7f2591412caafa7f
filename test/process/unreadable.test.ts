import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, ask } from '../faults/client.ts'
import { codeOf, PATIENT, type Service, SHARING, type Stage, startStage } from '../faults/stage.ts'

// What another writer has stored, and no answer can hold: that row alone fails.

let stage: Stage

beforeAll(async () => {
	stage = await startStage(await codeOf('test/process/workers/neighbours.ts'), { services: [] })
	await stage.query(
		'CREATE TABLE readings (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, ratio REAL, note TEXT, body TEXT)',
	)
}, 60_000)

afterAll(async () => await stage.stop())

const WAYS: [name: string, service: Service][] = [
	['in the isolate', {}],
	['through the object', SHARING],
]

const CELLS: [name: string, column: string, sql: string][] = [
	['infinity', 'ratio', '9e999'],
	['text that is not UTF-8', 'note', `CAST(x'ff' AS TEXT)`],
	['JSON that is none', 'body', `''`],
]

interface Item {
	created?: boolean
	problem?: { type: string; status: number }
}

const word = ({ created, problem }: Item) => (problem ? `${problem.status} ${problem.type}` : created)
const FAILED = '500 /problems/internal'

describe.each(WAYS)('a stored cell that cannot be read %s', (way, service) => {
	describe.each(CELLS)('for it is %s', (kind, column, sql) => {
		const name = `${way} ${kind}`
		let origin = ''
		beforeAll(async () => {
			origin = (await stage.start({ settings: PATIENT, ...service })).origin
			await stage.query(`INSERT INTO readings (name, ${column}) VALUES ('${name}', ${sql})`)
			for (let call = 0; call < 5; call++) await neighbour('warm')
		})

		async function neighbour(username: string): Promise<Answer> {
			return await ask(origin, { method: 'POST', path: '/accounts?by=username', body: { username } })
		}

		/** Does it while others ask for rows of other tables and of this one, who are all served. */
		async function besides<T>(title: string, work: () => Promise<T>): Promise<T> {
			stage.proxy.freeze()
			const first = neighbour(`${name} ${title} first`)
			await new Promise((resolve) => setTimeout(resolve, 20))
			const done = work()
			const others = Array.from({ length: 10 }, async (_, i) => await neighbour(`${name} ${title} ${i}`))
			const same = ask(origin, {
				method: 'POST',
				path: '/readings?by=name',
				body: { name: `${name} ${title}` },
			})
			await new Promise((resolve) => setTimeout(resolve, 20))
			stage.proxy.thaw()
			const answers = await Promise.all([first, same, ...others])
			expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201))
			return await done
		}

		it('fails whoever asks for that row', async () => {
			for (const method of ['POST', 'PUT'] as const) {
				const { status, body } = await besides(
					method,
					async () => await ask(origin, { method, path: '/readings?by=name', body: { name } }),
				)
				expect({ status, body }).toMatchObject({ status: 500, body: { type: '/problems/internal' } })
			}
			const path = `/readings?name=${encodeURIComponent(name)}`
			expect((await ask(origin, { method: 'GET', path })).status).toBe(500)
		})

		it('fails its row alone in an array', async () => {
			const rows = ['before', name, 'after'].map((each) => ({
				name: each === name ? name : `${name} ${each}`,
			}))
			const { status, body } = await besides(
				'array',
				async () => await ask(origin, { method: 'POST', path: '/readings?by=name', body: rows }),
			)
			expect(status).toBe(200)
			expect((body as Item[]).map(word)).toEqual([true, FAILED, true])
		})

		it('fails its line alone in a stream', async () => {
			const names = Array.from({ length: 1200 }, (_, i) => (i === 300 ? name : `${name} line ${i}`))
			const answer = await besides(
				'stream',
				async () =>
					await fetch(`${origin}/readings?by=name`, {
						method: 'POST',
						headers: { authorization: 'Bearer bench', 'content-type': 'application/x-ndjson' },
						body: names.map((each) => `${JSON.stringify({ name: each })}\n`).join(''),
					}),
			)
			const lines = (await answer.text()).trim().split('\n')
			expect(lines.map((line) => word(JSON.parse(line) as Item))).toEqual(
				names.map((each) => (each === name ? FAILED : true)),
			)
		})
	})
})
