/** A unique key that a different row holds, and which of the columns asked by differ there. Never that row's values. */
export interface Conflict {
	key: string[]
	differs: string[]
}

/** What is wrong with a row: a JSON pointer (RFC 6901) to the place, `''` for the whole row, and a sentence. */
export interface Fault {
	pointer: string
	detail: string
}

/** A fault at a column, its name escaped as RFC 6901 says. */
export function faultAt({ property }: { property: string }, detail: string): Fault {
	return { pointer: pointerTo(property), detail }
}

function pointerTo(property: string): string {
	return `/${property.replaceAll('~', '~0').replaceAll('/', '~1')}`
}

/**
 * Another row holds one of the row's unique values and isn't the row asked for. Nothing was written. Where it is not the row
 * itself but one that it refers to, `at` is the JSON pointer to that.
 */
export class ConflictError extends Error {
	override readonly name = 'ConflictError'
	readonly kind = 'conflict'
	constructor(
		readonly conflicts: Conflict[],
		readonly at?: string,
	) {
		super(`another row holds a unique value of ${at === undefined ? 'this row' : `the row at ${at}`}`)
	}
}

/** The row can't be stored as it is; `faults` names everything that is wrong with it. Nothing was written. */
export class InvalidRowError extends Error {
	override readonly name = 'InvalidRowError'
	readonly kind = 'invalid-row'
	constructor(readonly faults: Fault[]) {
		super(faults.map(({ pointer, detail }) => `${pointer || 'the row'} ${detail}`).join('; '))
	}
}

/** The columns asked by hold no unique key, so the database could not decide a race; `keys` lists what would do. */
export class NotAUniqueKeyError extends Error {
	override readonly name = 'NotAUniqueKeyError'
	readonly kind = 'not-a-unique-key'
	readonly #hasOpaqueIndexes: boolean
	readonly #at: string
	constructor(
		readonly table: string,
		readonly keys: string[][],
		hasOpaqueIndexes: boolean,
		/** What the caller knows the columns by. */
		called = '"by"',
		at = '',
	) {
		const usable = keys.map((key) => key.join(', ')).join(' or ')
		const opaque = hasOpaqueIndexes
			? '; unique indexes over an expression or a part of the rows do not count'
			: ''
		super(`${called} must contain a unique key of ${table}: ${usable}${opaque}`)
		this.#hasOpaqueIndexes = hasOpaqueIndexes
		this.#at = at
	}

	/** The same of a row that another refers to, at this JSON pointer in that. */
	within(pointer: string): NotAUniqueKeyError {
		const at = pointer + this.#at
		return new NotAUniqueKeyError(this.table, this.keys, this.#hasOpaqueIndexes, `The row at ${at}`, at)
	}
}

/** The row's Idempotency-Key was used before, for another request. Nothing was written. */
export class IdempotencyMismatchError extends Error {
	override readonly name = 'IdempotencyMismatchError'
	readonly kind = 'idempotency-mismatch'
	constructor() {
		super('the idempotency key was used for another request')
	}
}

/** What was asked for under the row's Idempotency-Key was done, and the row has since gone. Nothing was written. */
export class GoneError extends Error {
	override readonly name = 'GoneError'
	readonly kind = 'gone'
	constructor() {
		super('the row that was asked for under this idempotency key is no longer there')
	}
}

/** A row that was refused, by its place among the rows, and why. */
export interface Refused {
	index: number
	error: RowError
}

/** Rows were to be done all or none, and some of them were refused: `refused` says which, and why. Nothing was written. */
export class BatchRefusedError extends Error {
	override readonly name = 'BatchRefusedError'
	readonly kind = 'batch-refused'
	constructor(readonly refused: Refused[]) {
		super(`${refused.length} of the rows refused, and so none of them written`)
	}
}

const ROW_ERRORS = [
	ConflictError,
	InvalidRowError,
	NotAUniqueKeyError,
	IdempotencyMismatchError,
	GoneError,
] as const

/** Everything about one row that is the caller's to mend, told apart by its `kind`. */
export type RowError = InstanceType<(typeof ROW_ERRORS)[number]>

export function isRowError(error: unknown): error is RowError {
	return ROW_ERRORS.some((each) => error instanceof each)
}

/** What is wrong with a row that another refers to, as the other's: `property` is the column that refers to it. */
export function referredError(error: RowError, { property }: { property: string }): RowError {
	const place = pointerTo(property)
	switch (error.kind) {
		case 'invalid-row':
			return new InvalidRowError(
				error.faults.map(({ pointer, detail }) => ({ pointer: place + pointer, detail })),
			)
		case 'conflict':
			return new ConflictError(error.conflicts, place + (error.at ?? ''))
		case 'not-a-unique-key':
			return error.within(place)
		case 'idempotency-mismatch':
		case 'gone':
			return error
	}
}
