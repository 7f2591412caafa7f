import { getOrCreate } from 'edge-get-or-create' // the functions: any runtime with fetch
import { createClient } from 'edge-get-or-create/client' // fetch only, under 4 KB minified and gzipped
import { idempotencyKeys } from 'edge-get-or-create/schema' // for the schema that drizzle-kit reads
import { createService, resource } from 'edge-get-or-create/service' // the Hono app, to mount or to serve
import { Hono } from 'hono'
import { links, users } from './tables.ts'

// The contract's "As a package", word for word, around what it takes for granted.

const app = new Hono()
void [getOrCreate, createClient, idempotencyKeys]

const service = createService({ resources: [resource(users), resource(links)] })
export default { fetch: service.fetch, scheduled: service.scheduled } // a Worker of its own
app.route('/rows', service.app) // or a part of an app that is there
export class Rows extends service.Entrypoint {} // RPC for other Workers
export class GroupCommit extends service.GroupCommit {} // the Durable Object
