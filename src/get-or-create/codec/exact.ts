import { Wrong } from './codec'

// SQLite reads decimals inexactly (`'[13.60846]' ->> 0` is 13.608460000000001), and no two versions of it alike. What it
// does exactly is whole numbers, and a division of doubles (IEEE 754). So a fraction travels as two or three whole numbers,
// or powers of two, of which each can be read in one way only: [1360846,100000].

const MIN_INT64 = -(2n ** 63n)
const MAX_INT64 = 2n ** 63n - 1n

/** A whole number, as long as SQLite has integers for it. */
export function wholeNumberCell(value: number | bigint): string | Wrong {
	if (Number.isSafeInteger(value)) return String(value === 0 ? 0 : value)
	const whole = BigInt(value)
	return whole >= MIN_INT64 && whole <= MAX_INT64
		? String(whole)
		: new Wrong(`must be between ${MIN_INT64} and ${MAX_INT64}`)
}

/** Any finite number. One without a fraction is an integer to SQLite, which the column makes a double of where it has doubles. */
export function numberCell(value: number): string {
	if (Number.isInteger(value)) {
		const cell = wholeNumberCell(value)
		// Of the two ends of int64 a column of integers would make no integer.
		if (typeof cell === 'string' && value !== -(2 ** 63)) return cell
	}
	return doubleCell(value)
}

/** A number that is a double even without a fraction. */
export function doubleCell(value: number): string {
	return `[${fractionOf(value).join()}]`
}

const DECIMAL = /^(-?\d+)(?:\.(\d+))?$/
/** Up to 15 digits and 10^15 are exact as doubles, and so their quotient is the double that is nearest to the decimal. */
const MAX_DIGITS = 15
const MAX_POWER = 1000

/** The number as dividend and divisors. */
function fractionOf(value: number): string[] {
	const [, whole, fraction = ''] = DECIMAL.exec(String(value)) ?? []
	if (whole !== undefined && whole.length + fraction.length <= MAX_DIGITS) {
		return [String(Number(whole + fraction)), `1${'0'.repeat(fraction.length)}`]
	}
	let dividend = value
	let power = 0
	for (; !Number.isInteger(dividend); power++) dividend *= 2
	for (; !Number.isSafeInteger(dividend); power--) dividend /= 2
	return power <= MAX_POWER
		? [String(dividend), powerOfTwo(power)]
		: [String(dividend), powerOfTwo(MAX_POWER), powerOfTwo(power - MAX_POWER)]
}

/** With so many digits that no reader can take it for a neighbour. */
function powerOfTwo(power: number): string {
	const value = 2 ** power
	return power >= 0 && power < 63 ? String(BigInt(value)) : value.toExponential(20)
}

/** Adds to a cell's SQL that it may be such a fraction. */
export function withFraction(part: (...inner: number[]) => string): string {
	return `coalesce((${part(0)}) * 1.0 / (${part(1)}) / coalesce(${part(2)}, 1), ${part()})`
}
