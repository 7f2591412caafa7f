export * from './client'
export { rpc } from './rpc'
