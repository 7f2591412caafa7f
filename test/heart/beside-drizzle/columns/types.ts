import { type SQL, sql } from 'drizzle-orm'
import {
	blob,
	customType,
	integer,
	numeric,
	real,
	type SQLiteColumnBuilder,
	text,
} from 'drizzle-orm/sqlite-core'

/** A type of columns that people have, and the values that their rows have. */
export interface ColumnType {
	builder: () => unknown
	/** The nth of any number of values, as Drizzle has it. */
	nth: (n: number) => unknown
	/** What a column that tells no rows apart is changed from and to; else the nth and another. */
	change?: [from: unknown, to: unknown]
}

/** A column of a type, with what the columns of all types have in common. */
export function columnOf({ builder }: Pick<ColumnType, 'builder'>): SQLiteColumnBuilder {
	return builder() as SQLiteColumnBuilder
}

/** A type of the user's own: by its name alone, or with mappers of which each knows what comes to it. */
const named = (type: string) => customType<{ data: unknown }>({ dataType: () => type })()
function mapped<T, D>(type: string, toDriver: (value: T) => D | SQL, fromDriver: (stored: D) => T) {
	return customType<{ data: T; driverData: D }>({
		dataType: () => type,
		toDriver: (value) => toDriver(value) as D,
		fromDriver,
	})()
}

const at = (n: number, unit: number) => new Date(Date.UTC(2026, 0, 31) + n * unit)
const list = (n: number) => [`é${n}`, 'b "c"']
const object = (n: number) => ({ n, list: [n, { b: 'é', a: null }] })
const uuid = (n: number) => `0190a5f2-7c1e-7d3b-9f00-0000000e${1000 + n}`

export const cents = () =>
	mapped<number, number>(
		'integer',
		(value) => Math.round(value * 100),
		(stored) => stored / 100,
	)
const seconds = () =>
	mapped<Date, number>(
		'integer',
		(value) => Math.floor(value.getTime() / 1000),
		(stored) => new Date(stored * 1000),
	)
export const jsonList = () =>
	mapped<string[], string>('text', JSON.stringify, (stored) => JSON.parse(stored) as string[])
export const nocase = () => named('text COLLATE NOCASE')

