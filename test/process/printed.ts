import type { Child } from '../../scripts/child.ts'

/** What a program printed since it was asked for this, on both of its streams. */
export function printedBy({ stdout, stderr }: Child['process']): () => string {
	let text = ''
	for (const stream of [stdout, stderr]) stream?.on('data', (chunk: Buffer) => (text += chunk.toString()))
	return () => text
}
