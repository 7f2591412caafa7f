export { idempotencyKeys } from './idempotency-keys'
