import type { Subject } from '../subject.ts'
import { defaults } from './defaults.ts'
import { computedKeys, generated } from './generated.ts'
import { filledKeys, mixedKeys, nullableKeys } from './keys.ts'
import { inheritedColumns, inheritedKeys, renamed, takenNames } from './names.ts'
import { touched } from './touched.ts'
import { typedSubjects, vectors } from './typed.ts'
import { wide } from './wide.ts'

/** Tables that people have, with columns of every type and default. */
export const columnSubjects: Subject[] = [
	...typedSubjects,
	vectors,
	defaults,
	touched,
	generated,
	...computedKeys,
	inheritedColumns,
	...inheritedKeys,
	renamed,
	takenNames,
	nullableKeys,
	mixedKeys,
	filledKeys,
	wide,
]
