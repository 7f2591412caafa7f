import { createReadStream, type Stats, statSync } from 'node:fs'
import { addAbortSignal, type Readable } from 'node:stream'
import { TextDecoder } from 'node:util'
import { messageOf, Stop } from './stop'

/** Text, a piece after the other. */
export interface Input {
	text: AsyncIterable<string>
	/** Of a file: how many bytes it has, and when it was last written to. */
	file: Pick<Stats, 'size' | 'mtimeMs'> | undefined
	/** How many bytes have been read. */
	read: () => number
}

/** Opens a file, or standard input. @throws Stop, then or while it is read, where it can't be read or is of another encoding. */
export function openInput(
	file: string | undefined,
	encoding: string | undefined,
	signal: AbortSignal,
): Input {
	if (file === undefined && process.stdin.isTTY) {
		throw new Stop('Which file? As in: import users people.csv --by email')
	}
	const stats = file === undefined ? undefined : statsOf(file)
	const stream = addAbortSignal(signal, file === undefined ? process.stdin : createReadStream(file))
	let read = 0
	const counted = async function* () {
		for await (const chunk of bytesOf(stream)) {
			read += chunk.length
			yield chunk
		}
	}
	return { text: decoded(counted(), encoding), file: stats, read: () => read }
}

function statsOf(file: string): Stats {
	try {
		const stats = statSync(file)
		if (stats.isDirectory()) throw new Stop(`"${file}" is a folder.`)
		return stats
	} catch (error) {
		throw error instanceof Stop ? error : new Stop(`"${file}" can't be read: ${messageOf(error)}`)
	}
}

async function* bytesOf(stream: Readable): AsyncGenerator<Uint8Array> {
	for await (const chunk of stream) if (chunk instanceof Uint8Array) yield chunk
}

/** What is no text of the encoding is never stored as something else. */
async function* decoded(bytes: AsyncIterable<Uint8Array>, told: string | undefined): AsyncGenerator<string> {
	let decoder: TextDecoder | undefined
	let read = 0
	const decode = (chunk?: Uint8Array) => {
		try {
			return decoder?.decode(chunk, { stream: chunk !== undefined }) ?? ''
		} catch {
			const advice =
				told === undefined ? 'Save it as UTF-8, or name its encoding: --encoding windows-1252' : ''
			throw new Stop(`The input is not ${decoder?.encoding} (about byte ${read}). ${advice}`.trim())
		}
	}
	for await (const chunk of bytes) {
		decoder ??= decoderOf(told ?? encodingOf(chunk))
		yield decode(chunk)
		read += chunk.length
	}
	yield decode()
}

function decoderOf(encoding: string): TextDecoder {
	try {
		return new TextDecoder(encoding, { fatal: true })
	} catch {
		throw new Stop(`--encoding is no encoding that is known here: "${encoding}".`)
	}
}

/** By the byte order mark, which spreadsheets write. */
function encodingOf([first, second]: Uint8Array): string {
	if (first === 0xff && second === 0xfe) return 'utf-16le'
	return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8'
}

/** Enough of the beginning to tell what it is: at least its first line that isn't blank, where that is not very long. */
export async function begun(
	text: AsyncIterable<string>,
): Promise<{ beginning: string; all: AsyncIterable<string> }> {
	const pieces = text[Symbol.asyncIterator]()
	let beginning = ''
	let isOver = false
	while (!isOver && beginning.length < MAX_BEGINNING && !/\S[^\r\n]*[\r\n]/.test(beginning)) {
		const next = await pieces.next()
		if (next.done) isOver = true
		else beginning += next.value
	}
	const all = async function* () {
		yield beginning
		for (let next = await pieces.next(); !next.done; next = await pieces.next()) yield next.value
	}
	return { beginning, all: all() }
}

const MAX_BEGINNING = 64 * 1024
