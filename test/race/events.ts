import { type Event, type Final, KEY_OF, type StoredRow } from './history.ts'
import { breaksRule } from './rules.ts'

/** Was told that it wrote, or doesn't know. */
export function mayWrite({ told, asked }: Event): boolean {
	return (
		(told.kind === 'unknown' && !breaksRule(asked)) || (told.kind === 'row' && (told.created || told.updated))
	)
}

/** Events by the key of the row that they are about: the one they were told of, else the one they asked for. */
export function byKey(events: readonly Event[]): Map<unknown, Event[]> {
	return Map.groupBy(
		events,
		({ table, asked, told }) => (told.kind === 'row' ? told.row : asked)[KEY_OF[table]],
	)
}

export function keyOf([event]: readonly Event[], row: StoredRow): unknown {
	return event && row[KEY_OF[event.table]]
}

/** All of a row but its key and id. */
export function valueOf(table: keyof Final, row: Readonly<Record<string, unknown>>): string {
	switch (table) {
		case 'users':
		case 'authors':
			return String(row['name'])
		case 'accounts':
			return JSON.stringify([row['lastLogin'] ?? null, row['isSuperuser'] ?? false])
		case 'books':
			return String(row['pages'])
		case 'counters':
			return String(row['n'])
	}
}

export function show({ method, by, asked, told, start, end }: Event): string {
	const said = told.kind === 'row' ? JSON.stringify(told) : told.kind
	return `${method} by ${by.join()} ${JSON.stringify(asked)} at ${start.toFixed(1)}-${end.toFixed(1)}: ${said}`
}
