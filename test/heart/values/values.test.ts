import { describe } from 'vitest'
import { collations } from './collations'
import { decimals } from './decimals'
import { doubles } from './doubles'
import { integers } from './integers'
import { jsonColumns } from './json-columns'
import { namedTypes } from './named-types'
import { nullableKeys } from './nullable-keys'
import { primaryKeys } from './primary-keys'
import { stampedText } from './stamped-text'

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
