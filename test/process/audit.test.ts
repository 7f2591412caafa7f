import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { listen } from '../../scripts/server.ts'

// scripts/audit.ts with the real npm, and a registry of the test's own.

let registry: Server | undefined
afterEach(() => void registry?.close())

interface Audited {
	code: unknown
	printed: string
}

/** Audits by a registry that answers so. */
async function audit(status: number, advisories: object): Promise<Audited> {
	registry = createServer((request, response) => {
		const isAudit = request.url?.endsWith('/security/advisories/bulk')
		response.statusCode = isAudit ? status : 404
		response.setHeader('content-type', 'application/json').end(JSON.stringify(isAudit ? advisories : {}))
	})
	return await auditBy(`http://127.0.0.1:${await listen(registry)}/`)
}

async function auditBy(url: string): Promise<Audited> {
	const script = join(import.meta.dirname, '../../scripts/audit.ts')
	const child = spawn(process.execPath, [script], {
		env: { ...process.env, npm_config_registry: url, npm_config_fetch_retries: '0' },
		cwd: join(import.meta.dirname, '../..'),
	})
	let printed = ''
	child.stdout.on('data', (chunk) => (printed += chunk))
	child.stderr.on('data', (chunk) => (printed += chunk))
	const [code]: unknown[] = await once(child, 'close')
	return { code, printed }
}

const advisory = {
	id: 1,
	url: 'https://example.com/advisory',
	title: 'Lets everybody in',
	severity: 'high',
	vulnerable_versions: '<99',
	cwe: [],
	cvss: { score: 8, vectorString: null },
}

describe('the audit', () => {
	it('fails on a vulnerability in what ships, and names it', async () => {
		const { code, printed } = await audit(200, { hono: [advisory] })
		expect(printed).toContain('hono: high: Lets everybody in (https://example.com/advisory)')
		expect(code).toBe(1)
	})

	it('passes one in what only development needs, and where there is none', async () => {
		expect((await audit(200, { vitest: [advisory] })).code).toBe(0)
		expect(await audit(200, {})).toEqual({
			code: 0,
			printed: 'npm knows of no vulnerability in what ships.\n',
		})
	})

	it.each([405, 503])('says so where the registry answers %i, and does not fail', async (status) => {
		const { code, printed } = await audit(status, { error: 'no' })
		expect(printed).toContain('NOT AUDITED')
		expect(code).toBe(0)
	})

	it('says so where there is no registry, and does not fail', async () => {
		const { code, printed } = await auditBy('http://127.0.0.1:1/')
		expect(printed).toContain('NOT AUDITED')
		expect(code).toBe(0)
	})
}, 30_000)
