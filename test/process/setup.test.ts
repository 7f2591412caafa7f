import { spawn } from 'node:child_process'
import { generateKeyPairSync, sign } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { createClient } from '@libsql/client/http'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { type Running, startWorkerd } from '../../bench/workerd.ts'
import { workers } from '../../bench/workers.ts'
import { type LibsqlServer, startLibsqlServer } from '../../scripts/libsql-server.ts'
import { applyMigrations } from '../../scripts/migrations.ts'
import { listen } from '../../scripts/server.ts'
import { readState, type State, writeState } from './stand-ins/state.ts'

// `npm run setup` and `npm run deploy`, with stand-ins for wrangler and turso, and the real thing for all else: a libSQL
// server that asks for tokens, and the service in workerd with the secrets and the address that setup has put.

const root = join(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'edge-get-or-create-setup-'))
const stateFile = join(folder, 'state.json')
const tomlFile = join(folder, 'wrangler.toml')
const keys = generateKeyPairSync('ed25519')
const databaseToken = tokenOf({ a: 'rw' })
const stops: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })]
let server: LibsqlServer
let origin = ''
let service: Promise<Running> | undefined

/** As Turso signs them. */
function tokenOf(claims: object): string {
	const parts = [{ alg: 'EdDSA', typ: 'JWT' }, claims].map((part) =>
		Buffer.from(JSON.stringify(part)).toString('base64url'),
	)
	const signed = parts.join('.')
	return `${signed}.${sign(null, Buffer.from(signed), keys.privateKey).toString('base64url')}`
}

beforeAll(async () => {
	for (const program of ['wrangler', 'turso']) {
		const file = join(folder, program)
		writeFileSync(
			file,
			`#!/bin/sh\nexec "${process.execPath}" "${join(import.meta.dirname, `stand-ins/${program}.ts`)}" "$@"\n`,
		)
		chmodSync(file, 0o755)
	}
	const keyFile = join(folder, 'public.pem')
	writeFileSync(keyFile, keys.publicKey.export({ type: 'spki', format: 'pem' }))
	server = await startLibsqlServer(join(folder, 'data'), ['--auth-jwt-key-file', keyFile])
	stops.push(async () => await server.stop())
	const front = createServer((request, response) => {
		void (async () => {
			const chunks: Buffer[] = []
			for await (const chunk of request) chunks.push(chunk as Buffer)
			service ??= startService()
			const { authorization = '', 'content-type': type = '' } = request.headers
			const answer = await fetch(`${(await service).origin}${request.url}`, {
				method: request.method ?? 'GET',
				headers: { authorization, 'content-type': type },
				...(request.method === 'POST' ? { body: Buffer.concat(chunks) } : {}),
			})
			response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' })
			response.end(await answer.text())
		})()
	})
	origin = `http://127.0.0.1:${await listen(front)}`
	stops.push(() => front.close())
	fromNothing()
}, 60_000)

afterAll(async () => {
	await (await service)?.stop()
	for (const stop of stops.toReversed()) await stop()
})

/** What was deployed last: the secrets by wrangler, the address by wrangler.toml. */
async function startService(): Promise<Running> {
	const url = /^TURSO_DATABASE_URL = "(.+)"$/m.exec(readFileSync(tomlFile, 'utf8'))?.[1] ?? ''
	const secrets = readState(stateFile).workers['edge-get-or-create'] ?? {}
	const at = mkdtempSync(join(folder, 'worker-'))
	return await startWorkerd(
		{ ...workers.ours, ready: '/problems', settings: secrets },
		inject('bundle'),
		url,
		at,
	)
}

function fromNothing(changes: Partial<State> = {}): void {
	copyFileSync(join(root, 'wrangler.toml'), tomlFile)
	writeState(
		{
			cloudflare: false,
			turso: false,
			workers: {},
			origin,
			databases: {},
			databaseUrl: server.url,
			databaseToken,
			failing: [],
			calls: [],
			...changes,
		},
		stateFile,
	)
}

interface Run {
	code: unknown
	printed: string
	/** What the stand-ins were asked, but for what only looks. */
	changes: string[]
}

const LOOKS = /^(wrangler (whoami|secret list)|turso (--version|auth whoami|db show))/

async function run(
	script: string,
	args: string[],
	answers: string[],
	env: NodeJS.ProcessEnv = {},
): Promise<Run> {
	writeState({ ...readState(stateFile), calls: [] }, stateFile)
	const child = spawn(process.execPath, [join(root, 'scripts', script), ...args], {
		cwd: folder,
		env: environment(env),
	})
	let printed = ''
	child.stdout.on('data', (chunk) => (printed += chunk))
	child.stderr.on('data', (chunk) => (printed += chunk))
	child.stdin.end(answers.map((answer) => `${answer}\n`).join(''))
	const [code]: unknown[] = await once(child, 'close')
	const { calls } = readState(stateFile)
	// Arguments can be read by everybody on the machine, and what is printed stays in terminals and logs.
	for (const text of [printed, ...calls.map(({ command }) => command)])
		expect(text).not.toContain(databaseToken)
	return { code, printed, changes: calls.map(({ command }) => command).filter((each) => !LOOKS.test(each)) }
}

