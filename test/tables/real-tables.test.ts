import { describe, expect, inject, it } from 'vitest'
import { resource } from '../../src/http/resource'
import { PlainDrizzle } from '../support/beside-drizzle/plain'
import { Service } from '../support/beside-drizzle/service'
import { describeBesideDrizzle } from '../support/beside-drizzle/steps'
import { keylessTables, realSubjects } from '../support/real-subjects'
import { tableOf } from '../support/real-tables'

const url = inject('realTablesUrl')
const plain = new PlainDrizzle(url)
// The object has a database of its own: what it is handed is statements, of whatever table.
const service = new Service(realSubjects, { TURSO_DATABASE_URL: url, GROUP_COMMIT: undefined })


describe('tables of public projects', () => {
	it('are 142, of which 5 have no key', () => {
		expect([realSubjects.length, keylessTables.length]).toEqual([137, 5])
	})

	it.each(keylessTables)(
		'$table, which has no key, is refused with what is missing and what to add',
		(table) => {
			const refused = () => resource(tableOf(table.table, table))
			expect(refused).toThrow(table.table)
			expect(refused).toThrow(/no (primary|unique) key|neither/)
			expect(refused).toThrow(/\.unique\(\)|uniqueIndex|primaryKey/)
		},
	)
})

describeBesideDrizzle(service, plain, realSubjects)
