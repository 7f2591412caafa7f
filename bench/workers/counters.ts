import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { createService, resource } from '../../src/service'

/** A table with something to add to: those of the service have none. Made in stage.ts. */
const counters = sqliteTable('counters', {
	slug: text().primaryKey(),
	views: integer().notNull().default(0),
})

const service = createService({ resources: [resource(counters)] })

export class GroupCommit extends service.GroupCommit {}
export default { fetch: service.fetch }
