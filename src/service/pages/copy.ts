import { html, raw } from 'hono/html'
import type { Html } from './lines'

/**
 * Whole, for it is a part of the page: it needs nothing from anywhere. Over plain HTTP browsers have no clipboard to
 * write to, and copy what is selected.
 */
const SCRIPT = `
for (const button of document.querySelectorAll('button[data-copies]')) {
	const source = document.getElementById(button.dataset.copies)
	const said = button.parentElement.querySelector('[role=status]')
	let timer
	const copyText = async () => {
		try {
			await navigator.clipboard.writeText(source.textContent.trim())
			return true
		} catch {
			getSelection().selectAllChildren(source)
			return document.execCommand('copy')
		}
	}
	button.addEventListener('click', async () => {
		const copied = await copyText()
		button.textContent = copied ? 'Copied' : 'Not copied'
		said.textContent = copied ? 'Copied to the clipboard' : 'It could not be copied, but it is selected'
		clearTimeout(timer)
		timer = setTimeout(() => { button.textContent = 'Copy'; said.textContent = '' }, 3000)
	})
	button.hidden = false
}
`

/** A `<pre>` with a button that copies it. Without scripts there is no button. */
export function copied(id: string, content: Html, nonce: string): Html {
	return html`<div class="copied"><pre id="${id}">${content}</pre><button type="button" data-copies="${id}" hidden>Copy</button><span class="unseen" role="status"></span></div>
<script nonce="${nonce}">${raw(SCRIPT)}</script>`
}
