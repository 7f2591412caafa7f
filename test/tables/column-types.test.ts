import { inject } from 'vitest'
import { columnSubjects } from '../beside-drizzle/column-subjects'
import { PlainDrizzle } from '../beside-drizzle/plain'
import { Service } from '../beside-drizzle/service'
import { describeBesideDrizzle } from '../beside-drizzle/steps'

const url = inject('besideDrizzleUrl')
const plain = new PlainDrizzle(url)
// The object has a database of its own: these tables are in another.
const service = new Service(columnSubjects, { TURSO_DATABASE_URL: url, GROUP_COMMIT: undefined })

describeBesideDrizzle(service, plain, columnSubjects)
