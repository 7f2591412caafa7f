import { byKey, show } from './events.ts'
import type { Event, StoredRow } from './history.ts'
import { breaksRule } from './rules.ts'

/** Rows that keep the rules and were refused, that break them and were written, or that needed no writing. */
export function wrongRefusals(events: readonly Event[], final: readonly StoredRow[]): string[] {
	const wrong = final
		.filter(breaksRule)
		.map((row) => `a row that is refused is there: ${JSON.stringify(row)}`)
	for (const event of events) {
		const { told, asked } = event
		if (told.kind === 'refused' && !breaksRule(asked)) wrong.push(`refused for nothing: ${show(event)}`)
		const isWritten = told.kind === 'row' && (told.created || told.updated)
		if (isWritten && breaksRule(asked)) wrong.push(`written though it is refused: ${show(event)}`)
	}
	for (const about of byKey(events).values()) {
		for (const refused of about) {
			if (refused.told.kind !== 'refused' || refused.method === 'PUT') continue
			const early = about.find(({ told, end }) => told.kind === 'row' && end < refused.start)
			if (early) wrong.push(`refused though it was there: ${show(refused)}; ${show(early)}`)
		}
	}
	return wrong
}
