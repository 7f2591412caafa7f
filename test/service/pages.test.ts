import { exports } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { PROBLEMS } from '../../src/service/http/problem'
import { problemSchemas } from '../../src/service/openapi/problem-schemas'
import { document } from '../support/service'

const PAGES = ['/', '/problems', ...Object.keys(PROBLEMS).map((slug) => `/problems/${slug}`)]
const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'

interface Shown {
	status: number
	headers: Headers
	body: string
}

/** Asks as somebody without a token, for what is no part of the API. */
async function visit(path: string, accept: string, method = 'GET', etag = ''): Promise<Shown> {
	const response = await exports.default.fetch(`https://service.test${path}`, {
		method,
		headers: { accept, 'if-none-match': etag },
	})
	return { status: response.status, headers: response.headers, body: await response.text() }
}

async function scriptOf(path: string): Promise<string> {
	const { body } = await visit(path, BROWSER)
	return /<script src="([^"]+)">/.exec(body)?.[1] ?? ''
}

function policy({ headers }: Shown): Map<string | undefined, string[]> {
	const directives = (headers.get('content-security-policy') ?? '').split('; ')
	return new Map(directives.map((directive) => directive.split(' ')).map(([name, ...from]) => [name, from]))
}

describe.each(PAGES)('%s', (path) => {
	it('is HTML for a browser, with nothing in it but what has a nonce', async () => {
		const answer = await visit(path, BROWSER)
		expect(answer.status).toBe(200)
		expect(answer.headers.get('content-type')).toBe('text/html; charset=UTF-8')
		expect(answer.headers.get('vary')).toBe('Accept')
		expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
		expect(answer.headers.get('x-request-id')).toMatch(/^[\w-]{36}$/)
		expect(policy(answer).get('default-src')).toEqual(["'none'"])
		const nonce = policy(answer).get('style-src')?.join().slice("'nonce-".length, -1)
		expect(answer.body).toContain(`<style nonce="${nonce}">`)
		// Only `/` has a script, which copies the command.
		expect(policy(answer).get('script-src')).toEqual(path === '/' ? [`'nonce-${nonce}'`] : undefined)
		expect(answer.body.match(/<script[^>]*>/g)).toEqual(path === '/' ? [`<script nonce="${nonce}">`] : null)
		expect(answer.body).not.toMatch(/<iframe| style=| on[a-z]+=/)
	})

	it('says what it is to whoever finds or shares it', async () => {
		const { body } = await visit(path, BROWSER)
		const said = (name: string) =>
			new RegExp(`<meta (?:name|property)="${name}" content="([^"]+)">`).exec(body)?.[1]
		expect(said('description')).toMatch(/\w{3,}/)
		expect(said('og:description')).toBe(said('description'))
		expect(body).toContain(`<title>${said('og:title')}</title>`)
	})

	it.each(['*/*', 'application/json', ''])('is plain text for Accept: %j', async (accept) => {
		const answer = await visit(path, accept)
		expect(answer.status).toBe(200)
		expect(answer.headers.get('content-type')).toBe('text/plain; charset=UTF-8')
		expect(answer.headers.get('vary')).toBe('Accept')
		expect(answer.body).not.toContain('</')
	})
})

describe('/', () => {
	it('shows the request with its own address, and leads on', async () => {
		const { body } = await visit('/', BROWSER)
		for (const path of ['/docs', '/openapi.json', '/problems', '/healthz']) {
			expect(body).toContain(`href="${path}"`)
		}
		expect(body).toContain('curl -i https://service.test/users')
	})
})

describe('/problems', () => {
	it.each(Object.entries(PROBLEMS))('leads to %s', async (slug, { title }) => {
		const { body } = await visit('/problems', BROWSER)
		expect(body).toContain(`href="/problems/${slug}"`)
		expect(body).toContain(title)
	})
})

