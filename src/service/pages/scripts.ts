import type { Context, Handler } from 'hono'
import { type AppEnv, stateOf } from '../http/app-env'
import { only } from '../http/method'
import { nowhere } from '../http/problem'

/** The scripts of pages, each as it is called before it has its hash in its name. */
export type Script = 'docs/scalar.js' | 'race/race.js'

/**
 * Where a page finds its script; undefined where it is not among the assets, or none are bound. Among the assets it has
 * one path, wherever the service is mounted.
 */
export async function scriptPath(c: Context<AppEnv>, script: Script): Promise<string | undefined> {
	const hashed = await hashedName(c, script)
	return hashed === undefined ? undefined : `${stateOf(c).prefix}/${hashed}`
}

/**
 * Serves a script under its hashed name alone, and nothing under any other: what has that name never changes, so that
 * browsers may keep it.
 */
export function serveScript(script: Script): Handler<AppEnv> {
	return async (c, next) => {
		const hashed = await hashedName(c, script)
		if (hashed === undefined || !c.req.path.endsWith(`/${hashed}`)) return nowhere()
		if (c.req.method !== 'GET' && c.req.method !== 'HEAD') return await only('GET, HEAD')(c, next)
		const asset = await assetAt(c, hashed, c.req.raw)
		if (!asset || (asset.status !== 200 && asset.status !== 304)) return nowhere()
		const headers = new Headers(asset.headers)
		headers.set('Cache-Control', 'public, max-age=31536000, immutable')
		return c.newResponse(asset.body, { status: asset.status, headers })
	}
}

async function hashedName(c: Context<AppEnv>, script: Script): Promise<string | undefined> {
	const answer = await assetAt(c, 'names.json')
	if (answer?.status !== 200) return undefined
	const names: unknown = await answer.json()
	const name: unknown = Reflect.get(Object(names), script)
	return typeof name === 'string' ? name : undefined
}

async function assetAt(c: Context<AppEnv>, name: string, init?: Request): Promise<Response | undefined> {
	const { assets } = stateOf(c).backend.settings(c.env)
	return await assets?.fetch(new Request(new URL(`/${name}`, c.req.url), init))
}
