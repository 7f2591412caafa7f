import { describe, expect, it } from 'vitest'
import { ConflictError, getOrCreate, InvalidRowError, NotAUniqueKeyError } from '../../src/get-or-create'
import { accounts, users } from '../../src/schema'
import { resource } from '../../src/service/resource'
import { keyless, memberships, nullableKey } from '../support/schema'
import { database, fresh } from '../support/service'

describe('getOrCreate over a Drizzle database', () => {
	it('gives the row typed and mapped as Drizzle would read it', async () => {
		const lastLogin = new Date('2026-03-01T10:00:00Z')
		const result = await getOrCreate(database(), accounts, { username: fresh('core'), lastLogin })
		const username: string = result.row.username
		expect(result).toEqual({
			row: { id: expect.any(Number), username, password: '*', lastLogin, isSuperuser: false },
			created: true,
		})
	})

	it('asks by the columns named', async () => {
		const [email, name] = [fresh('core'), fresh('core')]
		const made = await getOrCreate(database(), users, { email, name }, { by: ['email'] })
		const found = await getOrCreate(database(), users, { email, name: fresh('other') }, { by: ['email'] })
		expect(found).toEqual({ row: made.row, created: false })
	})

	it('works with a composite unique key', async () => {
		const team = fresh('team')
		const first = await getOrCreate(
			database(),
			memberships,
			{ team, person: 'ann' },
			{ by: ['team', 'person'] },
		)
		const other = await getOrCreate(
			database(),
			memberships,
			{ team, person: 'bob' },
			{ by: ['team', 'person'] },
		)
		const again = await getOrCreate(
			database(),
			memberships,
			{ person: 'ann', team, note: 'x' },
			{ by: ['person', 'team'] },
		)
		expect([first.created, other.created, again.created]).toEqual([true, true, false])
		expect(again.row).toEqual(first.row)
	})

	it('throws plain-data errors', async () => {
		const db = database()
		const row = { name: fresh('err'), email: fresh('err') }
		await getOrCreate(db, users, row)
		const conflict = await getOrCreate(db, users, { ...row, email: fresh('err') }).catch(
			(error: unknown) => error,
		)
		expect(conflict).toBeInstanceOf(ConflictError)
		expect(conflict).toMatchObject({ conflicts: [{ key: ['name'], differs: ['email'] }] })
		const half = getOrCreate(db, memberships, { team: 't', person: 'p' }, { by: ['team'] })
		await expect(half).rejects.toThrow(NotAUniqueKeyError)
		await expect(half).rejects.toMatchObject({ keys: [['id'], ['team', 'person']] })
		// @ts-expect-error: a number for text is refused, not stored as '1.0'
		const wrong = getOrCreate(db, users, { name: 1, email: 'x' })
		await expect(wrong).rejects.toThrow(InvalidRowError)
		await expect(wrong).rejects.toMatchObject({ faults: [{ pointer: '/name', detail: expect.any(String) }] })
		// @ts-expect-error: only columns of the table can be asked by
		await expect(getOrCreate(db, users, row, { by: ['nope'] })).rejects.toThrow('no column "nope"')
	})
})

describe('a table that can not decide a race', () => {
	it('is refused at start-up with what to add', () => {
		expect(() => resource(keyless)).toThrow(/"keyless" .* no unique key .* \.unique\(\)/)
	})

	it('is served by a key that may be null', () => {
		expect(
			resource(nullableKey).keys.map(({ columns }) => columns.map(({ property }) => property)),
		).toContainEqual(['email'])
	})

	it('is refused where its only key is hidden', () => {
		expect(() => resource(nullableKey, { hidden: ['id', 'email'] })).toThrow(/hidden column does not count/)
		expect(() => resource(memberships, { hidden: ['team'] })).toThrow(
			/hides "team", which every new row needs/,
		)
	})
})
