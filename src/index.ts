import { createApp } from './app'
import { resources } from './resources'

export { GroupCommitObject as GroupCommit } from './group-commit-object'
export { GetOrCreate } from './rpc'

export default createApp(resources)
