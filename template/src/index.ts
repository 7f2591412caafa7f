import { createService } from 'edge-get-or-create/service'
import { resources } from './resources'

const service = createService({ resources })

export class Rows extends service.Entrypoint {}
export default { fetch: service.fetch, scheduled: service.scheduled }
