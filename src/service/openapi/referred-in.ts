import type { Schema } from './column-schema'
import type { Header } from './headers'

interface Components {
	schemas: Record<string, Schema>
	headers: Record<string, Header>
}

/** Those of the components that the paths refer to, or that others of these refer to. */
export function referredIn(paths: object, components: Components): Components {
	const found = new Set<string>()
	const look = (part: object) => {
		for (const [, kind = '', name = ''] of JSON.stringify(part).matchAll(
			/"#\/components\/(\w+)\/([^"]+)"/g,
		)) {
			const path = `${kind}/${name}`
			if (found.has(path)) continue
			found.add(path)
			if (kind === 'schemas') look(components.schemas[name] ?? {})
		}
	}
	look(paths)
	const only = <T>(kind: keyof Components, all: Record<string, T>) =>
		Object.fromEntries(Object.entries(all).filter(([name]) => found.has(`${kind}/${name}`)))
	return {
		schemas: only('schemas', components.schemas),
		headers: only('headers', components.headers),
	}
}
