import { type Case, headerOf } from './case.ts'
import { parametersOf, segmentsOf } from './contract.ts'

/** In values of rows that are there from the start: no request holds it, so no refusal may. */
export const SECRET = 'secret-3f9c1b'
/** In the column that no answer shows. */
export const HIDDEN = 'hidden-8a20d7'

/** What would show how the service is made. */
const INTERNALS = [
	/\b(?:SELECT|INSERT|UPDATE|DELETE|PRAGMA)\b.*\b(?:FROM|INTO|SET|WHERE)\b/i,
	/SQLITE|sqlite|libsql|hrana|drizzle|workerd|valibot|json_each|BEGIN IMMEDIATE/i,
	/constraint failed|no such (?:table|column)|syntax error|near "/i,
	/\b\w*(?:Error|Exception)\b/,
	/Cannot read|is not a function|is not iterable|is not defined|Unexpected (?:token|end)|in JSON at|position \d/,
	/\[object \w+\]|\bundefined\b|\bNaN\b/,
	/(?:^|[\s("'])(?:\/[\w.-]+){2,}\.[cm]?[jt]s\b|\bmain\.js\b|node_modules|file:\/\//,
	/\n? +at \S+ ?\(|:\d+:\d+\b/,
	/\bpassword\b|last_login|is_superuser/,
	/127\.0\.0\.1:\d+|API_TOKENS|TURSO_/,
]

/**
 * What a refusal, or an answer with refusals in it, shows that it must not; undefined where it shows nothing. A
 * caller's own words may come back.
 */
export function leakIn(
	request: Case | undefined,
	headers: Map<string, string>,
	text: string,
): string | undefined {
	const sentences = [...text.matchAll(/"(?:detail|title)":("(?:[^"\\]|\\.)*")/g)].map(([, value = '""']) =>
		String(JSON.parse(value)),
	)
	const own = request ? wordsOf(request) : []
	for (const sentence of [...headers.values(), ...sentences]) {
		if (sentence.includes(SECRET)) return SECRET
		const rest = own.reduce((left, word) => left.replaceAll(word, '…'), sentence)
		for (const internal of INTERNALS) {
			const [found] = internal.exec(rest) ?? []
			if (found !== undefined) return `"${found}" in "${sentence}"`
		}
	}
	return undefined
}

/** A longer word is quoted by its start. */
const MAX_QUOTED = 50

/** All that a caller's own words can be, which refusals may quote: of the path and the parameters, and the request id. */
function wordsOf(request: Case): string[] {
	const parameters = [...parametersOf(request)].flatMap(([name, value]) => [name, ...value.split(',')])
	const words = [...segmentsOf(request), ...parameters, headerOf(request, 'x-request-id') ?? '']
	return words
		.flatMap((word) => [word, word.slice(0, MAX_QUOTED).toWellFormed()])
		.filter((word) => word.length > 1)
		.toSorted((a, b) => b.length - a.length)
}
