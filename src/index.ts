import { createApp } from './app'
import { deleteOldKeys } from './old-keys'
import { proveTables } from './prove-tables'
import { resources } from './resources'

export { GroupCommitObject as GroupCommit } from './group-commit-object'
export { GetOrCreate } from './rpc'

const app = createApp(resources)

/** The Cron Trigger's handler. */
async function scheduled(_controller: unknown, env: Env): Promise<void> {
	await proveTables(env)
	await deleteOldKeys(env)
}

export default { fetch: app.fetch, scheduled }
