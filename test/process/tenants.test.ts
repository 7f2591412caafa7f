import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { applyMigrations } from '../../scripts/migrations.ts'
import { ask } from '../faults/client.ts'
import { codeOf, PATIENT, SHARING, type Stage, startStage } from '../faults/stage.ts'
import { type OwnDatabase, startDatabase } from './own-database.ts'

// A database for each tenant, chosen by request.

let stage: Stage
let other: OwnDatabase

beforeAll(async () => {
	stage = await startStage(await codeOf('test/process/workers/tenants.ts'), { services: [] })
	other = await startDatabase()
	await applyMigrations({ url: other.url })
}, 60_000)

afterAll(async () => {
	await other.stop()
	await stage.stop()
})

const ACME = { 'x-tenant': 'acme' }
const BIRD = { 'x-tenant': 'bird' }

describe.each([
	['in the isolate', {}],
	['through the object', SHARING],
])('tenants %s', (way, service) => {
	const start = async () => {
		const TENANTS = JSON.stringify({ acme: stage.proxy.url, bird: other.url })
		return (await stage.start({ ...service, settings: { ...PATIENT, TENANTS } })).origin
	}
	const post = async (origin: string, username: string, headers: Record<string, string>) =>
		await ask(origin, { method: 'POST', path: '/accounts?by=username', body: { username }, headers })

	it('have rows of their own', async () => {
		const origin = await start()
		const name = `${way}, of both`
		for (const headers of [ACME, BIRD]) {
			expect((await post(origin, name, headers)).status).toBe(201)
			expect((await post(origin, name, headers)).status).toBe(200)
		}
		expect((await post(origin, `${way}, of acme`, ACME)).status).toBe(201)
		const path = `/accounts?username=${encodeURIComponent(`${way}, of acme`)}`
		expect((await ask(origin, { method: 'GET', path, headers: ACME })).status).toBe(200)
		expect((await ask(origin, { method: 'GET', path, headers: BIRD })).status).toBe(404)
		const sql = `SELECT count(*) AS n FROM accounts WHERE username = '${name}'`
		expect(await stage.query(sql)).toEqual([{ n: 1 }])
		expect((await other.client.execute(sql)).rows).toMatchObject([{ n: 1 }])
	}, 60_000)

	it('share transactions with their own callers', async () => {
		const origin = await start()
		await post(origin, `${way}, first`, ACME)
		let transactions = 0
		stage.proxy.inject((asked) => {
			if (asked.includes('BEGIN IMMEDIATE')) transactions++
			return undefined
		})
		const made = await Promise.all(
			Array.from({ length: 100 }, (_, i) => post(origin, `${way}, shared ${i}`, i % 2 ? ACME : BIRD)),
		)
		stage.proxy.heal()
		expect(made.map(({ status }) => status)).toEqual(made.map(() => 201))
		expect(transactions).toBeGreaterThan(0)
		expect(transactions).toBeLessThan(25)
	}, 60_000)

	it('do not wait for one whose database stands still', async () => {
		const origin = await start()
		for (const headers of [ACME, BIRD]) await post(origin, `${way}, warm`, headers)
		stage.proxy.freeze()
		const held = Array.from({ length: 200 }, (_, i) => post(origin, `${way}, held ${i}`, ACME))
		const quick = await Promise.all(
			Array.from({ length: 50 }, (_, i) => post(origin, `${way}, quick ${i}`, BIRD)),
		)
		expect(quick.map(({ status }) => status)).toEqual(quick.map(() => 201))
		stage.proxy.thaw()
		expect((await Promise.all(held)).map(({ status }) => status)).toEqual(held.map(() => 201))
	}, 60_000)

	it('of whom the app knows nothing get no answer from anybody else’s', async () => {
		const origin = await start()
		const answer = await post(origin, 'nobody', { 'x-tenant': 'unknown' })
		expect(answer.status).toBe(500)
		expect(answer.body).toMatchObject({ type: '/problems/misconfigured' })
		expect(answer.text).not.toContain('127.0.0.1')
	}, 60_000)
})
