import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from '@libsql/client/http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startWorkerd } from '../../bench/workerd.ts'
import { workers } from '../../bench/workers.ts'
import { bundle } from '../../scripts/bundle.ts'
import { startLibsqlServer } from '../../scripts/libsql-server.ts'
import { applyMigrations } from '../../scripts/migrations.ts'
import { type FaultProxy, startFaultProxy } from '../faults/proxy.ts'

// Isolates that send their batches to the GroupCommit object, beside others that don't, in processes of their own.

const stops: (() => void | Promise<void>)[] = []
let proxy: FaultProxy
let folder = ''
let code = ''

async function start(name: string, objects: Record<string, string>, settings: Record<string, string> = {}) {
	const definition = { ...workers.ours, objects, settings }
	const worker = await startWorkerd(definition, code, proxy.url, join(folder, name))
	stops.push(() => worker.stop())
	return worker.origin
}

beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), 'edge-get-or-create-object-'))
	stops.push(() => rmSync(folder, { recursive: true, force: true }))
	const database = await startLibsqlServer(join(folder, 'data'))
	stops.push(() => database.stop())
	await applyMigrations(database)
	await createClient({ url: database.url }).execute(
		`CREATE TRIGGER no_poison BEFORE INSERT ON accounts WHEN NEW.username = 'poison' BEGIN SELECT RAISE(ABORT, 'no'); END`,
	)
	proxy = await startFaultProxy(database.url)
	stops.push(() => proxy.stop())
	code = await bundle('test/runtime/workers/objects.ts', join(folder, 'bundle'))
}, 60_000)

afterAll(async () => {
	for (const stop of stops.toReversed()) await stop()
})

async function ask(origin: string, username: string) {
	const answer = await fetch(`${origin}/accounts?by=username`, {
		method: 'POST',
		headers: { authorization: 'Bearer bench', 'content-type': 'application/json' },
		body: JSON.stringify({ username }),
	})
	return { status: answer.status, body: await answer.text() }
}

const numbered = (name: string, count: number) => Array.from({ length: count }, (_, i) => `${name}-${i}`)
const GROUP_COMMIT = 'GROUP_COMMIT'

describe('isolates, an object and shards that race for the same keys', () => {
	it('make one creator each', async () => {
		const origins = [
			await start('alone', {}),
			await start('one', { [GROUP_COMMIT]: 'GroupCommit' }),
			await start('sharded', { [GROUP_COMMIT]: 'GroupCommit' }, { GROUP_COMMIT_SHARDS: '3' }),
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
	['through the object', { [GROUP_COMMIT]: 'GroupCommit' }],
])('callers that share commits %s', (way, objects) => {
	it('do not notice that one of 500 breaks a rule', async () => {
		const origin = await start(`poison ${way}`, objects)
		const names = [...numbered(way, 250), 'poison', ...numbered(`${way} too`, 249)]
		const answers = await Promise.all(names.map(async (name) => await ask(origin, name)))
		const statuses = new Map(names.map((name, i) => [name, answers[i]?.status]))
		expect(statuses.get('poison')).toBe(422)
		statuses.delete('poison')
		expect(new Set(statuses.values())).toEqual(new Set([201]))
	}, 60_000)

	it('hear 504 where nobody knows, and never that the row was there', async () => {
		const origin = await start(`frozen ${way}`, objects, { DATABASE_TIMEOUT_MS: '1000' })
		expect((await ask(origin, `${way} warm`)).status).toBe(201)
		proxy.freeze()
		const answers = await Promise.all(
			numbered(`${way} frozen`, 20).map(async (name) => await ask(origin, name)),
		)
		proxy.thaw()
		expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([504]))
	}, 60_000)
})

describe('an object', () => {
	it('that is restarted with work in hand loses nothing that was acknowledged, and tells no guess', async () => {
		const origin = await start('restarted', { [GROUP_COMMIT]: 'GroupCommit' })
		for (const round of [1, 2, 3]) {
			expect((await ask(origin, `warm-${round}`)).status).toBe(201)
			proxy.freeze()
			const names = numbered(`restart-${round}`, 30)
			const asked = names.map(async (name) => await ask(origin, name))
			await sleep(200)
			await fetch(`${origin}/restart`)
			await sleep(100)
			proxy.thaw()
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

	it('that cannot be reached is done without', async () => {
		const origin = await start('out of order', { [GROUP_COMMIT]: 'OutOfOrder' })
		const answers = await Promise.all(numbered('alone', 50).map(async (name) => await ask(origin, name)))
		expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]))
	}, 60_000)
})
