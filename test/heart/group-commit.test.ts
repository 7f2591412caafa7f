import { describe, expect, it } from 'vitest'
import { DatabaseError } from '../../src/database/failure'
import { afterUndoing, type Company } from '../../src/get-or-create/company'
import { GroupCommit, type KeepAlive, type Room } from '../../src/service/commits/group-commit'

interface Options {
	ms?: number
	maxBatch?: number
	maxQueue?: number
	room?: Room
}

/** A group commit over a send that takes its time and notes what it was given. */
function group({ ms = 20, maxBatch = 1000, maxQueue = 10_000, room }: Options = {}) {
	const batches: number[][] = []
	const commits = new GroupCommit<number, string>({
		send: async (jobs) => {
			batches.push(jobs)
			await new Promise((resolve) => setTimeout(resolve, ms))
			if (jobs.includes(-1)) throw new Error('refused')
			return jobs.map((job) => ({ result: `done ${job}` }))
		},
		sizeOf: () => 1,
		companyOf: () => 'anyone',
		maxBatch,
		small: 0,
		maxQueue,
		room,
	})
	const submit = async (job: number, timeout = 2000, keepAlive = ignore) =>
		await commits.submit(job, Date.now() + timeout, keepAlive)
	return { batches, submit }
}

const ignore: KeepAlive = () => undefined

