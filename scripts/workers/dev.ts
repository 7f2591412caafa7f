import worker from '../../src'
import { selectThenInsert } from './select-then-insert'

export { GetOrCreate, GroupCommit } from '../../src'

// The Worker of `npm run dev`: the service, and beside it what it is raced with at /race. What is deployed is src/index.ts,
// which knows nothing of this.

const BESIDE = '/race/select-then-insert'
/**
 * Names that browsers take for this machine. To each of them they open connections of their own, six over HTTP/1.1, which
 * is all that wrangler speaks: with so many names hundreds of requests are on their way at once, as over HTTP/2.
 */
const HOSTS = '.race.localhost'
const COUNT = 40
const LOCAL: readonly string[] = ['localhost', '127.0.0.1', '[::1]']
/** The one that .dev.vars.example has, and so no secret. */
const KNOWN_TOKEN = 'dev-token'

export interface DevEnv extends Env {
	/** A database with a table like each of ours, without a unique index. */
	RACE_DATABASE_URL: string
}

export default {
	async fetch(request: Request, env: DevEnv, context: ExecutionContext): Promise<Response> {
		const url = URL.canParse(request.url) ? new URL(request.url) : undefined
		if (url?.hostname.endsWith(HOSTS)) return await fromAnotherName(request, env, context)
		const answer = await answerOf(request, env, context)
		return url?.pathname === '/race' ? withBeside(answer, url, env) : answer
	},
	scheduled: worker.scheduled,
}

async function answerOf(request: Request, env: DevEnv, context: ExecutionContext): Promise<Response> {
	const isBeside = URL.canParse(request.url) && new URL(request.url).pathname.startsWith(`${BESIDE}/`)
	return isBeside ? await selectThenInsert(request, env) : await worker.fetch(request, env, context)
}

/** To a page of this server alone, which a browser takes for one of another origin. */
async function fromAnotherName(request: Request, env: DevEnv, context: ExecutionContext): Promise<Response> {
	const origin = request.headers.get('origin') ?? ''
	const isOurs =
		URL.canParse(origin) &&
		new URL(origin).port === new URL(request.url).port &&
		LOCAL.includes(new URL(origin).hostname)
	if (!isOurs) return new Response(null, { status: 403 })
	const isQuestion = request.method === 'OPTIONS' || request.headers.has('x-line-up')
	const answer = isQuestion ? new Response(null, { status: 204 }) : await answerOf(request, env, context)
	const headers = new Headers(answer.headers)
	headers.set('Access-Control-Allow-Origin', origin)
	headers.set('Access-Control-Allow-Headers', 'Authorization, Content-Type, X-Line-Up')
	headers.set('Access-Control-Max-Age', '7200')
	return new Response(answer.body, { status: answer.status, headers })
}

/** The page, told where select-then-insert is, what names this server has, and the token where everybody knows it. */
function withBeside(page: Response, { port }: URL, env: DevEnv): Response {
	const headers = new Headers(page.headers)
	const policy = headers.get('content-security-policy') ?? ''
	headers.set(
		'Content-Security-Policy',
		policy.replace("connect-src 'self'", `connect-src 'self' http://*${HOSTS}:${port}`),
	)
	const isKnown = env.API_TOKENS.split(',').some((token) => token.trim() === KNOWN_TOKEN)
	return new HTMLRewriter()
		.on('#race', {
			element(form) {
				form.setAttribute('data-beside', BESIDE)
				form.setAttribute('data-hosts', String(COUNT))
			},
		})
		.on('#race [name=token]', {
			element(input) {
				if (isKnown) input.setAttribute('value', KNOWN_TOKEN)
			},
		})
		.transform(new Response(page.body, { status: page.status, headers }))
}
