import { Wrong } from './codec'
import { numberCell } from './exact'

// Text in a column of numbers: https://sqlite.org/datatype3.html#type_affinity. What looks like a number becomes one.

const NUMERIC = /^[\t-\r ]*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?[\t-\r ]*$/i

export function looksNumeric(text: string): boolean {
	return NUMERIC.test(text)
}

/** The number that a column of numbers makes of such a text: its cell, and how it is written. */
export function numberOf(text: string): { cell: string; decimal: string } | undefined {
	const whole = wholeNumber(text.trim())
	if (whole !== undefined) return { cell: String(whole), decimal: String(whole) }
	const value = Number(text.trim())
	if (!Number.isFinite(value)) return undefined
	const cell = numberCell(value)
	return { cell, decimal: /^-?\d+$/.test(cell) ? cell : decimalOf(value) }
}

/** A decimal without a fraction that SQLite has an integer for. */
function wholeNumber(decimal: string): bigint | undefined {
	const { sign, digits, power } = significantOf(decimal)
	if (digits === '') return 0n
	if (power < 0 || digits.length + power > MAX_INTEGER_DIGITS) return undefined
	const whole = BigInt(sign + digits + '0'.repeat(power))
	return BigInt.asIntN(64, whole) === whole ? whole : undefined
}

const MAX_INTEGER_DIGITS = 19

/** A number without an exponent. */
export function decimalOf(value: number): string {
	const [, sign = '', digits = '', fraction = '', exponent] =
		/^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value)) ?? []
	if (exponent === undefined) return String(value)
	const all = digits + fraction
	const point = digits.length + Number(exponent)
	if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${all}`
	return sign + all.padEnd(point, '0')
}

/** A decimal: the number that comes back has to be the one that was sent. */
export function decimalCell(text: string): string | Wrong {
	const kept = numberOf(text)
	if (!kept) return new Wrong('is beyond what a number can be')
	if (sameNumber(text.trim(), kept.decimal)) return kept.cell
	return new Wrong(`has more digits than are kept of it: it would be ${kept.decimal}`)
}

/** Two decimals, of which the first may have an exponent, are one number. */
function sameNumber(one: string, other: string): boolean {
	return canonical(one) === canonical(other)
}

function canonical(decimal: string): string {
	const { sign, digits, power } = significantOf(decimal)
	return digits === '' ? '0' : `${sign}${digits}e${power}`
}

/** A decimal as digits, neither beginning nor ending with 0, times a power of ten. */
function significantOf(decimal: string): { sign: string; digits: string; power: number } {
	const [, sign = '', whole = '', fraction = '', exponent = '0'] =
		/^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(decimal) ?? []
	const digits = (whole + fraction).replace(/^0+/, '')
	const significant = digits.replace(/0+$/, '')
	const power = Number(exponent) - fraction.length + digits.length - significant.length
	return { sign: sign === '-' ? '-' : '', digits: significant, power }
}
