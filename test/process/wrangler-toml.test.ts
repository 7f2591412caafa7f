import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { unstable_readConfig as readConfig } from 'wrangler'

// What stands in wrangler.toml behind comments is for people to take the comments off.

const root = join(import.meta.dirname, '../..')
const lines = readFileSync(join(root, 'wrangler.toml'), 'utf8').split('\n')
const folder = mkdtempSync(join(tmpdir(), 'edge-get-or-create-wrangler-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const COMMENTED = /^# (?=\[|[\w.]+ = )/

/** The optional parts: lines of TOML behind comments, one after the other. Each by the number of its first line. */
function optionalParts(): Map<number, string[]> {
	const parts = new Map<number, string[]>()
	let first: number | undefined
	lines.forEach((line, at) => {
		if (!COMMENTED.test(line)) return void (first = undefined)
		first ??= at
		parts.set(first, [...(parts.get(first) ?? []), line.replace(COMMENTED, '')])
	})
	return parts
}

const parts = optionalParts()

/** wrangler.toml without the comments before these parts, as a file. */
function uncommented(name: string, starts: Iterable<number>): string {
	const changed = [...lines]
	for (const start of starts) {
		for (const [i, line] of (parts.get(start) ?? []).entries()) changed[start + i] = line
	}
	const file = join(folder, `${name}.toml`)
	const text = changed.join('\n').replace('main = "src/', `main = "${root}/src/`)
	// What wrangler would run before it looks makes no difference to types.
	writeFileSync(file, text.replace(/^command = .*$/m, 'command = "true"'))
	return file
}

/** The step of `npm run check` that looks at it. */
async function typesAreUpToDate(file: string): Promise<boolean> {
	const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
		scripts: { check: string }
	}
	const step = scripts.check.split(' && ').find((each) => each.startsWith('wrangler types'))
	const [command = '', ...args] = step?.split(' ') ?? []
	const run = promisify(execFile)(join(root, 'node_modules/.bin', command), [...args, '-c', file], {
		cwd: root,
	})
	return await run.then(
		({ stdout }) => stdout.includes('are up to date'),
		() => false,
	)
}

describe('what is optional in wrangler.toml', () => {
	it('leaves the check green, each part by itself and all together', async () => {
		expect(Array.from(parts.values(), ([first]) => first)).toEqual([
			expect.stringMatching(/^routes = /),
			expect.stringMatching(/^GROUP_COMMIT_LOCATION = /),
			'[[ratelimits]]',
			'[[durable_objects.bindings]]',
			'[placement]',
			'[env.staging]',
			'[[env.staging.ratelimits]]',
			'[[env.staging.durable_objects.bindings]]',
		])
		const files = [...Array.from(parts.keys(), (start) => [start]), parts.keys()]
		const all = files.map((starts, i) => uncommented(`part-${i}`, starts))
		const green: boolean[] = []
		for (let i = 0; i < all.length; i += 3) {
			green.push(...(await Promise.all(all.slice(i, i + 3).map(typesAreUpToDate))))
		}
		expect(green).toEqual(all.map(() => true))
	})

	it('has a check that can go red: by another compatibility date', async () => {
		const file = uncommented('dated', [])
		const dated = readFileSync(file, 'utf8').replace(/(compatibility_date = )".*"/, '$1"2026-10-01"')
		writeFileSync(file, dated)
		expect(await typesAreUpToDate(file)).toBe(false)
	})

	it('makes a staging environment that has all that the first has, and shares nothing with it', () => {
		const warned = vi.spyOn(console, 'warn')
		const config = uncommented('staging', parts.keys())
		const production = readConfig({ config })
		const staging = readConfig({ config, env: 'staging' })
		expect(warned.mock.calls).toEqual([])
		expect(production).toMatchObject({
			name: 'edge-get-or-create',
			routes: [{ custom_domain: true }],
			ratelimits: [{ namespace_id: '1001' }],
			placement: { region: 'aws:eu-west-1' },
			durable_objects: { bindings: [{ name: 'GROUP_COMMIT' }] },
		})
		expect(staging).toEqual({
			...production,
			name: 'edge-get-or-create-staging',
			targetEnvironment: 'staging',
			// Of what an environment inherits, wrangler works out this path once more, from what it has worked out already.
			build: { ...production.build, watch_dir: expect.stringMatching(/\/src$/) },
			routes: [],
			ratelimits: [{ ...production.ratelimits[0], namespace_id: '1002' }],
		})
	})
}, 60_000)