function environment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
	const { TURSO_DATABASE_URL: _, TURSO_AUTH_TOKEN: __, API_TOKENS: ___, ...others } = process.env
	return {
		...others,
		CLOUDFLARE_ACCOUNT_ID: '',
		PATH: [folder, process.env.PATH].join(delimiter),
		STAND_IN_STATE: stateFile,
		...env,
	}
}

const names = async () => {
	const { rows } = await createClient({ url: server.url, authToken: databaseToken }).execute(
		'SELECT name FROM users',
	)
	return rows.map(({ name }) => name)
}

describe('npm run setup', () => {
	it('tells all of it in a dry run, and changes nothing', async () => {
		const [before, toml] = [readState(stateFile), readFileSync(tomlFile, 'utf8')]
		const { code, printed, changes } = await run('setup.ts', ['--dry-run'], [])
		expect(printed.match(/(?<=would run: ).+/g)).toEqual([
			'npx wrangler login',
			'turso auth login',
			'turso db create edge-get-or-create',
			'turso db tokens create edge-get-or-create   # does not show',
			'npm run db:migrate',
			'npx wrangler secret put TURSO_AUTH_TOKEN   # its value by standard input',
			'npx wrangler secret put API_TOKENS   # its value by standard input',
			'TURSO_DATABASE_URL = "(the address of the new database)" into wrangler.toml',
			'npm run deploy',
			expect.stringContaining('/healthz'),
			expect.stringContaining('Authorization: Bearer …'),
		])
		expect({ code, changes }).toEqual({ code: 0, changes: [] })
		expect({ ...readState(stateFile), calls: [] }).toEqual(before)
		expect(readFileSync(tomlFile, 'utf8')).toBe(toml)
	})

	it('goes on where it failed, leads to a first row, and does nothing twice', async () => {
		fromNothing({ failing: [{ call: 'wrangler secret put API_TOKENS', why: 'Bad gateway: try again.' }] })
		const failed = await run('setup.ts', [], [''])
		expect(failed.printed).toMatch(
			/"wrangler secret put API_TOKENS" failed \(1\):[^]*try again[^]*goes on from here/,
		)
		expect(failed.printed).not.toContain('shown this once')
		expect(failed.code).toBe(1)
		expect(failed.changes).toEqual([
			'wrangler login',
			'turso auth login',
			'turso db create edge-get-or-create',
			'turso db tokens create edge-get-or-create',
			'wrangler secret put TURSO_AUTH_TOKEN',
			'wrangler secret put API_TOKENS',
		])

		const done = await run('setup.ts', [], ['', 'yes'])
		expect(done.printed).toMatch(
			/up to date[^]*TURSO_AUTH_TOKEN is there, and kept[^]*200 {"status":"ok"}[^]*201 .*"created":true/,
		)
		expect(done.code).toBe(0)
		expect(done.changes).toEqual([
			'turso db tokens create edge-get-or-create --expiration 1d',
			'wrangler secret put API_TOKENS',
			'wrangler deploy',
		])
		const { API_TOKENS: made = '', TURSO_AUTH_TOKEN } =
			readState(stateFile).workers['edge-get-or-create'] ?? {}
		expect(made).toMatch(/^[\w-]{43}$/)
		expect(TURSO_AUTH_TOKEN).toBe(databaseToken)
		expect(done.printed.split(made)).toHaveLength(2)
		expect(await names()).toHaveLength(1)
		expect(readFileSync(tomlFile, 'utf8')).toContain(`TURSO_DATABASE_URL = "${server.url}"`)

		const again = await run('setup.ts', ['--yes'], [], { API_TOKENS: made })
		expect(again.printed).toMatch(/API_TOKENS is there, and kept[^]*there already[^]*200 .*"created":false/)
		expect(again.printed).not.toContain(made)
		expect(again.code).toBe(0)
		expect(again.changes).toEqual([
			'turso db tokens create edge-get-or-create --expiration 1d',
			'wrangler deploy',
		])
	})

	it('takes over a database that has its tables, by its address and token, and makes no row where that is declined', async () => {
		fromNothing({ cloudflare: true })
		await applyMigrations({ url: server.url, authToken: databaseToken })
		const client = createClient({ url: server.url, authToken: databaseToken })
		await client.executeMultiple(
			'DROP TABLE __drizzle_migrations; DROP TABLE idempotency_keys; DELETE FROM users',
		)
		const given = {
			TURSO_DATABASE_URL: server.url,
			TURSO_AUTH_TOKEN: databaseToken,
			API_TOKENS: 'one-token-of-mine,another-one',
		}
		const { code, printed, changes } = await run('setup.ts', [], ['yes', 'no'], given)
		expect(printed).toMatch(
			/Shall it be taken over\?[^]*Took over 2 migration\(s\), added: .*table idempotency_keys/,
		)
		expect(printed).not.toContain('one-token-of-mine')
		expect({ code, changes }).toEqual({
			code: 0,
			changes: ['wrangler secret put TURSO_AUTH_TOKEN', 'wrangler secret put API_TOKENS', 'wrangler deploy'],
		})
		expect(readState(stateFile).workers).toEqual({
			'edge-get-or-create': { TURSO_AUTH_TOKEN: databaseToken, API_TOKENS: given.API_TOKENS },
		})
		expect(await names()).toEqual([])
	})

	it('sets up the staging environment by itself, with a database that somebody else has just made', async () => {
		fromNothing({
			cloudflare: true,
			turso: true,
			databases: { 'edge-get-or-create-staging': server.url },
			failing: [
				{ call: 'turso db show', why: 'database edge-get-or-create-staging not found. List known ones' },
			],
		})
		const missing = await run('setup.ts', ['--env', 'staging', '--yes'], [])
		expect(missing).toMatchObject({
			code: 1,
			changes: [],
			printed: expect.stringContaining('has no [env.staging]'),
		})
		const toml = readFileSync(tomlFile, 'utf8')
		const block = /^# \[env\.staging\]\n(#.*\n)+/m.exec(toml)?.[0] ?? ''
		writeFileSync(tomlFile, toml.replace(block, block.replaceAll(/^# /gm, '')))
		const { code, changes } = await run('setup.ts', ['--env', 'staging', '--yes', '--no-post'], [])
		expect({ code, changes }).toEqual({
			code: 0,
			changes: [
				'turso db create edge-get-or-create-staging',
				'turso db tokens create edge-get-or-create-staging',
				'wrangler secret put TURSO_AUTH_TOKEN --env staging',
				'wrangler secret put API_TOKENS --env staging',
				'wrangler deploy --env staging',
			],
		})
		const [production = '', staging = ''] = readFileSync(tomlFile, 'utf8').split('[env.staging.vars]')
		expect(production).toContain('TURSO_DATABASE_URL = ""')
		expect(staging).toContain(`TURSO_DATABASE_URL = "${server.url}"`)
	})

	it.each([
		['an empty address', { TURSO_DATABASE_URL: '' }, /TURSO_DATABASE_URL is empty/],
		['an address that is none', { TURSO_DATABASE_URL: 'my-db' }, /must start with libsql:/],
		['a token that is wrong', { TURSO_AUTH_TOKEN: `${databaseToken}x` }, /can't be read: .*401/],
	])('refuses %s before anything is changed', async (_, env, why) => {
		fromNothing({ cloudflare: true })
		const refused = await run('setup.ts', ['--yes'], [], { TURSO_DATABASE_URL: server.url, ...env })
		expect(refused).toMatchObject({ code: 1, changes: [], printed: expect.stringMatching(why) })
	})

	it.each([
		['Cloudflare', {}, /Nobody is logged in to Cloudflare: set CLOUDFLARE_API_TOKEN/],
		['Turso', { cloudflare: true }, /Nobody is logged in to Turso: set TURSO_API_TOKEN/],
	])('says what to do where nobody is logged in to %s, nor there to log in', async (_, state, why) => {
		fromNothing(state)
		expect(await run('setup.ts', ['--yes'], [])).toMatchObject({
			code: 1,
			changes: [],
			printed: expect.stringMatching(why),
		})
	})

	it.skipIf(process.platform !== 'linux')('does not show a secret that is typed at a terminal', async () => {
		fromNothing({ cloudflare: true })
		const command = `"${process.execPath}" "${join(root, 'scripts/setup.ts')}"`
		const env = environment({ TURSO_DATABASE_URL: server.url })
		const child = spawn('script', ['-qec', command, '/dev/null'], { cwd: folder, env })
		let printed = ''
		child.stdout.on('data', (chunk) => (printed += chunk))
		await vi.waitUntil(() => printed.includes('(it does not show): '), { timeout: 20_000 })
		child.stdin.write('not-the-right-token\r')
		await once(child, 'close')
		expect(printed).toContain("can't be read")
		expect(printed).not.toContain('not-the-right')
	})
}, 120_000)

describe('npm run deploy', () => {
	it('refuses to deploy a Worker that would know of no database', async () => {
		fromNothing({
			cloudflare: true,
			workers: { 'edge-get-or-create': { API_TOKENS: 'x', TURSO_AUTH_TOKEN: 'x' } },
		})
		const refused = { code: 1, changes: [], printed: expect.stringContaining('TURSO_DATABASE_URL is empty') }
		expect(await run('deploy.ts', [], [])).toMatchObject(refused)
		expect(await run('deploy.ts', ['--var', 'TURSO_DATABASE_URL:'], [])).toMatchObject(refused)
		const given = ['--var', 'TURSO_DATABASE_URL:libsql://rows-ada.aws-eu-west-1.turso.io']
		expect(await run('deploy.ts', given, [])).toMatchObject({
			code: 0,
			changes: [`wrangler deploy ${given.join(' ')}`],
		})
	})
}, 60_000)
