import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { codeOf, PATIENT, type Service, SHARING, type Stage, startStage } from '../faults/stage.ts'

// Isolates that send their batches to the GroupCommit object, beside others that don't, in processes of their own.

let stage: Stage

beforeAll(async () => {
	stage = await startStage(await codeOf('test/process/workers/objects.ts'), { services: [] })
	await stage.query(
		`CREATE TRIGGER no_poison BEFORE INSERT ON accounts WHEN NEW.username = 'poison' BEGIN SELECT RAISE(ABORT, 'no'); END`,
	)
}, 60_000)

afterAll(async () => await stage.stop())

async function start(service: Service = {}): Promise<string> {
	return (await stage.start({ settings: PATIENT, ...service })).origin
}

async function ask(origin: string, username: string, headers: Record<string, string> = {}) {
	const answer = await fetch(`${origin}/accounts?by=username`, {
		method: 'POST',
		headers: { authorization: 'Bearer bench', 'content-type': 'application/json', ...headers },
		body: JSON.stringify({ username }),
	})
	return { status: answer.status, body: await answer.text() }
}

const numbered = (name: string, count: number) => Array.from({ length: count }, (_, i) => `${name}-${i}`)

describe('isolates, an object and shards that race for the same keys', () => {
	it('make one creator each', async () => {
		const origins = [
			await start(),
			await start(SHARING),
			await start({ ...SHARING, settings: { ...PATIENT, GROUP_COMMIT_SHARDS: '3' } }),
		]
		const names = numbered('race', 200)
		const asked = await Promise.all(
			names.map(async (name) => await Promise.all(origins.map(async (origin) => await ask(origin, name)))),
		)
		for (const answers of asked) {
			expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 200, 201])
		}
	}, 60_000)
})

describe.each([
	['in the isolate', {}],
	['through the object', SHARING],
])('callers that share commits %s', (way, service) => {
	it('do not notice that one of 500 breaks a rule', async () => {
		const origin = await start(service)
		const names = [...numbered(way, 250), 'poison', ...numbered(`${way} too`, 249)]
		const answers = await Promise.all(names.map(async (name) => await ask(origin, name)))
		const statuses = new Map(names.map((name, i) => [name, answers[i]?.status]))
		expect(statuses.get('poison')).toBe(422)
		statuses.delete('poison')
		expect(new Set(statuses.values())).toEqual(new Set([201]))
	}, 60_000)

	it('hear 504 where nobody knows, and never that the row was there', async () => {
		const origin = await start({ ...service, settings: {} })
		expect((await ask(origin, `${way} warm`)).status).toBe(201)
		stage.proxy.freeze()
		const answers = await Promise.all(
			numbered(`${way} frozen`, 20).map(async (name) => await ask(origin, name)),
		)
		stage.proxy.thaw()
		expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([504]))
	}, 60_000)
})

describe('an object', () => {
	it('that is restarted with work in hand loses nothing that was acknowledged, and tells no guess', async () => {
		const origin = await start(SHARING)
		for (const round of [1, 2, 3]) {
			expect((await ask(origin, `warm-${round}`)).status).toBe(201)
			stage.proxy.freeze()
			const names = numbered(`restart-${round}`, 30)
			const asked = names.map(async (name) => await ask(origin, name))
			await sleep(200)
			await fetch(`${origin}/restart`)
			await sleep(100)
			stage.proxy.thaw()
			const answers = await Promise.all(asked)
			const again = await Promise.all(names.map(async (name) => await ask(origin, name)))
			for (const [i, { status }] of answers.entries()) {
				const then = again[i]?.status
				expect([
					[201, 200], // made, and acknowledged
					[503, 200], // made, and not acknowledged
					[503, 201], // not made
				]).toContainEqual([status, then])
			}
		}
	}, 60_000)

	it('that is restarted with work in hand goes unnoticed under Idempotency-Keys', async () => {
		const origin = await start(SHARING)
		await ask(origin, 'warm-keyed')
		stage.proxy.freeze()
		const asked = numbered('keyed', 30).map(
			async (name) => await ask(origin, name, { 'idempotency-key': name }),
		)
		await sleep(200)
		await fetch(`${origin}/restart`)
		await sleep(100)
		stage.proxy.thaw()
		expect(new Set((await Promise.all(asked)).map(({ status }) => status))).toEqual(new Set([201]))
	}, 60_000)

	it.each([
		['that cannot be reached', 'OutOfOrder'],
		['of a later version', 'Later'],
		['with nothing that can be asked', 'Mute'],
		['that is replaced by another version', 'Replaced'],
		['that is replaced by one without the method', 'Emptied'],
	])(
		'%s is done without',
		async (name, object) => {
			const origin = await start({ objects: { GROUP_COMMIT: object } })
			const answers = await Promise.all(numbered(name, 50).map(async (each) => await ask(origin, each)))
			expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]))
		},
		60_000,
	)
})
