/** What a table is called that is served, and its twin, which plain Drizzle alone writes. */
export function namesBesideDrizzle(name: string): [served: string, plain: string] {
	return [`${name}_served`, `${name}_plain`]
}