export const columnTypes: Record<string, ColumnType> = {
	text: { builder: () => text(), nth: (n) => `k ${n} 'é"`, change: ['', '1e5'] },
	choice: { builder: () => text({ enum: ['k1', 'k2', 'k3', 'k4', 'k11'] }), nth: (n) => `k${n}` },
	integer: { builder: () => integer(), nth: (n) => -n, change: [0, Number.MAX_SAFE_INTEGER] },
	timestamp: { builder: () => integer({ mode: 'timestamp' }), nth: (n) => at(n, 1000) },
	timestampMs: { builder: () => integer({ mode: 'timestamp_ms' }), nth: (n) => at(n, 1) },
	real: { builder: () => real(), nth: (n) => n + 0.1, change: [13.60846, 5e-324] },
	numeric: { builder: () => numeric(), nth: (n) => `${n}.25`, change: ['12.50', '2026-01-31 12:00:00'] },
	numericNumber: { builder: () => numeric({ mode: 'number' }), nth: (n) => n + 0.1, change: [1, 1e21] },
	numericBigint: {
		builder: () => numeric({ mode: 'bigint' }),
		nth: (n) => 9007199254740000n + BigInt(n),
	},
	buffer: { builder: () => blob({ mode: 'buffer' }), nth: (n) => Buffer.from([0, 255, n]) },
	blobJson: { builder: () => blob({ mode: 'json' }), nth: object, change: [[], { a: 1 }] },
	blobBigint: { builder: () => blob({ mode: 'bigint' }), nth: (n) => 2n ** 70n + BigInt(n) },
	textJson: { builder: () => text({ mode: 'json' }), nth: object, change: [false, 'text'] },
	dateText: {
		builder: () =>
			mapped<Date, string>(
				'text',
				(value) => value.toISOString(),
				(stored) => new Date(stored),
			),
		nth: (n) => at(n, 1),
	},
	dateInteger: {
		builder: () =>
			mapped<Date, number>(
				'integer',
				(value) => value.getTime(),
				(stored) => new Date(stored),
			),
		nth: (n) => at(n, 1),
	},
	dateSeconds: { builder: seconds, nth: (n) => at(n, 1000) },
	dateCut: { builder: seconds, nth: (n) => at(n, 1000), change: [at(1, 1500), at(2, 1700)] },
	day: {
		builder: () =>
			mapped<Date, string>(
				'date',
				(value) => value.toISOString().slice(0, 10),
				(stored) => new Date(stored),
			),
		nth: (n) => at(n, 86_400_000),
	},
	datedText: {
		builder: () =>
			mapped<Date, string>(
				'datetime',
				(value) => value.toISOString().slice(0, 19).replace('T', ' '),
				(stored) => new Date(`${stored.replace(' ', 'T')}Z`),
			),
		nth: (n) => at(n, 1000),
	},
	jsonList: {
		builder: jsonList,
		nth: list,
		change: [[], list(1)],
	},
	commaList: {
		builder: () =>
			mapped<string[], string>(
				'text',
				(value) => value.join(','),
				(stored) => stored.split(','),
			),
		nth: list,
		change: [[], ['1']],
	},
	bigint: {
		builder: () => mapped<bigint, bigint>('integer', (value) => value, BigInt),
		// Beyond 2^53 Drizzle's own client reads none.
		nth: (n) => 2n ** 51n + BigInt(n),
		change: [0n, -1n],
	},
	point: {
		builder: () =>
			mapped<{ x: number; y: number }, string>(
				'text',
				({ x, y }) => `${x},${y}`,
				(stored) => ({ x: Number(stored.split(',')[0]), y: Number(stored.split(',')[1]) }),
			),
		nth: (n) => ({ x: n, y: -0.5 }),
	},
	cents: {
		builder: cents,
		nth: (n) => n + 0.25,
	},
	uuidBytes: {
		builder: () =>
			mapped<string, Uint8Array>(
				'blob',
				(value) => Buffer.from(value.replaceAll('-', ''), 'hex'),
				(stored) =>
					Buffer.from(stored)
						.toString('hex')
						.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
			),
		nth: uuid,
	},
	nocase: { builder: nocase, nth: (n) => `Key${n}`, change: ['Vue', 'vue'] },
	rtrim: { builder: () => named('text COLLATE RTRIM'), nth: (n) => `k${n} `, change: ['end', 'end  '] },
	binary: {
		builder: () =>
			mapped<string, Uint8Array>(
				'binary(4)',
				(value) => Buffer.from(value, 'hex'),
				(stored) => Buffer.from(stored).toString('hex'),
			),
		nth: (n) => `00ff${1000 + n}`,
	},
	varbinary: {
		builder: () =>
			mapped<Uint8Array, Uint8Array>(
				'varbinary(4)',
				(value) => value,
				(stored) => Buffer.from(stored),
			),
		nth: (n) => Buffer.from([0, 255, n]),
	},
	rawBlob: {
		builder: () =>
			mapped<Uint8Array, Uint8Array>(
				'blob',
				(value) => value,
				(stored) => stored,
			),
		nth: (n) => Buffer.from([0, 255, n]),
	},
	textBytes: {
		builder: () =>
			mapped<number[], Uint8Array>(
				'char(3)',
				(value) => Buffer.from(value),
				(stored) => [...stored],
			),
		nth: (n) => [0, 255, n],
	},
	uuid: { builder: () => named('uuid'), nth: uuid },
	string: { builder: () => named('STRING'), nth: (n) => `word ${n}`, change: ['', '2026-01-31'] },
	json: { builder: () => named('json'), nth: (n) => JSON.stringify(object(n)) },
	jsonObject: { builder: () => mapped<unknown, string>('json', JSON.stringify, JSON.parse), nth: object },
	fingerprint: { builder: () => named('fingerprint'), nth: (n) => `sha256:${n}e5` },
	datetime: { builder: () => named('datetime'), nth: (n) => `2026-01-31 12:00:${10 + n}` },
	decimal: { builder: () => named('decimal(10,2)'), nth: (n) => n + 0.25, change: [3, 12.5] },
	decimalNumber: {
		builder: () => mapped<number, string>('decimal(10,2)', (value) => value.toFixed(2), Number),
		nth: (n) => n + 0.25,
		change: [3, 12.5],
	},
	decimalText: {
		builder: () => mapped<string, string | number>('decimal(10,2)', (value) => value, String),
		nth: (n) => `${n}.25`,
	},
	varchar: { builder: () => named('varchar(20)'), nth: (n) => `0${n}`, change: ['1e5', '100000'] },
}

/** Turso's vectors, which the database itself makes: https://docs.turso.tech/features/ai-and-embeddings */
export const vector = (type = 'F32_BLOB(3)') =>
	mapped<number[] | Float32Array, Uint8Array>(
		type,
		(value) => sql`vector32(${JSON.stringify(Array.from(value))})`,
		(stored) => new Float32Array(stored.buffer),
	)
