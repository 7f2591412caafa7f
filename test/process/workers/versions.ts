import { DurableObject } from 'cloudflare:workers'
import service from '../../../src'

// What runs beside this version while one is rolled out. The version before is here as it was, and small: its isolate
// asked `ping()` of the object once, and then gave it lists of statements, each with one parameter.

export { GroupCommitObject as GroupCommit } from '../../../src/service/commits/group-commit-object'

interface Statement {
	sql: string
	args: string[]
}

type Committed = { rows: unknown[][][] } | { failure: string; code?: string; message?: string }

/** The object of the version before. */
export class Before extends DurableObject<Env> {
	async ping(): Promise<void> {
		return await Promise.resolve()
	}

	async commit(statements: Statement[], timeout: number): Promise<Committed> {
		try {
			return { rows: await committed(this.env, statements, timeout) }
		} catch {
			return { failure: 'unknown' }
		}
	}
}

/** One that can't be asked for anything. */
export class Mute extends DurableObject<Env> {}

/** One that answers nothing, ever, to anybody. */
export class Deaf extends DurableObject<Env> {
	async version(): Promise<number> {
		return await new Promise<number>(() => undefined)
	}

	async ping(): Promise<void> {
		await new Promise<void>(() => undefined)
	}
}

/** One whose answers are of no shape that anybody knows. */
export class Strange extends DurableObject<Env> {
	async version(): Promise<unknown> {
		return await Promise.resolve({ major: 7 })
	}
}

/** Runs statements in one transaction, as the version before did: over the second version of Hrana. */
async function committed(
	{ TURSO_DATABASE_URL: url }: Pick<Env, 'TURSO_DATABASE_URL'>,
	statements: Statement[],
	timeout: number,
): Promise<unknown[][][]> {
	const ok = (step: number) => ({ type: 'ok', step })
	const steps = [
		{ stmt: { sql: 'BEGIN IMMEDIATE' } },
		...statements.map(({ sql, args }, i) => ({
			condition: ok(i),
			stmt: { sql, args: args.map((value) => ({ type: 'text', value })) },
		})),
		{ condition: ok(statements.length), stmt: { sql: 'COMMIT' } },
		{ condition: { type: 'not', cond: ok(statements.length + 1) }, stmt: { sql: 'ROLLBACK' } },
	]
	const response = await fetch(`${url}/v2/pipeline`, {
		method: 'POST',
		body: JSON.stringify({ requests: [{ type: 'batch', batch: { steps } }, { type: 'close' }] }),
		signal: AbortSignal.timeout(timeout),
	})
	const { results } = await response.json<Answer>()
	const rows = results[0]?.response.result.step_results.slice(1, -2).map((step) => step?.rows)
	if (!rows?.every((each) => each !== undefined)) throw new Error('not committed')
	return rows
}

interface Answer {
	results: { response: { result: { step_results: ({ rows: unknown[][] } | null)[] } } }[]
}

let reached = false
let leftAloneUntil = 0

/** An isolate of the version before, which makes an account: 201, 200, or 503 for good where it gets no answer it knows. */
async function before(username: string, env: Bindings): Promise<Response> {
	const sql = `INSERT INTO accounts (username) SELECT value ->> 'username' FROM json_each(?1) WHERE true
		ON CONFLICT DO NOTHING RETURNING id`
	const statements = [{ sql, args: [JSON.stringify([{ username }])] }]
	const object = env.GROUP_COMMIT.get(env.GROUP_COMMIT.idFromName('0'))
	if (!reached && Date.now() >= leftAloneUntil) {
		try {
			await Promise.race([object.ping(), scheduler.wait(1000).then(() => Promise.reject(new Error('late')))])
			reached = true
		} catch {
			leftAloneUntil = Date.now() + 1000
		}
	}
	try {
		const answer = reached
			? await object.commit(statements, 1000)
			: { rows: await committed(env, statements, 1000) }
		if ('rows' in answer) return new Response(null, { status: answer.rows[0]?.length === 1 ? 201 : 200 })
	} catch {
		reached = false
	}
	return new Response(null, { status: 503 })
}

interface Bindings extends Omit<Env, 'GROUP_COMMIT'> {
	GROUP_COMMIT: DurableObjectNamespace<Before>
}

export default {
	async fetch(request, env, ctx) {
		const { pathname, searchParams } = new URL(request.url)
		if (pathname === '/before') return await before(searchParams.get('username') ?? '', env)
		return await service.fetch(request, env, ctx)
	},
} satisfies ExportedHandler<Bindings>