describe('group commit', () => {
	it('sends a lone job at once, and what arrives meanwhile together', async () => {
		const { batches, submit } = group()
		const results = await Promise.all([1, 2, 3, 4, 5].map((job) => submit(job)))
		expect(results).toEqual([1, 2, 3, 4, 5].map((job) => `done ${job}`))
		expect(batches).toEqual([[1], [2, 3, 4, 5]])
	})

	it('bounds a transaction, in the order of arrival', async () => {
		const { batches, submit } = group({ maxBatch: 3 })
		await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map((job) => submit(job)))
		expect(batches).toEqual([[1], [2, 3, 4], [5, 6, 7], [8]])
	})

	it('lets small jobs ride along with every transaction, while bulk takes turns', async () => {
		const batches: number[][] = []
		const commits = new GroupCommit<number, string>({
			send: async (jobs) => {
				batches.push(jobs)
				await new Promise((resolve) => setTimeout(resolve, 20))
				return jobs.map((job) => ({ result: `done ${job}` }))
			},
			sizeOf: (job) => job,
			companyOf: () => 'anyone',
			maxBatch: 100,
			small: 3,
			maxQueue: 10_000,
		})
		const submit = async (job: number) => await commits.submit(job, Date.now() + 2000, ignore)
		await Promise.all([90, 91, 92, 20, 93, 1, 2, 3, 94].map(submit))
		expect(batches).toEqual([[90], [91, 1, 2, 3], [92], [20], [93], [94]])
	})

	it('bounds the queue: more is refused at once', async () => {
		const { submit } = group({ maxQueue: 2 })
		const results = await Promise.allSettled([1, 2, 3, 4, 5].map((job) => submit(job)))
		expect(results.map(({ status }) => status)).toEqual([
			'fulfilled',
			'fulfilled',
			'fulfilled',
			'rejected',
			'rejected',
		])
		expect(results[3]).toMatchObject({ reason: { failure: 'rejected' } })
	})

	it('leaves room to other databases, however many wait for one', async () => {
		const room: Room = { weight: 0, queues: new Set() }
		const slow = group({ ms: 300, maxQueue: 12, room })
		const quick = group({ maxQueue: 12, room })
		const waiting = Array.from({ length: 20 }, (_, job) => slow.submit(job))
		const refused = Promise.allSettled(waiting)
		expect(await Promise.all([1, 2, 3].map((job) => quick.submit(job)))).toHaveLength(3)
		const told = (await refused).map(({ status }) => status)
		expect(told.filter((status) => status === 'fulfilled')).toHaveLength(7)
		expect(room).toEqual({ weight: 0, queues: new Set() })
	})

	it('gives back the room of callers who have left, though nobody asks for their database any more', async () => {
		const room: Room = { weight: 0, queues: new Set() }
		const left = group({ ms: 300, maxQueue: 12, room })
		const first = left.submit(0)
		const realSetTimeout = globalThis.setTimeout
		// A request that the runtime cancels: its timers never fire.
		globalThis.setTimeout = (() => 0) as unknown as typeof setTimeout
		for (let job = 1; job <= 6; job++) void left.submit(job)
		globalThis.setTimeout = realSetTimeout
		await first
		await new Promise((resolve) => setTimeout(resolve, 300))
		const quick = group({ ms: 50, maxQueue: 12, room })
		expect(await Promise.all([1, 2, 3, 4, 5, 6].map((job) => quick.submit(job)))).toHaveLength(6)
	})

	it('lets everyone go at its own deadline, and never tells it a guess', async () => {
		const { submit } = group({ ms: 500 })
		const results = await Promise.allSettled([submit(1, 60), submit(2, 60), submit(3)])
		const unknown = { status: 'rejected', reason: { failure: 'unknown' } }
		expect(results).toMatchObject([unknown, unknown, { value: 'done 3' }])
	})

	it('does not send for a caller that has left the queue', async () => {
		const { batches, submit } = group({ ms: 200 })
		await Promise.allSettled([submit(1), submit(2, 50), submit(3)])
		expect(batches).toEqual([[1], [3]])
	})

	it('tells all whom a transaction carried that it failed, and goes on', async () => {
		const { submit } = group()
		const results = await Promise.allSettled([submit(1), submit(-1), submit(2)])
		expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected'])
		expect(await submit(3)).toBe('done 3')
	})

	it('keeps the sending alive in the request that leads', async () => {
		const { submit } = group()
		const kept: Promise<unknown>[] = []
		await submit(1, 2000, (promise) => void kept.push(promise))
		expect(kept).toHaveLength(1)
		expect(await kept[0]).toBeUndefined()
	})

	it('takes over where the lease of a leader that vanished has lapsed', async () => {
		let vanish = true
		const commits = new GroupCommit<number, string>({
			send: async (jobs) => {
				// A request that the runtime cancels: what it awaits never settles, and its timers never fire again.
				if (vanish) await new Promise(() => undefined)
				return await Promise.resolve(jobs.map((job) => ({ result: `done ${job}` })))
			},
			sizeOf: () => 1,
			companyOf: () => 'anyone',
			maxBatch: 10,
			small: 0,
			maxQueue: 10,
		})
		const realSetInterval = globalThis.setInterval
		globalThis.setInterval = (() => 0) as unknown as typeof setInterval
		const lost = commits.submit(1, Date.now() + 1500, ignore)
		globalThis.setInterval = realSetInterval
		vanish = false
		expect(await commits.submit(2, Date.now() + 1500, ignore)).toBe('done 2')
		await expect(lost).rejects.toMatchObject({ failure: 'unknown' })
	})

	it('carries a job that has to go again with those that came meanwhile, and wakes the others before', async () => {
		const batches: string[][] = []
		const commits = new GroupCommit<{ name: string; goes: number; alone?: boolean | undefined }, string>({
			send: async (jobs) => {
				batches.push(jobs.map(({ name }) => name))
				await new Promise((resolve) => setTimeout(resolve, 20))
				return jobs.map((job) => (--job.goes > 0 ? 'again' : { result: `done ${job.name}` }))
			},
			sizeOf: () => 1,
			companyOf: ({ goes, alone = false }) => (alone && goes === 1 ? 'nobody' : 'anyone'),
			maxBatch: 10,
			small: 0,
			maxQueue: 10,
		})
		const told: string[] = []
		const submit = async (name: string, goes: number, alone?: boolean) =>
			told.push(await commits.submit({ name, goes, alone }, Date.now() + 2000, ignore))
		await Promise.all([submit('a', 2), submit('b', 2, true), submit('c', 1), submit('d', 1)])
		expect(batches).toEqual([['a'], ['b', 'c', 'd', 'a'], ['b']])
		expect(told.at(-1)).toBe('done b')
	})

	it('carries those whose transaction came to nothing with one another, and not with who comes new', async () => {
		const batches: string[][] = []
		const commits = new GroupCommit<{ name: string; company: Company }, string>({
			send: async (jobs) => {
				const batch = batches.push(jobs.map(({ name }) => name))
				await new Promise((resolve) => setTimeout(resolve, 20))
				if (batch !== 2) return jobs.map(({ name }) => ({ result: `done ${name}` }))
				void submit('d')
				for (const job of jobs) job.company = afterUndoing(job.company)
				return jobs.map(() => 'again')
			},
			sizeOf: () => 1,
			companyOf: ({ company }) => company,
			maxBatch: 10,
			small: 0,
			maxQueue: 10,
		})
		const submit = async (name: string) =>
			await commits.submit({ name, company: 'anyone' }, Date.now() + 2000, ignore)
		await Promise.all(['a', 'b', 'c'].map(submit))
		expect(batches).toEqual([['a'], ['b', 'c'], ['d'], ['b', 'c']])
	})

	it('is led by the next in line where the request that leads may send no more', async () => {
		const limited = (name: string) => new DatabaseError('limited', name)
		const commits = new GroupCommit<string, string>({
			send: async (jobs) => {
				await new Promise((resolve) => setTimeout(resolve, 20))
				if (jobs[0] === 'spent' && first) {
					first = false
					throw limited('the first')
				}
				return jobs.map((job) => ({ result: `done ${job}` }))
			},
			sizeOf: () => 1,
			companyOf: () => 'anyone',
			maxBatch: 10,
			small: 0,
			maxQueue: 10,
		})
		let first = true
		const submit = async (job: string) => await commits.submit(job, Date.now() + 2000, ignore)
		expect(await Promise.all(['spent', 'b', 'c'].map(submit))).toEqual(['done spent', 'done b', 'done c'])
		first = true
		await expect(submit('spent')).rejects.toMatchObject({ failure: 'limited' })
	})
})
