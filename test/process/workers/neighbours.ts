import { AsyncLocalStorage } from 'node:async_hooks'
import { resources } from '../../../src/resources'
import { serve } from '../../support/app'
import { resources as others } from './tables'

export { GroupCommitObject as GroupCommit } from '../../../src/service/commits/group-commit-object'

const app = serve([...resources, ...others])

/** How many calls are left to the request that makes them; nothing where that is not limited. */
const calls = new AsyncLocalStorage<{ left: number }>()

const unlimited = globalThis.fetch
globalThis.fetch = async (...args: Parameters<typeof unlimited>) => {
	const own = calls.getStore()
	// In the words of the runtime: https://developers.cloudflare.com/workers/platform/limits/#subrequests
	if (own && own.left-- <= 0) throw new Error('Too many subrequests.')
	return await unlimited(...args)
}

/** The service with tables that refuse rows, and requests that say how many calls they may make. */
export default {
	async fetch(request, env, ctx) {
		const limit = request.headers.get('x-calls')
		// Bindings of its own make a request commit as if its isolate had no other.
		const bindings = 'ALONE' in env ? { ...env } : env
		if (limit === null) return await app.fetch(request, bindings, ctx)
		return await calls.run({ left: Number(limit) }, async () => {
			const response = await app.fetch(request, bindings, ctx)
			if (!response.body) return response
			const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
			ctx.waitUntil(relay(response.body, writable))
			return new Response(readable, response)
		})
	},
} satisfies ExportedHandler<Env>

/** A stream that the runtime itself reads would forget whose calls it makes. */
async function relay(from: ReadableStream<Uint8Array>, to: WritableStream<Uint8Array>): Promise<void> {
	const writer = to.getWriter()
	for await (const chunk of from) await writer.write(chunk)
	await writer.close()
}
