import type { Resources, Rpc } from '../service/served'

/**
 * The service behind a service binding, with the types of its tables: `wrangler types` knows no more of a binding than
 * that it has a `fetch`. `R` is the type of the service's resources.
 * @example
 * // wrangler.toml: services = [{ binding = "ROWS", service = "rows", entrypoint = "Rows" }]
 * const rows = rpc<typeof resources>(env.ROWS)
 * const { row, created } = await rows.getOrCreate('users', { email, name }, { by: ['email'] })
 */
export function rpc<R extends Resources>(binding: { fetch: unknown }): Rpc<R> {
	// Which Worker a binding leads to stands in wrangler.toml: no type can know it.
	// oxlint-disable-next-line typescript/no-unsafe-type-assertion
	return binding as { fetch: unknown } & Rpc<R>
}
