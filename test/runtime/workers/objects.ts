import { DurableObject } from 'cloudflare:workers'
import { GroupCommitObject } from '../../../src/group-commit-object'
import service from '../../../src/index'

/** The object, and a way to lose it with work in hand. */
export class GroupCommit extends GroupCommitObject {
	restart(): void {
		this.ctx.abort('restarted')
	}
}

/** One that never comes up. */
export class OutOfOrder extends DurableObject<Env> {
	constructor(ctx: DurableObjectState, env: Env) {
		super(ctx, env)
		throw new Error('out of order')
	}
}

interface Bindings extends Env {
	GROUP_COMMIT: DurableObjectNamespace<GroupCommit>
}

export default {
	async fetch(request, env, ctx) {
		if (!new URL(request.url).pathname.endsWith('/restart')) return await service.fetch(request, env, ctx)
		const object = env.GROUP_COMMIT.get(env.GROUP_COMMIT.idFromName('0'))
		await Promise.resolve(object.restart()).catch(() => undefined)
		return new Response('restarted')
	},
} satisfies ExportedHandler<Bindings>
