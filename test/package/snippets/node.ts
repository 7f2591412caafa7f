import { createClient } from '@libsql/client'
import { drizzle } from 'drizzle-orm/libsql'
import { functions } from './functions.ts'

const client = createClient({ url: 'file:snippets.db' })
await client.execute('CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, email TEXT NOT NULL UNIQUE)')
console.log(JSON.stringify(await functions(drizzle(client), 'In Node', 'in-node@example.com')))
