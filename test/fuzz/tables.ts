import { type Column, type Model, Table, type TableDefinition, type Value } from '../support/model.ts'

/** Ids that the database gives are above this: a row with it is there from the start. Ids below it are the callers'. */
export const FIRST_ID = 2 ** 40
/** The highest id that a caller may choose, so that the database has many left to give. */
export const LAST_CHOSEN_ID = 2 ** 52

const id: Column = {
	isKey: true,
	read: (json) =>
		Number.isSafeInteger(json) && Number(json) <= LAST_CHOSEN_ID ? Number(json) + 0 : undefined,
	readText: (text) =>
		/^-?\d+(\.\d+)?$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) + 0 : undefined,
}

const boolean: Column = {
	read: (json) => (typeof json === 'boolean' ? json : undefined),
	readText: (text) => (text === 'true' ? true : text === 'false' ? false : undefined),
}

function textOf(max: number): Column {
	const read = (json: unknown) => {
		if (typeof json !== 'string' || !json.isWellFormed() || json.includes('\0')) return undefined
		return Array.from(json).length <= max ? json : undefined
	}
	return { read, readText: read }
}

const TIME = /^(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/

/** A time with its offset, kept to the second, in a year of four digits. */
function readTime(json: unknown): Value | undefined {
	if (json === null) return null
	const match = typeof json === 'string' ? TIME.exec(json) : null
	if (!match) return undefined
	const [, year, month, day] = match
	if (Number(month) < 1 || Number(month) > 12) return undefined
	const inMonth = new Date(Date.UTC(2000, Number(month), 0))
	inMonth.setUTCFullYear(Number(year), Number(month), 0)
	if (Number(day) < 1 || Number(day) > inMonth.getUTCDate()) return undefined
	const time = new Date(Math.floor(Date.parse(String(json)) / 1000) * 1000).toISOString()
	return /^\d{4}-/.test(time) ? time : undefined
}
const time: Column = { read: readTime, readText: readTime, default: null }

/** What the contract says of the tables that ship. */
export const TABLES: Record<string, TableDefinition> = Object.fromEntries(
	Object.entries<Record<string, Column>>({
		users: {
			id,
			name: { ...textOf(50), isKey: true, required: true },
			email: { ...textOf(50), isKey: true, required: true },
		},
		accounts: {
			id,
			username: { ...textOf(150), isKey: true, required: true },
			lastLogin: time,
			isSuperuser: { ...boolean, default: false },
		},
	}).map(([name, columns]) => [
		name,
		{ name, columns, keys: Object.keys(columns).filter((column) => columns[column]?.isKey) },
	]),
)

export function emptyModel(): Model {
	return new Map(Object.values(TABLES).map((definition) => [definition.name, new Table(definition)]))
}
