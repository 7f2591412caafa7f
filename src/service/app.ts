import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { requestId } from 'hono/request-id'
import { baseRoutePath } from 'hono/route'
import { NONCE } from 'hono/secure-headers'
import type { Backend } from './backend'
import { answer } from './http/answer'
import { type AppEnv, stateOf } from './http/app-env'
import { tokenAuth } from './http/auth'
import { crossOrigin } from './http/cross-origin'
import { health } from './http/health'
import { only } from './http/method'
import { segmentsOf } from './http/path'
import { Problem } from './http/problem'
import { loggedProblem } from './http/problem-of'
import { limitRate } from './http/rate-limit'
import { requestLog } from './http/request-log'
import { answerTable, namedTable } from './http/table-routes'
import { openApi } from './openapi'
import { docs } from './pages/docs'
import { home } from './pages/home'
import { pageHeaders } from './pages/layout'
import { problemPages } from './pages/problems'
import { race } from './pages/race'
import type { Resource } from './resource'

/**
 * The app over these tables, to be served or to be mounted in another. `access` settles who may call, in the stead of
 * tokens.
 * @throws Error where two resources share a path, or one can have none.
 */
export function createApp(
	resources: readonly Resource[],
	backend: Backend,
	access?: MiddlewareHandler,
): Hono<AppEnv> {
	const app = new Hono<AppEnv>()
	app.use(begin(backend), requestId({ generator: knownId }), requestLog)
	app.onError((error, c) => {
		// The app's own refusals are its own to word.
		if (access && error instanceof HTTPException) return error.getResponse()
		return refuse(c, URL.canParse(c.req.url) ? error : noHost())
	})

	app.get('/', pageHeaders({ scriptSrc: [NONCE] }), home(resources)).all(only('GET, HEAD'))
	app.get('/healthz', crossOrigin(), health(resources)).all(only('GET, HEAD'))
	app.get('/openapi.json', openApi(resources, { hasOwnAccess: access !== undefined })).all(only('GET, HEAD'))
	app.route('/docs', docs())
	app.route('/problems', problemPages())
	// A page for show takes no name away from tables.
	if (!resources.some(({ info }) => info.name === 'race')) {
		app.route('/race', race(resources, access !== undefined))
	}

	const entrance = access ? [access] : [tokenAuth(), limitRate]
	app.use(namedTable(resources), crossOrigin(), ...entrance, answerTable)
	return app
}

/** That of the app around, where it has given one; else a new one. */
function knownId(c: Context): string {
	const known: unknown = c.get('requestId')
	return typeof known === 'string' ? known : crypto.randomUUID()
}

function begin(backend: Backend): MiddlewareHandler<AppEnv> {
	return async (c, next) => {
		const depth = baseRoutePath(c).split('/').filter(Boolean).length
		// As it was sent, where a parameter stands for a part of it.
		const prefix = depth === 0 ? '' : `/${segmentsOf(c.req.url).slice(0, depth).join('/')}`
		c.set('getOrCreate', { backend, prefix, logFields: {} })
		await next()
	}
}

/** The runtime makes the URL from any Host header, though not every one gives a URL. */
function noHost(): Problem {
	return new Problem('not-found', 'The Host header is not the name of a host.')
}

/** Every refusal leaves here: the caller is told the problem, the log also the cause of what is not the caller's fault. */
function refuse(c: Context<AppEnv>, error: unknown): Response {
	const { logFields, prefix } = stateOf(c)
	const problem = loggedProblem(logFields, error)
	return answer(c, problem.status, JSON.stringify(problem.body(c.get('requestId'), prefix)), {
		'Content-Type': 'application/problem+json',
		...problem.headers,
	})
}
