import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import type { Running } from '../../bench/workerd.ts'
import { freePort } from '../../scripts/server.ts'
import { type Answer, ask, faultOf } from './client.ts'
import { askAll, askForAccount, NEIGHBOUR, reads, unserved, type Watched, watched, writes } from './crowd.ts'
import { ELSEWHERE, SECRET, SITUATIONS, type Situation, type World } from './situations.ts'
import { type Service, SHARING, startStage } from './stage.ts'

const DEADLINE_MS = 1500
/** As much as anybody waits for a thing that need not be waited for. */
const AT_ONCE_MS = 1400

const settings = { DATABASE_TIMEOUT_MS: String(DEADLINE_MS) }
const WAYS: [name: string, service: Service][] = [
	['in the isolate', { settings }],
	['through the object', { ...SHARING, settings }],
]

let world: World
beforeAll(async () => {
	const address = `127.0.0.1:${await freePort()}`
	const stage = await startStage(inject('bundle'), {
		services: [],
		flags: ['--admin-listen-addr', address],
	})
	world = { stage, adminUrl: `http://${address}` }
}, 60_000)
afterAll(() => world.stage.stop())
afterEach(() => world.stage.proxy.heal())

/** A service that has served both tables, and knows how near its database is. */
async function start(service: Service): Promise<Running> {
	const running = await world.stage.start(service)
	const worker = watched(running)
	for (let call = 0; call < 10; call++) expect(unserved([await askForAccount(worker, 'known')])).toEqual([])
	expect(unserved(await askAll(worker, writes))).toEqual([])
	return running
}

async function health({ origin }: Watched, query = ''): Promise<Answer> {
	return await ask(origin, { method: 'GET', path: `/healthz${query}` })
}

/** Neighbours are served all the while, in transactions of their own and in those of whose work it is. */
async function neighbours(worker: Watched, { neighbours: which }: Situation): Promise<Answer[]> {
	return await askAll(worker, which === 'read' ? reads : [...writes, ...reads])
}

/** What was found when it was so: what each was told, and where requests for the database went. */
interface Found {
	own: Answer
	known: Answer | undefined
	neighbours: Answer[]
	alive: Answer
	readable: Answer
	paths: string[]
	/** How many transactions had rows of both. */
	shared: number
}

/** Asks for an account, and lets neighbours ask: before, beside and behind. */
async function askAround(worker: Watched, situation: Situation, mark: string, id: string): Promise<Found> {
	const { fault } = situation
	const arrived = Promise.withResolvers<void>()
	const paths: string[] = []
	let shared = 0
	// More than may be on their way at once go first, and are held until then: who comes meanwhile shares the next one.
	const until = performance.now() + 200
	world.stage.proxy.inject((asked, path) => {
		paths.push(path)
		const isMarked = asked.includes(mark)
		const isNeighbours = asked.includes(NEIGHBOUR)
		if (isMarked) arrived.resolve()
		if (isMarked && isNeighbours) shared++
		if (fault) return isMarked || !isNeighbours ? fault : undefined
		const ms = until - performance.now()
		return ms > 0 ? { kind: 'delay', ms } : undefined
	})
	// Whose work a whole request was nobody can tell: then neighbours have requests of their own.
	const before = Array.from({ length: fault ? 0 : 5 }, async () => await neighbours(worker, situation))
	if (!fault) await sleep(30)
	const own = askForAccount(worker, mark, id)
	const known = fault ? undefined : askForAccount(worker, 'known')
	if (fault) await arrived.promise
	const behind = neighbours(worker, situation)
	const [alive, readable] = await Promise.all([health(worker), health(worker, '?read')])
	const others = await Promise.all([...before, behind])
	return { own: await own, known: await known, neighbours: others.flat(), alive, readable, paths, shared }
}

async function expectHealthy(worker: Watched): Promise<void> {
	const statusOf = async () => [
		(await askForAccount(worker, randomUUID())).status,
		(await health(worker)).status,
		(await health(worker, '?read')).status,
	]
	await expect.poll(statusOf, { timeout: 3000 }).toEqual([201, 200, 200])
	expect(unserved(await askAll(worker, [...writes, ...reads]))).toEqual([])
}

describe.each(WAYS)('%s, where', (_, service) => {
	let seasoned: Running
	beforeAll(async () => {
		seasoned = await start(service)
	}, 60_000)

	it.each(SITUATIONS)(
		'$name: whose work it is is told so, nobody else notices, the log says why, and it heals',
		async (situation) => {
			const { fault, told, hit = told, cause, passes = false } = situation
			const [id, mark] = [randomUUID(), `marked-${randomUUID()}`]
			const running = situation.isNoticedByNew ? await world.stage.start(service) : seasoned
			const worker = watched(running)
			try {
				await situation.breaks?.(world)
				const { own, known, neighbours: others, ...found } = await askAround(worker, situation, mark, id)
				expect.soft(faultOf(own)).toBeUndefined()
				expect.soft(own.status).toBe(told)
				expect.soft(own.ms).toBeLessThan(passes ? DEADLINE_MS + 500 : AT_ONCE_MS)
				expect.soft(known?.status ?? hit).toBe(hit)
				expect.soft(unserved(others)).toEqual([])
				expect.soft(Math.max(...others.map(({ ms }) => ms))).toBeLessThan(AT_ONCE_MS)
				const mayShare = !fault && situation.neighbours !== 'read'
				expect.soft(found.shared).toBeGreaterThanOrEqual(mayShare ? 1 : 0)
				expect.soft([found.alive.status, found.readable.status]).toEqual([situation.health, situation.reads])
				expect.soft([found.alive, found.readable].map(faultOf)).toEqual([undefined, undefined])
				expect.soft(found.paths.filter((path) => path.startsWith(ELSEWHERE))).toEqual([])

				await vi.waitUntil(() => worker.lines(id).length > 0)
				const line = { level: 'error', cause: expect.stringMatching(cause) }
				expect.soft(worker.lines(id)).toEqual([expect.objectContaining(line)])
				expect.soft(worker.printed()).not.toContain(SECRET)
				expect.soft(worker.printed()).not.toContain(mark)
			} finally {
				world.stage.proxy.heal()
				await situation.mends?.(world)
			}
			await expectHealthy(worker)
			if (running !== seasoned) await running.stop()
		},
	)

	it.each(SITUATIONS.filter(({ passes }) => passes))(
		'$name for a moment: nobody notices',
		async ({ fault }) => {
			const worker = watched(seasoned)
			const mark = `marked-${randomUUID()}`
			let left = 2
			world.stage.proxy.inject((asked) => (asked.includes(mark) && left-- > 0 ? fault : undefined))
			const [own, others] = await Promise.all([
				askForAccount(worker, mark),
				askAll(worker, [...writes, ...reads]),
			])
			expect(own).toMatchObject({ status: 201, body: { created: true } })
			expect(unserved(others)).toEqual([])
			expect(left).toBeLessThanOrEqual(0)
		},
	)
})
