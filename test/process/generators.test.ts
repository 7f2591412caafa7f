import { execFile } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { PATIENT, type Stage, startStage } from '../faults/stage.ts'
import type { Use } from '../generators/use.ts'

// Clients that are generated from the document, what a user writes for them, and the service itself. In test/generators
// is a package of its own, for generators need another version of TypeScript.

const FOLDER = join(import.meta.dirname, '../generators')
const BIN = join(import.meta.dirname, '../../node_modules/.bin')
const TOKEN = 'token-of-a-client'

let service: Stage
beforeAll(async () => {
	service = await startStage(inject('bundle'), {
		services: [{ settings: { ...PATIENT, API_TOKENS: TOKEN }, direct: true }],
	})
	const { origin } = service
	rmSync(join(FOLDER, 'generated'), { recursive: true, force: true })
	for (const [name, path] of Object.entries({ rows: '/openapi.json', arrays: '/openapi.json?arrays' })) {
		const input = `${origin}${path}`
		await generate('openapi-typescript', [input, '-o', `generated/openapi-typescript/${name}.ts`])
		await generate('@hey-api/openapi-ts', ['-i', input, '-o', `generated/hey-api/${name}`])
	}
	await generate('orval', ['--config', 'orval.config.js'], { ORIGIN: origin })
}, 60_000)
afterAll(async () => await service.stop())

/** Runs the program of a package. */
async function generate(name: string, args: string[], env: Record<string, string> = {}): Promise<void> {
	const manifest = join(FOLDER, 'node_modules', name, 'package.json')
	const { bin }: { bin: Record<string, string> } = JSON.parse(readFileSync(manifest, 'utf8'))
	const program = join(dirname(manifest), Object.values(bin)[0] ?? '')
	await run(process.execPath, [program, ...args], env)
}

/** Runs a program in the folder. What it prints is returned, or thrown where it fails. */
async function run(file: string, args: string[], env: Record<string, string> = {}): Promise<string> {
	const options = { cwd: FOLDER, env: { ...process.env, ...env } }
	const { stdout } = await promisify(execFile)(file, args, options).catch(
		(failed: { stdout: string; stderr: string }) => {
			throw new Error(`${file} ${args.join(' ')}: ${failed.stdout}${failed.stderr}`)
		},
	)
	return stdout
}

/** How each client writes a list. */
const CLIENTS = {
	'openapi-fetch': { by: 'by=name&by=email', update: 'update=name&update=email' },
	'hey-api': { by: 'by=name,email', update: 'update=name,email' },
	orval: { by: 'by=name%2Cemail', update: 'update=name%2Cemail' },
}

describe('clients that are generated', () => {
	it('take and answer one row, or an array of them, without a cast, and without asking which it is', async () => {
		expect(await run(join(BIN, 'tsc'), ['-p', '.'])).toBe('')
	}, 30_000)

	it.each(Object.entries(CLIENTS))('do their work: %s', async (client, { by, update }) => {
		const { use }: { use: Use } = await import(`../generators/${client}.ts`)
		const sent: (string | null)[][] = []
		const send = fetch
		vi.stubGlobal('fetch', async (...args: Parameters<typeof fetch>) => {
			const request = new Request(...args)
			const { pathname, search } = new URL(request.url)
			sent.push([request.method, pathname + search, request.headers.get('content-type')])
			return await send(request)
		})
		const used = await use(service.origin, TOKEN, client)
		vi.unstubAllGlobals()
		const { id } = used
		expect(used).toEqual({
			statuses: [201, 200, 200, 200, 409],
			created: [true, false],
			id: expect.any(Number),
			name: client,
			renamed: { name: `${client}-renamed`, updated: true },
			conflicts: [['email']],
			many: [`${client}-renamed`, `${client}-2`, '/problems/invalid-row'],
		})
		expect(sent).toEqual([
			['POST', `/users?${by}`, 'application/json'],
			['POST', '/users', 'application/json'],
			['GET', `/users/${id}`, null],
			['PUT', `/users?by=email&${update}`, 'application/json'],
			['PUT', '/users', 'application/json'],
			['POST', '/users?by=email', 'application/json'],
		])
	})
})
