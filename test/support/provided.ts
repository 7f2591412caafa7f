declare module 'vitest' {
	/** What global-setup.ts hands to the tests. */
	interface ProvidedContext {
		databaseUrl: string
		/** A server that takes connections and never answers. */
		silentUrl: string
	}
}

export {}
