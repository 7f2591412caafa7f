import { cases } from './cases.ts'
import type { Results } from './results.ts'

const number = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 })
const count = new Intl.NumberFormat('en')

/** The results as text: figures, the processors' time, what they cost the database, and the targets. */
export function tablesOf({ cells, costs, targets }: Results): string {
	const figures = cells.map((cell) => [
		titleOf(cell.case),
		cell.work,
		count.format(cell.connections),
		number.format(cell.perSecond),
		number.format(cell.rowsPerSecond),
		number.format(cell.p50),
		number.format(cell.p99),
		`${cell.errors}`,
	])
	const used = cells.flatMap(({ cpu, ...cell }) =>
		cpu
			? [
					[
						titleOf(cell.case),
						cell.work,
						count.format(cell.connections),
						...[cpu.perRequest, cpu.perRow].flatMap(({ worker, libsql }) => [
							number.format(worker),
							number.format(libsql),
						]),
					],
				]
			: [],
	)
	const spent = costs.map(({ perRequest, ...cell }) => [
		titleOf(cell.case),
		cell.work,
		count.format(cell.connections),
		number.format(perRequest.roundTrips),
		number.format(perRequest.rowsWritten),
		number.format(perRequest.rowsRead),
	])
	const judged = targets.map(({ title, wanted, reached, met }) => [
		title,
		wanted,
		number.format(reached),
		met ? 'met' : 'missed',
	])
	const errors = cells.flatMap(({ firstError, ...cell }) =>
		firstError === undefined
			? []
			: [`${titleOf(cell.case)}, ${cell.work}, ${cell.connections} connections: ${firstError}`],
	)
	return [
		format(['', 'work', 'connections', 'requests/s', 'rows/s', 'p50 ms', 'p99 ms', 'errors'], figures),
		...(used.length > 0
			? [format(['µs of CPU', 'work', 'connections', 'Worker', 'libSQL', 'Worker/row', 'libSQL/row'], used)]
			: []),
		...(spent.length > 0
			? [format(['per request', 'work', 'connections', 'round trips', 'rows written', 'rows read'], spent)]
			: []),
		...(judged.length > 0 ? [format(['target', 'wanted', 'reached', ''], judged)] : []),
		...(errors.length > 0 ? [`The first error of each:\n${errors.join('\n')}`] : []),
	].join('\n\n')
}

export function titleOf(name: string): string {
	return cases.get(name)?.title ?? name
}

/** A Markdown table; columns of numbers stand to the right. */
function format(head: readonly string[], rows: readonly (readonly string[])[]): string {
	const widths = head.map((title, column) =>
		Math.max(3, title.length, ...rows.map((row) => row[column]?.length ?? 0)),
	)
	const toRight = head.map((_, column) => rows.every((row) => /^[\d.,]+$/.test(row[column] ?? '')))
	const line = (row: readonly string[]): string => {
		const padded = row.map((text, column) =>
			toRight[column] ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0),
		)
		return `| ${padded.join(' | ')} |`
	}
	const rule = widths.map(
		(width, column) => '-'.repeat(toRight[column] ? width - 1 : width) + (toRight[column] ? ':' : ''),
	)
	return [line(head), line(rule), ...rows.map(line)].join('\n')
}
