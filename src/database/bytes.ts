// Base64, for runtimes that have nothing of their own for it.

const ascii = new TextDecoder()

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const BASE64 = codes(`${ALPHABET}+/`)
const BASE64_VALUES = values(`${ALPHABET}+/`, `${ALPHABET}-_`)
const PADDING = 61

/** Base64 with its padding (RFC 4648). */
export function base64Of(bytes: Uint8Array): string {
	const text = new Uint8Array(Math.ceil(bytes.length / 3) * 4).fill(PADDING)
	let at = 0
	for (let i = 0; i < bytes.length; i += 3) {
		const left = bytes.length - i
		const three = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0)
		text[at] = BASE64[three >> 18] ?? 0
		text[at + 1] = BASE64[(three >> 12) & 63] ?? 0
		if (left > 1) text[at + 2] = BASE64[(three >> 6) & 63] ?? 0
		if (left > 2) text[at + 3] = BASE64[three & 63] ?? 0
		at += 4
	}
	return ascii.decode(text)
}

/** The bytes of base64, padded or not: of what is known to be that, not of any text. */
export function bytesOfBase64(base64: string): Uint8Array<ArrayBuffer> {
	let { length } = base64
	while (base64.charCodeAt(length - 1) === PADDING) length--
	const bytes = new Uint8Array((length * 3) >> 2)
	let at = 0
	for (let i = 0; i < length; i += 4) {
		let four = 0
		for (let place = i; place < i + 4; place++) {
			four = (four << 6) | (place < length ? valueAt(BASE64_VALUES, base64, place) : 0)
		}
		// What is beyond the last byte is dropped.
		bytes[at++] = four >> 16
		bytes[at++] = four >> 8
		bytes[at++] = four
	}
	return bytes
}

function codes(digits: string): Uint8Array {
	return Uint8Array.from(digits, (digit) => digit.charCodeAt(0))
}

/** What each digit stands for, by its code, in either of two alphabets. */
function values(...alphabets: [string, string]): Uint8Array {
	const found = new Uint8Array(128)
	for (const alphabet of alphabets) for (const [value, code] of codes(alphabet).entries()) found[code] = value
	return found
}

function valueAt(table: Uint8Array, text: string, at: number): number {
	return table[text.charCodeAt(at)] ?? 0
}