describe('/problems/{slug}', () => {
	it.each([
		['conflict', ['"conflicts": [', '"key": ["name"]', '"differs": ["email"]']],
		['invalid-row', ['"errors": [', '"pointer": "/email"']],
		['not-a-unique-key', ['"keys": [', '["email"]']],
		['unauthorized', ['WWW-Authenticate: Bearer']],
		['method-not-allowed', ['Allow: GET, HEAD']],
		['rate-limited', ['Retry-After: 1']],
		['database-unavailable', ['Retry-After: 1']],
	])('%s shows what it has beyond other problems', async (slug, own) => {
		const path = `/problems/${slug}`
		const { body } = await visit(path, '*/*')
		for (const each of own) expect(body).toContain(each)
		expect(own.length).toBeGreaterThan(0)
		expect(body).toContain(`"type": "${path}"`)
	})

	it.each(Object.keys(PROBLEMS))('%s shows a body that the OpenAPI document would let pass', async (slug) => {
		const { body } = await visit(`/problems/${slug}`, '*/*')
		const example: unknown = JSON.parse(body.slice(body.indexOf('\n{')))
		expect(document.faultsOf(example, problemSchemas('')[`Problem.${slug}`] ?? { const: 'none' })).toEqual([])
	})
})

describe('/docs', () => {
	it('runs scripts of this origin alone and sends requests nowhere else', async () => {
		const answer = await visit('/docs', '*/*')
		expect(answer.status).toBe(200)
		expect(answer.headers.get('content-type')).toBe('text/html; charset=UTF-8')
		expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
		expect(Object.fromEntries(policy(answer))).toEqual({
			'default-src': ["'none'"],
			'script-src': ["'self'"],
			'connect-src': ["'self'"],
			'style-src': ["'unsafe-inline'"],
			'img-src': ['data:'],
			'base-uri': ["'none'"],
			'form-action': ["'none'"],
			'frame-ancestors': ["'none'"],
		})
	})

	it('leads back', async () => {
		const { body } = await visit('/docs', BROWSER)
		for (const path of ['/', '/problems']) expect(body).toContain(`href="${path}"`)
	})

	it('has its script from here, under a name for good, which a browser need not fetch twice', async () => {
		const path = await scriptOf('/docs')
		expect(path).toMatch(/^\/docs\/scalar-[0-9a-f]{16}\.js$/)
		const script = await visit(path, '*/*')
		expect(script.status).toBe(200)
		expect(script.headers.get('content-type')).toContain('text/javascript')
		expect(script.headers.get('x-content-type-options')).toBe('nosniff')
		expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
		expect(script.headers.get('x-request-id')).toMatch(/^[\w-]{36}$/)
		const again = await visit(path, '*/*', 'GET', script.headers.get('etag') ?? '')
		expect([again.status, again.body]).toEqual([304, ''])
	})
})

describe('every page', () => {
	it.each([...PAGES, '/docs', 'its script'])('has no other method than GET and HEAD at %s', async (page) => {
		const path = page === 'its script' ? await scriptOf('/docs') : page
		const head = await visit(path, BROWSER, 'HEAD')
		expect([head.status, head.body]).toEqual([200, ''])
		for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
			const answer = await visit(path, BROWSER, method)
			expect(answer.status).toBe(405)
			expect(answer.headers.get('allow')).toBe('GET, HEAD')
			expect(JSON.parse(answer.body)).toMatchObject({ type: '/problems/method-not-allowed' })
		}
	})

	it.each([
		'/docs/nope',
		'/docs/scalar.js',
		'/docs/scalar-0123456789abcdef.js',
		'/names.json',
		'/race',
		'/problems/nope',
		'/problems/__proto__',
		'/problems/toString',
		'/nope',
	])('but %s exists', async (path) => {
		const answer = await visit(path, BROWSER)
		expect(answer.status).toBe(404)
		expect(JSON.parse(answer.body)).toMatchObject({ type: '/problems/not-found' })
	})
})
