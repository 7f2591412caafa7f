/** The last login from which on an account is refused, in seconds: no other operation gives one as late. */
export const TOO_LATE = Date.UTC(2200) / 1000

/** The pages from which on a book is refused, as late last logins are. */
export const TOO_MANY = 1e12

/** What the database refuses of its own accord, told to it once; for books and their authors see tables.ts. */
export const RULES = ['INSERT', 'UPDATE'].map(
	(change) => `CREATE TRIGGER IF NOT EXISTS rule_of_${change} BEFORE ${change} ON accounts BEGIN
		SELECT RAISE(ABORT, 'no') WHERE NEW.username LIKE 'poison%' OR NEW.last_login >= ${TOO_LATE};
		SELECT RAISE(ROLLBACK, 'no') WHERE NEW.username LIKE 'venom%';
	END`,
)

/** An account lacks a column, for a while: nobody can write one then, and users don't notice. */
export const MISPLACE = 'ALTER TABLE accounts RENAME COLUMN is_superuser TO superuser'
export const REPLACE = 'ALTER TABLE accounts RENAME COLUMN superuser TO is_superuser'

/** Whether the database refuses to write this row. */
export function breaksRule(row: Readonly<Record<string, unknown>>): boolean {
	const { username, email, book, lastLogin, pages } = row
	const names = [username, email, book]
	if (names.some((name) => typeof name === 'string' && /^(poison|venom)/.test(name))) return true
	if (typeof pages === 'number' && pages >= TOO_MANY) return true
	return typeof lastLogin === 'string' && Date.parse(lastLogin) / 1000 >= TOO_LATE
}
