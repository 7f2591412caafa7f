/** What global-setup.ts, or bundle-setup.ts of it the bundle alone, hands to the tests. */
export interface Provided {
	databaseUrl: string
	/** A server that takes connections and never answers. */
	silentUrl: string
	/** The Worker, bundled as it would be deployed. */
	bundle: string
}

declare module 'vitest' {
	interface ProvidedContext extends Provided {}
}
