import type { SQL } from 'drizzle-orm'
import type { CasingCache } from 'drizzle-orm/casing'
import { quote, quoteText } from '../quote'
import { Expression } from './codec'
import { anything } from './storage'

/** Stands in an expression for its parameter of that number. */
const PARAMETER = /\0(\d+)\0/g

/** Drizzle's SQL. In the definition of a table, which is what `isDefinition` means, columns go by their names alone. */
export function expressionOf(sql: SQL, casing: CasingCache, isDefinition = false): Expression {
	const query = (isDefinition ? sql.inlineParams() : sql).toQuery({
		casing,
		escapeName: quote,
		escapeParam: (number) => `\0${number}\0`,
		escapeString: quoteText,
		invokeSource: isDefinition ? 'indexes' : undefined,
	})
	return new Expression(query.sql, query.params.map(parameterCell))
}

function parameterCell(value: unknown): string {
	const cell = value === null ? 'null' : anything.cell(value instanceof Date ? value.getTime() : value)
	if (typeof cell === 'string') return cell
	throw new Error('SQL with a parameter that the database has no value for')
}

/** The SQL of an expression, with these parameters. */
export function withParameters(text: string, parameter: (number: number) => string): string {
	return text.replaceAll(PARAMETER, (_, number) => parameter(Number(number)))
}

/** Stands in an expression for its cell, the JSON array of its parameters. */
export const CELL = '\0cell\0'

/** The SQL of an expression, with its cell. */
export function withCell(text: string, json: string): string {
	return text.replaceAll(CELL, () => json)
}

/** A parameter, from the cell that the expression's parameters share. */
export function parameterSql(json: string, path: readonly number[]): string {
	return anything.sql(json, path)
}
