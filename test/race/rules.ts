/** The last login from which on an account is refused, in seconds: no other operation gives one as late. */
export const TOO_LATE = Date.UTC(2200) / 1000

/** What the database refuses of its own accord, told to it once. */
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
export function breaksRule({ username, lastLogin }: Readonly<Record<string, unknown>>): boolean {
	if (typeof username === 'string' && /^(poison|venom)/.test(username)) return true
	return typeof lastLogin === 'string' && Date.parse(lastLogin) / 1000 >= TOO_LATE
}
