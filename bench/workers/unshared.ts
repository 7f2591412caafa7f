import worker from '../../src'

// The service with sharing switched off: bindings that no other request has at the same time, and so a transaction of
// its own. They are used again, for what an isolate knows of its database stays with them.
const free: Env[] = []

export default {
	async fetch(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
		const own = free.pop() ?? { ...env }
		try {
			return await worker.fetch(request, own, context)
		} finally {
			free.push(own)
		}
	},
}
