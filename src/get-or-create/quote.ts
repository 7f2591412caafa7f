/** A name as SQL has it. */
export function quote(name: string): string {
	return `"${name.replaceAll('"', '""')}"`
}

/** A text as SQL has it. */
export function quoteText(value: string): string {
	return `'${value.replaceAll("'", "''")}'`
}
