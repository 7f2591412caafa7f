import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, inject, it } from 'vitest'
import { type Answer, ask, faultOf } from './client.ts'
import { type Stage, startStage } from './stage.ts'

/** In a shell's blocks of 512 bytes. A program that ignores SIGXFSZ is told EFBIG when a file gets larger. */
const QUOTA = ['sh', '-c', `trap '' XFSZ; ulimit -f 8192; exec "$@"`, 'sh']

const folder = mkdtempSync(join(tmpdir(), 'edge-get-or-create-disk-'))
const small = join(folder, 'small')
const isMounted = mount()
afterAll(() => {
	// Lazily: after a test that ran out of time its server still has the disk.
	if (isMounted) execFileSync('umount', ['--lazy', small])
	rmSync(folder, { recursive: true, force: true })
})

/** A disk of 8 MiB, where this process may have one. */
function mount(): boolean {
	try {
		mkdirSync(small)
		execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', small], { stdio: 'ignore' })
		return true
	} catch {
		return false
	}
}

async function post(stage: Stage, body: unknown) {
	const answer = await ask(stage.origin, {
		method: 'POST',
		path: '/accounts?by=username',
		body,
	})
	expect(faultOf(answer)).toBeUndefined()
	return answer
}

interface Row {
	id: number
	username: string
}

interface Item {
	row?: Row
	problem?: { status: number }
}

/** Makes rows, so many at once, until it is told that this can't be. Returns those that were acknowledged, and that answer. */
async function fill(stage: Stage, size: number): Promise<{ acknowledged: Row[]; refusal: Answer }> {
	const acknowledged: Row[] = []
	for (let number = 0; ; number++) {
		const rows = Array.from({ length: size }, (_, place) => ({
			username: `${size}-${number}-${place}`.padEnd(100, 'x'),
		}))
		const answer = await post(stage, rows)
		if (answer.status !== 200) return { acknowledged, refusal: answer }
		const items = Array.isArray(answer.body) ? (answer.body as Item[]) : [answer.body as Item]
		acknowledged.push(...items.flatMap(({ row }) => (row ? [{ id: row.id, username: row.username }] : [])))
		const problem = items.find((item) => item.problem)?.problem
		if (problem) return { acknowledged, refusal: { ...answer, status: problem.status } }
	}
}

describe('a full disk', () => {
	it.for([
		{ limit: 'by quota', dataDir: join(folder, 'quota'), server: { under: QUOTA } },
		...(isMounted ? [{ limit: 'indeed', dataDir: join(small, 'data') }] : []),
	])(
		'($limit) is a 503; what was acknowledged is there, and nothing else is',
		async ({ limit, ...options }) => {
			const stage = await startStage(inject('bundle'), options)
			try {
				const many = await fill(stage, 500)
				const few = await fill(stage, 1)
				const acknowledged = [...many.acknowledged, ...few.acknowledged]
				const [known] = acknowledged
				expect(acknowledged.length).toBeGreaterThan(1000)
				expect([many.refusal.status, few.refusal.status]).toEqual([503, 503])
				// What is there already needs no room.
				expect(await post(stage, { username: known?.username })).toMatchObject({
					status: 200,
					body: { created: false },
				})

				await stage.killDatabase()
				const roomy = join(folder, `roomy ${limit}`)
				cpSync(options.dataDir, roomy, { recursive: true })
				await stage.restartDatabase(roomy)
				expect(await stage.query('SELECT id, username FROM accounts ORDER BY id')).toEqual(acknowledged)
				expect((await post(stage, { username: 'one more' })).status).toBe(201)
			} finally {
				await stage.stop()
			}
		},
	)
})
