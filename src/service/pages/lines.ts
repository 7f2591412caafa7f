import { html } from 'hono/html'

export type Html = ReturnType<typeof html>

/** So deep, in characters, may a line begin and still keep its indent where it is broken. */
export const DEEPEST = 8

/** Text for a `<pre>`, each line of which keeps its indent where a narrow screen breaks it. */
export function lines(text: string): Html {
	return html`${text.split('\n').map((each) => line(each, /^ */.exec(each)?.[0].length))}`
}

/** One such line. */
export function line(content: Html | string, indent = 0): Html {
	return html`<span class="i${Math.min(indent, DEEPEST)}">${content}
</span>`
}
