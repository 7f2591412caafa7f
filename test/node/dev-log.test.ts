import { expect, it } from 'vitest'
import { readable } from '../../scripts/dev-log'

// What `npm run dev` shows of what wrangler prints.

it.each([
	[
		'{"level":"info","requestId":"x","method":"POST","route":"/users","status":201,"outcome":"created","ms":12,"commit":"isolate","databaseMs":8}',
		'POST /users 201 created · 12 ms, database 8 ms',
	],
	[
		'{"level":"info","requestId":"x","method":"POST","route":"/users","status":200,"outcome":"answered","ms":6,"commit":"isolate","databaseMs":4,"rows":{"found":1,"created":2}}',
		'POST /users 200 answered (1 found, 2 created) · 6 ms, database 4 ms',
	],
	[
		'{"level":"error","requestId":"x","method":"GET","route":"/healthz","status":500,"outcome":"misconfigured","ms":0,"cause":"MisconfiguredError: API_TOKENS is not set"}',
		'GET /healthz 500 misconfigured · 0 ms · MisconfiguredError: API_TOKENS is not set',
	],
	[
		'{"level":"info","rpc":"get-or-create","table":"users","outcome":"answered","ms":3,"rows":{"found":1}}',
		'get-or-create users answered (1 found) · 3 ms',
	],
	[
		'{"level":"info","scheduled":"delete old keys","deleted":3,"outcome":"done","ms":3}',
		'delete old keys done · 3 ms',
	],
	['[wrangler:info] POST /users 201 Created (24ms)', undefined],
	['[wrangler:info] Ready on http://localhost:8787', '[wrangler:info] Ready on http://localhost:8787'],
	['{"some":"JSON"}', '{"some":"JSON"}'],
	['', ''],
])('shows %s', (printed, shown) => {
	expect(readable(printed)).toBe(shown)
})
