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
	/** For callers: what the list of its columns means where the row is there. */
	description: string
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

const BY_COLLATION = 'Text is compared by the collation of its column.'

/** The ways in which an update changes a column, by the name of the parameter that lists them. */
export const WAYS: Record<How, Way> = {
	update: {
		description:
			'The columns to set where the row is there. Default: every column in the body outside `by`, unless another way to change a column is named.',
		unfit: () => undefined,
		value: (_, given) => given,
		differs: (stored, given, { codec }) => codec.differs(stored, given),
		isIdempotent: true,
	},
	add: {
		description:
			'The columns to add to where the row is there: the given number to the stored one, where null counts as 0. A sum that the column does not hold exactly is refused.',
		unfit: (column) =>
			unfitForAny(column) ??
			(column.codec.sum ? undefined : 'holds no numbers that the database adds exactly'),
		value: (stored, given, column) => sumOf(column).sql(stored, given),
		differs: (stored, given, column) => sumOf(column).differs(stored, given),
		isKept: (stored, given, column) => sumOf(column).isKept(stored, given),
		isIdempotent: false,
	},
	max: taken(
		`The columns that take the given value where it is greater than the stored one, or that is null. ${BY_COLLATION}`,
		unfitForOrder,
		(stored, given) => `coalesce(${stored} < ${given}, ${stored} IS NULL AND ${given} IS NOT NULL)`,
	),
	min: taken(
		`The columns that take the given value where it is smaller than the stored one, or that is null. ${BY_COLLATION}`,
		unfitForOrder,
		(stored, given) => `coalesce(${stored} > ${given}, ${stored} IS NULL AND ${given} IS NOT NULL)`,
	),
	fill: taken(
		'The columns that take the given value where the stored one is null.',
		unfitForAny,
		(stored, given) => `(${stored} IS NULL AND ${given} IS NOT NULL)`,
	),
}

const NEWER =
	'One column. Where the row is there nothing changes at all unless the given value of this column is greater than the stored one, or that is null; then it is set.'

/** The given value is taken where this condition holds, which is never NULL; else the stored one stays. */
function taken(
	description: string,
	unfit: Way['unfit'],
	condition: (stored: string, given: string) => string,
): Way {
	return {
		description,
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
	return unfitForAny(column) ?? unfitToAge(column)
}

/** Why nobody can say of two of its values which is newer. */
export function unfitToAge(column: ColumnInfo): string | undefined {
	const unordered = 'holds values that the database does not compare as what they mean'
	return computed(column) ?? (column.codec.isOrdered ? undefined : unordered)
}

export function sumOf({ property, codec: { sum } }: ColumnInfo): Sum {
	if (!sum) throw new Error(`${property} can't be added to`)
	return sum
}

export const HOWS = Object.keys(WAYS).filter(isHow)

function isHow(name: string): name is How {
	return Object.hasOwn(WAYS, name)
}

/** What tells how columns change, by its name: for those who document it. */
export interface WayParameter {
	name: string
	description: string
	/** It is a list, not one column. */
	isList: boolean
	fits: (column: ColumnInfo) => boolean
}

export const WAY_PARAMETERS: readonly WayParameter[] = [
	...HOWS.map((how) => ({
		name: how,
		description: WAYS[how].description,
		isList: true,
		fits: (column: ColumnInfo) => (computed(column) ?? WAYS[how].unfit(column)) === undefined,
	})),
	{
		name: 'newer',
		description: NEWER,
		isList: false,
		fits: (column) => unfitToAge(column) === undefined,
	},
]

export const WAY_NAMES: readonly string[] = WAY_PARAMETERS.map(({ name }) => name)
