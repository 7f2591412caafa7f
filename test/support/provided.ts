/** What global-setup.ts hands to the tests. */
export interface Provided {
	databaseUrl: string
	/** A server that takes connections and never answers. */
	silentUrl: string
}

declare module 'vitest' {
	interface ProvidedContext extends Provided {}
}
