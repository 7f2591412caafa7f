import * as v from 'valibot'

/** What of a line of the Worker's log a person at a terminal wants to see. */
const line = v.pipe(
	v.string(),
	v.parseJson(),
	v.object({
		method: v.optional(v.string()),
		route: v.optional(v.string()),
		rpc: v.optional(v.string()),
		scheduled: v.optional(v.string()),
		table: v.optional(v.string()),
		status: v.optional(v.number()),
		outcome: v.string(),
		rows: v.optional(v.record(v.string(), v.number())),
		ms: v.number(),
		databaseMs: v.optional(v.number()),
		cause: v.optional(v.string()),
	}),
)

const WRANGLERS_OWN = /^\[wrangler:info\] [A-Z]+ \S+ \d{3} .*\(\d+ms\)$/

/** A line that wrangler printed, as it is to be read: one per request, short. Undefined where it is to be left out. */
export function readable(text: string): string | undefined {
	if (WRANGLERS_OWN.test(text)) return undefined
	const read = v.safeParse(line, text)
	if (!read.success) return text
	const {
		method,
		route,
		rpc,
		scheduled,
		table,
		status,
		outcome,
		rows = {},
		ms,
		databaseMs,
		cause,
	} = read.output
	const counts = Object.entries(rows).map(([word, count]) => `${count} ${word}`)
	const words = [
		method ?? rpc ?? scheduled,
		route ?? table,
		status,
		outcome,
		counts.length > 0 && `(${counts.join(', ')})`,
	]
	const times = databaseMs === undefined ? `${ms} ms` : `${ms} ms, database ${databaseMs} ms`
	return [words.filter(Boolean).join(' '), times, ...(cause === undefined ? [] : [cause])].join(' · ')
}
