import { getTableColumns } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { expect } from 'vitest'
import { type Answer, type Asked, byQuery, type Service } from './service'
import { byText, type Stored } from './stored'
import type { PlainDrizzle } from './plain'
import type { Subject, Values, Way } from './subject'

/** A table asked for in one way, beside its twin. */
export class Bench {
	readonly service: Service
	readonly plain: PlainDrizzle
	readonly subject: Subject
	readonly way: Way

	constructor(service: Service, plain: PlainDrizzle, subject: Subject, way: Way) {
		this.service = service
		this.plain = plain
		this.subject = subject
		this.way = way
	}

	/** Asks by the way's key. */
	async ask(method: string, asked: Asked): Promise<Answer> {
		return await this.service.ask(this.subject, method, byQuery(this.way.by), asked)
	}

	/** Holds what is stored in the one table against what is stored in the other, but for what is made up at random. */
	async expectStoredAlike(given: Values, anyOrder = false): Promise<void> {
		const { served, plain } = this.subject
		const columns: Record<string, SQLiteColumn> = getTableColumns(served)
		const made = this.#madeUp(given, anyOrder).flatMap((property) => columns[property]?.name ?? [])
		const [one, other] = await this.plain.stored(served, plain)
		const comparable = (rows: Stored[] = []) => rows.map((row) => withTypesAlone(row, made)).toSorted(byText)
		expect(comparable(one)).toEqual(comparable(other))
	}

	/** Holds a row that was answered against what plain Drizzle reads of the only one in its table. */
	async expectReadAlike(answered: unknown, given: Values): Promise<void> {
		const [plain = {}, ...others] = await this.plain.select(this.subject)
		expect(others).toEqual([])
		const made = this.#madeUp(given)
		expect(entriesOf(answered, made)).toEqual(entriesOf(plain, made))
	}

	/** Does something, and nothing is stored otherwise than before. */
	async expectNothingWritten<T>(act: () => Promise<T>): Promise<T> {
		const before = await this.plain.stored(this.subject.served)
		const result = await act()
		expect(await this.plain.stored(this.subject.served)).toEqual(before)
		return result
	}

	#madeUp(given: Values, anyOrder = false): string[] {
		const { random = [], numbered = [] } = this.subject
		const made = anyOrder ? [...random, ...numbered] : random
		return made.filter((property) => !Object.hasOwn(given, property))
	}
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
