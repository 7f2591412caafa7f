import { exports } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { PROBLEMS } from '../../src/service/http/problem'

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

function policy({ headers }: Shown): Map<string | undefined, string[]> {
	const directives = (headers.get('content-security-policy') ?? '').split('; ')
	return new Map(directives.map((directive) => directive.split(' ')).map(([name, ...from]) => [name, from]))
}

describe.each(PAGES)('%s', (path) => {
	it('is HTML for a browser, with no script and one style under a nonce', async () => {
		const answer = await visit(path, BROWSER)
		expect(answer.status).toBe(200)
		expect(answer.headers.get('content-type')).toBe('text/html; charset=UTF-8')
		expect(answer.headers.get('vary')).toBe('Accept')
		expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
		expect(answer.headers.get('x-request-id')).toMatch(/^[\w-]{36}$/)
		expect(policy(answer).get('default-src')).toEqual(["'none'"])
		expect(policy(answer).has('script-src')).toBe(false)
		const nonce = policy(answer).get('style-src')?.join().slice("'nonce-".length, -1)
		expect(answer.body).toContain(`<style nonce="${nonce}">`)
		expect(answer.body).not.toMatch(/<script|<iframe| style=| on[a-z]+=/)
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

	it('has its script from here, which a browser need not fetch twice', async () => {
		const script = await visit('/docs/scalar.js', '*/*')
		expect(script.status).toBe(200)
		expect(script.headers.get('content-type')).toContain('text/javascript')
		expect(script.headers.get('x-content-type-options')).toBe('nosniff')
		expect(script.headers.get('x-request-id')).toMatch(/^[\w-]{36}$/)
		const again = await visit('/docs/scalar.js', '*/*', 'GET', script.headers.get('etag') ?? '')
		expect([again.status, again.body]).toEqual([304, ''])
	})
})

describe('every page', () => {
	it.each([...PAGES, '/docs', '/docs/scalar.js'])(
		'has no other method than GET and HEAD at %s',
		async (path) => {
			const head = await visit(path, BROWSER, 'HEAD')
			expect([head.status, head.body]).toEqual([200, ''])
			for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
				const answer = await visit(path, BROWSER, method)
				expect(answer.status).toBe(405)
				expect(answer.headers.get('allow')).toBe('GET, HEAD')
				expect(JSON.parse(answer.body)).toMatchObject({ type: '/problems/method-not-allowed' })
			}
		},
	)

	it.each(['/docs/nope', '/problems/nope', '/nope'])('but %s exists', async (path) => {
		const answer = await visit(path, BROWSER)
		expect(answer.status).toBe(404)
		expect(JSON.parse(answer.body)).toMatchObject({ type: '/problems/not-found' })
	})
})
