/**
 * The segments of a URL's path as they were sent. Not those of `new URL`, which resolves `%2e%2e` and may find no host,
 * nor Hono's, which are decoded in part.
 */
export function segmentsOf(url: string): string[] {
	return /^[^:]*:\/\/[^/]*\/([^?#]*)/.exec(url)?.[1]?.split('/') ?? []
}

/** The query of a URL, as it was sent. What looks like one in a fragment is none, and must not be taken for one. */
export function searchOf(url: string): string {
	return /^[^?#]*\?([^#]*)/.exec(url)?.[1] ?? ''
}

/** What a segment, or a part of one, spells; undefined where it spells nothing. */
export function decoded(part: string): string | undefined {
	if (!part.includes('%')) return part
	try {
		return decodeURIComponent(part)
	} catch {
		return undefined
	}
}

/** Segments that clients resolve, however they are encoded, and an empty one: no table or row can be there. */
export const NO_SEGMENTS: readonly unknown[] = ['', '.', '..']

/** Where a table is, in the one spelling that the service itself uses. */
export function tablePath(name: string): string {
	return `/${encodeURIComponent(name)}`
}
