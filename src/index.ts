import { resources } from './resources'
import { createApp } from './service/app'
import { deleteOldKeys } from './service/old-keys'
import { proveTables } from './service/prove-tables'

export { GroupCommitObject as GroupCommit } from './service/commits/group-commit-object'
export { GetOrCreate } from './service/rpc'

const app = createApp(resources)

/** The Cron Trigger's handler. */
async function scheduled(_controller: unknown, env: Env): Promise<void> {
	await proveTables(env)
	await deleteOldKeys(env)
}

export default { fetch: app.fetch, scheduled }
