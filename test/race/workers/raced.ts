import { resources } from '../../../src/resources'
import { createService, resource } from '../../../src/service'
import { authors, books, counters } from './tables'

const service = createService({
	resources: [...resources, resource(counters), resource(authors), resource(books)],
})

export class GroupCommit extends service.GroupCommit {}
export default { fetch: service.fetch }
