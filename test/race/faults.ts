import { setTimeout as sleep } from 'node:timers/promises'
import * as fc from 'fast-check'
import { refusing, says } from '../faults/false-server.ts'
import type { Fault } from '../faults/proxy.ts'
import type { Stage } from '../faults/stage.ts'
import { MISPLACE, REPLACE } from './rules.ts'

/** What goes wrong, and for how long: requests where it happens to requests, else milliseconds. */
export type Trouble =
	| { kind: 'requests'; fault: Fault; name: string; count: number }
	| { kind: 'freeze' | 'refuse' | 'kill' | 'schema'; ms: number }
	| { kind: 'cut-all' }

/** Short enough to be waited for, mostly. */
const SHORT_MS = 400

const BLOCKED = refusing('BLOCKED', 'Operation was blocked: over quota')

const fault = fc.oneof(
	fc.constant<Fault>({ kind: 'cut' }),
	fc.constant<Fault>({ kind: 'drop-answer' }),
	fc.constant<Fault>({ kind: 'swallow-answer' }),
	fc.constantFrom(BLOCKED, says(500, '{"error":"Operation was blocked: over quota"}')),
	fc.constantFrom(429, 500, 502).map((status): Fault => ({ kind: 'answer', status })),
	fc.nat({ max: SHORT_MS }).map((ms): Fault => ({ kind: 'answer-first', status: 504, ms })),
	fc.nat({ max: SHORT_MS }).map((ms): Fault => ({ kind: 'delay', ms })),
	fc.constant<Fault>({ kind: 'garble', change: (body) => body.slice(0, body.length / 2) }),
)

const trouble: fc.Arbitrary<Trouble> = fc.oneof(
	{
		weight: 12,
		arbitrary: fc
			.record({ fault, count: fc.integer({ min: 1, max: 4 }) })
			.map((made): Trouble => ({ kind: 'requests', name: nameOf(made.fault), ...made })),
	},
	{ weight: 2, arbitrary: fc.constant<Trouble>({ kind: 'cut-all' }) },
	{
		weight: 2,
		arbitrary: fc.record({
			kind: fc.constantFrom<('freeze' | 'refuse')[]>('freeze', 'refuse'),
			ms: fc.integer({ min: 50, max: 3 * SHORT_MS }),
		}),
	},
	{
		weight: 2,
		arbitrary: fc.record({ kind: fc.constant('schema' as const), ms: fc.nat({ max: SHORT_MS }) }),
	},
	{ weight: 1, arbitrary: fc.record({ kind: fc.constant('kill' as const), ms: fc.nat({ max: SHORT_MS }) }) },
)

const troubles = fc.record({ pause: fc.integer({ min: 20, max: SHORT_MS }), trouble })

function nameOf(made: Fault): string {
	if (made.kind !== 'answer') return made.kind
	return made.body ? 'blocked' : `answer ${made.status}`
}

/** Makes trouble until told to end, the same for the same seed, and then none. Returns how often which was made. */
export async function makeTrouble(
	seed: number,
	stage: Stage,
	ends: AbortSignal,
): Promise<Record<string, number>> {
	const { proxy } = stage
	const made: Record<string, number> = {}
	let left = 0
	for (let round = 0; !ends.aborted; round++) {
		for (const { pause, trouble: next } of fc.sample(troubles, { seed: seed + round, numRuns: 50 })) {
			await sleep(pause)
			if (ends.aborted) break
			const name = next.kind === 'requests' ? next.name : next.kind
			made[name] = (made[name] ?? 0) + 1
			switch (next.kind) {
				case 'requests':
					left = next.count
					proxy.inject(() => (left-- > 0 ? next.fault : undefined))
					break
				case 'cut-all':
					proxy.cutAll()
					break
				case 'schema':
					await stage.query(MISPLACE)
					await sleep(next.ms)
					await stage.query(REPLACE)
					break
				case 'freeze':
					proxy.freeze()
					await sleep(next.ms)
					proxy.thaw()
					break
				case 'refuse':
					proxy.refuse()
					await sleep(next.ms)
					await proxy.accept()
					break
				case 'kill':
					await stage.killDatabase()
					await sleep(next.ms)
					await stage.restartDatabase()
			}
		}
	}
	proxy.heal()
	return made
}
