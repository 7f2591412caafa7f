import type { ColumnInfo } from './table'
import { type Change, type Changes, HOWS, type How, unfitToAge, WAY_NAMES, WAYS, type Ways } from './ways'

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
		requireFit('newer', newer, unfitToAge(newer) ?? asked(newer, by))
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
