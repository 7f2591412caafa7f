import { getTableColumns } from 'drizzle-orm'
import { blob, sqliteTable } from 'drizzle-orm/sqlite-core'

const { probe } = getTableColumns(sqliteTable('bytes', { probe: blob({ mode: 'buffer' }) }))

/**
 * Bytes as Drizzle's sessions hand them to a column's mapper, which may count on it: of Node's class where the runtime
 * has that, as Drizzle itself makes them.
 */
export function driverBytes(bytes: ArrayBuffer): Uint8Array {
	try {
		const made: unknown = probe.mapFromDriverValue(bytes)
		if (made instanceof Uint8Array) return made
	} catch {
		// There is no such class.
	}
	return new Uint8Array(bytes)
}
