import { describe, expect, inject, it } from 'vitest'
import { resource } from '../../../src/service/resource'
import { tableOf } from '../../support/real-tables'
import { PlainDrizzle } from './plain'
import { keylessTables, realSubjects } from './real-subjects'
import { Service } from './service'
import { describeBesideDrizzle } from './steps'

const url = inject('realTablesUrl')
const plain = new PlainDrizzle(url)
const service = new Service(realSubjects, { TURSO_DATABASE_URL: url })

describe('tables of public projects', () => {
	it('are 142, of which 5 have no key', () => {
		expect([realSubjects.length, keylessTables.length]).toEqual([137, 5])
	})

	it.each(keylessTables)(
		'$table, which has no key, is refused with what is missing and what to add',
		(table) => {
			const refused = () => resource(tableOf(table.table, table))
			expect(refused).toThrow(table.table)
			expect(refused).toThrow(/no unique key at all|does not count/)
			expect(refused).toThrow(/\.unique\(\)|uniqueIndex|primaryKey/)
		},
	)
})

describeBesideDrizzle(service, plain, realSubjects)
