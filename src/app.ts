import { type Context, Hono } from 'hono'
import { requestId } from 'hono/request-id'
import { answer } from './http/answer'
import type { AppEnv } from './http/app-env'
import { tokenAuth } from './http/auth'
import { crossOrigin } from './http/cross-origin'
import { health } from './http/health'
import { only } from './http/method'
import { openApi } from './http/openapi'
import { Problem } from './http/problem'
import { notedProblem } from './http/problem-of'
import { limitRate } from './http/rate-limit'
import { requestLog } from './http/request-log'
import type { Resource } from './http/resource'
import { answerTable, namedTable } from './http/table-routes'
import { docs } from './pages/docs'
import { home } from './pages/home'
import { pageHeaders } from './pages/layout'
import { problemPages } from './pages/problems'

/** The service over these tables. @throws Error where two resources share a path, or one can have none. */
export function createApp(resources: readonly Resource[]): Hono<AppEnv> {
	const app = new Hono<AppEnv>()
	app.use(requestId(), requestLog)
	app.onError((error, c) => refuse(c, URL.canParse(c.req.url) ? error : noHost()))
	app.notFound((c) => refuse(c, new Problem('not-found', 'There is nothing at this path.')))

	app.get('/', pageHeaders(), home()).all(only('GET, HEAD'))
	app.get('/healthz', crossOrigin(), health(resources)).all(only('GET, HEAD'))
	app.get('/openapi.json', openApi(resources)).all(only('GET, HEAD'))
	app.route('/docs', docs())
	app.route('/problems', problemPages())

	app.use(namedTable(resources), crossOrigin(), tokenAuth(), limitRate, answerTable)
	return app
}

/** The runtime makes the URL from any Host header, though not every one gives a URL. */
function noHost(): Problem {
	return new Problem('not-found', 'The Host header is not the name of a host.')
}

/** Every refusal leaves here: the caller is told the problem, the log also the cause of what is not the caller's fault. */
function refuse(c: Context<AppEnv>, error: unknown): Response {
	const problem = notedProblem(c.get('notes'), error)
	return answer(c, problem.status, JSON.stringify(problem.body(c.get('requestId'))), {
		'Content-Type': 'application/problem+json',
		...problem.headers,
	})
}
