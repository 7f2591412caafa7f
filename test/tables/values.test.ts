import { describe } from 'vitest'
import { collations } from './values/collations'
import { decimals } from './values/decimals'
import { doubles } from './values/doubles'
import { integers } from './values/integers'
import { jsonColumns } from './values/json-columns'
import { namedTypes } from './values/named-types'
import { nullableKeys } from './values/nullable-keys'
import { primaryKeys } from './values/primary-keys'
import { stampedText } from './values/stamped-text'

// What is stored is what was sent, however it is sent, and as plain Drizzle stores it.

describe.each([
	['doubles', doubles],
	['integers', integers],
	['decimals', decimals],
	['collations', collations],
	['JSON columns', jsonColumns],
	['types by name', namedTypes],
	['primary keys', primaryKeys],
	['unique columns that may be null', nullableKeys],
	['text in a column of times', stampedText],
])('%s', (_, suite) => {
	suite()
})
