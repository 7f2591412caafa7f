/** A request that is framed as HTTP says, whatever it holds. */
export interface Case {
	method: string
	/** The request target as it is on the wire: printable ASCII. */
	target: string
	/** In order, with repetitions; bytes as Latin-1. What frames the body is not among them. */
	headers: [name: string, value: string][]
	body: Buffer
	/** Where the body is cut into chunks, which go one by one; without any it goes whole, with its length. */
	cuts: number[]
}

/** The last values of a header as a server joins them; undefined where it isn't there. */
export function headerOf({ headers }: Pick<Case, 'headers'>, name: string): string | undefined {
	const values = headers.flatMap(([key, value]) => (key.toLowerCase() === name ? [value.trim()] : []))
	return values.length > 0 ? values.join(', ') : undefined
}

/** The request as bytes, in the pieces that are sent one by one. */
export function piecesOf({ method, target, headers, body, cuts }: Case, host: string): Buffer[] {
	const framing =
		cuts.length > 0
			? 'Transfer-Encoding: chunked\r\n'
			: body.length > 0 || method === 'POST' || method === 'PUT'
				? `Content-Length: ${body.length}\r\n`
				: ''
	const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
	const head = Buffer.from(
		`${method} ${target} HTTP/1.1\r\nHost: ${host}\r\n${lines}${framing}\r\n`,
		'latin1',
	)
	if (cuts.length === 0) return [Buffer.concat([head, body])]
	const ends = [...cuts, body.length]
	const chunks = ends
		.map((end, i) => body.subarray(ends[i - 1] ?? 0, end))
		.filter((chunk) => chunk.length > 0)
		.map((chunk) =>
			Buffer.concat([Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n')]),
		)
	return [head, ...chunks, Buffer.from('0\r\n\r\n')]
}

/** What is longer than this is shown by its start. */
const MAX_SHOWN = 8000

/** Bytes as a text of JSON, each as one character. */
export function shown(bytes: Buffer): string {
	const text = JSON.stringify(bytes.toString('latin1', 0, MAX_SHOWN)).replaceAll(
		/[\u007f-\u00ff]/g,
		(char) => `\\u00${char.charCodeAt(0).toString(16)}`,
	)
	return bytes.length > MAX_SHOWN ? `${text} and ${bytes.length - MAX_SHOWN} bytes more` : text
}
