import type { Manner } from '../../src/get-or-create/conditions'

/** Rows that share statements, at their first try. */
export const SET: Manner = {
	rows: 'set',
	asBytes: false,
	isRepeat: false,
	isOnlyLooked: false,
	isFollowed: false,
	isInOrder: false,
	mayChange: false,
	looksFirst: false,
	bond: 'none',
}
