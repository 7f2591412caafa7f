// A Worker of its own: HTTP for everybody who has a token, RPC for other Workers.
import { createService } from 'edge-get-or-create/service'
import { resources } from './resources.ts'

const service = createService({ resources })

export class Rows extends service.Entrypoint {}
export class GroupCommit extends service.GroupCommit {}
export default { fetch: service.fetch, scheduled: service.scheduled }
