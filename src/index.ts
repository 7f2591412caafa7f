import { createApp } from './app'
import { resources } from './resources'

export { GetOrCreate } from './rpc'

export default createApp(resources)
