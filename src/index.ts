import { createApp } from './app'
import { resources } from './resources'

export default createApp(resources)
