export interface Answered {
	/** 0 where there was no answer. */
	status: number
	body: unknown
}

/** A GET, or a POST of JSON. */
export async function send(
	path: string,
	token: string | undefined,
	post?: { json: unknown },
): Promise<Answered> {
	const init = post ? { method: 'POST', body: JSON.stringify(post.json) } : {}
	try {
		const response = await fetch(path, { ...init, headers: headersOf(token, post !== undefined) })
		const body: unknown = await response.json()
		return { status: response.status, body }
	} catch {
		return { status: 0, body: { title: 'There was no answer' } }
	}
}

/** Over HTTP/1.1 browsers open so many connections to a host, and let other requests wait. */
const CONNECTIONS = 6

/**
 * Where so many callers can ask, each from a place of its own, so that no request waits in the browser: its wait would
 * pass for the answer's. `hosts` are other names of this server, each with connections of its own, which are opened here;
 * only `npm run dev` has any, for it speaks HTTP/1.1.
 */
export async function places(
	callers: number,
	hosts: readonly string[],
	path: string,
	token: string | undefined,
): Promise<string[]> {
	if (isMultiplexed()) return Array.from({ length: callers }, () => '')
	const wanted = Array.from(
		{ length: Math.min(callers, hosts.length * CONNECTIONS) },
		(_, index) => hosts[index % hosts.length] ?? '',
	)
	const opened = await Promise.all(
		wanted.map(async (host) => ((await opens(host + path, token)) ? [host] : [])),
	)
	const found = opened.flat()
	return found.length > 0 ? found : Array.from({ length: Math.min(callers, CONNECTIONS) }, () => '')
}

/** Opens a connection, and asks whether the requests to come may be made. */
async function opens(url: string, token: string | undefined): Promise<boolean> {
	const headers = { ...headersOf(token, true), 'X-Line-Up': '1' }
	const response = await fetch(url, { method: 'POST', headers }).catch(() => undefined)
	return response?.ok === true
}

function isMultiplexed(): boolean {
	const [page] = performance.getEntriesByType('navigation')
	return page instanceof PerformanceNavigationTiming && /^h[23]/.test(page.nextHopProtocol)
}

function headersOf(token: string | undefined, isPost: boolean): Record<string, string> {
	return {
		...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
		...(isPost ? { 'Content-Type': 'application/json' } : {}),
	}
}

/** A member of a JSON object, as text. */
export function textAt(body: unknown, name: string): string {
	const value: unknown = Reflect.get(Object(body), name)
	return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}
