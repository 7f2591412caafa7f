import { resources } from './resources'
import { createService } from './service'

const service = createService({ resources })

export class GroupCommit extends service.GroupCommit {}
export class GetOrCreate extends service.Entrypoint {}
export default { fetch: service.fetch, scheduled: service.scheduled }
