import * as v from 'valibot'
import type { Answer } from './answer-reader.ts'
import { type Case, cases } from './cases.ts'
import { Connection } from './connection.ts'
import { type Cpu, cpuOf } from './cpu.ts'
import { ENOUGH, type Order, orderSchema, type Sample } from './order.ts'
import { keyOf } from './work.ts'

// The load, as a process of its own: it takes an order at a time from the process that started it.

/** An answer that takes longer is an error, and ends its measurement. */
const PATIENCE_MS = 15_000

let enough = false

process.on('message', (message: unknown) => {
	enough = message === ENOUGH
	if (enough) return
	void measure(v.parse(orderSchema, message)).then((sample) => process.send?.(sample))
})
process.on('disconnect', () => process.exit())

async function measure({ processes, ...order }: Order): Promise<Sample> {
	const subject = cases.get(order.case)
	if (!subject) throw new Error(`there is no case "${order.case}"`)
	const connections = await open(order)
	const latencies: number[] = []
	const problems: string[] = []
	let next = 0
	let created = 0
	const cpu = process.cpuUsage()
	const before = processes && cpuOf(processes)
	const start = performance.now()
	const end = start + order.seconds * 1000
	let last = start
	const ask = (connection: Connection, done: () => void): void => {
		const first = next++ * Math.max(1, subject.rows)
		const keys = Array.from({ length: Math.max(1, subject.rows) }, (_, place) =>
			keyOf(order.work, order.cell, first + place),
		)
		const fresh = (place: number): string => keyOf('new', order.cell, first + place)
		const sending = subject.build(keys, order.work, fresh)
		const sent = performance.now()
		connection.send(sending, (answer) => {
			last = performance.now()
			latencies.push(last - sent)
			const problem = problemWith(answer, subject, order)
			if (problem !== undefined) problems.push(problem)
			else if (tellsCreation(answer, subject) && ++created > 1 && order.work === 'hot') {
				problems.push('the one hot row was created twice')
			}
			if (last < end && !enough && connection.usable) ask(connection, done)
			else done()
		})
	}
	const patience = setTimeout(
		() => connections.forEach((connection) => connection.close()),
		order.seconds * 1000 + PATIENCE_MS,
	)
	await Promise.all(
		connections.map(async (connection) => await new Promise<void>((done) => ask(connection, done))),
	)
	const after = processes && cpuOf(processes)
	clearTimeout(patience)
	for (const connection of connections) connection.close()
	const { user, system } = process.cpuUsage(cpu)
	const ms = last - start
	latencies.sort((a, b) => a - b)
	return {
		requests: latencies.length,
		perSecond: ((latencies.length - problems.length) / ms) * 1000,
		p50: quantile(latencies, 0.5),
		p99: quantile(latencies, 0.99),
		errors: problems.length,
		firstError: problems[0],
		loadCpu: (user + system) / 1000 / ms,
		cpu: before && after && difference(before, after),
	}
}

function difference(before: Cpu, after: Cpu): Cpu {
	return { worker: after.worker - before.worker, libsql: after.libsql - before.libsql }
}

/** All of them are there before the clock starts. */
async function open({ connections, origins }: Order): Promise<Connection[]> {
	return await Promise.all(
		Array.from(
			{ length: connections },
			async (_, place) => await Connection.open(origins[place % origins.length] ?? ''),
		),
	)
}

/** Where the status says who created the row, one hot key has one creator. */
function tellsCreation(answer: Answer | Error, { statuses }: Case): boolean {
	return !(answer instanceof Error) && statuses.new !== statuses.existing && answer.status === statuses.new
}

function problemWith(
	answer: Answer | Error,
	{ statuses, mark, rows, refused = 0 }: Case,
	{ work }: Order,
): string | undefined {
	if (answer instanceof Error) return answer.message
	const { status, body } = answer
	const allowed =
		work === 'new' || work === 'existing'
			? status === statuses[work]
			: status === statuses.new || status === statuses.existing
	if (!allowed) return `HTTP ${status}: ${body.slice(0, 200)}`
	if (body.includes('"type":"error"')) return body.slice(0, 200)
	if (mark === '') return undefined
	const times = body.split(mark).length - 1
	return times === Math.max(1, rows - refused) ? undefined : `${times} rows: ${body.slice(0, 200)}`
}

function quantile(sorted: readonly number[], share: number): number {
	return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
