import { createApp } from './app'
import { deleteOldKeys } from './old-keys'
import { resources } from './resources'

export { GroupCommitObject as GroupCommit } from './group-commit-object'
export { GetOrCreate } from './rpc'

const app = createApp(resources)

export default { fetch: app.fetch, scheduled: deleteOldKeys }
