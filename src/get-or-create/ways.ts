import type { Sum } from './codec/sums'
import type { ColumnInfo } from './table'

/**
 * How an update changes the columns of a row that is there. A column is in one list at most, and has to be given. With any
 * of them only the columns that they name change; on a row that isn't there they mean nothing: all that is given is inserted.
 */
export interface Ways<Column, Summand = Column> {
	/** The columns to set. Defaults to every column given outside `by`, unless another way is given. */
	update?: readonly Column[] | undefined
	/** The given number is added to the stored one; null counts as 0. */
	add?: readonly Summand[] | undefined
	/** The greater of the given and the stored value; null gives way. */
	max?: readonly Column[] | undefined
	/** The smaller of the two; null gives way. */
	min?: readonly Column[] | undefined
	/** The given value where the stored one is null. */
	fill?: readonly Column[] | undefined
	/** Nothing changes at all unless this column's given value is greater than the stored one, or that is null. It is then set. */
	newer?: Column | undefined
}

/** The properties of a row that are numbers. */
export type NumberName<Row> = {
	[Name in Extract<keyof Row, string>]: NonNullable<Row[Name]> extends number | bigint ? Name : never
}[Extract<keyof Row, string>]

export type How = keyof Omit<Ways<never>, 'newer'>

/** What an update does to a column. */
export interface Change {
	column: ColumnInfo
	how: How
}

/** What an update does where it is told. */
export interface Changes {
	set: readonly Change[]
	/** Only rows of which this column is greater than it was are changed. */
	newer: ColumnInfo | undefined
}

interface Way {
	/** For callers: what becomes of the columns, as a sentence without its subject. */
	does: string
	/** Why it can't be done to a column, as a sentence without its subject. */
	unfit: (column: ColumnInfo) => string | undefined
	/** What the column holds then, in SQL. */
	value: (stored: string, given: string, column: ColumnInfo) => string
	/** That this is not what it held; never NULL. */
	differs: (stored: string, given: string, column: ColumnInfo) => string
	/** That the column can hold it, where that has to be asked; never NULL. */
	isKept?: (stored: string, given: string, column: ColumnInfo) => string
	/** Done twice it is the same as done once: a row that it would still change is one to which it was not done. */
	isIdempotent: boolean
}

/** The ways in which an update changes a column, by the name of the parameter that lists them. */
export const WAYS: Record<How, Way> = {
	update: {
		does: 'are set to the given values. Default: every column given outside `by`, unless another way is named',
		unfit: () => undefined,
		value: (_, given) => given,
		differs: (stored, given, { codec }) => codec.differs(stored, given),
		isIdempotent: true,
	},
	add: {
		does: 'become the sum of the stored and the given numbers, where null counts as 0. A sum that the column can not hold exactly is refused',
		unfit: (column) =>
			unfitForAny(column) ??
			(column.codec.sum ? undefined : 'holds no numbers that the database adds exactly'),
		value: (stored, given, column) => sumOf(column).sql(stored, given),
		differs: (stored, given, column) => sumOf(column).differs(stored, given),
		isKept: (stored, given, column) => sumOf(column).isKept(stored, given),
		isIdempotent: false,
	},
	max: taken(
		'become the greater of the stored and the given values; null gives way. Text is compared by the collation of its column',
		unfitForOrder,
		(stored, given) => `coalesce(${stored} < ${given}, ${stored} IS NULL AND ${given} IS NOT NULL)`,
	),
	min: taken(
		'become the smaller of the stored and the given values; null gives way. Text is compared by the collation of its column',
		unfitForOrder,
		(stored, given) => `coalesce(${stored} > ${given}, ${stored} IS NULL AND ${given} IS NOT NULL)`,
	),
	fill: taken(
		'are set to the given values where the stored ones are null',
		unfitForAny,
		(stored, given) => `(${stored} IS NULL AND ${given} IS NOT NULL)`,
	),
}

export const NEWER =
	'Nothing changes at all unless the given value of this column is greater than the stored one, or that is null; then it is set.'

/** The given value is taken where this condition holds, which is never NULL; else the stored one stays. */
function taken(does: string, unfit: Way['unfit'], condition: (stored: string, given: string) => string): Way {
	return {
		does,
		unfit,
		value: (stored, given) => `CASE WHEN ${condition(stored, given)} THEN ${given} ELSE ${stored} END`,
		differs: condition,
		isIdempotent: true,
	}
}

/** The row that is found is older than the one given, or can't tell; never NULL. */
export function isNewer(stored: string, given: string): string {
	return `coalesce(${stored} < ${given}, ${stored} IS NULL)`
}

/** Another value of a unique column is another row's name: to be given, not worked out. */
function unfitForAny(column: ColumnInfo): string | undefined {
	return computed(column) ?? (column.isInKey ? 'is part of a unique key' : undefined)
}

function computed({ column }: ColumnInfo): string | undefined {
	return column.generated && 'the database computes'
}

function unfitForOrder(column: ColumnInfo): string | undefined {
	return unfitForAny(column) ?? unordered(column)
}

function unordered({ codec }: ColumnInfo): string | undefined {
	return codec.isOrdered ? undefined : 'holds values that the database can not compare as what they mean'
}

export function sumOf({ property, codec: { sum } }: ColumnInfo): Sum {
	if (!sum) throw new Error(`${property} can't be added to`)
	return sum
}

/** A column is to be changed in a way that can't be. */
export class UnfitChangeError extends Error {
	override readonly name = 'UnfitChangeError'
	readonly kind = 'unfit-change'
}

/**
 * What these lists say, or nothing where there are none.
 * @throws UnfitChangeError
 */
export function changesOf(
	{ newer, ...lists }: Ways<ColumnInfo>,
	by: readonly ColumnInfo[] = [],
): Changes | undefined {
	const set = HOWS.flatMap((how) => [...new Set(lists[how])].map((column): Change => ({ column, how })))
	for (const { column, how } of set) {
		requireFit(how, column, WAYS[how].unfit(column) ?? (how === 'update' ? undefined : asked(column, by)))
	}
	if (newer) {
		requireFit('newer', newer, computed(newer) ?? unordered(newer) ?? asked(newer, by))
		set.push({ column: newer, how: 'update' })
	}
	const twice = set.find(({ column }, place) => set.slice(0, place).some((other) => other.column === column))
	if (twice) {
		throw new UnfitChangeError(
			`"${twice.column.property}" is named by more than one of ${WAY_NAMES.join(', ')}`,
		)
	}
	return newer || HOWS.some((how) => lists[how]) ? { set, newer } : undefined
}

/** What there is of each list. */
export function waysOf<List>(listOf: (how: How) => List | undefined): Partial<Record<How, List>> {
	const ways: Partial<Record<How, List>> = {}
	for (const how of HOWS) {
		const list = listOf(how)
		if (list !== undefined) ways[how] = list
	}
	return ways
}

function requireFit(parameter: string, { property }: ColumnInfo, unfit: string | undefined): void {
	if (unfit) throw new UnfitChangeError(`"${parameter}" names "${property}", which ${unfit}`)
}

function asked(column: ColumnInfo, by: readonly ColumnInfo[]): string | undefined {
	return by.includes(column) ? 'says which row is meant: it is a column of "by"' : undefined
}

const HOWS = Object.keys(WAYS).filter(isHow)

function isHow(name: string): name is How {
	return Object.hasOwn(WAYS, name)
}

/** The names of what tells how columns change. */
export const WAY_NAMES: readonly string[] = [...HOWS, 'newer']
