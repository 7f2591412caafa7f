/** As many rows as one request may have, and about as many bytes. */
const MAX_ROWS = 1000
const MAX_SIZE = 900_000

/** Rows, as many as go at once: the same ones wherever an import begins that has done those before. */
export async function* batchesOf<T extends { size: number }>(rows: AsyncIterable<T>): AsyncGenerator<T[]> {
	let batch: T[] = []
	let size = 0
	for await (const row of rows) {
		if (batch.length === MAX_ROWS || (batch.length > 0 && size + row.size > MAX_SIZE)) {
			yield batch
			batch = []
			size = 0
		}
		batch.push(row)
		size += row.size
	}
	if (batch.length > 0) yield batch
}

/** The same, where each is read while the one before it is in use. */
export async function* readAhead<T>(source: AsyncGenerator<T>): AsyncGenerator<T> {
	const next = () => {
		const result = source.next()
		// Who comes for it gets its failure.
		result.catch(() => undefined)
		return result
	}
	for (let ahead = next(); ; ) {
		const result = await ahead
		if (result.done) return
		ahead = next()
		yield result.value
	}
}

/** Without the first of them. */
export async function* without<T>(rows: AsyncIterable<T>, count: number): AsyncGenerator<T> {
	let left = count
	for await (const row of rows) {
		if (left > 0) left--
		else yield row
	}
}
