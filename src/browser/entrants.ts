import type { RaceTable } from '../service/pages/race-table'
import type { Answer } from './run'
import { keyOf } from './runners'
import { type Answered, send, textAt } from './send'

type Row = Record<string, unknown>

/** One way to get or create a row, over HTTP. */
export interface Entrant {
	title: string
	what: string
	/** It is right only where nobody comes in between. */
	isLucky: boolean
	/** Where a row is sent to. */
	path: (table: RaceTable) => string
	/** What its answer says. */
	read: (answered: Answered) => Answer
	/** How many rows the database has now for these, each by its key. */
	count: (table: RaceTable, rows: readonly Row[], token: string | undefined) => Promise<number>
}

export const service: Entrant = {
	title: 'Get or create',
	what: 'This service: the unique index is the lock, and one transaction decides.',
	isLucky: false,
	path: ({ path, by }) => `${path}?by=${by.map(encodeURIComponent).join()}`,
	read: ({ status, body }) => {
		if (status === 201) return { kind: 'created' }
		if (status === 200) return { kind: 'existing' }
		const what = [status, textAt(body, 'title'), textAt(body, 'detail')].filter(Boolean).join(' · ')
		return { kind: status === 401 ? 'unauthorized' : 'error', what }
	},
	async count(table, rows, token) {
		const found = rows.map(async (row) => await send(`${table.path}?${keyOf(table, row)}`, token))
		return (await Promise.all(found)).filter(({ status }) => status === 200).length
	},
}

/** What everyone writes first, at the address that `npm run dev` has for it. */
export function selectThenInsert(address: string, isUnique: boolean): Entrant {
	const pathTo = (to: 'ask' | 'count', { name, by }: RaceTable) => {
		const query = [['table', name], ['unique', String(isUnique)], ...by.map((each) => ['by', each])]
		return `${address}/${to}?${new URLSearchParams(query)}`
	}
	return {
		title: isUnique ? 'Select, then insert' : '… without the index',
		what: isUnique
			? 'What everyone writes first: who finds nothing inserts. The unique index refuses all but one.'
			: 'The same on a table without a unique index: nothing refuses, and there are doubles.',
		isLucky: true,
		path: (table) => pathTo('ask', table),
		read: ({ body }) => {
			const outcome = textAt(body, 'outcome')
			if (outcome === 'created' || outcome === 'existing') return { kind: outcome }
			return { kind: 'error', what: textAt(body, 'what') }
		},
		async count(table, rows, token) {
			const { body } = await send(pathTo('count', table), token, { json: rows })
			return Number(textAt(body, 'rows'))
		},
	}
}
