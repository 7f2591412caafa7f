import { blob, integer, numeric, real, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { resources } from '../../../src/resources'
import { createService, resource } from '../../../src/service'

/** A column of each type that a cell of CSV can be of. */
const measurements = sqliteTable('measurements', {
	id: integer().primaryKey(),
	name: text().notNull().unique(),
	isOpen: integer('is_open', { mode: 'boolean' }),
	count: integer(),
	ratio: real(),
	amount: numeric(),
	big: blob({ mode: 'bigint' }),
	seenAt: integer('seen_at', { mode: 'timestamp_ms' }),
	body: text({ mode: 'json' }).$type<unknown>(),
	size: text({ enum: ['s', 'm'] }),
	note: text().default('none'),
})

const service = createService({ resources: [...resources, resource(measurements)] })

export class GroupCommit extends service.GroupCommit {}
export default { fetch: service.fetch }
