/** What global-setup.ts, or bundle-setup.ts of it the bundle alone, hands to the tests. */
export interface Provided {
	databaseUrl: string
	/** The databases of the kinds of tables, for those that compare whole tables, and of these and public ones. */
	kindsUrl: string
	allKindsUrl: string
	/** The databases of the tables that are held beside plain Drizzle. */
	realTablesUrl: string
	columnTypesUrl: string
	valuesUrl: string
	/** The database of the tables that the document's examples are sent to. */
	examplesUrl: string
	/** A server that takes connections and never answers. */
	silentUrl: string
	/** The Worker, bundled as it would be deployed. */
	bundle: string
	oracle: OracleSettings
}

/** How long the tests that hold arrays against single rows look for a difference, and where. */
export interface OracleSettings {
	/** Histories of each kind of table, in all. */
	runs: number
	/** A failure tells it, and the path, to be seen again. */
	seed: number
	path: string | undefined
}

declare module 'vitest' {
	interface ProvidedContext extends Provided {}
}
