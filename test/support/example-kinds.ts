import { kinds } from './kinds/index.ts'
import type { Kind } from './kinds/kind.ts'
import { realKinds } from './real-tables.ts'

/** Kinds of tables whose examples are sent: of public tables, which are many and much alike, every sixth. */
export const exampleKinds: Kind[] = [...kinds, ...realKinds.filter((_, place) => place % 6 === 0)]
