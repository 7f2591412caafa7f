/** For requests that don't come through the runtime: the test's own request outlives what they start. */
export const context = { waitUntil: () => undefined, passThroughOnException: () => undefined, props: {} }
