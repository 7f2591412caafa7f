// The nth of any number of values, for columns of which nothing but that is asked.

export const id = (n: number) => 100 + n
export const word = (n: number) => `word ${n}`
export const whole = (n: number) => 7 * n
export const time = (n: number) => new Date(1_000_000 * n)
