import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { afterEach, describe, expect, it, vi } from 'vitest'
import worker from '../../src'
import { idempotencyKeys, KEPT_SECONDS } from '../../src/get-or-create/idempotency-keys'
import { database, fresh } from '../support/service'

/** Notes of this age, in seconds, under keys of this scope. */
async function note(scope: string, count: number, age: number): Promise<void> {
	await database().$client.execute({
		sql: `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
			INSERT INTO idempotency_keys (scope, key, position, fingerprint, attempt, outcome, noted_at)
			SELECT ?1, 'k' || i || ' ' || ?3, 0, '', '', 'found', unixepoch() - ?3 FROM n`,
		args: [scope, count, age],
	})
}

const count = async (scope: string) =>
	await database().$count(idempotencyKeys, eq(idempotencyKeys.scope, scope))

describe('the Cron Trigger', () => {
	afterEach(() => vi.restoreAllMocks())

	it('deletes keys that are no longer kept, in as many steps as it takes, and no others', async () => {
		const log = vi.spyOn(console, 'log').mockImplementation(() => undefined)
		const scope = fresh('old')
		await note(scope, 12_345, KEPT_SECONDS)
		await note(scope, 100, KEPT_SECONDS - 60)
		await worker.scheduled({}, env)
		expect(await count(scope)).toBe(100)
		const line: unknown = JSON.parse(String(log.mock.calls.at(-1)?.[0]))
		expect(line).toMatchObject({ level: 'info', scheduled: 'delete old keys', outcome: 'done' })
		expect((line as { deleted: number }).deleted).toBeGreaterThanOrEqual(12_345)
	})

	it('says what kept it from doing so', async () => {
		const log = vi.spyOn(console, 'error').mockImplementation(() => undefined)
		const away = { ...env, TURSO_DATABASE_URL: 'http://127.0.0.1:1', DATABASE_TIMEOUT_MS: '300' }
		await expect(worker.scheduled({}, away)).rejects.toThrow('unreachable')
		expect(JSON.parse(String(log.mock.calls.at(-1)?.[0]))).toMatchObject({
			level: 'error',
			deleted: 0,
			cause: expect.stringContaining('unreachable'),
		})
	})

	it('searches them by their age', async () => {
		const plan = await database().$client.execute(
			'EXPLAIN QUERY PLAN SELECT rowid FROM idempotency_keys WHERE noted_at <= unixepoch() - 86400 LIMIT 5000',
		)
		expect(String(plan.rows[0]?.detail)).toContain('INDEX idempotency_keys_noted_at (noted_at<?)')
	})
})
