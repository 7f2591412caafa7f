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
	mayDefer: false,
	looksFirst: false,
	bond: 'none',
}
