import { getTableColumns } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { expect } from 'vitest'
import type { PlainDrizzle } from './plain'
import { type Answer, type Asked, byQuery, type Service } from './service'
import { byText, type Stored } from './stored'
import type { Subject, Values, Way } from './subject'

/** A table asked for in one way, beside its twin. */
export interface Bench {
	service: Service
	plain: PlainDrizzle
	subject: Subject
	way: Way
}

/** Asks by the way's key. */
export async function ask({ service, subject, way }: Bench, method: string, asked: Asked): Promise<Answer> {
	return await service.ask(subject, method, byQuery(way.by), asked)
}

/** Holds what is stored in the one table against what is stored in the other, but for what is made up at random. */
export async function expectStoredAlike(
	{ plain, subject }: Bench,
	given: Values,
	anyOrder = false,
): Promise<void> {
	const columns: Record<string, SQLiteColumn> = getTableColumns(subject.served)
	const made = madeUp(subject, given, anyOrder).flatMap((property) => columns[property]?.name ?? [])
	const [one, other] = await plain.stored(subject.served, subject.plain)
	const comparable = (rows: Stored[] = []) => rows.map((row) => withTypesAlone(row, made)).toSorted(byText)
	expect(comparable(one)).toEqual(comparable(other))
}

/** Holds a row that was answered against what plain Drizzle reads of the only one in its table. */
export async function expectReadAlike(
	{ plain, subject }: Bench,
	answered: unknown,
	given: Values,
): Promise<void> {
	const [row = {}, ...others] = await plain.select(subject)
	expect(others).toEqual([])
	const made = madeUp(subject, given)
	expect(entriesOf(answered, made)).toEqual(entriesOf(row, made))
}

/** Does something, and nothing is stored otherwise than before. */
export async function expectNothingWritten<T>({ plain, subject }: Bench, act: () => Promise<T>): Promise<T> {
	const before = await plain.stored(subject.served)
	const result = await act()
	expect(await plain.stored(subject.served)).toEqual(before)
	return result
}

function madeUp({ random = [], numbered = [] }: Subject, given: Values, anyOrder = false): string[] {
	const made = anyOrder ? [...random, ...numbered] : random
	return made.filter((property) => !Object.hasOwn(given, property))
}

/** The row of an answer about one. */
export function rowIn({ body }: Answer): unknown {
	return (body as { row: unknown }).row
}

function withTypesAlone(row: Stored, columns: readonly string[]): Stored {
	return Object.fromEntries(
		Object.entries(row).map(([column, value]) => [
			column,
			columns.includes(column) ? value.split(' ', 1).join() : value,
		]),
	)
}

/** By entries, which tell a property of any name. */
function entriesOf(row: unknown, made: readonly string[]): [string, unknown][] {
	return Object.entries(row as Values)
		.map(([property, value]): [string, unknown] => [property, made.includes(property) ? typeof value : value])
		.toSorted(byText)
}
