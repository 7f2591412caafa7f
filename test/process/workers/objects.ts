import { DurableObject } from 'cloudflare:workers'
import service from '../../../src'
import { GroupCommitObject } from '../../../src/service/commits/group-commit-object'
import { type Committed, PROTOCOL } from '../../../src/service/commits/object-batch'

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

/** One with nothing that can be asked. */
export class Mute extends DurableObject<Env> {}

/** One of a version that is to come. */
export class Later extends DurableObject<Env> {
	async version(): Promise<number> {
		return await Promise.resolve(PROTOCOL + 1)
	}
}

/** One that is replaced by another version after it was asked for its own. */
export class Replaced extends DurableObject<Env> {
	async version(): Promise<number> {
		return await Promise.resolve(PROTOCOL)
	}

	async run(): Promise<Committed> {
		return await Promise.resolve('other version')
	}
}

/** The same, and the other version has not even the method. */
export class Emptied extends DurableObject<Env> {
	async version(): Promise<number> {
		return await Promise.resolve(PROTOCOL)
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
