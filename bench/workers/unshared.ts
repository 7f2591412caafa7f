import worker from '../../src/index'

/** The service with sharing switched off: bindings of its own for each request, and so a transaction of its own. */
export default {
	fetch: (request: Request, env: Env, context: ExecutionContext) =>
		worker.fetch(request, { ...env }, context),
}
