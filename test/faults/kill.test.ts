import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { ask, faultOf, HUNG_AFTER_MS, type Sending } from './client.ts'
import { SHARING, type Stage, startStage } from './stage.ts'

let stage: Stage
beforeAll(async () => {
	stage = await startStage(inject('bundle'), { services: [{ direct: true }, { ...SHARING, direct: true }] })
}, 60_000)
afterAll(() => stage.stop())

interface Item {
	row?: { id: number; username: string }
	created?: boolean
}

const KILLS = 4
const CALLERS = 24
const ARRAY_ROWS = 10

/** Callers that want accounts, three of them each, one by one or ten at once, and ask until they get them; each under a key of its own, where it is said. */
class Load {
	readonly name: string
	readonly keyed: boolean
	readonly acknowledged: { username: string; id: number; created: boolean }[] = []
	readonly statuses = new Map<number, number>()
	readonly faults: string[] = []
	slowest = 0
	#next = 0
	#ends = false

	constructor(name: string, keyed: boolean) {
		this.name = name
		this.keyed = keyed
	}

	async run(origins: readonly string[]): Promise<void> {
		await Promise.all(
			Array.from({ length: CALLERS }, async (_, caller) => {
				const origin = origins[caller % origins.length] ?? ''
				while (!this.#ends) await this.#getUntilTold(origin, this.#nextSending())
			}),
		)
	}

	end(): void {
		this.#ends = true
	}

	#nextSending(): Sending {
		const key = `${this.name} ${this.#next}`
		const number = Math.floor(this.#next++ / 3)
		const username = `${this.name}-${number}`
		const rows = Array.from({ length: ARRAY_ROWS }, (_, place) => ({ username: `${username}-${place}` }))
		const body = number % 4 === 0 ? rows : { username }
		const headers = this.keyed ? { 'idempotency-key': key } : {}
		return { method: number % 2 === 0 ? 'POST' : 'PUT', path: '/accounts?by=username', body, headers }
	}

	async #getUntilTold(origin: string, sending: Sending): Promise<void> {
		for (;;) {
			const answer = await ask(origin, sending)
			this.slowest = Math.max(this.slowest, answer.ms)
			this.statuses.set(answer.status, (this.statuses.get(answer.status) ?? 0) + 1)
			const fault = faultOf(answer)
			if (fault !== undefined) this.faults.push(fault)
			const items = (Array.isArray(answer.body) ? answer.body : [answer.body]) as Item[]
			for (const { row, created = false } of items) {
				if (row) this.acknowledged.push({ ...row, created })
			}
			if (fault !== undefined || items.every(({ row }) => row)) return
			await sleep(20)
		}
	}
}

describe('a database that is killed under load', () => {
	it.each([
		['', 'no row has two creators', false],
		['with keys, ', 'every row has one creator who is told so', true],
	])(
		'%skeeps every row that was acknowledged, and %s',
		async (name, _, keyed) => {
			const load = new Load(`kill${name}`, keyed)
			const done = load.run(stage.workers.map(({ origin }) => origin))
			for (let kill = 0; kill < KILLS; kill++) {
				await sleep(800)
				await stage.killDatabase()
				await sleep(300)
				await stage.restartDatabase()
			}
			await sleep(500)
			load.end()
			await done

			const rows = await stage.query<{ id: number; username: string }>('SELECT id, username FROM accounts')
			const ids = new Map(rows.map(({ id, username }) => [username, id]))
			const lost = load.acknowledged.filter(({ username, id }) => ids.get(username) !== id)
			const created = load.acknowledged.filter((each) => each.created).map(({ username }) => username)
			expect(lost).toEqual([])
			expect(created.filter((username, at) => created.indexOf(username) < at)).toEqual([])
			const mine = rows.filter(({ username }) => username.startsWith(`${load.name}-`))
			const untold = mine.filter(({ username }) => !created.includes(username))
			expect(keyed ? untold : []).toEqual([])
			expect(load.faults).toEqual([])
			expect(load.slowest).toBeLessThan(HUNG_AFTER_MS)
			// There were kills to survive, and it did.
			expect([...load.statuses.keys()].filter((status) => status < 300)).toHaveLength(2)
			expect([...load.statuses.keys()].filter((status) => status >= 500)).not.toEqual([])
			expect(created.length).toBeGreaterThan(100)
		},
		60_000,
	)

	it('is healthy again once it is back', async () => {
		const { origin } = stage
		await stage.killDatabase()
		expect(await ask(origin, { method: 'GET', path: '/healthz' })).toMatchObject({ status: 503 })
		await stage.restartDatabase()
		expect(await ask(origin, { method: 'GET', path: '/healthz' })).toMatchObject({ status: 200 })
	})
})
