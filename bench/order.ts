import * as v from 'valibot'

/** Ends a measurement before its time. */
export const ENOUGH = 'enough'

/** What the load process is asked to do. */
export const orderSchema = v.object({
	case: v.string(),
	work: v.picklist(['none', 'new', 'existing', 'mixed', 'hot']),
	connections: v.number(),
	seconds: v.number(),
	/** What the new keys of this measurement start with. */
	cell: v.string(),
	origins: v.array(v.string()),
	/** Whose processor time is read. */
	processes: v.optional(v.object({ worker: v.array(v.number()), libsql: v.array(v.number()) })),
})
export type Order = v.InferOutput<typeof orderSchema>

/** What it found. */
export const sampleSchema = v.object({
	requests: v.number(),
	/** Right answers a second. */
	perSecond: v.number(),
	/** In milliseconds, over all answers. */
	p50: v.number(),
	p99: v.number(),
	errors: v.number(),
	firstError: v.optional(v.string()),
	/** How many processors the load itself kept busy: near 1, it is the load that is measured. */
	loadCpu: v.number(),
	/** Processor time of the Worker and of libSQL over all requests, in microseconds. */
	cpu: v.optional(v.object({ worker: v.number(), libsql: v.number() })),
})
export type Sample = v.InferOutput<typeof sampleSchema>
